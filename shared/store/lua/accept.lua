-- ACCEPT: KEYS meta, open, books; ARGV conversation, client_message_id, hash, payload, event, token, nonce,
-- max_waiting, deadline_ms, trace. Answers {outcome, seq, drive?}.
local meta_key, open_key, books_key = KEYS[1], KEYS[2], KEYS[3]
local base = base_of(meta_key)
if redis.call('EXISTS', meta_key) == 0 then return { 'unknown' } end
local ids = base .. ':ids'
local prior = redis.call('HGET', ids, ARGV[2])
if prior then
  local seq, hash = string.match(prior, '^(%d+):(.*)$')
  if hash ~= ARGV[3] then return { 'conflict' } end
  local turn = record(turn_key(base, seq))
  -- Its first publish may never have been confirmed: publish again, duplicates are harmless.
  if turn.status == 'waiting' and turn.stage == '1' then
    return { 'duplicate', seq, drive(record(meta_key), turn, seq) }
  end
  return { 'duplicate', seq }
end
local waiting = base .. ':waiting'
if redis.call('LLEN', waiting) >= tonumber(ARGV[8]) then return { 'busy' } end
local now = now_ms()
local seq = redis.call('HINCRBY', meta_key, 'seq', 1)
redis.call('HSET', ids, ARGV[2], seq .. ':' .. ARGV[3])
local key = turn_key(base, seq)
redis.call('HSET', key, 'status', 'queued', 'payload', ARGV[4], 'trace', ARGV[10], 'at', now)
keep_until(key, meta_key)
if seq == 1 then keep_until(ids, meta_key) end
local event = cjson.decode(ARGV[5])
event.seq = seq
append_event(meta_key, 'message', cjson.encode(event), ARGV[7], now)
redis.call('HINCRBY', books_key, 'accepted', 1)
redis.call('PUBLISH', base .. ':hint', 'log')
if tonumber(redis.call('HGET', meta_key, 'open') or 0) == 0 then
  return { 'accepted', seq, start_turn(meta_key, open_key, ARGV[1], seq, ARGV[6], ARGV[9], now) }
end
redis.call('RPUSH', waiting, seq)
keep_until(waiting, meta_key)
return { 'accepted', seq }
