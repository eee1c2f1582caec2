import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { instantOfCell } from '../../src/common/civil-time';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { BookingDto } from '../../src/booking/booking.dto';
import { BookingJournal } from '../../src/booking/booking-journal';
import type { WaitingEntryDto, WaitingEntryPageDto } from '../../src/exchange/waiting.dto';
import { WaitingServer } from '../../src/exchange/waiting-server.service';
import { WaitingStore } from '../../src/exchange/waiting.store';
import type { HoldDto } from '../../src/booking/hold.dto';
import type { NoticePageDto } from '../../src/feeds/notice.dto';
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

const NOW = '2026-12-07T07:00:00+01:00';
const at = (day: number, clock: string): string => `2026-12-${String(7 + day).padStart(2, '0')}T${clock}:00+01:00`;
const TEN = at(0, '10:00');

interface Answer<T> {
  status: number;
  body: T & { code?: string };
}

describe('the waiting list', () => {
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

  const windows = (lastHour: number): WindowSpec[] => [
    { establishment: 0, classIndex: 0, startCell: cellAt(0, 13), headcount: 30 },
    { establishment: 1, classIndex: 0, startCell: cellAt(0, 14), headcount: 30 },
    { establishment: 0, classIndex: 1, startCell: cellAt(0, 15), headcount: 30 },
    { establishment: 0, classIndex: 2, startCell: cellAt(0, lastHour), headcount: 30 },
  ];
  /** Room for one window of 30 at a time (21 sessions); 10 h on Monday is taken by the last window. */
  beforeEach(async () => {
    standStillAt(NOW);
    region = await publishedRegion(app, windows(10), { concurrentSessions: 26, loginsPerMinute: 2000 });
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
  const wait = (index: number, more: object = {}): Promise<Answer<WaitingEntryDto>> =>
    call<WaitingEntryDto>('POST', 'waiting-list', {
      operation: 'move',
      windowId: region.windowIds[index],
      startsAt: TEN,
      ...more,
    });
  const entry = async (id: string): Promise<WaitingEntryDto> =>
    (await call<WaitingEntryDto>('GET', `waiting-list/${id}`)).body;
  const release = (index: number): Promise<Answer<BookingDto>> =>
    call<BookingDto>('POST', 'bookings', { operation: 'release', windowId: region.windowIds[index] });
  /** Another plan, which has the last window at another hour. */
  const replanned = async (lastHour: number): Promise<number> => {
    const base = await app.get(LedgerService).revision(region.platformId);
    const planId = await app.get(PlanService).createDraft(TESTER, draftOf(region, windows(lastHour), { base }));
    await app.get(PlanService).publish(TESTER, planId, 'another hour');
    return planId;
  };
  const served = (): Promise<void> => app.get(WaitingServer).serve(region.platformId);

  it('keeps the order in which wishes came, and offers released room to the first, then to the next', async () => {
    const [first, second] = [await wait(0), await wait(1)];
    expect(first).toMatchObject({
      status: 201,
      body: { state: 'waiting', position: 1, isSeries: false, exceptDates: [] },
    });
    expect(second.body.position).toBe(2);
    await served();
    expect((await entry(first.body.id)).state).toBe('waiting');
    expect((await release(3)).status).toBe(201);
    await served();
    const offered = await entry(first.body.id);
    expect(offered).toMatchObject({ state: 'offered', position: null, offerExpiresAt: '2026-12-07T07:00:00.000Z' });
    expect(await entry(second.body.id)).toMatchObject({ state: 'waiting', position: 1 });
    standStillAt(at(0, '08:01'));
    await served();
    expect((await entry(first.body.id)).state).toBe('lapsed');
    const next = await entry(second.body.id);
    expect(next.state).toBe('offered');
    const booked = await call<BookingDto>('POST', `holds/${next.holdId}/confirm`, {});
    expect(booked).toMatchObject({ status: 201, body: { changes: [{ after: { startsAt: TEN } }] } });
    expect(await entry(second.body.id)).toMatchObject({ state: 'taken', bookingId: booked.body.id });
  });

  it('offers a place once, also where several rounds serve the list at a time', async () => {
    const { body } = await wait(0);
    const server = app.get(WaitingServer);
    const capacity = {
      startsAt: at(0, '09:00'),
      concurrentSessions: 90,
      loginsPerMinute: 2000,
      reason: 'more servers',
    };
    expect((await call('POST', `platforms/${region.platformId}/capacity-steps`, capacity)).status).toBe(201);
    await Promise.all(Array.from({ length: 6 }, () => server.serve(region.platformId)));
    expect((await entry(body.id)).state).toBe('offered');
    const holds = await database.query<object[]>(
      `select id from hold where platform_id = $1 and state = 'held' and establishment_id > 0`,
      [region.platformId],
    );
    expect(holds).toEqual([{ id: (await entry(body.id)).holdId }]);
  });

  it('offers the room that comes with more capacity', async () => {
    const { body } = await wait(0);
    await served();
    expect((await entry(body.id)).state).toBe('waiting');
    const mark = async (): Promise<string | undefined> =>
      (await app.get(WaitingStore).marks(new Date())).find(({ platformId }) => platformId === region.platformId)?.mark;
    const before = await mark();
    const step = { startsAt: at(0, '09:00'), concurrentSessions: 60, loginsPerMinute: 2000, reason: 'a second server' };
    expect((await call('POST', `platforms/${region.platformId}/capacity-steps`, step)).status).toBe(201);
    // by which the replicas see that there is something to serve
    expect(await mark()).not.toBe(before);
    await served();
    expect((await entry(body.id)).state).toBe('offered');
  });

  it('is served by itself, whoever made room, also behind a platform that cannot be served', async () => {
    const [store, server] = [app.get(WaitingStore), app.get(WaitingServer)];
    const [marks, serve] = [store.marks.bind(store), server.serve.bind(server)];
    const broken = 0;
    const marked = jest
      .spyOn(store, 'marks')
      .mockImplementation(async (now) => [{ platformId: broken, mark: '' }, ...(await marks(now))]);
    const serving = jest
      .spyOn(server, 'serve')
      .mockImplementation((platformId, isKeptRoomOnly) =>
        platformId === broken ? Promise.reject(new Error('out of order')) : serve(platformId, isKeptRoomOnly),
      );
    const { body } = await wait(0);
    const step = { startsAt: at(0, '09:00'), concurrentSessions: 60, loginsPerMinute: 2000, reason: 'a second server' };
    expect((await call('POST', `platforms/${region.platformId}/capacity-steps`, step)).status).toBe(201);
    const state = async (): Promise<string> =>
      (await database.query<[{ state: string }]>('select state from waiting_entry where id = $1', [body.id]))[0].state;
    for (let look = 0; look < 5000 && (await state()) === 'waiting'; look++) await new Promise(setImmediate);
    expect(await state()).toBe('offered');
    expect(serving).toHaveBeenCalledWith(broken);
    for (const spy of [marked, serving]) spy.mockRestore();
  });

  it('keeps the room of more capacity for who waits, until the list was served', async () => {
    const { body } = await wait(0);
    await served();
    const step = { startsAt: at(0, '09:00'), concurrentSessions: 60, loginsPerMinute: 2000, reason: 'a second server' };
    expect((await call('POST', `platforms/${region.platformId}/capacity-steps`, step)).status).toBe(201);
    // the room of one window and a half came: it would fit
    const other = { operation: 'move', windowId: region.windowIds[1], startsAt: TEN };
    expect(await call('POST', 'bookings', other)).toMatchObject({ status: 409, body: { code: 'booking.cell_full' } });
    await served();
    expect((await entry(body.id)).state).toBe('offered');
  });

  it('keeps nothing that nobody on the list could use any longer than it is served', async () => {
    await wait(0, { startsAt: at(0, '10:15') });
    // what is waited for overlaps what another window leaves, and is not free all the same
    expect((await call('POST', 'bookings', { operation: 'release', windowId: region.windowIds[0] })).status).toBe(201);
    expect((await release(3)).status).toBe(201);
    await served();
    const [kept] = await database.query<[{ count: number }]>(
      `select count(*)::int from hold where platform_id = $1 and establishment_id = 0 and state = 'held'`,
      [region.platformId],
    );
    expect(kept.count).toBe(0);
    const other = { operation: 'move', windowId: region.windowIds[1], startsAt: TEN };
    expect((await call('POST', 'bookings', other)).status).toBe(201);
  });

  it('waits on in its place, and is told, where a plan that comes into force needs the room of its offer', async () => {
    const [first, second] = [await wait(0), await wait(1)];
    const planId = await replanned(17);
    await served();
    const offered = await entry(first.body.id);
    expect(offered).toMatchObject({ state: 'offered', offerEndedAt: null });
    // who wished the same once more waits once
    const again = await wait(0);
    await app.get(PlanService).rollback(TESTER, planId, 'back');
    expect(await entry(first.body.id)).toMatchObject({
      state: 'waiting',
      position: 1,
      holdId: null,
      offerEndedAt: new Date().toISOString(),
    });
    expect(await entry(second.body.id)).toMatchObject({ state: 'waiting', position: 2, offerEndedAt: null });
    expect((await entry(again.body.id)).state).toBe('withdrawn');
    const late = await call('POST', `holds/${offered.holdId}/confirm`, {});
    expect(late).toMatchObject({ status: 409, body: { code: 'booking.hold_over' } });
    // the room comes again: it is offered to the same one
    await replanned(17);
    await served();
    expect(await entry(first.body.id)).toMatchObject({ state: 'offered', offerEndedAt: null });
  });

  it('names the holds of heads that keep room which a plan would need, and no hold that is over keeps any', async () => {
    const planId = await replanned(17);
    const held = async (index: number, clock: string): Promise<HoldDto> => {
      const move = { operation: 'move', windowId: region.windowIds[index], startsAt: at(0, clock) };
      const { status, body } = await call<HoldDto>('POST', 'holds', move, randomUUID(), 2);
      expect(status).toBe(201);
      return body;
    };
    const named = ({ id, expiresAt }: HoldDto) => ({ holdId: id, uai: region.uais[0], expiresAt });
    const rollback = () => call<{ holds: object[] }>('POST', `plans/${planId}/rollback`, { reason: 'back' });
    // both stand in the way of the window at ten
    const first = await held(0, '09:40');
    standStillAt(new Date(Date.now() + 60_000).toISOString());
    const second = await held(2, '10:20');
    const refused = await rollback();
    expect(refused).toMatchObject({ status: 409, body: { code: 'plan.over_capacity', holdCount: 2 } });
    expect(refused.body.holds).toEqual([named(second), named(first)]);
    standStillAt(first.expiresAt);
    expect((await rollback()).body.holds).toEqual([named(second)]);
    standStillAt(second.expiresAt);
    expect((await rollback()).status).toBe(200);
    expect((await call<HoldDto>('GET', `holds/${first.id}`)).body.state).toBe('lapsed');
  });

  it('does not name the offers that a plan would end anyway', async () => {
    const planId = await replanned(17);
    const offered = await wait(0, { startsAt: at(0, '09:40') });
    await served();
    expect((await entry(offered.body.id)).state).toBe('offered');
    const move = { operation: 'move', windowId: region.windowIds[2], startsAt: at(0, '10:20') };
    const hold = await call<HoldDto>('POST', 'holds', move, randomUUID(), 2);
    const refused = await call<{ holds: object[] }>('POST', `plans/${planId}/rollback`, { reason: 'back' });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'plan.over_capacity', holds: [{ holdId: hold.body.id }] },
    });
    expect((await entry(offered.body.id)).state).toBe('offered');
  });

  it('is over for a wish that came true by another way', async () => {
    const [first, second] = [await wait(0), await wait(1, { improvementMinutes: 235 })];
    const swap = {
      operation: 'swap',
      windowId: region.windowIds[0],
      withWindowId: region.windowIds[3],
      withRevision: 1,
    };
    expect((await call('POST', 'bookings', swap)).status).toBe(201);
    const nearer = { operation: 'move', windowId: region.windowIds[1], startsAt: at(0, '12:00') };
    expect((await call('POST', 'bookings', nearer)).status).toBe(201);
    await served();
    expect(await entry(first.body.id)).toMatchObject({ state: 'met', position: null, holdId: null, bookingId: null });
    // two hours from ten: no start of the day is nearer by as much
    expect((await entry(second.body.id)).state).toBe('met');
    expect(await wait(0)).toMatchObject({ status: 201 });
  });

  it('books without asking where the head said so, at the best start that is better by as much', async () => {
    const { body } = await wait(0, { takesAutomatically: true, improvementMinutes: 60 });
    await served();
    const taken = await entry(body.id);
    expect(taken.state).toBe('taken');
    const [row] = await database.query<{ start: number }[]>(
      'select start_cell as start from plan_window where plan_id = $1 and window_id = $2',
      [region.planId, region.windowIds[0]],
    );
    // sessions of 10 h drain until 10:40, and those of this window come five minutes early
    expect(Math.abs(row!.start - cellAt(0, 10))).toBeLessThan(10);
    expect(row!.start).not.toBe(cellAt(0, 10));
    expect(taken.offeredStartsAt).toBe(instantOfCell(row!.start));
    // whoever asked for it is told: he was not there when it moved
    const told = await call<NoticePageDto>('GET', `establishments/${region.uais[0]}/notices?ofOthers=true`);
    expect(told.body.items).toMatchObject([{ windowId: region.windowIds[0] }]);
  });

  it('offers a series whose first date is excepted as it was asked for, so that the offer can be confirmed', async () => {
    region = await publishedRegion(
      app,
      [
        { establishment: 0, classIndex: 0, startCell: cellAt(0, 13), headcount: 30, series: 0 },
        { establishment: 0, classIndex: 0, startCell: cellAt(1, 13), headcount: 30, series: 0 },
        { establishment: 1, classIndex: 0, startCell: cellAt(1, 10), headcount: 30 },
      ],
      { concurrentSessions: 26, loginsPerMinute: 2000 },
    );
    const { body } = await wait(0, { isSeries: true, exceptDates: ['2026-12-07'] });
    expect((await release(2)).status).toBe(201);
    await served();
    const { state, holdId } = await entry(body.id);
    expect(state).toBe('offered');
    const confirmed = await call<BookingDto>('POST', `holds/${holdId}/confirm`, {});
    expect(confirmed).toMatchObject({ status: 201, body: { changes: [{ windowId: region.windowIds[1] }] } });
  });

  it('offers one window two places, of which the first that is confirmed counts', async () => {
    const [earlier, later] = [await wait(0), await wait(0, { startsAt: at(0, '10:30') })];
    await release(3);
    await served();
    const [{ holdId: first }, { holdId: second }] = [await entry(earlier.body.id), await entry(later.body.id)];
    expect([first, second]).toEqual([expect.any(String), expect.any(String)]);
    expect((await call('POST', `holds/${second}/confirm`, {})).status).toBe(201);
    const refused = await call('POST', `holds/${first}/confirm`, {});
    expect(refused).toMatchObject({ status: 409, body: { code: 'booking.moved_since' } });
    expect((await call('DELETE', `holds/${first}`)).status).toBe(200);
  });

  it('offers an establishment no more places at a time than it may hold, and the next one when one was answered', async () => {
    const eleven = Array.from({ length: 11 }, (_, classIndex): WindowSpec => ({
      establishment: 0,
      classIndex,
      startCell: cellAt(0, 13),
      headcount: 10,
    }));
    region = await publishedRegion(app, eleven, { classesEach: 11 });
    const entries: string[] = [];
    for (const index of eleven.keys()) entries.push((await wait(index)).body.id);
    const states = async (): Promise<string[]> => Promise.all(entries.map(async (id) => (await entry(id)).state));
    await served();
    expect(await states()).toEqual([...Array<string>(10).fill('offered'), 'waiting']);
    expect((await call('DELETE', `waiting-list/${entries[0]}`)).status).toBe(200);
    await served();
    expect(await states()).toEqual(['declined', ...Array<string>(10).fill('offered')]);
  });

  it('is served though a roster has taken the class of an entry away, whose windows and bookings are refused as that', async () => {
    const windowId = region.windowIds[0];
    const moved = await call<BookingDto>('POST', 'bookings', { operation: 'move', windowId, startsAt: at(0, '16:00') });
    const held = await call<HoldDto>(
      'POST',
      'holds',
      { operation: 'move', windowId, startsAt: at(0, '17:00') },
      undefined,
      2,
    );
    const [gone, next] = [await wait(0), await wait(1)];
    expect([moved.status, held.status, gone.status, next.status]).toEqual([201, 201, 201, 201]);
    await database.query('delete from class where id = $1', [region.classIds[0]![0]]);
    await release(3);
    await served();
    expect([(await entry(gone.body.id)).state, (await entry(next.body.id)).state]).toEqual(['waiting', 'offered']);
    const refused = { status: 409, body: { code: 'booking.class_gone', windowId, classId: region.classIds[0]![0] } };
    expect(await call('POST', 'bookings', { operation: 'release', windowId })).toMatchObject(refused);
    expect(await call('POST', `holds/${held.body.id}/confirm`, {})).toMatchObject(refused);
    expect(await call('POST', `bookings/${moved.body.id}/undo`, {})).toMatchObject(refused);
    expect((await call('DELETE', `waiting-list/${gone.body.id}`)).status).toBe(200);
    // its place, which the others still want
    const wanted = { operation: 'move', windowId: region.windowIds[1], startsAt: at(0, '16:00') };
    expect((await call('POST', 'bookings', wanted)).body.code).toBe('booking.cell_full');
  });

  it('promotes a window that has moved since it joined, from where it stands', async () => {
    const { body } = await wait(0);
    const moved = { operation: 'move', windowId: region.windowIds[0], startsAt: at(0, '16:00') };
    expect((await call('POST', 'bookings', moved)).status).toBe(201);
    const promoted = await call<BookingDto>('POST', `waiting-list/${body.id}/promote`, {
      windowId: region.windowIds[3],
    });
    expect(promoted).toMatchObject({
      status: 201,
      body: { changes: [{ kind: 'release' }, { kind: 'move', before: { startsAt: at(0, '16:00') } }] },
    });
  });

  it('gives a released place to a waiting class of the same head in one transaction', async () => {
    const { body } = await wait(0);
    const promoted = await call<BookingDto>('POST', `waiting-list/${body.id}/promote`, {
      windowId: region.windowIds[3],
    });
    expect(promoted.status).toBe(201);
    expect(promoted.body.changes.map(({ kind }) => kind)).toEqual(['release', 'move']);
    // whoever did it himself need not be told of it
    const told = await call<NoticePageDto>('GET', `establishments/${region.uais[0]}/notices?ofOthers=true`);
    expect(told.body.items).toEqual([]);
    expect(await entry(body.id)).toMatchObject({ state: 'taken', bookingId: promoted.body.id });
    expect((await call('POST', `bookings/${promoted.body.id}/undo`, {})).status).toBe(201);
  });

  it('says what instead where a released place does not do: whom the waiting window could swap with, and starts that are free with nothing given back', async () => {
    const moved = { operation: 'move', windowId: region.windowIds[2], startsAt: at(0, '09:25') };
    expect((await call('POST', 'bookings', moved)).status).toBe(201);
    const { body } = await wait(0);
    const key = randomUUID();
    const promote = () =>
      call<{ alternatives: { startsAt: string }[]; swapPartners: object[] }>(
        'POST',
        `waiting-list/${body.id}/promote`,
        { windowId: region.windowIds[2] },
        key,
        2,
      );
    const refused = await promote();
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'booking.cell_full', swapPartners: [{ windowId: region.windowIds[3], isOwn: true }] },
    });
    expect(refused.body.alternatives.map(({ startsAt }) => startsAt)).toEqual([
      at(0, '10:30'),
      at(0, '10:35'),
      at(0, '10:40'),
    ]);
    expect((await promote()).body).toEqual(refused.body);
    expect((await entry(body.id)).state).toBe('waiting');
    const alternative = { operation: 'move', windowId: region.windowIds[0], startsAt: at(0, '10:30') };
    expect((await call('POST', 'bookings', alternative)).status).toBe(201);
  });

  it('takes no window for its own place, whose load would be given back twice', async () => {
    const { body } = await wait(0);
    const promoted = await call('POST', `waiting-list/${body.id}/promote`, { windowId: region.windowIds[0] });
    expect(promoted).toMatchObject({ status: 422, body: { code: 'waiting.same_window' } });
    expect((await entry(body.id)).state).toBe('waiting');
  });

  it('gives no released place that has changed since it was read', async () => {
    const { body } = await wait(0);
    const promote = async (ifMatch: string | undefined) => {
      const headers = { 'idempotency-key': randomUUID(), ...(ifMatch !== undefined && { 'if-match': ifMatch }) };
      const answer = await app.inject({
        method: 'POST',
        url: `/v1/waiting-list/${body.id}/promote`,
        headers,
        payload: { windowId: region.windowIds[3] },
      });
      return [answer.statusCode, answer.json<{ code?: string }>().code];
    };
    expect(await promote(undefined)).toEqual([428, 'booking.if_match_missing']);
    // what it leaves is not enough for who waits
    const moved = { operation: 'move', windowId: region.windowIds[3], startsAt: at(0, '10:05') };
    expect((await call('POST', 'bookings', moved)).status).toBe(201);
    expect(await promote('"1"')).toEqual([412, 'booking.stale']);
    expect((await promote('"2"'))[0]).toBe(201);
  });

  it('is joined once by a request that another replica answers meanwhile', async () => {
    const request = { operation: 'move', windowId: region.windowIds[0], startsAt: TEN };
    const key = randomUUID();
    const first = await call<WaitingEntryDto>('POST', 'waiting-list', request, key);
    // it looked for an answer before there was one
    jest.spyOn(app.get(BookingJournal), 'find').mockResolvedValueOnce(undefined);
    const second = await call<WaitingEntryDto>('POST', 'waiting-list', request, key);
    expect(second).toEqual(first);
    expect(second.status).toBe(201);
  });

  it('is promoted alike where another replica answers the same request meanwhile', async () => {
    const { body } = await wait(0);
    const key = randomUUID();
    const promote = () => call('POST', `waiting-list/${body.id}/promote`, { windowId: region.windowIds[3] }, key);
    const promoted = await promote();
    jest.spyOn(app.get(BookingJournal), 'find').mockResolvedValueOnce(undefined);
    expect(await promote()).toEqual(promoted);
    expect(promoted.status).toBe(201);
  });

  it('is left by who waits or was offered, and refuses what cannot wait', async () => {
    const key = randomUUID();
    const payload = { operation: 'move', windowId: region.windowIds[0], startsAt: TEN };
    const first = await call<WaitingEntryDto>('POST', 'waiting-list', payload, key);
    expect((await call<WaitingEntryDto>('POST', 'waiting-list', payload, key)).body.id).toBe(first.body.id);
    expect(await wait(0)).toMatchObject({ status: 409, body: { code: 'waiting.already' } });
    expect((await call<WaitingEntryDto>('DELETE', `waiting-list/${first.body.id}`)).body.state).toBe('withdrawn');
    const second = await wait(0);
    await release(3);
    await served();
    expect((await call<WaitingEntryDto>('DELETE', `waiting-list/${second.body.id}`)).body.state).toBe('declined');
    const page = await call<WaitingEntryPageDto>('GET', `establishments/${region.uais[0]}/waiting-list?state=declined`);
    expect(page.body.items.map(({ id }) => id)).toEqual([second.body.id]);
    expect((await wait(1, { improvementMinutes: 600 })).body.code).toBe('waiting.nothing_better');
    expect((await wait(1, { isSeries: true, improvementMinutes: 30 })).body.code).toBe('waiting.fields');
    expect((await wait(2, { isSeries: true })).body.isSeries).toBe(true);
    expect((await wait(1, { startsAt: at(0, '06:00') })).status).toBe(422);
    expect((await wait(1, { operation: 'release' })).status).toBe(400);
    expect((await call('GET', `waiting-list/${randomUUID()}`)).status).toBe(404);
  });
});
