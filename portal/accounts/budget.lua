-- Takes one slot in every window a call draws on, or in none of them. One clock for all machines: the server's.
--
-- KEYS  skew, day, then `pauses` keys, then two for each window: its slots, and who wants some.
-- ARGV  who ('' works for somebody who waits), id of the slot, ms until an answer came or never will,
--       limit of the day (0: none), ms until its end, number of pauses, then limit and length in ms of each window.
-- Gives 1 and 0, or 0 and the ms to wait; then the code that paused, then the skew.
--
-- A slot is scored with the moment it is free again: a window's length after the answer. The platform counts a call
-- some time between leave and answer, so whatever it calls a window never holds more than the limit.
local who, id, hold = ARGV[1], ARGV[2], tonumber(ARGV[3])
local day_limit, day_left, pauses = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local skew = redis.call('GET', KEYS[1]) or ''
local OWNER = 8

local function freed(slots, place, length)
  local score = redis.call('ZRANGE', slots, place, place, 'WITHSCORES')[2]
  return math.max(1, math.min(length, (score or now + length) - now))
end

-- What a window keeps free of those others who want some and had less than half of an equal share: the whole share
-- would lie idle where somebody is slow.
local function kept(slots, others, room)
  local due, held, sum = math.floor(room / (#others + 1) / 2), {}, 0
  for _, slot in ipairs(redis.call('ZRANGE', slots, 0, -1)) do
    local owner = string.sub(slot, 1, OWNER)
    held[owner] = (held[owner] or 0) + 1
  end
  if (held[who] or 0) < due then return 0 end
  for _, other in ipairs(others) do
    sum = sum + math.max(0, due - (held[other] or 0))
  end
  return sum
end

-- The ms to wait for room in a window; 0 where there is some. Jobs leave a twentieth of it to people who wait.
local function wait(slots, wants, limit, length)
  redis.call('ZREMRANGEBYSCORE', slots, '-inf', now)
  local taken = redis.call('ZCARD', slots)
  if who == '' then return taken < limit and 0 or freed(slots, taken - limit, length) end
  redis.call('ZREMRANGEBYSCORE', wants, '-inf', now)
  redis.call('ZREM', wants, who)
  local room, grace = limit - math.floor(limit / 20), math.ceil(length / 20)
  local pause = 0
  if taken >= room then
    -- Those who were told an earlier moment come first.
    pause = freed(slots, math.min(taken - 1, taken - room + redis.call('ZCOUNT', wants, now + grace, '+inf')), length)
  elseif taken + kept(slots, redis.call('ZRANGE', wants, 0, -1), room) >= room then
    pause = grace
  end
  redis.call('ZADD', wants, now + pause + grace, who)
  redis.call('PEXPIRE', wants, 2 * length)
  return pause
end

local longest, code = 0, ''
for place = 3, 2 + pauses do
  local left = redis.call('PTTL', KEYS[place])
  if left > longest then longest, code = left, redis.call('GET', KEYS[place]) end
end
if longest > 0 then return {0, longest, code, skew} end
if day_limit > 0 and tonumber(redis.call('GET', KEYS[2]) or 0) >= day_limit then return {0, day_left, '', skew} end

local argument = 7
for place = 3 + pauses, #KEYS, 2 do
  local pause = wait(KEYS[place], KEYS[place + 1], tonumber(ARGV[argument]), tonumber(ARGV[argument + 1]))
  if pause > 0 then return {0, pause, '', skew} end
  argument = argument + 2
end
argument = 7
for place = 3 + pauses, #KEYS, 2 do
  local length = tonumber(ARGV[argument + 1])
  redis.call('ZADD', KEYS[place], now + hold + length, id)
  redis.call('PEXPIRE', KEYS[place], hold + length)
  argument = argument + 2
end
if day_limit > 0 then
  redis.call('INCR', KEYS[2])
  redis.call('PEXPIRE', KEYS[2], day_left + hold)
end
return {1, 0, '', skew}
