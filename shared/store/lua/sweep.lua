-- SWEEP: KEYS open; ARGV shard prefix, token seed, limit. Finds the turns whose time has come and moves
-- each on in this one step, so that two sweepers never drive the same one.
-- Answers a list of {kind, conversation, seq, token, language, write_open, drive?}.
local now, found = now_ms(), {}
for i, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[3])) do
  local conversation, seq = string.match(member, '^(.*)|(%d+)$')
  local meta_key = ARGV[1] .. conversation .. ':meta'
  local key = turn_key(base_of(meta_key), seq)
  local turn, meta = record(key), record(meta_key)
  if not meta.language or not turn.status or ENDED[turn.status] then
    redis.call('ZREM', KEYS[1], member)
  elseif now >= tonumber(turn.deadline) then
    -- Stays in the index until FINISH, for whoever sweeps next if this sweeper dies now.
    redis.call('ZADD', KEYS[1], now + 5000, member)
    found[#found + 1] = { 'expire', conversation, seq, turn.token, meta.language, turn.write_open or '0' }
  else
    local kind = 'republish'
    if turn.status == 'working' then
      kind, turn.token = 'redrive', ARGV[2] .. i
      redis.call('HSET', key, 'token', turn.token)
    end
    redis.call('HSET', key, 'status', 'waiting', 'stage', 1, 'since', now)
    look_again(KEYS[1], member, turn, now + WAITING_MS)
    found[#found + 1] = { kind, conversation, seq, turn.token, meta.language, turn.write_open or '0',
      drive(meta, turn, seq) }
  end
end
return found
