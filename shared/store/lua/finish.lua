-- FINISH: KEYS meta, open, books; ARGV conversation, seq, token, status, events, expects, nonce, next_token,
-- deadline_ms. Appends the events, ends the turn, starts the next. Answers {outcome, drive?}.
local meta_key, open_key = KEYS[1], KEYS[2]
local base = base_of(meta_key)
local key = turn_key(base, ARGV[2])
local turn = record(key)
if redis.call('EXISTS', meta_key) == 0 or turn.token ~= ARGV[3] then return { 'stale' } end
if ENDED[turn.status] then
  -- The next turn's publish may have been lost with whoever finished this one.
  local meta = record(meta_key)
  local following = record(turn_key(base, meta.open or 0))
  if following.status == 'waiting' and following.stage == '1' then
    return { 'repeated', drive(meta, following, meta.open) }
  end
  return { 'repeated' }
end
local now = now_ms()
for _, event in ipairs(cjson.decode(ARGV[5])) do
  append_event(meta_key, event[1], event[2], ARGV[7], now)
end
redis.call('HSET', key, 'status', ARGV[4])
redis.call('HDEL', key, 'payload', 'lease', 'since')
redis.call('ZREM', open_key, ARGV[1] .. '|' .. ARGV[2])
redis.call('HINCRBY', KEYS[3], ARGV[4], 1)
redis.call('HSET', meta_key, 'last_end', ARGV[4], 'expects', ARGV[6], 'open', 0)
redis.call('PUBLISH', base .. ':hint', 'log')
local next_seq = redis.call('LPOP', base .. ':waiting')
if next_seq then
  return { 'finished', start_turn(meta_key, open_key, ARGV[1], next_seq, ARGV[8], ARGV[9], now) }
end
return { 'finished' }
