-- An event outside a turn, once for its id: KEYS meta; ARGV id, kind, data, nonce.
-- Answers 1 the first time, 0 afterwards, or false without conversation.
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
if redis.call('HSETNX', KEYS[1], 'told:' .. ARGV[1], '1') == 0 then return 0 end
append_event(KEYS[1], ARGV[2], ARGV[3], ARGV[4], now_ms())
redis.call('PUBLISH', base_of(KEYS[1]) .. ':hint', 'log')
return 1
