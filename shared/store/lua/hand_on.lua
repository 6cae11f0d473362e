-- PASS ON or RELEASE: KEYS meta, open; ARGV conversation, seq, token, stage, attempt, next_stage.
-- The turn waits for `next_stage`, which is the same stage when a retry waits in the broker. Answers 1 or 0.
local key = turn_key(base_of(KEYS[1]), ARGV[2])
local turn = record(key)
if not holds(turn, ARGV[3], ARGV[4], ARGV[5]) then return 0 end
local now = now_ms()
redis.call('HSET', key, 'status', 'waiting', 'stage', ARGV[6], 'since', now)
look_again(KEYS[2], ARGV[1] .. '|' .. ARGV[2], turn, now + WAITING_MS)
return 1
