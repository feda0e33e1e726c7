-- Tells the windows how a try went.
--
-- KEYS  day, then the slots of each window.
-- ARGV  id of the slot, 1 where the platform answered and 0 where the request never left, limit of the day, then the
--       length in ms of each window.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for place = 2, #KEYS do
  if ARGV[2] == '1' then
    redis.call('ZADD', KEYS[place], 'XX', now + tonumber(ARGV[place + 2]), ARGV[1])
  else
    redis.call('ZREM', KEYS[place], ARGV[1])
  end
end
if ARGV[2] == '0' and tonumber(ARGV[3]) > 0 and redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('DECR', KEYS[1])
end
