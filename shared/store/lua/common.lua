-- Shared by all scripts. A conversation's keys begin with `base` and share one hash tag, so that
-- every script touches one slot. Times are milliseconds of the server's clock.
local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function record(key)
  local flat, out = redis.call('HGETALL', key), {}
  for i = 1, #flat, 2 do out[flat[i]] = flat[i + 1] end
  return out
end

local ENDED = { completed = true, failed = true, expired = true }
local WAITING_MS = 20000

local function turn_key(base, seq) return base .. ':turn:' .. seq end

local function base_of(meta_key) return string.sub(meta_key, 1, -6) end

-- Every key of a conversation ends with it.
local function keep_until(key, meta_key)
  redis.call('PEXPIREAT', key, redis.call('HGET', meta_key, 'expires_ms'))
end

local function append_event(meta_key, kind, data, nonce, now)
  local log = base_of(meta_key) .. ':log'
  local eseq = redis.call('HINCRBY', meta_key, 'eseq', 1)
  redis.call('XADD', log, eseq .. '-0', 'type', kind, 'at', now, 'data', data, 'nonce', nonce)
  if eseq == 1 then keep_until(log, meta_key) end
  return eseq .. '.' .. nonce
end

local function look_again(open_key, member, turn, at)
  redis.call('ZADD', open_key, math.min(at, tonumber(turn.deadline)), member)
end

-- What a gateway needs to publish message.received.
local function drive(meta, turn, seq)
  return { seq, turn.token, turn.payload, turn.deadline, meta.last_end or '', meta.expects or '',
    meta.language, turn.trace or '', turn.at or '' }
end

local function start_turn(meta_key, open_key, conversation, seq, token, deadline_ms, now)
  local key = turn_key(base_of(meta_key), seq)
  redis.call('HSET', meta_key, 'open', seq)
  redis.call('HSET', key, 'status', 'waiting', 'stage', 1, 'token', token, 'since', now,
    'deadline', now + deadline_ms)
  local turn = record(key)
  look_again(open_key, conversation .. '|' .. seq, turn, now + WAITING_MS)
  return drive(record(meta_key), turn, seq)
end

-- A stage may write only as the holder of the turn's lease.
local function holds(turn, token, stage, attempt)
  return turn.token == token and turn.status == 'working' and turn.stage == stage
    and turn.attempt == attempt
end
