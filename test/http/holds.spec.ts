import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Actor } from '../../src/access/actor';
import type { AvailabilityDto, BookingDto } from '../../src/booking/booking.dto';
import { BookingJournal } from '../../src/booking/booking-journal';
import type { HoldDto, HoldPageDto } from '../../src/booking/hold.dto';
import { HoldService } from '../../src/booking/hold.service';
import { ProofService } from '../../src/plan/proof.service';
import { HoldSweeper } from '../../src/plan/hold-sweeper.service';
import {
  bookingViolations,
  type BookableRegion,
  NO_VIOLATIONS,
  publishedRegion,
  standStillAt,
} from '../booking-region';
import { cellAt, ledgerDifferenceCount, TESTER } from '../plan-builder';
import { startTestApplication } from '../test-application';
import { until } from '../until';

const NOW = '2026-12-07T07:00:00+01:00';
const AFTER_THE_HOLD = '2026-12-07T07:05:01+01:00';
const at = (day: number, clock: string): string => `2026-12-${String(7 + day).padStart(2, '0')}T${clock}:00+01:00`;

interface Answer<T> {
  status: number;
  body: T & { code?: string };
}

describe('holds', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: BookableRegion;
  beforeAll(async () => {
    standStillAt(NOW);
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  /** Room for two windows of 30 at a time (21 sessions each), not for three; at 10 h on Monday one place is left. */
  beforeEach(async () => {
    standStillAt(NOW);
    region = await publishedRegion(
      app,
      [
        { establishment: 0, classIndex: 0, startCell: cellAt(0, 13), headcount: 30, series: 0 },
        { establishment: 0, classIndex: 1, startCell: cellAt(0, 14), headcount: 30 },
        { establishment: 1, classIndex: 0, startCell: cellAt(0, 10), headcount: 30 },
        { establishment: 0, classIndex: 0, startCell: cellAt(1, 13), headcount: 30, series: 0 },
      ],
      { concurrentSessions: 55, loginsPerMinute: 2000, classesEach: 12 },
    );
  });
  afterEach(async () => {
    expect(await bookingViolations(database, region.platformId)).toEqual(NO_VIOLATIONS);
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  });

  const call = async <T>(
    method: 'POST' | 'DELETE' | 'GET',
    url: string,
    payload?: object,
    key: string = randomUUID(),
    revision = 1,
  ): Promise<Answer<T>> => {
    const headers = { 'idempotency-key': key, 'if-match': `"${revision}"` };
    const response = await app.inject({ method, url: `/v1/${url}`, headers, ...(payload ? { payload } : {}) });
    return { status: response.statusCode, body: response.json<Answer<T>['body']>() };
  };
  const hold = (windowId: number, startsAt: string, more: object = {}): Promise<Answer<HoldDto>> =>
    call<HoldDto>('POST', 'holds', { operation: 'move', windowId, startsAt, ...more });
  const confirm = (id: string, key?: string): Promise<Answer<BookingDto>> =>
    call<BookingDto>('POST', `holds/${id}/confirm`, {}, key);
  const move = (windowId: number, startsAt: string): Promise<Answer<BookingDto>> =>
    call<BookingDto>('POST', 'bookings', { operation: 'move', windowId, startsAt });

  it('keep the last place for some minutes, tell until when, and are confirmed as a booking', async () => {
    const [mine, other] = region.windowIds as [number, number];
    const held = await hold(mine, at(0, '10:00'), { reason: 'à voir' });
    expect(held).toMatchObject({
      status: 201,
      body: {
        state: 'held',
        uai: region.uais[0],
        expiresAt: '2026-12-07T06:05:00.000Z',
        operation: 'move',
        reason: 'à voir',
        bookingId: null,
        changes: [
          { kind: 'move', windowId: mine, before: { startsAt: at(0, '13:00') }, after: { startsAt: at(0, '10:00') } },
        ],
      },
    });
    expect(await move(other, at(0, '10:00'))).toMatchObject({ status: 409, body: { code: 'booking.cell_full' } });
    const booked = await confirm(held.body.id);
    expect(booked).toMatchObject({
      status: 201,
      body: { operation: 'move', reason: 'à voir', changes: [{ revision: 2, after: { startsAt: at(0, '10:00') } }] },
    });
    expect((await call<HoldDto>('GET', `holds/${held.body.id}`)).body).toMatchObject({
      state: 'confirmed',
      bookingId: booked.body.id,
    });
    expect((await call('POST', `bookings/${booked.body.id}/undo`, {})).status).toBe(201);
  });

  it('count in what a day offers, and in the proof', async () => {
    const [mine, other] = region.windowIds as [number, number];
    const verdictAt10 = async (): Promise<string> => {
      const url = `classes/${region.classIds[0]![1]}/availability?date=2026-12-07&windowId=${other}`;
      const { body } = await call<AvailabilityDto>('GET', url);
      return body.starts.find(({ startsAt }) => startsAt === at(0, '10:00'))!.verdict;
    };
    expect(await verdictAt10()).toBe('free');
    await hold(mine, at(0, '10:00'));
    expect(await verdictAt10()).toBe('full');
    const { differences } = await app.get(ProofService).prove(TESTER, region.planId);
    expect(differences).toEqual([]);
  });

  it('lapse by themselves: whoever comes after the end finds the place free, swept or not', async () => {
    const [mine, other] = region.windowIds as [number, number];
    const held = await hold(mine, at(0, '10:00'));
    standStillAt(AFTER_THE_HOLD);
    expect((await move(other, at(0, '10:00'))).status).toBe(201);
    expect(await confirm(held.body.id)).toMatchObject({ status: 409, body: { code: 'booking.hold_over' } });
    expect((await call<HoldDto>('GET', `holds/${held.body.id}`)).body.state).toBe('lapsed');
  });

  it('lapse by themselves where nobody comes', async () => {
    const held = await hold(region.windowIds[0]!, at(0, '10:00'));
    standStillAt(AFTER_THE_HOLD);
    await app.get(HoldSweeper).sweep();
    const [{ count }] = await database.query<[{ count: number }]>(
      'select count(*) from hold_cell where platform_id = $1',
      [region.platformId],
    );
    expect(count).toBe(0);
    expect((await call<HoldDto>('GET', `holds/${held.body.id}`)).body.state).toBe('lapsed');
  });

  it('end no later than the notice time of what they hold', async () => {
    standStillAt(at(0, '09:27'));
    expect((await hold(region.windowIds[0]!, at(0, '10:00'))).body.expiresAt).toBe('2026-12-07T08:30:00.000Z');
  });

  it('are cancelled, and cancelling again changes nothing', async () => {
    const [mine, other] = region.windowIds as [number, number];
    const { body } = await hold(mine, at(0, '10:00'));
    expect(await call<HoldDto>('DELETE', `holds/${body.id}`)).toMatchObject({
      status: 200,
      body: { state: 'cancelled' },
    });
    expect((await call<HoldDto>('DELETE', `holds/${body.id}`)).status).toBe(200);
    expect(await confirm(body.id)).toMatchObject({ status: 409, body: { code: 'booking.hold_over' } });
    expect((await move(other, at(0, '10:00'))).status).toBe(201);
  });

  it('give their room back when their time is over, though nobody comes by', async () => {
    const { body } = await hold(region.windowIds[0]!, at(0, '10:00'));
    standStillAt(AFTER_THE_HOLD);
    const state = async (): Promise<string> =>
      (await database.query<[{ state: string }]>('select state from hold where id = $1', [body.id]))[0].state;
    await until(async () => (await state()) !== 'held');
    expect(await state()).toBe('lapsed');
  });

  it('are answered once for a key, held or confirmed', async () => {
    const key = randomUUID();
    const payload = { operation: 'move', windowId: region.windowIds[0], startsAt: at(0, '10:00') };
    const first = await call<HoldDto>('POST', 'holds', payload, key);
    expect(await call('POST', 'holds', payload, key)).toEqual(first);
    expect(await call('POST', 'bookings', payload, key)).toMatchObject({
      status: 422,
      body: { code: 'booking.key_reused' },
    });
    const confirmKey = randomUUID();
    const booked = await confirm(first.body.id, confirmKey);
    expect(await confirm(first.body.id, confirmKey)).toEqual(booked);
    expect(await confirm(first.body.id)).toMatchObject({ status: 409 });
    const [{ count }] = await database.query<[{ count: number }]>('select count(*) from hold where platform_id = $1', [
      region.platformId,
    ]);
    expect(count).toBe(1);
  });

  it('are confirmed alike where another replica confirms them meanwhile by the same request', async () => {
    const held = await hold(region.windowIds[0]!, at(0, '10:00'));
    const key = randomUUID();
    const booked = await confirm(held.body.id, key);
    // it looked for an answer before there was one
    jest.spyOn(app.get(BookingJournal), 'find').mockResolvedValueOnce(undefined);
    expect(await confirm(held.body.id, key)).toEqual(booked);
    expect(booked.status).toBe(201);
  });

  it('hold a series, without what it excepts, and an addition', async () => {
    const series = { isSeries: true };
    const excepted = await hold(region.windowIds[0]!, at(0, '11:00'), { ...series, exceptDates: ['2026-12-08'] });
    expect(excepted.body.changes.map(({ after }) => after!.startsAt)).toEqual([at(0, '11:00')]);
    await call('DELETE', `holds/${excepted.body.id}`);
    const whole = await hold(region.windowIds[0]!, at(0, '11:00'), series);
    expect(whole.body.changes.map(({ after }) => after!.startsAt)).toEqual([at(0, '11:00'), at(1, '11:00')]);
    expect((await confirm(whole.body.id)).body.changes).toHaveLength(2);
    const classId = region.classIds[0]![5]!;
    const added = await call<HoldDto>('POST', 'holds', { operation: 'add', classId, startsAt: at(0, '10:00') });
    expect(added.body.changes).toMatchObject([{ kind: 'add', windowId: null, before: null }]);
    expect((await confirm(added.body.id)).body.changes).toMatchObject([{ kind: 'add' }]);
  });

  it('are refused where the window was moved meanwhile', async () => {
    const windowId = region.windowIds[0]!;
    const held = await hold(windowId, at(0, '10:00'));
    expect((await move(windowId, at(0, '16:00'))).status).toBe(201);
    expect(await confirm(held.body.id)).toMatchObject({ status: 409, body: { code: 'booking.moved_since' } });
  });

  it('of a series are refused where the window that names it went to another day meanwhile', async () => {
    const windowId = region.windowIds[0]!;
    const held = await hold(windowId, at(0, '11:00'), { isSeries: true });
    expect((await move(windowId, at(3, '16:00'))).status).toBe(201);
    const away = { code: 'booking.moved_since', windowId, startCell: cellAt(3, 16) };
    expect(await confirm(held.body.id)).toMatchObject({ status: 409, body: away });
  });

  it('of a series are refused where it has lost a window meanwhile: what is confirmed is what was held', async () => {
    const [first, second] = [region.windowIds[0]!, region.windowIds[3]!];
    const series = { isSeries: true };
    const moveAt = (startsAt: string, revision: number): Promise<Answer<BookingDto>> =>
      call<BookingDto>('POST', 'bookings', { operation: 'move', windowId: second, startsAt }, randomUUID(), revision);
    const whole = await hold(first, at(0, '11:00'), series);
    expect(whole.body.changes).toHaveLength(2);
    const away = await moveAt(at(1, '15:00'), 1);
    const alone = await hold(first, at(0, '11:30'), series);
    expect(alone.body.changes).toHaveLength(1);
    const { revision } = away.body.changes[0]!;
    // it stands where it stood, and is none of the series any more
    expect((await moveAt(at(1, '13:00'), revision)).status).toBe(201);
    const lost = { code: 'booking.moved_since', windowId: second, startCell: cellAt(1, 13) };
    expect(await confirm(whole.body.id)).toMatchObject({ status: 409, body: lost });
    expect((await confirm(alone.body.id)).status).toBe(201);
  });

  it('of a series are refused where it got a window back meanwhile', async () => {
    const [first, second] = [region.windowIds[0]!, region.windowIds[3]!];
    const away = await move(second, at(1, '15:00'));
    const alone = await hold(first, at(0, '11:00'), { isSeries: true });
    expect(alone.body.changes).toHaveLength(1);
    expect((await call('POST', `bookings/${away.body.id}/undo`, {})).status).toBe(201);
    const back = { code: 'booking.moved_since', windowId: second, startCell: cellAt(1, 13) };
    expect(await confirm(alone.body.id)).toMatchObject({ status: 409, body: back });
  });

  it('that are refused when they are confirmed say what instead, like a move', async () => {
    const held = await hold(region.windowIds[0]!, at(0, '10:00'));
    const classId = region.classIds[0]![0];
    await database.query('update class set headcount = 5 where id = $1', [classId]);
    const inTheWay = { operation: 'add', classId, startsAt: at(0, '10:15') };
    expect((await call('POST', 'bookings', inTheWay)).status).toBe(201);
    expect(await confirm(held.body.id)).toMatchObject({
      status: 409,
      body: { code: 'booking.conflict', alternatives: { length: 3 }, swapPartners: [] },
    });
  });

  it('of an establishment are ten at a time', async () => {
    const startsAt = (i: number): string => at(2 + (i % 3), `${8 + i}:30`.padStart(5, '0'));
    for (let i = 0; i < 10; i++) {
      const classId = region.classIds[0]![i]!;
      const held = await call<HoldDto>('POST', 'holds', { operation: 'add', classId, startsAt: startsAt(i % 9) });
      expect([i, held.status]).toEqual([i, 201]);
    }
    const payload = { operation: 'add', classId: region.classIds[0]![10], startsAt: at(4, '17:00') };
    expect(await call('POST', 'holds', payload)).toMatchObject({
      status: 409,
      body: { code: 'booking.too_many_holds' },
    });
    const page = await call<HoldPageDto>('GET', `establishments/${region.uais[0]}/holds?state=held&limit=4`);
    expect(page.body.items).toHaveLength(4);
    const next = await call<HoldPageDto>(
      'GET',
      `establishments/${region.uais[0]}/holds?limit=8&cursor=${page.body.nextCursor}`,
    );
    expect(next.body.items).toHaveLength(6);
  });

  it('belong to who answers for the establishment', async () => {
    const { body } = await hold(region.windowIds[0]!, at(0, '10:00'));
    const stranger: Actor = { role: 'head', subject: 'head@elsewhere', uais: [region.uais[1]!] };
    const holds = app.get(HoldService);
    const headers = { idempotencyKey: randomUUID(), ifMatch: undefined };
    await expect(holds.confirm(stranger, body.id, headers)).rejects.toMatchObject({ code: 'booking.not_own' });
    await expect(holds.cancel(stranger, body.id)).rejects.toMatchObject({ code: 'booking.not_own' });
  });

  it('are refused for what needs none or names nothing', async () => {
    expect(await call('POST', 'holds', { operation: 'release', windowId: region.windowIds[0] })).toMatchObject({
      status: 400,
      body: { code: 'booking.fields' },
    });
    expect(
      (await call('POST', 'holds', { operation: 'move', windowId: 999_999_999, startsAt: at(0, '10:00') })).status,
    ).toBe(404);
    expect((await confirm(randomUUID())).status).toBe(404);
    expect((await call('DELETE', 'holds/not-a-hold')).status).toBe(400);
    expect((await hold(region.windowIds[0]!, at(0, '10:00'), { pupil: 1 })).status).toBe(400);
  });
});
