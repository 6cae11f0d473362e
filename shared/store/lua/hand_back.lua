-- KEYS queue, by_conversation, ticket; ARGV number. Answers 1, or 0 if there is no such open ticket.
local ticket = record(KEYS[3])
if not ticket.state or ticket.state == 'returned' then return 0 end
redis.call('HSET', KEYS[3], 'state', 'returned', 'returned_ms', now_ms())
redis.call('HDEL', KEYS[2], ticket.conversation)
redis.call('ZREM', KEYS[1], ARGV[1])
return 1
