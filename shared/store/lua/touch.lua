-- TOUCH: KEYS meta, open; ARGV conversation, seq, token, stage, redelivered, lease_ms, max_attempts.
-- Answers {outcome, attempt}. Attempts are counted per stage over the whole turn, whatever its token.
local key = turn_key(base_of(KEYS[1]), ARGV[2])
local turn = record(key)
local stage, now = tonumber(ARGV[4]), now_ms()
if turn.status and ENDED[turn.status] then return { 'finished', 0 } end
if turn.token ~= ARGV[3] or now >= tonumber(turn.deadline) then return { 'stale', 0 } end
if stage < tonumber(turn.stage) then return { 'passed', 0 } end
local held = stage == tonumber(turn.stage) and turn.status == 'working' and tonumber(turn.lease) > now
if held and ARGV[5] == '0' then return { 'busy', 0 } end
local attempt = redis.call('HINCRBY', key, 'attempts:' .. ARGV[4], 1)
if attempt > tonumber(ARGV[7]) then return { 'exhausted', attempt } end
local lease = now + ARGV[6]
redis.call('HSET', key, 'status', 'working', 'stage', ARGV[4], 'attempt', attempt, 'lease', lease)
look_again(KEYS[2], ARGV[1] .. '|' .. ARGV[2], turn, lease)
return { 'go', attempt }
