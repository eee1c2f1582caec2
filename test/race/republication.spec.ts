import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { BookingDto } from '../../src/booking/booking.dto';
import { DomainError } from '../../src/common/domain-error';
import { WaitingServer } from '../../src/exchange/waiting-server.service';
import { randomInteger, seededRandom } from '../../src/kernel/random';
import { LedgerService } from '../../src/plan/ledger.service';
import { PlanService } from '../../src/plan/plan.service';
import {
  bookingViolations,
  type BookableRegion,
  NO_VIOLATIONS,
  publishedRegion,
  standStillAt,
} from '../booking-region';
import { cellAt, draftOf, ledgerDifferenceCount, TESTER, type WindowSpec } from '../plan-builder';
import { startTestApplication } from '../test-application';

const SEED = Number(process.env.RACE_SEED ?? 20261209);
const NOW = '2026-12-06T12:00:00+01:00';
const ESTABLISHMENTS = 8;
const CLASSES = 5;
const WINDOW_COUNT = ESTABLISHMENTS * CLASSES;
const ROUND_COUNT = 8;
/** The windows of the last school are booked by nobody: they follow the plans. */
const BOOKED_COUNT = WINDOW_COUNT - CLASSES;
const AGAIN = ['booking.stale', 'booking.key_in_progress', 'plan.not_published', 'booking.window_gone'];

/** One window for each class on Monday, at the hour that a plan gives it. */
const windowsAt = (hour: number): WindowSpec[] =>
  Array.from({ length: WINDOW_COUNT }, (_, i) => ({
    establishment: Math.floor(i / CLASSES),
    classIndex: i % CLASSES,
    startCell: cellAt(0, hour),
    headcount: 10,
  }));

describe('plans that are published over the live one, and rolled back, while heads book', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let plans: PlanService;
  let region: BookableRegion;
  beforeAll(async () => {
    standStillAt(NOW);
    app = await startTestApplication({ ETALE_POOL_SIZE: '16' });
    database = app.get<DataSource>(getDataSourceToken());
    plans = app.get(PlanService);
    const shape = {
      establishmentCount: ESTABLISHMENTS,
      classesEach: CLASSES,
      concurrentSessions: 5000,
      loginsPerMinute: 5000,
    };
    region = await publishedRegion(app, windowsAt(9), shape);
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  const publishedPlan = async (): Promise<number> => {
    const [{ id }] = await database.query<[{ id: number }]>(
      `select id from plan where campaign_id = $1 and state = 'published'`,
      [region.campaignId],
    );
    return id;
  };
  const offeredCount = async (platformId: number): Promise<number> =>
    (
      await database.query<[{ count: number }]>(
        `select count(*)::int from waiting_entry where platform_id = $1 and state = 'offered'`,
        [platformId],
      )
    )[0].count;
  const placesOf = async (planId: number): Promise<Map<number, number>> => {
    const rows = await database.query<{ id: number; start: number }[]>(
      'select window_id as id, start_cell as start from plan_window where plan_id = $1',
      [planId],
    );
    return new Map(rows.map(({ id, start }) => [id, start]));
  };

  it(`loses and doubles no booking that was acknowledged (seed ${SEED})`, async () => {
    const lastStart = new Map<number, number>();
    const revisionOf = new Map<number, number>();
    const unexpected: object[] = [];
    let bookingCount = 0;
    let isOver = false;
    const waiting: (() => void)[] = [];
    const booked = async (count: number): Promise<void> => {
      while (bookingCount < count) await new Promise<void>((go) => waiting.push(go));
    };

    /** Moves the windows of a school among its hours, as long as plans come. */
    const head = async (number: number): Promise<void> => {
      const random = seededRandom(SEED + number);
      while (!isOver) {
        const windowId = region.windowIds[number * CLASSES + randomInteger(random, CLASSES)]!;
        const minute = 5 * (96 + randomInteger(random, 96));
        const startsAt = new Date(cellAt(0, 0) * 300_000 + minute * 60_000).toISOString();
        const response = await app.inject({
          method: 'POST',
          url: '/v1/bookings',
          payload: { operation: 'move', windowId, startsAt },
          headers: { 'idempotency-key': randomUUID(), 'if-match': `"${revisionOf.get(windowId) ?? 1}"` },
        });
        const body = response.json<BookingDto & { code: string; revision: number }>();
        if (response.statusCode === 201) {
          bookingCount++;
          for (const go of waiting.splice(0)) go();
          lastStart.set(windowId, Date.parse(startsAt) / 300_000);
          revisionOf.set(windowId, body.changes[0]!.revision);
        } else if (body.code === 'booking.stale') revisionOf.set(windowId, body.revision);
        else if (!AGAIN.includes(body.code)) unexpected.push(body);
      }
    };
    /** Plans at other hours, one after the other; every third is rolled back. */
    const publisher = async (): Promise<void> => {
      const tooLate: string[] = [];
      for (let round = 1; round <= ROUND_COUNT; round++) {
        const base = await app.get(LedgerService).revision(region.platformId);
        const planId = await plans.createDraft(TESTER, draftOf(region, windowsAt(9 + (round % 5)), { base }));
        // heads have booked since the draft was made
        await booked(3 * round);
        try {
          await plans.publish(TESTER, planId, `round ${round}`);
          if (round % 3 === 0) await plans.rollback(TESTER, planId, 'back');
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
          tooLate.push(error.code);
        }
      }
      isOver = true;
      expect(tooLate).toEqual([]);
    };
    await Promise.all([publisher(), ...Array.from({ length: BOOKED_COUNT / CLASSES }, (_, i) => head(i))]);

    expect(unexpected).toEqual([]);
    expect(bookingCount).toBeGreaterThanOrEqual(3 * ROUND_COUNT);
    const planId = await publishedPlan();
    const places = await placesOf(planId);
    expect([...places.keys()].sort((a, b) => a - b)).toEqual(region.windowIds);
    for (const [windowId, start] of lastStart) expect([windowId, places.get(windowId)]).toEqual([windowId, start]);
    // round 8 was the last that stayed
    const free = region.windowIds.slice(BOOKED_COUNT).map((id) => places.get(id));
    expect(free).toEqual(free.map(() => cellAt(0, 9 + (ROUND_COUNT % 5))));
    expect(await bookingViolations(database, region.platformId)).toEqual(NO_VIOLATIONS);
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  });

  it('come into force however full the hours are that the waiting list offers, and its order stays', async () => {
    const [full, hours] = [6, [9, 11]];
    const windows = (hour: number): WindowSpec[] =>
      Array.from({ length: 2 * full }, (_, i) => ({
        establishment: i,
        classIndex: 0,
        // those that follow the plans fill their hour; the others wait for it
        startCell: i < full ? cellAt(0, hour) : cellAt(0, 14, 30 * (i - full)),
        headcount: 10,
      }));
    // ten classes' heads come with seven tenths
    const shape = { establishmentCount: 2 * full, classesEach: 1, concurrentSessions: 7 * full, loginsPerMinute: 5000 };
    const tight = await publishedRegion(app, windows(hours[0]!), shape);
    const entryIds: string[] = [];
    for (const [i, windowId] of tight.windowIds.slice(full).entries()) {
      const startsAt = new Date(cellAt(0, hours[i % 2]!) * 300_000).toISOString();
      const response = await app.inject({
        method: 'POST',
        url: '/v1/waiting-list',
        payload: { operation: 'move', windowId, startsAt },
        headers: { 'idempotency-key': randomUUID() },
      });
      expect(response.statusCode).toBe(201);
      entryIds.push(response.json<{ id: string }>().id);
    }
    let isOver = false;
    const server = async (): Promise<void> => {
      while (!isOver) await app.get(WaitingServer).serve(tight.platformId);
    };
    let offerCount = 0;
    const publisher = async (): Promise<void> => {
      for (let round = 1; round <= ROUND_COUNT; round++) {
        const base = await app.get(LedgerService).revision(tight.platformId);
        const planId = await plans.createDraft(TESTER, draftOf(tight, windows(hours[round % 2]!), { base }));
        offerCount += await offeredCount(tight.platformId);
        await plans.publish(TESTER, planId, `round ${round}`);
        await app.get(WaitingServer).serve(tight.platformId);
        if (round % 3 === 0) await plans.rollback(TESTER, planId, 'back');
      }
    };
    await Promise.all([publisher().finally(() => (isOver = true)), server()]);

    // else nothing was ever in the way
    expect(offerCount).toBeGreaterThan(0);
    const rows = await database.query<{ id: string; state: string }[]>(
      'select id, state from waiting_entry where platform_id = $1 order by arrival',
      [tight.platformId],
    );
    expect(rows.map(({ id }) => id)).toEqual(entryIds);
    expect(rows.filter(({ state }) => state !== 'waiting' && state !== 'offered')).toEqual([]);
    expect(await bookingViolations(database, tight.platformId)).toEqual(NO_VIOLATIONS);
    expect(await ledgerDifferenceCount(database, tight.platformId)).toBe(0);
  });
});
