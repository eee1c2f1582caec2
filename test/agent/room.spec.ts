import { installed } from '../../bench/real-proxy';
import { RealRedis } from '../../bench/real-redis';
import { ProcessRoom } from '../../src/agent/process-room';
import { RedisRoom } from '../../src/agent/redis-room';
import {
  HELD_RANK,
  KEPT_SECONDS,
  presentSeconds,
  RoomAway,
  type RoomSettings,
  type RoomStore,
  type RoomVisit,
} from '../../src/agent/room-store';
import { randomInteger, seededRandom } from '../../src/kernel/random';

const redisServer = installed('redis-server') ?? installed('valkey-server');
const CELL = 6_000_000;
const START = CELL * 300;
const SETTINGS: RoomSettings = { longestPollSeconds: 60, settleSeconds: 0 };
/** Three hundred log-ins a cell: one a second. */
const LIMITS = { cell: CELL, logins: 300, sessions: 1e6, stayCells: 12 };
/** An agent's quota of which no step takes anything from anybody. */
const QUOTA = { by: 'agent', cell: CELL, leftCount: 1, fewestLeftCount: Infinity, heardCount: 0 };
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

const MOST_TRIES = 4000;

let redis: RealRedis | undefined;
let cluster: RealRedis | undefined;
let platformCount = 0;
beforeAll(async () => {
  if (!redisServer) return;
  redis = await RealRedis.start(redisServer);
  cluster = await RealRedis.start(redisServer, true);
});
afterAll(async () => {
  await redis?.stop();
  await cluster?.stop();
});

const stores: [name: string, isThere: boolean, open: (settings: RoomSettings) => Promise<RoomStore>][] = [
  ['in process', true, (settings) => Promise.resolve(new ProcessRoom(settings))],
  [
    'on Redis',
    redisServer !== undefined,
    (settings) => opened(() => new RedisRoom([redis!.url], ++platformCount, settings)),
  ],
  [
    'on a cluster',
    redisServer !== undefined,
    (settings) => opened(() => new RedisRoom([cluster!.url, cluster!.url], ++platformCount, settings)),
  ],
];

/** A store that answers: a client connects while it is asked. */
async function opened(make: () => RoomStore): Promise<RoomStore> {
  const store = make();
  for (let k = 0; ; k++) {
    try {
      await store.leave('nobody');
      return store;
    } catch (error) {
      if (!(error instanceof RoomAway) || k > MOST_TRIES) throw error;
      await new Promise((go) => setTimeout(go, 5));
    }
  }
}

describe.each(stores)('the line of those who wait, %s', (_name, isThere, open) => {
  const when = isThere ? it : it.skip;
  const rooms: RoomStore[] = [];
  const room = async (settings: Partial<RoomSettings> = {}) => {
    const its = await open({ ...SETTINGS, ...settings });
    rooms.push(its);
    return its;
  };
  afterAll(() => Promise.all(rooms.map((its) => its.close())));
  const visit = (store: RoomStore, id: string, now: number, more: Partial<RoomVisit> = {}) =>
    store.visit({
      id,
      arrivedAt: undefined,
      rank: 0,
      now,
      walkInsPerCell: 0,
      limits: { ...LIMITS, cell: Math.floor(now / 300) },
      ...more,
    });
  const beat = (store: RoomStore, agent: string, now: number, more: object = {}) =>
    store.beat({
      agent,
      now,
      limits: { ...LIMITS, cell: Math.floor(now / 300) },
      unspent: { cell: 0, count: 0 },
      admitted: new Map(),
      called: new Map(),
      ...more,
    });

  when('calls in the order of arrival, one for each place that comes free, whoever asks first', async () => {
    const store = await room();
    const tickets = ['a', 'b', 'c', 'd'];
    const arrivals: number[] = [];
    for (const [k, id] of tickets.entries()) {
      const answer = await visit(store, id, START);
      expect(answer).toMatchObject({ outcome: 'waits', aheadCount: k });
      arrivals.push(answer.arrivedAt);
    }
    expect(arrivals).toEqual([...arrivals].sort((x, y) => x - y));
    expect(new Set(arrivals).size).toBe(4);
    const ask = (k: number, now: number) => visit(store, tickets[k]!, now, { arrivedAt: arrivals[k]! });
    // two places after two seconds: c and d ask first and are not called
    expect(await ask(3, START + 2)).toMatchObject({ outcome: 'waits', aheadCount: 3 });
    expect(await ask(2, START + 2)).toMatchObject({ outcome: 'waits', aheadCount: 2 });
    expect(await ask(1, START + 2)).toMatchObject({ outcome: 'called' });
    expect(await ask(2, START + 2)).toMatchObject({ outcome: 'waits', aheadCount: 1 });
    expect(await ask(0, START + 2)).toMatchObject({ outcome: 'called' });
    expect(await ask(2, START + 2)).toMatchObject({ outcome: 'waits', aheadCount: 0 });
    // whoever did not hear of the call hears it again, and takes no second place
    expect(await ask(0, START + 2.5)).toMatchObject({ outcome: 'again' });
    expect(await ask(2, START + 3)).toMatchObject({ outcome: 'called' });
  });

  when('pupils go before relatives, and those of whom nobody knows stand between', async () => {
    const store = await room();
    const relative = await visit(store, 'r', START, { rank: 2 });
    const unknown = await visit(store, 'u', START, { rank: 1 });
    const pupil = await visit(store, 'p', START, { rank: 0 });
    const ask = (id: string, rank: number, arrivedAt: number, now: number) =>
      visit(store, id, now, { rank, arrivedAt });
    expect(await ask('r', 2, relative.arrivedAt, START + 1)).toMatchObject({ outcome: 'waits', aheadCount: 2 });
    expect(await ask('p', 0, pupil.arrivedAt, START + 1)).toMatchObject({ outcome: 'called' });
    expect(await ask('r', 2, relative.arrivedAt, START + 2)).toMatchObject({ outcome: 'waits', aheadCount: 1 });
    expect(await ask('u', 1, unknown.arrivedAt, START + 2)).toMatchObject({ outcome: 'called' });
    expect(await ask('r', 2, relative.arrivedAt, START + 3)).toMatchObject({ outcome: 'called' });
  });

  when('who is held back by a step keeps the place, blocks nobody and is called when the step is over', async () => {
    const store = await room();
    const first = await visit(store, 'first', START, { rank: HELD_RANK });
    const second = await visit(store, 'second', START, { rank: 2 });
    expect(await visit(store, 'first', START + 5, { rank: HELD_RANK, arrivedAt: first.arrivedAt })).toMatchObject({
      outcome: 'waits',
    });
    expect(second.aheadCount).toBe(0);
    const third = await visit(store, 'third', START + 5.1, { rank: 2, limits: { ...LIMITS, logins: 0 } });
    // the step ends: its place is before those who came later
    expect(
      await visit(store, 'first', START + 6, { rank: 2, arrivedAt: first.arrivedAt, limits: { ...LIMITS, logins: 0 } }),
    ).toMatchObject({ aheadCount: 0 });
    expect(
      await visit(store, 'third', START + 6, { rank: 2, arrivedAt: third.arrivedAt, limits: { ...LIMITS, logins: 0 } }),
    ).toMatchObject({ aheadCount: 2 });
  });

  when('the abandoned do not block, and a tab that was closed finds its place again', async () => {
    const store = await room();
    const away = await visit(store, 'away', START, { limits: { ...LIMITS, logins: 0 } });
    const stays = await visit(store, 'stays', START, { limits: { ...LIMITS, logins: 0 } });
    const late = START + presentSeconds(60) + 2;
    const nothing = { ...LIMITS, logins: 0 };
    expect(await visit(store, 'stays', late, { arrivedAt: stays.arrivedAt, limits: nothing })).toMatchObject({
      aheadCount: 0,
    });
    expect(await visit(store, 'away', late, { arrivedAt: away.arrivedAt, limits: nothing })).toMatchObject({
      aheadCount: 0,
    });
    expect(await visit(store, 'stays', late, { arrivedAt: stays.arrivedAt, limits: nothing })).toMatchObject({
      aheadCount: 1,
    });
    expect(KEPT_SECONDS).toBe(300);
  });

  when(
    'never calls more in a cell than the log-ins that the plan leaves, nor more than the sessions of the visits that go on',
    async () => {
      const store = await room();
      const random = seededRandom(seed);
      const logins = 40;
      const sessions = 100;
      const called = new Map<number, number>();
      const waiting = new Map<string, number>();
      let made = 0;
      for (let now = START; now < START + 14 * 300; now += 15) {
        for (let k = 0; k < 8 && waiting.size < 40; k++) waiting.set(`t${made++}`, -1);
        for (const [id, arrivedAt] of waiting) {
          if (random() < 0.5) continue;
          const cell = Math.floor(now / 300);
          const answer = await visit(store, id, now, {
            arrivedAt: arrivedAt < 0 ? undefined : arrivedAt,
            rank: randomInteger(random, 3),
            limits: { ...LIMITS, cell, logins, sessions, stayCells: 4 },
          });
          if (answer.outcome === 'waits') waiting.set(id, answer.arrivedAt);
          else {
            expect(answer.outcome).toBe('called');
            waiting.delete(id);
            called.set(cell, (called.get(cell) ?? 0) + 1);
          }
        }
      }
      const cells = [...called.keys()].sort();
      const ofVisits = cells.map((cell) => [0, 1, 2, 3].reduce((sum, back) => sum + (called.get(cell - back) ?? 0), 0));
      expect({ seed, over: [...called.values()].filter((count) => count > logins) }).toEqual({ seed, over: [] });
      expect({ seed, most: Math.max(...ofVisits) <= sessions }).toEqual({ seed, most: true });
      // and what is there is used: a hundred in four cells, again and again
      expect({ seed, isUsed: [...called.values()].reduce((a, b) => a + b, 0) > 280 }).toEqual({ seed, isUsed: true });
    },
  );

  when('a line that nobody asked about saves up half a minute, no more', async () => {
    const store = await room();
    await visit(store, 'x', START);
    const tickets = Array.from({ length: 50 }, (_, k) => `y${k}`);
    const arrived = new Map<string, number>();
    const nothing = { ...LIMITS, logins: 0 };
    for (const id of tickets) arrived.set(id, (await visit(store, id, START + 0.1, { limits: nothing })).arrivedAt);
    const outcomes = [];
    for (const id of tickets)
      outcomes.push((await visit(store, id, START + 120, { arrivedAt: arrived.get(id)! })).outcome);
    expect(outcomes.filter((outcome) => outcome === 'called')).toHaveLength(30);
  });

  when('the walk-in quota is for who stands first', async () => {
    const store = await room();
    const first = await visit(store, 'first', START);
    const walkIn = { ...QUOTA, leftCount: 1 };
    expect(await visit(store, 'second', START, { walkIn })).toMatchObject({ outcome: 'waits' });
    expect(await visit(store, 'first', START, { arrivedAt: first.arrivedAt, walkIn })).toMatchObject({
      outcome: 'walksIn',
    });
  });

  when('so many walk in as stand first and have a place, whoever asks first', async () => {
    const store = await room();
    const limits = { ...LIMITS, logins: 0 };
    const walkIn = { ...QUOTA, leftCount: 2 };
    const arrivals: number[] = [];
    for (const id of ['a', 'b', 'c']) arrivals.push((await visit(store, id, START, { limits })).arrivedAt);
    const ask = async (k: number) =>
      (await visit(store, 'abc'[k]!, START + 5, { arrivedAt: arrivals[k]!, limits, walkIn })).outcome;
    expect([await ask(2), await ask(1), await ask(2), await ask(0), await ask(2)]).toEqual([
      'waits',
      'walksIn',
      'waits',
      'walksIn',
      'waits',
    ]);
  });

  when('nobody waits behind whom the walk-in quota passes over, in the cell in which it does', async () => {
    const store = await room();
    const from = START + 240;
    const limits = { ...LIMITS, logins: 0 };
    const walkIn = { ...QUOTA, leftCount: 1 };
    const over = { ...walkIn, leftCount: 0 };
    const line = ['cut', 'kept', 'alsoCut', 'free', 'relative'];
    const arrivals = new Map<string, number>();
    for (const id of line)
      arrivals.set(id, (await visit(store, id, from, { limits, rank: id === 'relative' ? 2 : 0 })).arrivedAt);
    const ask = async (id: string, more: Partial<RoomVisit>, now = from + 5) =>
      (
        await visit(store, id, now, {
          arrivedAt: arrivals.get(id)!,
          limits: { ...limits, cell: Math.floor(now / 300) },
          rank: id === 'relative' ? 2 : 0,
          ...more,
        })
      ).outcome;
    // who has not asked yet may have a place
    expect(await ask('cut', { walkIn: over })).toBe('waits');
    expect(await ask('alsoCut', { walkIn: over })).toBe('waits');
    expect(await ask('free', { walkIn })).toBe('waits');
    expect(await ask('kept', { walkIn: over })).toBe('waits');
    expect(await ask('relative', { walkIn })).toBe('waits');
    expect(await ask('free', { walkIn })).toBe('walksIn');
    const second = { ...walkIn, leftCount: 1, heardCount: 1 };
    // the step has ended for one of them, who stands before the relatives again
    expect(await ask('alsoCut', { walkIn: { ...second, leftCount: 1, heardCount: 0 } })).toBe('waits');
    expect(await ask('relative', { walkIn: second })).toBe('waits');
    await store.leave('alsoCut');
    expect(await ask('relative', { walkIn: second })).toBe('walksIn');
    // whom it passed over kept the place, and the next cell passes over nobody who has not asked in it
    const next = { ...walkIn, cell: CELL + 1 };
    const late = await visit(store, 'late', START + 301, { limits: { ...limits, cell: CELL + 1 }, walkIn: next });
    expect(late).toMatchObject({ outcome: 'waits', aheadCount: 2 });
    expect(await ask('cut', { walkIn: next }, START + 302)).toBe('walksIn');
    // a place that the plan leaves is for who stands first, passed over or not
    const one = { ...LIMITS, cell: CELL + 1, logins: 300 };
    expect(await ask('kept', { walkIn: { ...next, leftCount: 0 }, limits: one }, START + 304)).toBe('called');
  });

  when(
    'who has the whole quota leaves those who stand before their places of it, also where a step leaves them fewer',
    async () => {
      const store = await room();
      const limits = { ...LIMITS, logins: 0 };
      // two of four places are for those of a step too
      let spent = 0;
      const ask = async (id: string, most: number) => {
        const walkIn = {
          ...QUOTA,
          leftCount: Math.max(0, most - spent),
          fewestLeftCount: 2 - spent > 0 ? 2 - spent : Infinity,
          heardCount: spent,
        };
        const { outcome } = await visit(store, id, START + 5, { arrivedAt: arrivals.get(id)!, limits, walkIn });
        if (outcome === 'walksIn') spent++;
        return outcome === 'walksIn';
      };
      const arrivals = new Map<string, number>();
      for (const id of ['a0', 'a1', 'b2', 'b3'])
        arrivals.set(id, (await visit(store, id, START, { limits })).arrivedAt);
      expect([await ask('b3', 4), await ask('b2', 4), await ask('a1', 2)]).toEqual([false, false, true]);
      expect([await ask('b2', 4), await ask('a0', 2), await ask('b3', 4), await ask('b2', 4)]).toEqual([
        false,
        true,
        true,
        true,
      ]);
    },
  );

  when('nobody who walks in takes the place of one ahead, whatever steps leave to whom and whoever asks', async () => {
    const store = await room();
    const random = seededRandom(seed);
    const whole = 60;
    const shares = [whole, 40, 15, 0];
    const limits = { ...LIMITS, logins: 0 };
    const line: { id: string; share: number; arrivedAt: number }[] = [];
    const isPassedOver = new Set<string>();
    let spent = 0;
    /** How many of some are served when they ask in their order. */
    const servedOf = (them: typeof line, from: number): number =>
      them.reduce((count, { share }) => (from + count < share ? count + 1 : count), 0);
    const wronged: object[] = [];
    let asked = 0;
    // answers are on their way: the agent has not heard of the last ones
    let heard = 0;
    const ask = async (its: (typeof line)[number], isNew: boolean, unheard: number): Promise<void> => {
      heard = Math.max(heard, spent - unheard);
      const left = shares.map((share) => share - heard).filter((count) => count > 0);
      const walkIn =
        heard < whole
          ? {
              ...QUOTA,
              leftCount: Math.max(0, its.share - heard),
              fewestLeftCount: Math.min(...left),
              heardCount: heard,
            }
          : undefined;
      const answer = await visit(store, its.id, START + asked++ / 20, {
        arrivedAt: isNew ? undefined : its.arrivedAt,
        limits,
        ...(walkIn && { walkIn }),
      });
      if (walkIn) isPassedOver[walkIn.leftCount === 0 ? 'add' : 'delete'](its.id);
      if (answer.outcome === 'waits') {
        its.arrivedAt = answer.arrivedAt;
        if (isNew) line.push(its);
        return;
      }
      expect(answer.outcome).toBe('walksIn');
      const at = isNew ? line.length : line.indexOf(its);
      const ahead = line.slice(0, at).filter(({ id }) => !isPassedOver.has(id));
      if (servedOf(ahead, spent + 1) < servedOf(ahead, spent)) wronged.push({ its, spent });
      line.splice(at, isNew ? 0 : 1);
      spent++;
    };
    for (let k = 0; k < 300; k++) {
      const unheard = randomInteger(random, 4);
      if (line.length > 0 && random() < 0.6) await ask(line[randomInteger(random, line.length)]!, false, unheard);
      else
        await ask({ id: `w${k}`, share: shares[randomInteger(random, shares.length)]!, arrivedAt: -1 }, true, unheard);
    }
    expect({ seed, wronged }).toEqual({ seed, wronged: [] });
    // when all of them have asked again, nobody waits who may have a place
    for (let turn = 0; turn < 3; turn++) for (const its of [...line]) await ask(its, false, 0);
    expect({ seed, waiting: line.filter(({ share }) => share > spent) }).toEqual({ seed, waiting: [] });
    expect(spent).toBeGreaterThan(30);
  });

  when('the quota of one agent passes over nobody in favour of those who ask another', async () => {
    const store = await room();
    const limits = { ...LIMITS, logins: 0 };
    const [one, two] = [QUOTA, { ...QUOTA, by: 'other' }];
    const first = await visit(store, 'first', START, { limits, walkIn: { ...one, leftCount: 0 } });
    expect(await visit(store, 'second', START, { limits, walkIn: two })).toMatchObject({ outcome: 'waits' });
    expect(await visit(store, 'first', START + 1, { limits, walkIn: two, arrivedAt: first.arrivedAt })).toMatchObject({
      outcome: 'walksIn',
    });
  });

  when('who cannot be given a ticket walks in behind all who wait, and takes no place in line', async () => {
    const store = await room();
    const limits = { ...LIMITS, logins: 0 };
    const passing = { limits, isPassing: true, walkIn: { ...QUOTA, leftCount: 2 } };
    expect(await visit(store, 'p0', START, { ...passing, rank: 1 })).toMatchObject({ outcome: 'walksIn' });
    const first = await visit(store, 'first', START, { limits, rank: 1 });
    expect(await visit(store, 'p1', START, { ...passing, rank: 1 })).toMatchObject({ outcome: 'waits', aheadCount: 1 });
    expect(await visit(store, 'p2', START, { ...passing, rank: 2 })).toMatchObject({ outcome: 'waits', aheadCount: 1 });
    // nobody of an own or a higher rank waits
    expect(await visit(store, 'p3', START, { ...passing, rank: 0 })).toMatchObject({ outcome: 'walksIn' });
    expect(await visit(store, 'first', START, { limits, rank: 1, arrivedAt: first.arrivedAt })).toMatchObject({
      aheadCount: 0,
    });
  });

  when('a walk-in quota brings the line on: those ask sooner who may have more of it', async () => {
    const store = await room();
    const limits = { ...LIMITS, logins: 0 };
    for (let k = 0; k < 8; k++) await visit(store, `q${k}`, START, { limits });
    // four ahead, a fifth of one a second
    expect((await visit(store, 'q4', START, { limits, walkInsPerCell: 60 })).pollSeconds).toBeCloseTo(10, 5);
    expect((await visit(store, 'q4', START, { limits, walkInsPerCell: 30 })).pollSeconds).toBeCloseTo(20, 5);
    expect((await visit(store, 'q4', START, { limits })).pollSeconds).toBe(60);
  });

  when(
    'the last places of a walk-in quota are given once, however many ask while answers are on their way',
    async () => {
      const store = await room();
      const limits = { ...LIMITS, logins: 0 };
      const walkIn = { ...QUOTA, leftCount: 2 };
      const ids = Array.from({ length: 12 }, (_, k) => `w${k}`);
      const outcomesOf = async (asked: object, from: number) =>
        (await Promise.all(ids.slice(from).map((id) => visit(store, id, START, { limits, ...asked })))).map(
          ({ outcome }) => outcome,
        );
      // all of them judged while two places were left: whoever stands first has one, then whoever is first by then
      const outcomes = await outcomesOf({ walkIn }, 0);
      expect(outcomes).toEqual(['walksIn', 'walksIn', ...Array<string>(10).fill('waits')]);
      // the agent has heard of one of the two, and knows of one place
      expect(await outcomesOf({ walkIn: { ...walkIn, leftCount: 1, heardCount: 1 } }, 2)).not.toContain('walksIn');
      // another agent has a quota of its own, the next cell another one
      expect((await outcomesOf({ walkIn: { ...walkIn, by: 'other', leftCount: 1 } }, 2)).slice(0, 2)).toEqual([
        'walksIn',
        'waits',
      ]);
      expect((await outcomesOf({ walkIn: { ...walkIn, cell: CELL + 1, leftCount: 1 } }, 3)).slice(0, 2)).toEqual([
        'walksIn',
        'waits',
      ]);
      // a line that has lost its memory goes by what the agent has heard
      const empty = await room();
      const asked = { limits, walkIn: { ...walkIn, leftCount: 1, heardCount: 7 } };
      expect(await Promise.all(['x', 'y'].map(async (id) => (await visit(empty, id, START, asked)).outcome))).toEqual([
        'walksIn',
        'waits',
      ]);
    },
  );

  when('near the head a line is asked about often, far away as seldom as it may be', async () => {
    const store = await room({ longestPollSeconds: 30 });
    for (let k = 0; k < 200; k++) await visit(store, `z${k}`, START);
    expect(await visit(store, 'z0', START)).toMatchObject({ pollSeconds: 5 });
    expect((await visit(store, 'z199', START)).pollSeconds).toBe(30);
    expect((await visit(store, 'z40', START)).pollSeconds).toBeCloseTo(20, 5);
  });

  when('after a loss of memory tickets find their order again before anybody is called', async () => {
    const store = await room();
    const later = START + 1000;
    // the first to ask is not the first in line: nobody is called until the others have had their turn to ask
    expect(await visit(store, 'b', later, { arrivedAt: START * 1e6 + 2 })).toMatchObject({
      outcome: 'waits',
      aheadCount: 0,
    });
    expect(await visit(store, 'b', later + 5, { arrivedAt: START * 1e6 + 2 })).toMatchObject({ outcome: 'waits' });
    expect(await visit(store, 'a', later + 40, { arrivedAt: START * 1e6 + 1 })).toMatchObject({
      outcome: 'waits',
      aheadCount: 0,
    });
    const after = later + presentSeconds(60) + 1;
    // one place a minute: the second has to wait, although it asks first
    const limits = { ...LIMITS, cell: Math.floor(after / 300), logins: 5 };
    await visit(store, 'b', after - 5, { arrivedAt: START * 1e6 + 2, limits });
    await visit(store, 'a', after - 5, { arrivedAt: START * 1e6 + 1, limits });
    expect(await visit(store, 'b', after, { arrivedAt: START * 1e6 + 2, limits })).toMatchObject({
      outcome: 'waits',
      aheadCount: 1,
    });
    expect(await visit(store, 'a', after, { arrivedAt: START * 1e6 + 1 })).toMatchObject({ outcome: 'called' });
  });

  when('takes what an agent has let in before, once', async () => {
    const store = await room();
    const admitted = new Map([[CELL, 290]]);
    const state = await beat(store, 'agent-1', START, { admitted, called: new Map([['old', START + 400]]) });
    expect(state.admitted.get(CELL)! - state.leasedCount).toBe(290);
    const again = await beat(store, 'agent-1', START + 2, {
      admitted,
      unspent: { cell: CELL, count: state.leasedCount },
    });
    expect(again.admitted.get(CELL)! - again.leasedCount).toBe(290);
    expect(await visit(store, 'old', START + 3, { arrivedAt: START * 1e6 - 5 })).toMatchObject({ outcome: 'again' });
  });

  when('a line of twenty thousand: places and ranks of a random crowd are those of a sorted list', async () => {
    const store = await room();
    const random = seededRandom(seed);
    const nothing = { ...LIMITS, logins: 0 };
    const count = isThere && store.kind === 'process' ? 20_000 : 600;
    const all: { id: string; rank: number; arrivedAt: number }[] = [];
    for (let k = 0; k < count; k++) {
      const rank = randomInteger(random, 3);
      const { arrivedAt } = await visit(store, `n${k}`, START, { rank, limits: nothing });
      all.push({ id: `n${k}`, rank, arrivedAt });
    }
    for (let k = 0; k < count / 4; k++) {
      const [gone] = all.splice(randomInteger(random, all.length), 1);
      await store.leave(gone!.id);
      if (random() < 0.5) {
        await visit(store, gone!.id, START + 1, { rank: gone!.rank, arrivedAt: gone!.arrivedAt, limits: nothing });
        all.push(gone!);
      }
    }
    const sorted = [...all].sort((a, b) => a.rank - b.rank || a.arrivedAt - b.arrivedAt);
    for (let k = 0; k < 50; k++) {
      const at = randomInteger(random, sorted.length);
      const { id, rank, arrivedAt } = sorted[at]!;
      expect({ seed, ...(await visit(store, id, START + 2, { rank, arrivedAt, limits: nothing })) }).toMatchObject({
        seed,
        aheadCount: at,
      });
    }
  });
});

(redisServer ? describe : describe.skip)('what several agents of one platform share', () => {
  const beatOf = (store: RoomStore, agent: string, now: number, unspent = { cell: CELL, count: 0 }) =>
    store.beat({ agent, now, limits: LIMITS, unspent, admitted: new Map(), called: new Map() });

  it('each has a share of ten seconds, taken from the cell in advance and given back; a dead agent has none', async () => {
    const platform = ++platformCount;
    const one = await opened(() => new RedisRoom([redis!.url], platform, SETTINGS));
    const two = await opened(() => new RedisRoom([redis!.url], platform, SETTINGS));
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
    const store = await opened(() => new RedisRoom([redis!.url], ++platformCount, SETTINGS));
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
