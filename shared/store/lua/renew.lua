-- RENEW: KEYS meta, open; ARGV conversation, seq, token, stage, attempt, lease_ms. Answers 1, or 0 if lost.
local key = turn_key(base_of(KEYS[1]), ARGV[2])
local turn = record(key)
if not holds(turn, ARGV[3], ARGV[4], ARGV[5]) then return 0 end
local lease = now_ms() + ARGV[6]
redis.call('HSET', key, 'lease', lease)
look_again(KEYS[2], ARGV[1] .. '|' .. ARGV[2], turn, lease)
return 1
