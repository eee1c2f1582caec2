import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { BookingDto } from '../../src/booking/booking.dto';
import type { WaitingEntryDto } from '../../src/exchange/waiting.dto';
import { WaitingServer } from '../../src/exchange/waiting-server.service';
import { LedgerService } from '../../src/plan/ledger.service';
import { PlanService } from '../../src/plan/plan.service';
import {
  bookingViolations,
  type BookableRegion,
  NO_VIOLATIONS,
  publishedRegion,
  standStillAt,
} from '../booking-region';
import { cellAt, draftOf, ledgerDifferenceCount, TESTER, type RegionShape, type WindowSpec } from '../plan-builder';
import { startTestApplication } from '../test-application';

const NOW = '2026-12-07T07:00:00+01:00';
export const at = (day: number, clock: string): string =>
  `2026-12-${String(7 + day).padStart(2, '0')}T${clock}:00+01:00`;
export const TEN = at(0, '10:00');

interface Answer<T> {
  status: number;
  body: T & { code?: string };
}

/** Room for one window of 30 at a time (21 sessions). */
const ONE_AT_A_TIME: RegionShape = { concurrentSessions: 26, loginsPerMinute: 2000 };

const windowsWithLastAt = (lastHour: number): WindowSpec[] => [
  { establishment: 0, classIndex: 0, startCell: cellAt(0, 13), headcount: 30 },
  { establishment: 1, classIndex: 0, startCell: cellAt(0, 14), headcount: 30 },
  { establishment: 0, classIndex: 1, startCell: cellAt(0, 15), headcount: 30 },
  { establishment: 0, classIndex: 2, startCell: cellAt(0, lastHour), headcount: 30 },
];

/** A platform on which windows wait for each other's places. Windows are named by their index in the region. */
export class TestWaitingList {
  region!: BookableRegion;

  private constructor(
    readonly app: NestFastifyApplication,
    readonly database: DataSource,
  ) {}

  static async start(): Promise<TestWaitingList> {
    standStillAt(NOW);
    const app = await startTestApplication();
    return new TestWaitingList(app, app.get<DataSource>(getDataSourceToken()));
  }

  async stop(): Promise<void> {
    await this.app.close();
    jest.useRealTimers();
  }

  /** A region of its own for a test; unless the test says otherwise 10 h on Monday is taken by the last of four windows. */
  async enterRegion(windows: readonly WindowSpec[] = windowsWithLastAt(10), shape = ONE_AT_A_TIME): Promise<void> {
    standStillAt(NOW);
    this.region = await publishedRegion(this.app, windows, shape);
  }

  /** What must hold whatever happened in a test. */
  async expectSoundLedger(): Promise<void> {
    const { platformId } = this.region;
    expect(await bookingViolations(this.database, platformId)).toEqual(NO_VIOLATIONS);
    expect(await ledgerDifferenceCount(this.database, platformId)).toBe(0);
  }

  async call<T>(
    method: 'POST' | 'DELETE' | 'GET',
    url: string,
    payload?: object,
    key: string = randomUUID(),
    revision = 1,
  ): Promise<Answer<T>> {
    const headers = { 'idempotency-key': key, 'if-match': `"${revision}"` };
    const response = await this.app.inject({ method, url: `/v1/${url}`, headers, ...(payload ? { payload } : {}) });
    return { status: response.statusCode, body: response.json<Answer<T>['body']>() };
  }

  wait(index: number, more: object = {}): Promise<Answer<WaitingEntryDto>> {
    const asked = { operation: 'move', windowId: this.region.windowIds[index], startsAt: TEN, ...more };
    return this.call<WaitingEntryDto>('POST', 'waiting-list', asked);
  }

  async entry(id: string): Promise<WaitingEntryDto> {
    return (await this.call<WaitingEntryDto>('GET', `waiting-list/${id}`)).body;
  }

  move(index: number, startsAt: string): Promise<Answer<BookingDto>> {
    return this.call<BookingDto>('POST', 'bookings', {
      operation: 'move',
      windowId: this.region.windowIds[index],
      startsAt,
    });
  }

  release(index: number): Promise<Answer<BookingDto>> {
    return this.call<BookingDto>('POST', 'bookings', {
      operation: 'release',
      windowId: this.region.windowIds[index],
    });
  }

  /** Gives the place of a window to who waits. */
  promote(id: string, index: number, key?: string): Promise<Answer<BookingDto>> {
    const windowId = this.region.windowIds[index];
    return this.call<BookingDto>('POST', `waiting-list/${id}/promote`, { windowId }, key);
  }

  /** More capacity from nine on. */
  async addCapacity(concurrentSessions: number): Promise<void> {
    const step = { startsAt: at(0, '09:00'), concurrentSessions, loginsPerMinute: 2000, reason: 'more servers' };
    const added = await this.call('POST', `platforms/${this.region.platformId}/capacity-steps`, step);
    expect(added.status).toBe(201);
  }

  /** Another plan, which has the last window at another hour. */
  async replanned(lastHour: number): Promise<number> {
    const base = await this.app.get(LedgerService).revision(this.region.platformId);
    const plans = this.app.get(PlanService);
    const planId = await plans.createDraft(TESTER, draftOf(this.region, windowsWithLastAt(lastHour), { base }));
    await plans.publish(TESTER, planId, 'another hour');
    return planId;
  }

  served(): Promise<void> {
    return this.app.get(WaitingServer).serve(this.region.platformId);
  }
}
