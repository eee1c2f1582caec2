import { HELD_RANK, KEPT_SECONDS, presentSeconds } from '../../src/agent/room-store';
import { randomInteger, seededRandom } from '../../src/kernel/random';
import { CELL, describeLine, LIMITS, START } from './room-stores';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

describeLine('the line of those who wait', ({ when, room, visit, beat }) => {
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
    const count = store.kind === 'process' ? 20_000 : 600;
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
