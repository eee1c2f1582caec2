import { RealRedis } from '../../bench/real-redis';
import { RedisRoom } from '../../src/agent/redis-room';
import { RoomAway, type RoomStore } from '../../src/agent/room-store';
import { CELL, LIMITS, opened, redisServer, SETTINGS, START } from './room-stores';

(redisServer ? describe : describe.skip)('what several agents of one platform share', () => {
  let redis: RealRedis;
  let platformCount = 0;
  beforeAll(async () => {
    redis = await RealRedis.start(redisServer!);
  });
  afterAll(() => redis.stop());
  const beatOf = (store: RoomStore, agent: string, now: number, unspent = { cell: CELL, count: 0 }) =>
    store.beat({ agent, now, limits: LIMITS, unspent, admitted: new Map(), called: new Map() });

  it('each has a share of ten seconds, taken from the cell in advance and given back; a dead agent has none', async () => {
    const platform = ++platformCount;
    const one = await opened(() => new RedisRoom([redis.url], platform, SETTINGS));
    const two = await opened(() => new RedisRoom([redis.url], platform, SETTINGS));
    expect((await beatOf(one, 'one', START)).leasedCount).toBe(10);
    const second = await beatOf(two, 'two', START);
    expect(second.leasedCount).toBe(5);
    expect(second.admitted.get(CELL)).toBe(15);
    const again = await beatOf(one, 'one', START + 2, { cell: CELL, count: 10 });
    expect(again.leasedCount).toBe(5);
    expect(again.admitted.get(CELL)).toBe(10);
    // "two" dies: its share stays spent, and who is left has all of the next seconds
    const alone = await beatOf(one, 'one', START + 20, { cell: CELL, count: 5 });
    expect(alone.leasedCount).toBe(10);
    expect(alone.admitted.get(CELL)).toBe(15);
    // the end of the cell is the end of a share
    expect((await beatOf(one, 'one', START + 297, { cell: CELL, count: 10 })).leasedCount).toBe(3);
    await Promise.all([one.close(), two.close()]);
  });

  it('a share is for those who stand first', async () => {
    const store = await opened(() => new RedisRoom([redis.url], ++platformCount, SETTINGS));
    const arrivals: number[] = [];
    for (let k = 0; k < 30; k++)
      arrivals.push(
        (
          await store.visit({
            id: `s${k}`,
            arrivedAt: undefined,
            rank: 2,
            now: START,
            walkInsPerCell: 0,
            limits: { ...LIMITS, logins: 0 },
          })
        ).arrivedAt,
      );
    const state = await beatOf(store, 'one', START);
    expect(state).toMatchObject({
      leasedCount: 10,
      leasedTo: { rank: 2, arrivedAt: arrivals[11] },
      waitingCounts: [0, 0, 30, 0],
    });
    await store.close();
  });

  it('a server that is away is said at once, and one that comes back empty is used again', async () => {
    const own = await RealRedis.start(redisServer!);
    const store = await opened(() => new RedisRoom([own.url], 1, SETTINGS));
    const ask = () =>
      store.visit({ id: 'v', arrivedAt: undefined, rank: 0, now: START, walkInsPerCell: 0, limits: LIMITS });
    await ask();
    await own.kill();
    await expect(ask()).rejects.toThrow(RoomAway);
    await own.begin();
    const again = await opened(() => store);
    expect(again).toBe(store);
    expect(await ask()).toMatchObject({ outcome: 'waits', aheadCount: 0 });
    await store.close();
    await own.stop();
  });
});
