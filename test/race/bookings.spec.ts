import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { BookingRefusals } from '../../src/booking/booking-refusals.service';
import { ADVISORY_LOCK, databaseOptions } from '../../src/common/database';
import { randomInteger, seededRandom } from '../../src/kernel/random';
import type { PlanChangePageDto } from '../../src/plan/plan-change.dto';
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

const SEED = 20261207;
const FRIDAY_NOON = '2026-12-11T12:00:00+01:00';

interface Answer {
  status: number;
  body: { id: string; code?: string; changes: { windowId: number; revision: number }[] };
}

/** 200 classes with a window each from Monday to Thursday, never more than three at a start; on Friday at noon five more. */
function crowd(): WindowSpec[] {
  const windows = Array.from({ length: 200 }, (_, i): WindowSpec => {
    const slot = i % 80;
    const startCell = cellAt(Math.floor(slot / 20), 8) + (slot % 20) * 6;
    return { establishment: Math.floor(i / 10), classIndex: i % 10, startCell, headcount: 30 };
  });
  for (let i = 0; i < 5; i++) {
    windows.push({ establishment: 20, classIndex: i, startCell: cellAt(4, 12), headcount: 30 });
  }
  return windows;
}

const ANSWERS_BETWEEN_KILLS = 10;

describe('a crowd of heads on two replicas', () => {
  let replicas: NestFastifyApplication[];
  let watch: DataSource;
  let region: BookableRegion;
  beforeAll(async () => {
    standStillAt('2026-12-06T12:00:00+01:00');
    const url = await freshDatabaseUrl();
    replicas = [
      await startTestApplication({ DATABASE_URL: url, ETALE_POOL_SIZE: '10' }),
      await startTestApplication({ DATABASE_URL: url, ETALE_POOL_SIZE: '10' }),
    ];
    watch = await new DataSource({
      ...databaseOptions(url, 2),
      applicationName: 'watch',
    } as DataSourceOptions).initialize();
  });
  afterAll(async () => {
    await watch.destroy();
    await Promise.all(replicas.map((app) => app.close()));
    jest.useRealTimers();
  });
  beforeEach(async () => {
    // a window brings 21 sessions: on Friday at noon there is room for a sixth one, not for a seventh
    region = await publishedRegion(replicas[0]!, crowd(), {
      establishmentCount: 21,
      classesEach: 10,
      concurrentSessions: 130,
    });
  });

  const book = async (replica: number, payload: object, revision: number, key = randomUUID()): Promise<Answer> => {
    const response = await replicas[replica % 2]!.inject({
      method: 'POST',
      url: '/v1/bookings',
      payload,
      headers: { 'idempotency-key': key, 'if-match': `"${revision}"` },
    });
    return { status: response.statusCode, body: response.json<Answer['body']>() };
  };
  const expectLawful = async (): Promise<number> => {
    expect(await bookingViolations(watch, region.platformId)).toEqual(NO_VIOLATIONS);
    expect(await ledgerDifferenceCount(watch, region.platformId)).toBe(0);
    const [{ count }] = await watch.query<[{ count: number }]>(
      'select count(*) from plan_change where platform_id = $1',
      [region.platformId],
    );
    return count;
  };

  it('wants the last place 200 times: one has it, the others are told what is left', async () => {
    const answers = await Promise.all(
      region.windowIds
        .slice(0, 200)
        .map((windowId, i) => book(i, { operation: 'move', windowId, startsAt: FRIDAY_NOON }, 1)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status, body }) => status === 409 && body.code === 'booking.cell_full');
    expect(refused).toHaveLength(199);
    expect(await expectLawful()).toBe(2);
  });

  it('does not wait while another platform is busy', async () => {
    const elsewhere = await publishedRegion(replicas[0]!, [
      { establishment: 0, classIndex: 0, startCell: cellAt(0, 8), headcount: 30 },
    ]);
    const busy = watch.createQueryRunner();
    await busy.startTransaction();
    await busy.query('select pg_advisory_xact_lock($1, $2)', [ADVISORY_LOCK.platform, region.platformId]);
    let isAnswered = false;
    const here = book(0, { operation: 'move', windowId: region.windowIds[0], startsAt: FRIDAY_NOON }, 1);
    void here.then(() => (isAnswered = true));
    const there = await book(0, { operation: 'move', windowId: elsewhere.windowIds[0], startsAt: FRIDAY_NOON }, 1);
    expect({ status: there.status, isAnswered }).toEqual({ status: 201, isAnswered: false });
    await busy.rollbackTransaction();
    await busy.release();
    expect((await here).status).toBe(201);
    await expectLawful();
  });

  it('moves one window 100 times at the same revision: one has it', async () => {
    const windowId = region.windowIds[0]!;
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        book(i, { operation: 'move', windowId, startsAt: `2026-12-11T${i % 2 ? '08' : '15'}:00:00+01:00` }, 1),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(99);
    await expectLawful();
  });

  it('sends a request again while its refusal is being explained: what the other replica answered meanwhile counts', async () => {
    const [first, second, , ...others] = region.windowIds;
    expect((await book(0, { operation: 'move', windowId: first, startsAt: FRIDAY_NOON }, 1)).status).toBe(201);
    const wanted = { operation: 'move', windowId: second, startsAt: FRIDAY_NOON };
    const key = randomUUID();
    const refusals = replicas[0]!.get(BookingRefusals);
    const explain = refusals.explain.bind(refusals);
    let refusedThere = (): void => undefined;
    let goOn = (): void => undefined;
    const refused = new Promise<void>((resolve) => (refusedThere = resolve));
    const answered = new Promise<void>((resolve) => (goOn = resolve));
    const held = jest.spyOn(refusals, 'explain').mockImplementationOnce(async (...asked) => {
      refusedThere();
      await answered;
      return explain(...asked);
    });
    const slow = book(0, wanted, 1, key);
    await refused;
    held.mockRestore();
    const released = await book(1, { operation: 'release', windowId: others.at(-1) }, 1);
    expect(released.status).toBe(201);
    const quick = await book(1, wanted, 1, key);
    expect(quick.status).toBe(201);
    goOn();
    expect(await slow).toEqual(quick);
    expect(await book(0, wanted, 1, key)).toEqual(quick);
    await expectLawful();

    // refused on both at once, and asked again: one refusal, with the alternatives and partners of then
    const third = { operation: 'move', windowId: region.windowIds[2], startsAt: FRIDAY_NOON };
    const anotherKey = randomUUID();
    const both = await Promise.all([book(0, third, 1, anotherKey), book(1, third, 1, anotherKey)]);
    expect(both.map(({ status }) => status)).toEqual([409, 409]);
    expect(both[1]).toEqual(both[0]);
    expect(await book(1, third, 1, anotherKey)).toEqual(both[0]);
    const kept = await watch.query<object[]>('select key from idempotency_key where key = any($1)', [
      [key, anotherKey],
    ]);
    expect(kept).toHaveLength(2);
  });

  it('sends one request 50 times with one key to both replicas: it is done once and answered alike', async () => {
    const key = randomUUID();
    const payload = { operation: 'move', windowId: region.windowIds[0], startsAt: FRIDAY_NOON };
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => book(i, payload, 1, key)));
    const done = answers.filter(({ status }) => status === 201);
    expect(new Set(done.map(({ body }) => body.id)).size).toBe(1);
    for (const { status, body } of answers) if (status !== 201) expect(body.code).toBe('booking.key_in_progress');
    expect(await expectLawful()).toBe(2);
  });

  it(`moves, swaps, adds and releases while connections are killed: nothing acknowledged is lost or doubled (seed ${SEED})`, async () => {
    const acknowledged = new Set<string>();
    const unexpected: Answer[] = [];
    let isOver = false;
    let killCount = 0;
    let answeredCount = 0;
    const seen: number[] = [];

    /** Asks until there is a definite answer, with the same key, of one replica and then of the other. */
    const insist = async (replica: number, payload: object, revision: number): Promise<void> => {
      const key = randomUUID();
      for (let attempt = 0; ; attempt++) {
        const answer = await book(replica + attempt, payload, revision, key);
        if (answer.status === 503 || answer.body.code === 'booking.key_in_progress') continue;
        answeredCount++;
        if (answer.status === 201) acknowledged.add(answer.body.id);
        else if (![404, 409, 412, 422].includes(answer.status)) unexpected.push(answer);
        return;
      }
    };
    const client = async (number: number): Promise<void> => {
      const random = seededRandom(SEED + number);
      for (let round = 0; round < 15; round++) {
        const rows = await watch.query<{ id: number; revision: number; class: number }[]>(
          `select window_id as id, greatest(revision, 1) as revision, class_id as class from plan_window where plan_id = $1
            order by window_id offset $2 limit 2`,
          [region.planId, randomInteger(random, 195)],
        );
        const [one, other] = rows;
        if (!one || !other) continue;
        const day = 7 + randomInteger(random, 5);
        const hour = String(8 + randomInteger(random, 3)).padStart(2, '0');
        const startsAt = `2026-12-${String(day).padStart(2, '0')}T${hour}:${randomInteger(random, 2) ? '30' : '00'}:00+01:00`;
        const choice = randomInteger(random, 10);
        if (choice < 5) await insist(number, { operation: 'move', windowId: one.id, startsAt }, one.revision);
        else if (choice < 7) {
          const swap = { operation: 'swap', windowId: one.id, withWindowId: other.id, withRevision: other.revision };
          await insist(number, swap, one.revision);
        } else if (choice < 8) await insist(number, { operation: 'release', windowId: one.id }, one.revision);
        else await insist(number, { operation: 'add', classId: one.class, startsAt }, 0);
      }
    };
    /** Follows the changes through every broken connection; each revision must come once, in order. */
    const follow = async (): Promise<void> => {
      let after = 0;
      for (let turn = 0; ; turn++) {
        const url = `/v1/plans/${region.planId}/changes?after=${after}&waitSeconds=1`;
        const wasOver = isOver;
        const response = await replicas[turn % 2]!.inject({ method: 'GET', url });
        if (response.statusCode === 503) continue;
        expect({ status: response.statusCode, body: response.body }).toMatchObject({ status: 200 });
        const page = response.json<PlanChangePageDto>();
        seen.push(...page.items.map(({ revision }) => revision));
        after = page.nextAfter;
        if (wasOver && page.items.length === 0) return;
      }
    };
    const kill = async (): Promise<void> => {
      for (let killedAt = 0; !isOver;) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        // by what was done, not by the clock: a slow machine would kill faster than anything can be done
        if (answeredCount < killedAt + ANSWERS_BETWEEN_KILLS) continue;
        killedAt = answeredCount;
        // every connection of both replicas, but none of this test's own
        const [{ count }] = await watch.query<[{ count: number }]>(
          `select count(pg_terminate_backend(pid)) from pg_stat_activity
            where datname = current_database() and application_name like 'etale%'`,
        );
        killCount += count;
      }
    };
    const following = follow();
    const killing = kill();
    await Promise.all(Array.from({ length: 16 }, (_, number) => client(number)));
    isOver = true;
    await Promise.all([following, killing]);

    expect(unexpected).toEqual([]);
    expect(killCount).toBeGreaterThan(5);
    expect(acknowledged.size).toBeGreaterThan(50);
    const changeCount = await expectLawful();
    expect(seen).toEqual(Array.from({ length: changeCount }, (_, i) => i + 1));
    const booked = await watch.query<{ id: string }[]>('select id from booking where platform_id = $1', [
      region.platformId,
    ]);
    expect(new Set(booked.map(({ id }) => id))).toEqual(acknowledged);
  }, 180_000);
});
