import {
  AGENT_SECONDS,
  BEAT_SECONDS,
  CALLED_SECONDS,
  GRACE_SECONDS,
  HELD_RANK,
  LEASE_SECONDS,
  MOST_SAVED_SECONDS,
  MOST_TICKETS,
  POLL_JITTER_RATIO,
  POLL_RATIO,
  RANKS,
  SHORTEST_POLL_SECONDS,
} from './room-store';

/** One hash slot per platform: a cluster runs the scripts too. */
export const roomKeys = (platformId: number): string[] =>
  ['state', 'due', 'called', 'admitted', 'agents', 'leases', 'told', ...RANKS, 'held', 'walkIns', 'passedOver'].map(
    (name) => `etale:{room:${platformId}}:${name}`,
  );

/** Lua 5.1, as every Redis 5 or later and Valkey runs it. What the lines say is said by `process-room.ts` in TypeScript. */
const COMMON = `
local state, due, called, admitted, agents, leases, told = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local lines, walk_ins, passed = { KEYS[8], KEYS[9], KEYS[10], KEYS[11] }, KEYS[12], KEYS[13]
local call = redis.call
local function number(text) return tonumber(text) or 0 end
local function whole(value) return string.format('%.0f', value) end
local function begin(now, settle)
  if call('HSETNX', state, 'bornAt', string.format('%.6f', now)) == 1 then
    call('HSET', state, 'savedAt', string.format('%.6f', now), 'saved', '0', 'gathersUntil', string.format('%.6f', now + settle))
    for _, key in ipairs(KEYS) do call('EXPIRE', key, 172800) end
    return true
  end
  return false
end
-- by whose quota the cell, and beside it a line of each rank
local passers
local function passed_line(by, r) return passed .. ':' .. by .. ':' .. r end
local function step_out(r, id)
  passers = passers or call('HKEYS', passed)
  if r < ${HELD_RANK + 1} then for _, by in ipairs(passers) do call('ZREM', passed_line(by, r), id) end end
  return call('ZREM', lines[r], id) == 1
end
local function late(now, most)
  local ids = call('ZRANGEBYSCORE', due, '-inf', '(' .. string.format('%.6f', now), 'LIMIT', 0, most)
  for _, id in ipairs(ids) do
    for r = 1, ${HELD_RANK + 1} do if step_out(r, id) then break end end
    call('ZREM', due, id)
  end
end
local function budget(cell, logins, sessions, stay)
  local staying = 0
  if stay > 1 then
    local cells = {}
    for c = cell - stay + 1, cell - 1 do cells[#cells + 1] = whole(c) end
    for _, count in ipairs(call('HMGET', admitted, unpack(cells))) do if count then staying = staying + tonumber(count) end end
  end
  return math.max(0, math.min(logins, sessions - staying))
end
`;

/**
 * KEYS of `roomKeys`; ARGV: id, arrivedAt or '', rank, now, cell, logins, sessions, stay cells, longest poll, settle seconds, walk-ins of a cell, then
 * of the walk-in quota by whom ('' for none), cell, left (0: passed over), fewest left, heard, and '1' for who only passes.
 * Returns outcome, arrivedAt, ahead, poll seconds (a text: Lua numbers become whole ones).
 */
export const VISIT = `${COMMON}
local id, rank, now = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4])
local cell, logins, sessions, stay = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local longest, by, of_cell, left_to, is_passing = tonumber(ARGV[9]), ARGV[12], ARGV[13], tonumber(ARGV[14]), ARGV[17] == '1'
begin(now, tonumber(ARGV[10]))
late(now, 64)
local its = call('HMGET', state, 'bornAt', 'gathersUntil', 'lastArrivedAt', 'saved', 'savedAt')
local bornAt, gathersUntil, lastArrivedAt, saved, savedAt = number(its[1]), number(its[2]), number(its[3]), number(its[4]), number(its[5])
local whole_budget = budget(cell, logins, sessions, stay)
local per_second = whole_budget / 300
saved = math.min(math.max(1, per_second * ${MOST_SAVED_SECONDS}), saved + per_second * math.max(0, now - savedAt))
savedAt = math.max(now, savedAt)
local function keep()
  call('HSET', state, 'saved', string.format('%.9f', saved), 'savedAt', string.format('%.6f', savedAt), 'gathersUntil', string.format('%.6f', gathersUntil), 'lastArrivedAt', whole(lastArrivedAt))
end
local function begin_passing()
  local known = tonumber(call('HGET', passed, by))
  if known and known >= tonumber(of_cell) then return end
  call('HSET', passed, by, of_cell)
  passers = nil
  for r = 1, ${HELD_RANK} do call('DEL', passed_line(by, r)) end
end
local function takes_walk_in(ahead_count)
  local fewest, heard = tonumber(ARGV[15]), tonumber(ARGV[16])
  if left_to == 0 then return false end
  local known_cell, known = string.match(call('HGET', walk_ins, by) or '', '^(%-?%d+):(%d+)$')
  local given = math.max(known_cell == of_cell and tonumber(known) or 0, heard)
  if ahead_count > math.min(left_to, fewest) - (given - heard) - 1 then return false end
  call('HSET', walk_ins, by, of_cell .. ':' .. whole(given + 1))
  return true
end
local known_rank, arrivedAt
for r = 1, ${HELD_RANK + 1} do
  local score = call('ZSCORE', lines[r], id)
  if score then known_rank, arrivedAt = r - 1, tonumber(score) break end
end
if not known_rank then
  local until_ = call('ZSCORE', called, id)
  if until_ and tonumber(until_) > now then keep() return { 'again', ARGV[2] == '' and '0' or ARGV[2], 0, '0' } end
  if call('ZCARD', due) >= ${MOST_TICKETS} then keep() return { 'full', '0', ${MOST_TICKETS}, tostring(longest) } end
  if is_passing then
    keep()
    local ahead_count, passed_count = 0, 0
    if rank == ${HELD_RANK} or now < gathersUntil or by == '' then return { 'waits', '0', 0, '0' } end
    begin_passing()
    for r = 1, rank + 1 do
      ahead_count = ahead_count + call('ZCARD', lines[r])
      passed_count = passed_count + call('ZCARD', passed_line(by, r))
    end
    return { takes_walk_in(ahead_count - passed_count) and 'walksIn' or 'waits', '0', ahead_count, '0' }
  end
  if ARGV[2] == '' then
    arrivedAt = math.max(math.floor(now * 1000000), lastArrivedAt + 1)
    lastArrivedAt = arrivedAt
  else
    arrivedAt = tonumber(ARGV[2])
    if arrivedAt < bornAt * 1000000 then gathersUntil = math.max(gathersUntil, bornAt + longest * ${1 + POLL_JITTER_RATIO} + ${GRACE_SECONDS}) end
  end
end
if known_rank ~= rank then
  if known_rank then step_out(known_rank + 1, id) end
  call('ZADD', lines[rank + 1], whole(arrivedAt), id)
end
local ahead = call('ZRANK', lines[rank + 1], id)
for r = 1, rank do ahead = ahead + call('ZCARD', lines[r]) end
local poll, pace = longest, per_second + tonumber(ARGV[11]) / 300
if pace > 0 then poll = math.min(longest, math.max(${SHORTEST_POLL_SECONDS}, ${POLL_RATIO} * ahead / pace)) end
local function passed_ahead()
  begin_passing()
  local line = passed_line(by, rank + 1)
  if left_to == 0 then
    call('ZADD', line, whole(arrivedAt), id)
    call('EXPIRE', line, 172800)
  else
    call('ZREM', line, id)
  end
  local count = call('ZCOUNT', line, '-inf', '(' .. whole(arrivedAt))
  for r = 1, rank do count = count + call('ZCARD', passed_line(by, r)) end
  return count
end
local outcome = 'waits'
if rank < ${HELD_RANK} and now >= gathersUntil then
  if by ~= '' and takes_walk_in(ahead - passed_ahead()) then
    outcome = 'walksIn'
  else
    local left = whole_budget - number(call('HGET', admitted, whole(cell)))
    if ahead < math.floor(math.min(saved, left) + 0.000001) then
      outcome = 'called'
      saved = saved - 1
      call('HINCRBY', admitted, whole(cell), 1)
    end
  end
end
if outcome == 'waits' then
  call('ZADD', due, string.format('%.6f', now + poll * ${1 + POLL_JITTER_RATIO} + ${GRACE_SECONDS}), id)
else
  step_out(rank + 1, id)
  call('ZREM', due, id)
  call('ZADD', called, string.format('%.6f', now + ${CALLED_SECONDS}), id)
end
keep()
return { outcome, whole(arrivedAt), ahead, tostring(poll) }
`;

/** ARGV: id. */
export const LEAVE = `${COMMON}
call('ZREM', due, ARGV[1])
for r = 1, ${HELD_RANK + 1} do step_out(r, ARGV[1]) end
return 1
`;

/**
 * ARGV: agent, now, cell, logins, sessions, stay cells, settle seconds, unspent cell, unspent count, number of admitted pairs (-1: not told
 * unless asked for), pairs (cell, count), then pairs of called tickets (id, until). Returns leased (-1: tell), rank and arrival up to which, present by rank, admitted pairs, living agents.
 */
export const BEAT = `${COMMON}
local agent, now = ARGV[1], tonumber(ARGV[2])
local cell, logins, sessions, stay = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
begin(now, tonumber(ARGV[7]))
late(now, 2000)
-- a room that has lost its memory is told once by each agent
local pairs_count = tonumber(ARGV[10])
if call('HEXISTS', told, agent) == 0 then
  if pairs_count < 0 then return { -1, -1, '0', {}, {}, 0 } end
  call('HSET', told, agent, '1')
  for k = 1, pairs_count do call('HINCRBY', admitted, ARGV[9 + 2 * k], ARGV[10 + 2 * k]) end
  for k = 11 + 2 * pairs_count, #ARGV, 2 do call('ZADD', called, ARGV[k + 1], ARGV[k]) end
else
  local lease = call('HGET', leases, agent)
  if lease then
    local its, count = string.match(lease, '^(%d+):(%d+)$')
    local back = math.min(tonumber(ARGV[9]), tonumber(count))
    if its == ARGV[8] and back > 0 then call('HINCRBY', admitted, its, -back) end
  end
end
call('HDEL', leases, agent)
call('ZREMRANGEBYSCORE', called, '-inf', string.format('%.6f', now))
call('ZREMRANGEBYSCORE', agents, '-inf', string.format('%.6f', now - ${AGENT_SECONDS}))
call('ZADD', agents, string.format('%.6f', now), agent)
local flat = call('HGETALL', admitted)
for k = 1, #flat, 2 do if tonumber(flat[k]) < cell - 48 then call('HDEL', admitted, flat[k]) end end
local given = call('HGETALL', walk_ins)
for k = 1, #given, 2 do if number(string.match(given[k + 1], '^(%-?%d+):')) < cell - 48 then call('HDEL', walk_ins, given[k]) end end
local passing = call('HGETALL', passed)
for k = 1, #passing, 2 do if tonumber(passing[k + 1]) < cell - 48 then call('HDEL', passed, passing[k]) end end
local whole_budget = budget(cell, logins, sessions, stay)
local left = whole_budget - number(call('HGET', admitted, whole(cell)))
local alive = call('ZCARD', agents)
local seconds = math.min(${LEASE_SECONDS}, (cell + 1) * 300 - now)
local share = math.max(0, math.floor(math.min(whole_budget / 300 * seconds, left) / alive))
if now < number(call('HGET', state, 'gathersUntil')) then share = 0 end
if share > 0 then
  call('HINCRBY', admitted, whole(cell), share)
  call('HSET', leases, agent, whole(cell) .. ':' .. whole(share))
end
local counts = {}
for r = 1, ${HELD_RANK + 1} do counts[r] = call('ZCARD', lines[r]) end
local rank, arrivedAt = -1, '0'
-- the shares, and those who may still be called before the next beat
local saving = call('HMGET', state, 'saved', 'savedAt')
local saved = math.min(math.max(1, whole_budget / 300 * ${MOST_SAVED_SECONDS}), number(saving[1]) + whole_budget / 300 * math.max(0, now - number(saving[2])))
local place = share * alive + math.floor(math.min(saved, left)) + math.ceil(whole_budget / 300 * ${BEAT_SECONDS})
if share == 0 then place = 0 end
for r = 1, ${HELD_RANK} do
  if place > 0 then
    if place <= counts[r] then
      rank = r - 1
      arrivedAt = call('ZRANGE', lines[r], place - 1, place - 1, 'WITHSCORES')[2]
    elseif counts[r] > 0 then
      rank = r - 1
      arrivedAt = call('ZRANGE', lines[r], -1, -1, 'WITHSCORES')[2]
    end
    place = place - counts[r]
  end
end
for _, key in ipairs(KEYS) do call('EXPIRE', key, 172800) end
return { share, rank, arrivedAt, counts, call('HGETALL', admitted), alive }
`;
