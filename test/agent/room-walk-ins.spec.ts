import type { RoomVisit } from '../../src/agent/room-store';
import { randomInteger, seededRandom } from '../../src/kernel/random';
import { CELL, describeLine, LIMITS, QUOTA, START } from './room-stores';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

describeLine('the walk-in quota and the line', ({ when, room, visit }) => {
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
});
