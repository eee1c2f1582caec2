import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { AvailabilityDto, BookingDto } from '../../src/booking/booking.dto';
import type { PlanChangePageDto } from '../../src/plan/plan-change.dto';
import { PlanService } from '../../src/plan/plan.service';
import {
  bookingViolations,
  type BookableRegion,
  NO_VIOLATIONS,
  publishedRegion,
  standStillAt,
} from '../booking-region';
import {
  cellAt,
  draftOf,
  ledgerDifferenceCount,
  PROFILE,
  TESTER,
  type RegionShape,
  type WindowSpec,
} from '../plan-builder';
import { startTestApplication } from '../test-application';

/** 7 h in Paris, two hours before the first window. */
export const NOW = '2026-12-07T07:00:00+01:00';
export const MONDAY_ON = '2026-12-07';
export const at = (day: number, clock: string): string =>
  `2026-12-${String(7 + day).padStart(2, '0')}T${clock}:00+01:00`;

export interface Answer<T> {
  status: number;
  body: T;
}

export interface Problem {
  code: string;
  [fact: string]: unknown;
}

const WINDOWS: readonly WindowSpec[] = [
  { establishment: 0, classIndex: 0, startCell: cellAt(0, 9), headcount: 30, wishCell: cellAt(0, 8), series: 0 },
  { establishment: 0, classIndex: 1, startCell: cellAt(0, 10), headcount: 30 },
  { establishment: 2, classIndex: 0, startCell: cellAt(0, 10), headcount: 30 },
  { establishment: 0, classIndex: 0, startCell: cellAt(1, 9), headcount: 30, series: 0 },
  { establishment: 0, classIndex: 0, startCell: cellAt(2, 9), headcount: 30, series: 0 },
  { establishment: 0, classIndex: -1, startCell: cellAt(0, 19), headcount: 30 },
  { establishment: 0, classIndex: 0, startCell: cellAt(0, 15), headcount: 30, ordinal: 1 },
  { establishment: 0, classIndex: 2, startCell: cellAt(0, 8), headcount: 30 },
];
/** Room for two windows of 30 at a time (21 sessions each), not for three. */
const TWO_AT_A_TIME: RegionShape = { establishmentCount: 3, concurrentSessions: 55, loginsPerMinute: 2000 };

/** A platform whose windows are booked by REST. Windows are named by their index in the region. */
export class TestBookings {
  region!: BookableRegion;

  private constructor(
    readonly app: NestFastifyApplication,
    readonly database: DataSource,
  ) {}

  static async start(): Promise<TestBookings> {
    standStillAt(NOW);
    const app = await startTestApplication();
    return new TestBookings(app, app.get<DataSource>(getDataSourceToken()));
  }

  async stop(): Promise<void> {
    await this.app.close();
    jest.useRealTimers();
  }

  /** A region of its own for a test. */
  async enterRegion(windows: readonly WindowSpec[] = WINDOWS, shape: RegionShape = TWO_AT_A_TIME): Promise<void> {
    standStillAt(NOW);
    this.region = await publishedRegion(this.app, windows, shape);
  }

  /** What must hold whatever happened in a test. */
  async expectSoundLedger(): Promise<void> {
    const { platformId } = this.region;
    expect(await bookingViolations(this.database, platformId)).toEqual(NO_VIOLATIONS);
    expect(await ledgerDifferenceCount(this.database, platformId)).toBe(0);
  }

  async post<T = BookingDto>(
    payload: object,
    headers: Record<string, string> = {},
    url = '/v1/bookings',
  ): Promise<Answer<T>> {
    const response = await this.app.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'idempotency-key': randomUUID(), 'if-match': '"1"', ...headers },
    });
    return { status: response.statusCode, body: response.json<T>() };
  }

  async get<T>(url: string): Promise<Answer<T>> {
    const response = await this.app.inject({ method: 'GET', url });
    return { status: response.statusCode, body: response.json<T>() };
  }

  move<T = BookingDto>(index: number, startsAt: string, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.post<T>({ operation: 'move', windowId: this.region.windowIds[index], startsAt }, headers);
  }

  add<T = BookingDto>(classId: number | undefined, startsAt: string, headers: Record<string, string> = {}) {
    return this.post<T>({ operation: 'add', classId, startsAt }, headers);
  }

  release(index: number, headers: Record<string, string> = {}): Promise<Answer<BookingDto>> {
    return this.post({ operation: 'release', windowId: this.region.windowIds[index] }, headers);
  }

  undo(id: string, headers: Record<string, string> = {}): Promise<Answer<BookingDto & Problem>> {
    return this.post<BookingDto & Problem>({}, headers, `/v1/bookings/${id}/undo`);
  }

  /** What a day offers to a class. */
  availability<T = AvailabilityDto>(classId: number | undefined, date: string, more = ''): Promise<Answer<T>> {
    return this.get<T>(`/v1/classes/${classId}/availability?date=${date}${more}`);
  }

  changes(planId: number, query = ''): Promise<Answer<PlanChangePageDto>> {
    return this.get<PlanChangePageDto>(`/v1/plans/${planId}/changes${query}`);
  }

  /** Puts another plan in the place of the published one. */
  async replan(windows: readonly WindowSpec[], revision: number, profiles = [PROFILE]): Promise<number> {
    const plans = this.app.get(PlanService);
    const base = { epoch: 1, revision };
    const planId = await plans.createDraft(TESTER, draftOf(this.region, windows, { base, profiles }));
    await plans.publish(TESTER, planId, 'another week');
    return planId;
  }

  /** The first establishment is closed on a date. */
  async close(on: string): Promise<void> {
    await this.database.query(
      `insert into calendar_exception (establishment_id, first_on, last_on, open_half_days, reason)
       values ($1, $2, $2, 0, 'pont')`,
      [this.region.establishmentIds[0], on],
    );
  }

  /** The plan knows how relatives come too. */
  async addProfileOfRelatives(): Promise<void> {
    const profile = { profileId: 4, audience: 'relatives', levelGroup: null };
    await this.database.query(`update plan set profiles = profiles || (profiles -> 0 || $2) where id = $1`, [
      this.region.planId,
      JSON.stringify(profile),
    ]);
  }

  async startOf(windowId: number): Promise<number | undefined> {
    const [row] = await this.database.query<{ start: number }[]>(
      'select start_cell as start from plan_window where plan_id = $1 and window_id = $2',
      [this.region.planId, windowId],
    );
    return row?.start;
  }

  /** The class of a window, and its names as everybody may read them. */
  async ownerOf(windowId: number): Promise<{ classId: number; names: object }> {
    const [row] = await this.database.query<{ classId: number; establishmentName: string; classCode: string }[]>(
      `select w.class_id as "classId", e.name as "establishmentName", k.code as "classCode" from plan_window w
         join establishment e on e.id = w.establishment_id join class k on k.id = w.class_id
        where w.plan_id = $1 and w.window_id = $2`,
      [this.region.planId, windowId],
    );
    const { classId, ...names } = row!;
    return { classId, names };
  }
}
