import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { ADVISORY_LOCK, databaseOptions } from '../../src/common/database';
import { DataSource } from 'typeorm';
import {
  bookingViolations,
  type BookableRegion,
  NO_VIOLATIONS,
  publishedRegion,
  standStillAt,
} from '../booking-region';
import { LedgerService } from '../../src/plan/ledger.service';
import { PlanService } from '../../src/plan/plan.service';
import { cellAt, draftOf, TESTER } from '../plan-builder';
import { startTestApplication } from '../test-application';
import { freshDatabaseUrl } from '../test-database';

/** More than the sequencer has connections. */
const HELD_COUNT = 8;
const PATIENCE_MILLISECONDS = 30_000;

describe('platforms', () => {
  let app: NestFastifyApplication;
  let watch: DataSource;
  let holder: Client;
  let regions: BookableRegion[];
  beforeAll(async () => {
    standStillAt('2026-12-06T12:00:00+01:00');
    const url = await freshDatabaseUrl();
    // fewer connections than there are platforms whose lock is held
    app = await startTestApplication({ DATABASE_URL: url, ETALE_POOL_SIZE: '5' });
    watch = await new DataSource(databaseOptions(url, 2)).initialize();
    holder = new Client({ connectionString: url });
    await holder.connect();
    regions = [];
    for (let i = 0; i <= HELD_COUNT; i++) {
      regions.push(
        await publishedRegion(app, [{ establishment: 0, classIndex: 0, startCell: cellAt(0, 9), headcount: 30 }]),
      );
    }
  });
  afterAll(async () => {
    await holder.end();
    await watch.destroy();
    await app.close();
    jest.useRealTimers();
  });

  const send = async (url: string, payload: object): Promise<number> => {
    const headers = { 'idempotency-key': randomUUID(), 'if-match': '"1"' };
    return (await app.inject({ method: 'POST', url: `/v1/${url}`, payload, headers })).statusCode;
  };
  const move = ({ windowIds }: BookableRegion, clock: string): Promise<number> =>
    send('bookings', { operation: 'move', windowId: windowIds[0], startsAt: `2026-12-07T${clock}:00+01:00` });
  /** What is answered in time; the test is over long before a lock that is held would let it go on. */
  const inTime = <T>(answer: Promise<T>): Promise<T | 'late'> => {
    let timer: NodeJS.Timeout;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), PATIENCE_MILLISECONDS)));
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  };

  it('never wait for each other: not for bookings on others whose lock is held, nor for a day that closes', async () => {
    const [free, ...held] = regions as [BookableRegion, ...BookableRegion[]];
    await holder.query('begin');
    for (const { platformId } of held) {
      await holder.query('select pg_advisory_xact_lock($1, $2)', [ADVISORY_LOCK.platform, platformId]);
    }
    let answeredCount = 0;
    const waiting = held.map((region) => move(region, '10:00').finally(() => answeredCount++));
    const exception = { firstOn: '2026-12-09', lastOn: '2026-12-09', openHalfDays: 0, reason: 'snow' };
    const closed = send('calendar/exceptions', { ...exception, territoryId: free.departmentIds[0] });
    expect(await inTime(move(free, '10:00'))).toBe(201);
    expect(await inTime(closed)).toBe(201);
    expect(answeredCount).toBe(0);
    await holder.query('commit');
    // and those who were patient have not been forgotten
    expect(await Promise.all(waiting)).toEqual(held.map(() => 201));
    for (const { platformId } of regions) expect(await bookingViolations(watch, platformId)).toEqual(NO_VIOLATIONS);
  });

  it('leave their connections to others while they wait for a change of the capacity or a publication', async () => {
    const [free, ...held] = regions as [BookableRegion, ...BookableRegion[]];
    const plans = app.get(PlanService);
    const draft = async (region: BookableRegion): Promise<number> => {
      const base = await app.get(LedgerService).revision(region.platformId);
      return plans.createDraft(
        TESTER,
        draftOf(region, [{ establishment: 0, classIndex: 0, startCell: cellAt(0, 9), headcount: 30 }], { base }),
      );
    };
    const drafts = [];
    for (const region of held) drafts.push(await draft(region));
    const freeDraft = await draft(free);
    await holder.query('begin');
    for (const { platformId } of held) {
      await holder.query('select pg_advisory_xact_lock($1, $2)', [ADVISORY_LOCK.platform, platformId]);
    }
    const step = {
      startsAt: '2026-12-09T00:00:00+01:00',
      concurrentSessions: 9000,
      loginsPerMinute: 2000,
      reason: 'a server',
    };
    const grow = ({ platformId }: BookableRegion): Promise<number> =>
      send(`platforms/${platformId}/capacity-steps`, step);
    let answeredCount = 0;
    const waiting = [
      ...held.map(grow),
      ...drafts.map((id) => plans.publish(TESTER, id, 'while it waits').then(() => 201)),
    ].map((answer) => answer.finally(() => answeredCount++));
    expect(await inTime(grow(free))).toBe(201);
    expect(await inTime(plans.publish(TESTER, freeDraft, 'free').then(() => 201))).toBe(201);
    expect(answeredCount).toBe(0);
    await holder.query('commit');
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => 201));
    for (const { platformId } of regions) expect(await bookingViolations(watch, platformId)).toEqual(NO_VIOLATIONS);
  });
});
