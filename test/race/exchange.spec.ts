import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import type { Actor } from '../../src/access/actor';
import { databaseOptions } from '../../src/common/database';
import { DomainError } from '../../src/common/domain-error';
import { PlanChangeStore } from '../../src/plan/plan-change.store';
import { SwapService } from '../../src/exchange/swap.service';
import { WaitingServer } from '../../src/exchange/waiting-server.service';
import {
  bookingViolations,
  type BookableRegion,
  NO_VIOLATIONS,
  publishedRegion,
  standStillAt,
} from '../booking-region';
import { cellAt, ledgerDifferenceCount, type WindowSpec } from '../plan-builder';
import { startTestApplication } from '../test-application';
import { freshDatabaseUrl } from '../test-database';
import { until } from '../until';

const NOW = '2026-12-06T12:00:00+01:00';
const AFTER_THE_HOLD = '2026-12-06T12:05:01+01:00';
const FRIDAY_NOON = '2026-12-11T12:00:00+01:00';
const PLACE_COUNT = 6;
const CROWD = 100;

interface Answer {
  status: number;
  body: { id: string; code?: string };
}

/** A hundred classes with a window each from Monday to Thursday; on Friday at noon six more, and no room for a seventh. */
function crowd(): WindowSpec[] {
  const windows = Array.from({ length: CROWD }, (_, i): WindowSpec => {
    const slot = i % 50;
    const startCell = cellAt(Math.floor(slot / 13), 8) + (slot % 13) * 9;
    return { establishment: Math.floor(i / 10), classIndex: i % 10, startCell, headcount: 30 };
  });
  for (let i = 0; i < PLACE_COUNT; i++) {
    windows.push({ establishment: 10, classIndex: i, startCell: cellAt(4, 12), headcount: 30 });
  }
  return windows;
}

describe('holds and the waiting list on two replicas', () => {
  let replicas: NestFastifyApplication[];
  let watch: DataSource;
  let region: BookableRegion;
  beforeAll(async () => {
    standStillAt(NOW);
    const url = await freshDatabaseUrl();
    replicas = [
      await startTestApplication({ DATABASE_URL: url, ETALE_POOL_SIZE: '10' }),
      await startTestApplication({ DATABASE_URL: url, ETALE_POOL_SIZE: '10' }),
    ];
    watch = await new DataSource(databaseOptions(url, 2)).initialize();
  });
  afterAll(async () => {
    await watch.destroy();
    await Promise.all(replicas.map((app) => app.close()));
    jest.useRealTimers();
  });
  beforeEach(async () => {
    standStillAt(NOW);
    region = await publishedRegion(replicas[0]!, crowd(), {
      establishmentCount: 11,
      classesEach: 10,
      concurrentSessions: 130,
    });
  });
  afterEach(async () => {
    expect(await bookingViolations(watch, region.platformId)).toEqual(NO_VIOLATIONS);
    expect(await ledgerDifferenceCount(watch, region.platformId)).toBe(0);
  });

  const post = async (replica: number, url: string, payload: object): Promise<Answer> => {
    const response = await replicas[replica % 2]!.inject({
      method: 'POST',
      url: `/v1/${url}`,
      payload,
      headers: { 'idempotency-key': randomUUID(), 'if-match': '"1"' },
    });
    return { status: response.statusCode, body: response.json<Answer['body']>() };
  };
  const toNoon = (i: number): object => ({ operation: 'move', windowId: region.windowIds[i], startsAt: FRIDAY_NOON });
  const release = (i: number): Promise<Answer> =>
    post(i, 'bookings', { operation: 'release', windowId: region.windowIds[CROWD + i] });

  it('a change on one replica wakes who follows on the other, long before the time that it would wait', async () => {
    const changes = replicas[1]!.get(PlanChangeStore);
    const read = changes.after.bind(changes);
    let firstRead = (): void => undefined;
    const hasRead = new Promise<void>((resolve) => (firstRead = resolve));
    const spy = jest.spyOn(changes, 'after').mockImplementationOnce(async (...asked) => {
      const rows = await read(...asked);
      firstRead();
      return rows;
    });
    const answer = replicas[1]!.inject({ url: `/v1/plans/${region.planId}/changes?after=1&waitSeconds=60` });
    await hasRead;
    spy.mockRestore();
    expect((await post(0, 'bookings', { operation: 'release', windowId: region.windowIds[0] })).status).toBe(201);
    let timer: NodeJS.Timeout;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), 30_000)));
    const told = await Promise.race([answer, late]).finally(() => clearTimeout(timer));
    expect(told === 'late' ? told : told.json<object>()).toMatchObject({ items: [{ revision: 2, kind: 'release' }] });
  });

  it('a hundred clients want to hold the last place: one has it', async () => {
    expect((await release(0)).status).toBe(201);
    const answers = await Promise.all(Array.from({ length: CROWD }, (_, i) => post(i, 'holds', toNoon(i))));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'booking.cell_full')).toHaveLength(CROWD - 1);
  });

  it('a hold is confirmed twenty times at once on both replicas: it becomes one booking', async () => {
    expect((await release(0)).status).toBe(201);
    const { body } = await post(0, 'holds', toNoon(0));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => post(i, `holds/${body.id}/confirm`, {})));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body: refused }) => refused.code === 'booking.hold_over')).toHaveLength(19);
  });

  it('a confirmation that comes after the end of its hold, in a crowd, leaves the place to one other', async () => {
    expect((await release(0)).status).toBe(201);
    const { body } = await post(0, 'holds', toNoon(0));
    standStillAt(AFTER_THE_HOLD);
    const answers = await Promise.all([
      post(0, `holds/${body.id}/confirm`, {}),
      ...Array.from({ length: 20 }, (_, i) => post(i, 'bookings', toNoon(i + 1))),
    ]);
    expect(answers[0].status).toBe(409);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it('fifty wait while places are released on both replicas: the first ones are offered them, each place once', async () => {
    const entries: string[] = [];
    for (let i = 0; i < 50; i++) {
      const { status, body } = await post(i, 'waiting-list', toNoon(i));
      expect(status).toBe(201);
      entries.push(body.id);
    }
    const serve = (replica: number): Promise<void> => replicas[replica]!.get(WaitingServer).serve(region.platformId);
    await Promise.all(
      Array.from({ length: 4 }, async (_, i) => {
        expect((await release(i)).status).toBe(201);
        await serve(i % 2);
      }),
    );
    await Promise.all([serve(0), serve(1)]);
    const offered = await watch.query<{ id: string }[]>(
      `select w.id from waiting_entry w join hold h on h.id = w.hold_id and h.state = 'held'
        where w.platform_id = $1 and w.state = 'offered' order by w.arrival`,
      [region.platformId],
    );
    expect(offered.map(({ id }) => id)).toEqual(entries.slice(0, 4));
  });

  it.each([
    ['is offered', false],
    ['is given', true],
  ])('a released place %s to who waits for it, however many poll for it', async (_, takesAutomatically) => {
    const { status, body } = await post(0, 'waiting-list', { ...toNoon(0), takesAutomatically });
    expect(status).toBe(201);
    let isServed = false;
    const polled = Array.from({ length: 50 }, async (_each, i) => {
      const seen = new Set<string>();
      while (!isServed) {
        const answer = await post(i, 'bookings', toNoon(i + 1));
        seen.add(answer.body.code ?? String(answer.status));
      }
      return seen;
    });
    expect((await release(0)).status).toBe(201);
    const state = async (): Promise<string> => {
      const [row] = await watch.query<[{ state: string }]>('select state from waiting_entry where id = $1', [body.id]);
      return row.state;
    };
    await until(async () => (await state()) !== 'waiting');
    isServed = true;
    for (const seen of await Promise.all(polled)) expect([...seen]).toEqual(['booking.cell_full']);
    expect(await state()).toBe(takesAutomatically ? 'taken' : 'offered');
    const [there] = await watch.query<[{ moved: number[] | null; held: number; kept: number }]>(
      `select (select array_agg(window_id) from plan_window
                where plan_id = $1 and start_cell = $3 and window_id = any($4)) as moved,
              (select count(*)::int from hold h join waiting_entry w on w.hold_id = h.id
                where h.platform_id = $2 and h.state = 'held') as held,
              (select count(*)::int from hold where platform_id = $2 and state = 'held' and establishment_id = 0) as kept`,
      [region.planId, region.platformId, cellAt(4, 12), region.windowIds.slice(0, CROWD)],
    );
    expect(there).toEqual({
      moved: takesAutomatically ? [region.windowIds[0]] : null,
      held: takesAutomatically ? 0 : 1,
      kept: 0,
    });
  });

  const countOf = async (sql: string): Promise<number> =>
    (await watch.query<[{ count: number }]>(`select count(*)::int as count from ${sql}`, [region.platformId]))[0].count;

  it('forty wishes of an establishment wait, however many it sends at once', async () => {
    // who is offered a place waits no more, and makes room for another
    const serving = replicas.map((replica) => jest.spyOn(replica.get(WaitingServer), 'serve').mockResolvedValue());
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        post(i, 'waiting-list', {
          operation: 'move',
          windowId: region.windowIds[i % 10],
          startsAt: `2026-12-11T${10 + Math.floor(i / 10)}:30:00+01:00`,
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(40);
    expect(answers.filter(({ body }) => body.code === 'waiting.too_many')).toHaveLength(20);
    expect(await countOf(`waiting_entry where platform_id = $1 and state = 'waiting'`)).toBe(40);
    for (const spy of serving) spy.mockRestore();
  });

  it('twenty proposals of an establishment wait for an answer, however many it makes at once', async () => {
    const head: Actor = { role: 'head', subject: 'head@here', uais: [region.uais[0]!] };
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        replicas[i % 2]!.get(SwapService)
          .propose(
            head,
            { windowId: region.windowIds[i % 10]!, withWindowId: region.windowIds[10 + i]!, withRevision: 1 },
            { idempotencyKey: randomUUID(), ifMatch: '"1"' },
          )
          .then(
            () => 'proposed',
            (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
          ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'proposed')).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome === 'swap.too_many')).toHaveLength(20);
    expect(await countOf(`swap_proposal where platform_id = $1 and state = 'proposed'`)).toBe(20);
  });
});
