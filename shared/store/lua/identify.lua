-- Raises the identity: KEYS meta; ARGV level, customer. Never lowers it. Answers 1, or 0 without conversation.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if ARGV[1] >= (redis.call('HGET', KEYS[1], 'level') or 'L0') then
  redis.call('HSET', KEYS[1], 'level', ARGV[1], 'customer', ARGV[2])
end
return 1
