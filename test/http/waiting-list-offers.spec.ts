import { randomUUID } from 'node:crypto';
import { instantOfCell } from '../../src/common/civil-time';
import type { BookingDto } from '../../src/booking/booking.dto';
import { WaitingServer } from '../../src/exchange/waiting-server.service';
import { WaitingStore } from '../../src/exchange/waiting.store';
import type { HoldDto } from '../../src/booking/hold.dto';
import type { NoticePageDto } from '../../src/feeds/notice.dto';
import { PlanService } from '../../src/plan/plan.service';
import { standStillAt } from '../booking-region';
import { cellAt, TESTER, type WindowSpec } from '../plan-builder';
import { TestWaitingList, at, TEN } from './test-waiting-list';
import { until } from '../until';

describe('the waiting list', () => {
  let list: TestWaitingList;
  beforeAll(async () => {
    list = await TestWaitingList.start();
  });
  afterAll(() => list.stop());
  beforeEach(() => list.enterRegion());
  afterEach(() => list.expectSoundLedger());

  it('keeps the order in which wishes came, and offers released room to the first, then to the next', async () => {
    const [first, second] = [await list.wait(0), await list.wait(1)];
    expect(first).toMatchObject({
      status: 201,
      body: { state: 'waiting', position: 1, isSeries: false, exceptDates: [] },
    });
    expect(second.body.position).toBe(2);
    await list.served();
    expect((await list.entry(first.body.id)).state).toBe('waiting');
    expect((await list.release(3)).status).toBe(201);
    await list.served();
    const offered = await list.entry(first.body.id);
    expect(offered).toMatchObject({ state: 'offered', position: null, offerExpiresAt: '2026-12-07T07:00:00.000Z' });
    expect(await list.entry(second.body.id)).toMatchObject({ state: 'waiting', position: 1 });
    standStillAt(at(0, '08:01'));
    await list.served();
    expect((await list.entry(first.body.id)).state).toBe('lapsed');
    const next = await list.entry(second.body.id);
    expect(next.state).toBe('offered');
    const booked = await list.call<BookingDto>('POST', `holds/${next.holdId}/confirm`, {});
    expect(booked).toMatchObject({ status: 201, body: { changes: [{ after: { startsAt: TEN } }] } });
    expect(await list.entry(second.body.id)).toMatchObject({ state: 'taken', bookingId: booked.body.id });
  });

  it('offers a place once, also where several rounds serve the list at a time', async () => {
    const { body } = await list.wait(0);
    const server = list.app.get(WaitingServer);
    await list.addCapacity(90);
    await Promise.all(Array.from({ length: 6 }, () => server.serve(list.region.platformId)));
    expect((await list.entry(body.id)).state).toBe('offered');
    const holds = await list.database.query<object[]>(
      `select id from hold where platform_id = $1 and state = 'held' and establishment_id > 0`,
      [list.region.platformId],
    );
    expect(holds).toEqual([{ id: (await list.entry(body.id)).holdId }]);
  });

  it('offers the room that comes with more capacity', async () => {
    const { body } = await list.wait(0);
    await list.served();
    expect((await list.entry(body.id)).state).toBe('waiting');
    const mark = async (): Promise<string | undefined> =>
      (await list.app.get(WaitingStore).marks(new Date())).find(
        ({ platformId }) => platformId === list.region.platformId,
      )?.mark;
    const before = await mark();
    await list.addCapacity(60);
    // by which the replicas see that there is something to serve
    expect(await mark()).not.toBe(before);
    await list.served();
    expect((await list.entry(body.id)).state).toBe('offered');
  });

  it('is served by itself, whoever made room, also behind a platform that cannot be served', async () => {
    const [store, server] = [list.app.get(WaitingStore), list.app.get(WaitingServer)];
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
    const { body } = await list.wait(0);
    await list.addCapacity(60);
    const state = async (): Promise<string> =>
      (await list.database.query<[{ state: string }]>('select state from waiting_entry where id = $1', [body.id]))[0]
        .state;
    await until(async () => (await state()) !== 'waiting');
    expect(await state()).toBe('offered');
    expect(serving).toHaveBeenCalledWith(broken);
    for (const spy of [marked, serving]) spy.mockRestore();
  });

  it('keeps the room of more capacity for who waits, until the list was served', async () => {
    const { body } = await list.wait(0);
    await list.served();
    await list.addCapacity(60);
    // the room of one window and a half came: it would fit
    expect(await list.move(1, TEN)).toMatchObject({ status: 409, body: { code: 'booking.cell_full' } });
    await list.served();
    expect((await list.entry(body.id)).state).toBe('offered');
  });

  it('keeps nothing that nobody on the list could use any longer than it is served', async () => {
    await list.wait(0, { startsAt: at(0, '10:15') });
    // what is waited for overlaps what another window leaves, and is not free all the same
    expect((await list.release(0)).status).toBe(201);
    expect((await list.release(3)).status).toBe(201);
    await list.served();
    const [kept] = await list.database.query<[{ count: number }]>(
      `select count(*)::int from hold where platform_id = $1 and establishment_id = 0 and state = 'held'`,
      [list.region.platformId],
    );
    expect(kept.count).toBe(0);
    expect((await list.move(1, TEN)).status).toBe(201);
  });

  it('waits on in its place, and is told, where a plan that comes into force needs the room of its offer', async () => {
    const [first, second] = [await list.wait(0), await list.wait(1)];
    const planId = await list.replanned(17);
    await list.served();
    const offered = await list.entry(first.body.id);
    expect(offered).toMatchObject({ state: 'offered', offerEndedAt: null });
    // who wished the same once more waits once
    const again = await list.wait(0);
    await list.app.get(PlanService).rollback(TESTER, planId, 'back');
    expect(await list.entry(first.body.id)).toMatchObject({
      state: 'waiting',
      position: 1,
      holdId: null,
      offerEndedAt: new Date().toISOString(),
    });
    expect(await list.entry(second.body.id)).toMatchObject({ state: 'waiting', position: 2, offerEndedAt: null });
    expect((await list.entry(again.body.id)).state).toBe('withdrawn');
    const late = await list.call('POST', `holds/${offered.holdId}/confirm`, {});
    expect(late).toMatchObject({ status: 409, body: { code: 'booking.hold_over' } });
    // the room comes again: it is offered to the same one
    await list.replanned(17);
    await list.served();
    expect(await list.entry(first.body.id)).toMatchObject({ state: 'offered', offerEndedAt: null });
  });

  it('names the holds of heads that keep room which a plan would need, and no hold that is over keeps any', async () => {
    const planId = await list.replanned(17);
    const held = async (index: number, clock: string): Promise<HoldDto> => {
      const move = { operation: 'move', windowId: list.region.windowIds[index], startsAt: at(0, clock) };
      const { status, body } = await list.call<HoldDto>('POST', 'holds', move, randomUUID(), 2);
      expect(status).toBe(201);
      return body;
    };
    const named = ({ id, expiresAt }: HoldDto) => ({ holdId: id, uai: list.region.uais[0], expiresAt });
    const rollback = () => list.call<{ holds: object[] }>('POST', `plans/${planId}/rollback`, { reason: 'back' });
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
    expect((await list.call<HoldDto>('GET', `holds/${first.id}`)).body.state).toBe('lapsed');
  });

  it('does not name the offers that a plan would end anyway', async () => {
    const planId = await list.replanned(17);
    const offered = await list.wait(0, { startsAt: at(0, '09:40') });
    await list.served();
    expect((await list.entry(offered.body.id)).state).toBe('offered');
    const move = { operation: 'move', windowId: list.region.windowIds[2], startsAt: at(0, '10:20') };
    const hold = await list.call<HoldDto>('POST', 'holds', move, randomUUID(), 2);
    const refused = await list.call<{ holds: object[] }>('POST', `plans/${planId}/rollback`, { reason: 'back' });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'plan.over_capacity', holds: [{ holdId: hold.body.id }] },
    });
    expect((await list.entry(offered.body.id)).state).toBe('offered');
  });

  it('is over for a wish that came true by another way', async () => {
    const [first, second] = [await list.wait(0), await list.wait(1, { improvementMinutes: 235 })];
    const swap = {
      operation: 'swap',
      windowId: list.region.windowIds[0],
      withWindowId: list.region.windowIds[3],
      withRevision: 1,
    };
    expect((await list.call('POST', 'bookings', swap)).status).toBe(201);
    expect((await list.move(1, at(0, '12:00'))).status).toBe(201);
    await list.served();
    expect(await list.entry(first.body.id)).toMatchObject({
      state: 'met',
      position: null,
      holdId: null,
      bookingId: null,
    });
    // two hours from ten: no start of the day is nearer by as much
    expect((await list.entry(second.body.id)).state).toBe('met');
    expect(await list.wait(0)).toMatchObject({ status: 201 });
  });

  it('books without asking where the head said so, at the best start that is better by as much', async () => {
    const { body } = await list.wait(0, { takesAutomatically: true, improvementMinutes: 60 });
    await list.served();
    const taken = await list.entry(body.id);
    expect(taken.state).toBe('taken');
    const [row] = await list.database.query<{ start: number }[]>(
      'select start_cell as start from plan_window where plan_id = $1 and window_id = $2',
      [list.region.planId, list.region.windowIds[0]],
    );
    // sessions of 10 h drain until 10:40, and those of this window come five minutes early
    expect(Math.abs(row!.start - cellAt(0, 10))).toBeLessThan(10);
    expect(row!.start).not.toBe(cellAt(0, 10));
    expect(taken.offeredStartsAt).toBe(instantOfCell(row!.start));
    // whoever asked for it is told: he was not there when it moved
    const told = await list.call<NoticePageDto>('GET', `establishments/${list.region.uais[0]}/notices?ofOthers=true`);
    expect(told.body.items).toMatchObject([{ windowId: list.region.windowIds[0] }]);
  });

  it('offers a series whose first date is excepted as it was asked for, so that the offer can be confirmed', async () => {
    await list.enterRegion([
      { establishment: 0, classIndex: 0, startCell: cellAt(0, 13), headcount: 30, series: 0 },
      { establishment: 0, classIndex: 0, startCell: cellAt(1, 13), headcount: 30, series: 0 },
      { establishment: 1, classIndex: 0, startCell: cellAt(1, 10), headcount: 30 },
    ]);
    const { body } = await list.wait(0, { isSeries: true, exceptDates: ['2026-12-07'] });
    expect((await list.release(2)).status).toBe(201);
    await list.served();
    const { state, holdId } = await list.entry(body.id);
    expect(state).toBe('offered');
    const confirmed = await list.call<BookingDto>('POST', `holds/${holdId}/confirm`, {});
    expect(confirmed).toMatchObject({ status: 201, body: { changes: [{ windowId: list.region.windowIds[1] }] } });
  });

  it('offers one window two places, of which the first that is confirmed counts', async () => {
    const [earlier, later] = [await list.wait(0), await list.wait(0, { startsAt: at(0, '10:30') })];
    await list.release(3);
    await list.served();
    const [{ holdId: first }, { holdId: second }] = [
      await list.entry(earlier.body.id),
      await list.entry(later.body.id),
    ];
    expect([first, second]).toEqual([expect.any(String), expect.any(String)]);
    expect((await list.call('POST', `holds/${second}/confirm`, {})).status).toBe(201);
    const refused = await list.call('POST', `holds/${first}/confirm`, {});
    expect(refused).toMatchObject({ status: 409, body: { code: 'booking.moved_since' } });
    expect((await list.call('DELETE', `holds/${first}`)).status).toBe(200);
  });

  it('offers an establishment no more places at a time than it may hold, and the next one when one was answered', async () => {
    const eleven = Array.from({ length: 11 }, (_, classIndex): WindowSpec => ({
      establishment: 0,
      classIndex,
      startCell: cellAt(0, 13),
      headcount: 10,
    }));
    await list.enterRegion(eleven, { classesEach: 11 });
    const entries: string[] = [];
    for (const index of eleven.keys()) entries.push((await list.wait(index)).body.id);
    const states = async (): Promise<string[]> => Promise.all(entries.map(async (id) => (await list.entry(id)).state));
    await list.served();
    expect(await states()).toEqual([...Array<string>(10).fill('offered'), 'waiting']);
    expect((await list.call('DELETE', `waiting-list/${entries[0]}`)).status).toBe(200);
    await list.served();
    expect(await states()).toEqual(['declined', ...Array<string>(10).fill('offered')]);
  });

  it('is served though a roster has taken the class of an entry away, whose windows only go, for who waits', async () => {
    const windowId = list.region.windowIds[0];
    const moved = await list.move(0, at(0, '16:00'));
    const held = await list.call<HoldDto>(
      'POST',
      'holds',
      { operation: 'move', windowId, startsAt: at(0, '17:00') },
      undefined,
      2,
    );
    const [gone, next] = [await list.wait(0), await list.wait(1)];
    expect([moved.status, held.status, gone.status, next.status]).toEqual([201, 201, 201, 201]);
    await list.database.query('delete from class where id = $1', [list.region.classIds[0]![0]]);
    await list.release(3);
    await list.served();
    expect([(await list.entry(gone.body.id)).state, (await list.entry(next.body.id)).state]).toEqual([
      'waiting',
      'offered',
    ]);
    const refused = {
      status: 409,
      body: { code: 'booking.class_gone', windowId, classId: list.region.classIds[0]![0] },
    };
    expect(
      await list.call('POST', 'bookings', { operation: 'move', windowId, startsAt: at(0, '17:00') }, undefined, 2),
    ).toMatchObject(refused);
    expect(await list.call('POST', `holds/${held.body.id}/confirm`, {})).toMatchObject(refused);
    expect(await list.call('POST', `bookings/${moved.body.id}/undo`, {})).toMatchObject(refused);
    expect((await list.call('DELETE', `waiting-list/${gone.body.id}`)).status).toBe(200);
    // its place, which the others still want, until its head gives it back
    expect((await list.move(1, at(0, '16:00'))).body.code).toBe('booking.cell_full');
    const release = { operation: 'release', windowId };
    expect(await list.call('POST', 'bookings', release, undefined, 2)).toMatchObject({
      status: 201,
      body: { changes: [{ kind: 'release', windowId, after: null }] },
    });
    expect((await list.move(1, at(0, '16:00'))).status).toBe(201);
    const left = await list.database.query<object[]>('select from plan_window where window_id = $1', [windowId]);
    expect(left).toHaveLength(0);
  });
});
