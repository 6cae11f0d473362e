-- An event outside a turn: KEYS meta; ARGV kind, data, nonce. Answers its cursor, or false without conversation.
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local cursor = append_event(KEYS[1], ARGV[1], ARGV[2], ARGV[3], now_ms())
redis.call('PUBLISH', base_of(KEYS[1]) .. ':hint', 'log')
return cursor
