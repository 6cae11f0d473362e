-- KEYS queue, by_conversation, counter; ARGV conversation, reason, language, ticket prefix.
-- The conversation's open ticket, made if there is none. Answers its number.
local number = redis.call('HGET', KEYS[2], ARGV[1])
if number then return number end
number = 'T-' .. redis.call('INCR', KEYS[3])
local now = now_ms()
redis.call('HSET', ARGV[4] .. number, 'conversation', ARGV[1], 'reason', ARGV[2], 'language', ARGV[3],
  'state', 'queued', 'opened_ms', now)
redis.call('HSET', KEYS[2], ARGV[1], number)
redis.call('ZADD', KEYS[1], now, number)
return number
