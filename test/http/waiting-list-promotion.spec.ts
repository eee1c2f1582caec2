import { randomUUID } from 'node:crypto';
import { BookingRefused } from '../../src/booking/booking.errors';
import { BookingJournal } from '../../src/booking/booking-journal';
import type { WaitingEntryDto, WaitingEntryPageDto } from '../../src/exchange/waiting.dto';
import { WaitingStore } from '../../src/exchange/waiting.store';
import { PromoteWork } from '../../src/exchange/waiting-work';
import type { NoticePageDto } from '../../src/feeds/notice.dto';
import { Sequencer } from '../../src/plan/sequencer.service';
import { cellAt } from '../plan-builder';
import { TestWaitingList, at, TEN } from './test-waiting-list';

describe('the waiting list', () => {
  let list: TestWaitingList;
  beforeAll(async () => {
    list = await TestWaitingList.start();
  });
  afterAll(() => list.stop());
  beforeEach(() => list.enterRegion());
  afterEach(() => list.expectSoundLedger());

  it('promotes a window that has moved since it joined, from where it stands', async () => {
    const { body } = await list.wait(0);
    expect((await list.move(0, at(0, '16:00'))).status).toBe(201);
    const promoted = await list.promote(body.id, 3);
    expect(promoted).toMatchObject({
      status: 201,
      body: { changes: [{ kind: 'release' }, { kind: 'move', before: { startsAt: at(0, '16:00') } }] },
    });
  });

  it('gives a released place to a waiting class of the same head in one transaction', async () => {
    const { body } = await list.wait(0);
    const promoted = await list.promote(body.id, 3);
    expect(promoted.status).toBe(201);
    expect(promoted.body.changes.map(({ kind }) => kind)).toEqual(['release', 'move']);
    // whoever did it himself need not be told of it
    const told = await list.call<NoticePageDto>('GET', `establishments/${list.region.uais[0]}/notices?ofOthers=true`);
    expect(told.body.items).toEqual([]);
    expect(await list.entry(body.id)).toMatchObject({ state: 'taken', bookingId: promoted.body.id });
    expect((await list.call('POST', `bookings/${promoted.body.id}/undo`, {})).status).toBe(201);
  });

  it('says what instead where a released place does not do: whom the waiting window could swap with, and starts that are free with nothing given back', async () => {
    expect((await list.move(2, at(0, '09:25'))).status).toBe(201);
    const { body } = await list.wait(0);
    const key = randomUUID();
    const promote = () =>
      list.call<{ alternatives: { startsAt: string }[]; swapPartners: object[] }>(
        'POST',
        `waiting-list/${body.id}/promote`,
        { windowId: list.region.windowIds[2] },
        key,
        2,
      );
    const refused = await promote();
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'booking.cell_full', swapPartners: [{ windowId: list.region.windowIds[3], isOwn: true }] },
    });
    expect(refused.body.alternatives.map(({ startsAt }) => startsAt)).toEqual([
      at(0, '10:30'),
      at(0, '10:35'),
      at(0, '10:40'),
    ]);
    expect((await promote()).body).toEqual(refused.body);
    expect((await list.entry(body.id)).state).toBe('waiting');
    expect((await list.move(0, at(0, '10:30'))).status).toBe(201);
  });

  it('leaves a date of a series alone that somebody has booked while it was being promoted', async () => {
    await list.enterRegion([
      { establishment: 0, classIndex: 0, startCell: cellAt(0, 13), headcount: 30, series: 0 },
      { establishment: 0, classIndex: 0, startCell: cellAt(1, 13), headcount: 30, series: 0 },
      { establishment: 0, classIndex: 1, startCell: cellAt(0, 10), headcount: 30 },
    ]);
    const { body } = await list.wait(0, { isSeries: true });
    const sequencer = list.app.get(Sequencer);
    const submit = sequencer.submit.bind(sequencer);
    // the list is served by itself meanwhile
    const submitted = jest.spyOn(sequencer, 'submit').mockImplementation(async (request) => {
      if (request instanceof PromoteWork) expect((await list.move(1, at(1, '16:00'))).status).toBe(201);
      return submit(request);
    });
    expect(await list.promote(body.id, 2)).toMatchObject({
      status: 409,
      body: { code: 'booking.moved_since', windowId: list.region.windowIds[1] },
    });
    submitted.mockRestore();
    const promoted = await list.promote(body.id, 2);
    expect(promoted.body.changes.map(({ windowId }) => windowId)).toEqual([
      list.region.windowIds[2],
      list.region.windowIds[0],
    ]);
  });

  it('takes no window for its own place, whose load would be given back twice', async () => {
    const { body } = await list.wait(0);
    const promoted = await list.promote(body.id, 0);
    expect(promoted).toMatchObject({ status: 422, body: { code: 'waiting.same_window' } });
    expect((await list.entry(body.id)).state).toBe('waiting');
  });

  it('gives no released place that has changed since it was read', async () => {
    const { body } = await list.wait(0);
    const promote = async (ifMatch: string | undefined) => {
      const headers = { 'idempotency-key': randomUUID(), ...(ifMatch !== undefined && { 'if-match': ifMatch }) };
      const answer = await list.app.inject({
        method: 'POST',
        url: `/v1/waiting-list/${body.id}/promote`,
        headers,
        payload: { windowId: list.region.windowIds[3] },
      });
      return [answer.statusCode, answer.json<{ code?: string }>().code];
    };
    expect(await promote(undefined)).toEqual([428, 'booking.if_match_missing']);
    // what it leaves is not enough for who waits
    expect((await list.move(3, at(0, '10:05'))).status).toBe(201);
    expect(await promote('"1"')).toEqual([412, 'booking.stale']);
    expect((await promote('"2"'))[0]).toBe(201);
  });

  it('is joined once by a request that another replica answers meanwhile', async () => {
    const request = { operation: 'move', windowId: list.region.windowIds[0], startsAt: TEN };
    const key = randomUUID();
    const first = await list.call<WaitingEntryDto>('POST', 'waiting-list', request, key);
    // it looked for an answer before there was one
    jest.spyOn(list.app.get(BookingJournal), 'find').mockResolvedValueOnce(undefined);
    const second = await list.call<WaitingEntryDto>('POST', 'waiting-list', request, key);
    expect(second).toEqual(first);
    expect(second.status).toBe(201);
  });

  it('is promoted alike where another replica answers the same request meanwhile', async () => {
    const { body } = await list.wait(0);
    const key = randomUUID();
    const promote = () => list.promote(body.id, 3, key);
    const promoted = await promote();
    jest.spyOn(list.app.get(BookingJournal), 'find').mockResolvedValueOnce(undefined);
    expect(await promote()).toEqual(promoted);
    expect(promoted.status).toBe(201);
  });

  it('is left also by who is offered a place at this very moment', async () => {
    const { body } = await list.wait(0);
    const store = list.app.get(WaitingStore);
    const find = store.find.bind(store);
    jest.spyOn(store, 'find').mockImplementationOnce(async (...asked) => {
      const waiting = await find(...asked);
      await list.release(3);
      await list.served();
      expect((await find(...asked))?.state).toBe('offered');
      return waiting;
    });
    expect(await list.call<WaitingEntryDto>('DELETE', `waiting-list/${body.id}`)).toMatchObject({
      status: 200,
      body: { state: 'declined' },
    });
  });

  it('is refused with a key under which another replica answers another request meanwhile', async () => {
    const journal = list.app.get(BookingJournal);
    const find = journal.find.bind(journal);
    jest.spyOn(journal, 'find').mockImplementationOnce(async (key) => {
      const found = await find(key);
      const other = { ...key, payloadSha256: Buffer.alloc(32) };
      const error = new BookingRefused('cell_full', 'conflict', 'There was no room.');
      await journal.keepRefusal(other, list.region.platformId, error).catch(() => undefined);
      return found;
    });
    expect(await list.wait(0)).toMatchObject({ status: 422, body: { code: 'booking.key_reused' } });
    // it waits as little as it was booked
    expect((await list.wait(0)).status).toBe(201);
  });

  it('is left by who waits or was offered, and refuses what cannot wait', async () => {
    const key = randomUUID();
    const payload = { operation: 'move', windowId: list.region.windowIds[0], startsAt: TEN };
    const first = await list.call<WaitingEntryDto>('POST', 'waiting-list', payload, key);
    expect((await list.call<WaitingEntryDto>('POST', 'waiting-list', payload, key)).body.id).toBe(first.body.id);
    expect(await list.wait(0)).toMatchObject({ status: 409, body: { code: 'waiting.already' } });
    expect((await list.call<WaitingEntryDto>('DELETE', `waiting-list/${first.body.id}`)).body.state).toBe('withdrawn');
    const second = await list.wait(0);
    await list.release(3);
    await list.served();
    expect((await list.call<WaitingEntryDto>('DELETE', `waiting-list/${second.body.id}`)).body.state).toBe('declined');
    const page = await list.call<WaitingEntryPageDto>(
      'GET',
      `establishments/${list.region.uais[0]}/waiting-list?state=declined`,
    );
    expect(page.body.items.map(({ id }) => id)).toEqual([second.body.id]);
    expect((await list.wait(1, { improvementMinutes: 600 })).body.code).toBe('waiting.nothing_better');
    expect((await list.wait(1, { isSeries: true, improvementMinutes: 30 })).body.code).toBe('waiting.fields');
    expect((await list.wait(2, { isSeries: true })).body.isSeries).toBe(true);
    expect((await list.wait(1, { startsAt: at(0, '06:00') })).status).toBe(422);
    expect((await list.wait(1, { operation: 'release' })).status).toBe(400);
    expect((await list.call('GET', `waiting-list/${randomUUID()}`)).status).toBe(404);
  });
});
