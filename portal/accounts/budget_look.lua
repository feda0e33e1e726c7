-- Tells how full windows are: for each the slots taken (or the count of a day), the ms it is paused, and by which code.
--
-- KEYS  three for each window: its slots, the counter of the day, its pause.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local found = {}
for place = 1, #KEYS, 3 do
  local used = redis.call('ZCOUNT', KEYS[place], now, '+inf') + tonumber(redis.call('GET', KEYS[place + 1]) or 0)
  table.insert(found, {used, redis.call('PTTL', KEYS[place + 2]), redis.call('GET', KEYS[place + 2]) or ''})
end
return found
