-- SAVE: KEYS meta; ARGV seq, token, stage, attempt, version, state, level, customer, write_open.
-- Three guards: the fence, the lease holder's attempt, the version. Answers saved, stale or conflict.
local base = base_of(KEYS[1])
local key, state_key = turn_key(base, ARGV[1]), base .. ':state'
if redis.call('EXISTS', KEYS[1]) == 0 or not holds(record(key), ARGV[2], ARGV[3], ARGV[4]) then
  return 'stale'
end
if (redis.call('HGET', state_key, 'version') or '0') ~= ARGV[5] then return 'conflict' end
redis.call('HSET', state_key, 'version', ARGV[5] + 1, 'state', ARGV[6])
keep_until(state_key, KEYS[1])
redis.call('HSET', key, 'write_open', ARGV[9])
if ARGV[7] ~= '' then redis.call('HSET', KEYS[1], 'level', ARGV[7], 'customer', ARGV[8]) end
return 'saved'
