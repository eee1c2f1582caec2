import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Actor } from '../../src/access/actor';
import type { BookingDto, BookingRequest } from '../../src/booking/booking.dto';
import { BookingJournal } from '../../src/booking/booking-journal';
import { BookingService } from '../../src/booking/booking.service';
import { DomainError } from '../../src/common/domain-error';
import type { SwapDto, SwapPageDto } from '../../src/exchange/swap.dto';
import { SwapService } from '../../src/exchange/swap.service';
import { SwapStore } from '../../src/exchange/swap.store';
import {
  bookingViolations,
  type BookableRegion,
  NO_VIOLATIONS,
  publishedRegion,
  standStillAt,
} from '../booking-region';
import { cellAt, ledgerDifferenceCount } from '../plan-builder';
import { startTestApplication } from '../test-application';

const NOW = '2026-12-07T07:00:00+01:00';
const at = (day: number, clock: string): string => `2026-12-${String(7 + day).padStart(2, '0')}T${clock}:00+01:00`;

describe('swaps', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let swaps: SwapService;
  let region: BookableRegion;
  let here: Actor;
  let there: Actor;
  beforeAll(async () => {
    standStillAt(NOW);
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    swaps = app.get(SwapService);
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  /** Two schools with a full hour each: 9 h and 10 h on Monday and Tuesday. Room for one window of 30 (21 sessions) at a time. */
  beforeEach(async () => {
    standStillAt(NOW);
    region = await publishedRegion(
      app,
      [
        { establishment: 0, classIndex: 0, startCell: cellAt(0, 9), headcount: 30, series: 0 },
        { establishment: 1, classIndex: 0, startCell: cellAt(0, 10), headcount: 30, series: 1 },
        { establishment: 0, classIndex: 0, startCell: cellAt(1, 9), headcount: 30, series: 0 },
        { establishment: 1, classIndex: 0, startCell: cellAt(1, 10), headcount: 30, series: 1 },
        { establishment: 0, classIndex: 1, startCell: cellAt(0, 11), headcount: 30 },
        { establishment: 1, classIndex: 1, startCell: cellAt(0, 12), headcount: 35 },
      ],
      { concurrentSessions: 26, loginsPerMinute: 2000 },
    );
    here = { role: 'head', subject: 'head@here', uais: [region.uais[0]!] };
    there = { role: 'head', subject: 'head@there', uais: [region.uais[1]!] };
  });
  afterEach(async () => {
    expect(await bookingViolations(database, region.platformId)).toEqual(NO_VIOLATIONS);
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  });

  const headers = (ifMatch?: string): { idempotencyKey: string; ifMatch: string | undefined } => ({
    idempotencyKey: randomUUID(),
    ifMatch,
  });
  const propose = (more: object = {}, actor = here, ifMatch = '"1"'): Promise<SwapDto> => {
    const [windowId, withWindowId] = region.windowIds as [number, number];
    return swaps.propose(actor, { windowId, withWindowId, withRevision: 1, ...more }, headers(ifMatch));
  };
  const refusalOf = async (asked: Promise<unknown>): Promise<DomainError> => {
    const error: unknown = await asked.then(
      () => undefined,
      (refused: unknown) => refused,
    );
    if (error instanceof DomainError) return error;
    throw new Error('it was not refused');
  };
  const starts = async (...indexes: number[]): Promise<number[]> => {
    const rows = await database.query<{ id: number; start: number }[]>(
      'select window_id as id, start_cell as start from plan_window where plan_id = $1',
      [region.planId],
    );
    return indexes.map((i) => rows.find(({ id }) => id === region.windowIds[i])!.start);
  };

  it('between two establishments need the consent of both: proposed by one, accepted by the other', async () => {
    const proposed = await propose({ reason: 'sortie' });
    expect(proposed).toMatchObject({
      state: 'proposed',
      uai: region.uais[0],
      withUai: region.uais[1],
      reason: 'sortie',
      proposedBy: 'head@here',
      bookingId: null,
      // the freeze of what stands at 9 h comes before two days
      expiresAt: '2026-12-07T07:30:00.000Z',
    });
    expect(await starts(0, 1)).toEqual([cellAt(0, 9), cellAt(0, 10)]);
    const received = await swaps.list(there, region.uais[1]!, { direction: 'received', state: 'proposed', limit: 10 });
    expect(received.items).toEqual([proposed]);
    expect((await swaps.list(there, region.uais[1]!, { direction: 'made', limit: 10 })).items).toEqual([]);
    const accepted = await swaps.accept(there, proposed.id, headers());
    expect(accepted).toMatchObject({ state: 'accepted', bookingId: expect.any(String) as string });
    expect(await starts(0, 1)).toEqual([cellAt(0, 10), cellAt(0, 9)]);
    expect(await swaps.read(here, proposed.id)).toMatchObject({ state: 'accepted', bookingId: accepted.bookingId });
    await expect(swaps.accept(there, proposed.id, headers())).rejects.toMatchObject({ code: 'swap.over' });
    // to undo it the other side has to agree again, for either of them
    for (const [actor, uai] of [
      [there, region.uais[0]],
      [here, region.uais[1]],
    ] as const) {
      const undone = app.get(BookingService).undo(actor, accepted.bookingId!, headers());
      await expect(undone).rejects.toMatchObject({ code: 'booking.consent_needed', facts: { uai } });
    }
    const stranger: Actor = { role: 'head', subject: 'head@elsewhere', uais: [region.uais[2]!] };
    const theirs = app.get(BookingService).undo(stranger, accepted.bookingId!, headers());
    await expect(theirs).rejects.toMatchObject({ code: 'booking.not_own' });
    const back = await propose({ withRevision: 3 }, here, '"2"');
    await swaps.accept(there, back.id, headers());
    expect(await starts(0, 1)).toEqual([cellAt(0, 9), cellAt(0, 10)]);
  });

  it('are not made by one side alone, nor answered by the one that proposed', async () => {
    const [windowId, withWindowId] = region.windowIds as [number, number];
    const request = { operation: 'swap', windowId, withWindowId, withRevision: 1 } as const;
    const booking = app.get(BookingService).book(here, request, headers('"1"'));
    await expect(booking).rejects.toMatchObject({ code: 'booking.consent_needed', facts: { uai: region.uais[1] } });
    const { id } = await propose();
    await expect(swaps.accept(here, id, headers())).rejects.toMatchObject({ code: 'swap.not_asked' });
    await expect(swaps.decline(here, id)).rejects.toMatchObject({ code: 'swap.not_asked' });
    await expect(swaps.withdraw(there, id)).rejects.toMatchObject({ code: 'swap.not_asked' });
    await expect(propose({}, there)).rejects.toMatchObject({ code: 'booking.not_own' });
    const stranger: Actor = { role: 'head', subject: 'head@elsewhere', uais: [region.uais[2]!] };
    await expect(swaps.read(stranger, id)).rejects.toMatchObject({ code: 'swap.not_found' });
    await expect(swaps.list(stranger, region.uais[0]!, { limit: 10 })).rejects.toMatchObject({
      code: 'booking.not_own',
    });
    expect(await starts(0, 1)).toEqual([cellAt(0, 9), cellAt(0, 10)]);
  });

  it('are made at once where both windows are one’s own', async () => {
    const [windowId, withWindowId] = region.windowIds as [number, number];
    const both: Actor = { role: 'head', subject: 'head@both', uais: region.uais.slice(0, 2) };
    const request = { operation: 'swap', windowId, withWindowId, withRevision: 1 } as const;
    await expect(propose({}, both)).rejects.toMatchObject({ code: 'swap.no_consent_needed' });
    const booked = await app.get(BookingService).book(both, request, headers('"1"'));
    expect(booked.changes.map(({ windowId: id }) => id)).toEqual([windowId, withWindowId]);
  });

  it('of series take the later dates too, less the exceptions, and stay two series', async () => {
    await expect(propose({ isSeries: true, exceptDates: ['2026-12-07', '2026-12-08'] })).rejects.toMatchObject({
      code: 'booking.no_date_left',
    });
    const exception = await propose({ isSeries: true, exceptDates: ['2026-12-08'] });
    expect(exception.changes).toHaveLength(2);
    await swaps.withdraw(here, exception.id);
    const series = await propose({ isSeries: true });
    expect(series.changes).toHaveLength(4);
    await swaps.accept(there, series.id, headers());
    expect(await starts(0, 1, 2, 3)).toEqual([cellAt(0, 10), cellAt(0, 9), cellAt(1, 10), cellAt(1, 9)]);
    const [own, other] = region.windowIds as [number, number];
    const found = await database.query<{ series: number }[]>(
      'select distinct series_id as series from plan_window where plan_id = $1 and series_id is not null order by 1',
      [region.planId],
    );
    expect(found.map(({ series: id }) => id)).toEqual([own, other]);
  });

  it('of series name the dates that have no partner, on either side, and leave them where they are said to be exceptions', async () => {
    const [windowId, withWindowId, , theirTuesday] = region.windowIds as [number, number, number, number];
    const aside = { operation: 'move', windowId: theirTuesday, startsAt: at(1, '15:00') } as const;
    await app.get(BookingService).book(there, aside, headers('"1"'));
    const lonely = { code: 'booking.no_partner', facts: { dates: ['2026-12-08'] } };
    await expect(propose({ isSeries: true })).rejects.toMatchObject(lonely);
    const both: Actor = { role: 'head', subject: 'head@both', uais: region.uais.slice(0, 2) };
    const swap = { operation: 'swap', isSeries: true, withRevision: 1 } as const;
    const book = (request: BookingRequest): Promise<BookingDto> =>
      app.get(BookingService).book(both, request, headers('"1"'));
    await expect(book({ ...swap, windowId, withWindowId })).rejects.toMatchObject(lonely);
    await expect(book({ ...swap, windowId: withWindowId, withWindowId: windowId })).rejects.toMatchObject(lonely);
    expect(await starts(0, 1, 2)).toEqual([cellAt(0, 9), cellAt(0, 10), cellAt(1, 9)]);
    const { changes } = await book({ ...swap, windowId, withWindowId, exceptDates: ['2026-12-08'] });
    expect(changes).toHaveLength(2);
    expect(await starts(0, 1, 2)).toEqual([cellAt(0, 10), cellAt(0, 9), cellAt(1, 9)]);
  });

  it('of series are refused where both windows are of one: its dates would take each other’s place one after the other', async () => {
    const dates = [0, 1, 2].map((day) => ({
      establishment: 0,
      classIndex: 0,
      startCell: cellAt(day, 9 + day),
      series: 0,
    }));
    const { uais, windowIds } = (region = await publishedRegion(app, dates));
    const own: Actor = { role: 'head', subject: 'head@own', uais: [uais[0]!] };
    const [windowId, withWindowId] = windowIds as [number, number];
    const swap = { operation: 'swap', windowId, withWindowId, withRevision: 1 } as const;
    const book = (request: BookingRequest): Promise<BookingDto> =>
      app.get(BookingService).book(own, request, headers('"1"'));
    for (const exceptDates of [undefined, ['2026-12-09']]) {
      const request = { ...swap, isSeries: true, ...(exceptDates && { exceptDates }) };
      await expect(book(request)).rejects.toMatchObject({ code: 'booking.same_series' });
    }
    expect((await book(swap)).changes).toHaveLength(2);
  });

  it('of series are refused as a whole where one date does not fit', async () => {
    await propose({ isSeries: true });
    const wider = { operation: 'move', windowId: region.windowIds[2]!, startsAt: at(1, '15:00') } as const;
    await app.get(BookingService).book(here, wider, headers('"1"'));
    const { items } = await swaps.list(there, region.uais[1]!, { state: 'proposed', limit: 1 });
    await expect(swaps.accept(there, items[0]!.id, headers())).rejects.toMatchObject({ code: 'booking.moved_since' });
    expect(await starts(0, 1)).toEqual([cellAt(0, 9), cellAt(0, 10)]);
  });

  it('are declined, withdrawn or lapse, and then change nothing', async () => {
    const declined = await propose();
    expect((await swaps.decline(there, declined.id)).state).toBe('declined');
    expect((await swaps.decline(there, declined.id)).state).toBe('declined');
    await expect(swaps.withdraw(here, declined.id)).rejects.toMatchObject({ code: 'swap.over' });
    const withdrawn = await propose();
    expect((await swaps.withdraw(here, withdrawn.id)).state).toBe('withdrawn');
    await expect(swaps.accept(there, withdrawn.id, headers())).rejects.toMatchObject({ code: 'swap.over' });
    const lapsed = await propose();
    await expect(propose()).rejects.toMatchObject({ code: 'swap.already_proposed' });
    standStillAt(at(0, '08:31'));
    await expect(swaps.accept(there, lapsed.id, headers())).rejects.toMatchObject({ code: 'swap.over' });
    expect((await swaps.read(there, lapsed.id)).state).toBe('lapsed');
    expect(await starts(0, 1)).toEqual([cellAt(0, 9), cellAt(0, 10)]);
  });

  it('are not said to be declined where the other side had accepted them when that was decided', async () => {
    const { id } = await propose();
    const store = app.get(SwapStore);
    const find = store.find.bind(store);
    jest.spyOn(store, 'find').mockImplementationOnce(async (...asked) => {
      const proposed = await find(...asked);
      await swaps.accept(there, id, headers());
      return proposed;
    });
    await expect(swaps.decline(there, id)).rejects.toMatchObject({ code: 'swap.over' });
    const trail = await database.query<object[]>(`select action from audit_trail where thing_key = $1`, [id]);
    expect(trail).not.toContainEqual({ action: 'swap.decline' });
  });

  it('are decided again when they are accepted: a window that moved meanwhile refuses', async () => {
    const { id } = await propose();
    const move = { operation: 'move', windowId: region.windowIds[0]!, startsAt: at(0, '14:00') } as const;
    await app.get(BookingService).book(here, move, headers('"1"'));
    await expect(swaps.accept(there, id, headers())).rejects.toMatchObject({ code: 'booking.moved_since' });
    expect((await swaps.read(there, id)).state).toBe('proposed');
  });

  it('whose window was released meanwhile are refused as it is, and not as if nobody knew them', async () => {
    const { id } = await propose();
    const released = { operation: 'release' as const, windowId: region.windowIds[1]! };
    await app.get(BookingService).book(there, released, headers('"1"'));
    const { code, facts } = await refusalOf(swaps.accept(there, id, headers()));
    expect([code, facts]).toEqual(['booking.moved_since', { windowId: region.windowIds[1], startCell: null }]);
    expect((await swaps.read(there, id)).state).toBe('proposed');
  });

  it('are not proposed where they could not be made', async () => {
    // 35 pupils bring 25 sessions: there is room for them anywhere; with 40 there is none
    await database.query('update plan_window set headcount = 40 where window_id = $1', [region.windowIds[5]]);
    const [windowId, withWindowId] = [region.windowIds[4]!, region.windowIds[5]!];
    const request = { windowId, withWindowId, withRevision: 1 };
    const key = headers('"1"');
    const refused = await refusalOf(swaps.propose(here, request, key));
    // what instead: other hours near the wanted one, and who weighs as much there (nobody does)
    expect(refused).toMatchObject({
      code: 'booking.cell_full',
      facts: { alternatives: { length: 3 }, swapPartners: [] },
    });
    expect(await refusalOf(swaps.propose(here, request, key))).toMatchObject({ facts: refused.facts });
    await database.query('update plan_window set headcount = 35 where window_id = $1', [region.windowIds[5]]);
    await expect(swaps.propose(here, request, headers('"0"'))).rejects.toMatchObject({ code: 'booking.stale' });
    await expect(propose({ withWindowId: 987_654 })).rejects.toMatchObject({ code: 'window.not_found' });
  });

  it('that are refused when they are accepted say what instead for the window of who accepts', async () => {
    const { id } = await propose();
    await database.query('update class set headcount = 5 where id = $1', [region.classIds[1]![0]]);
    const inTheWay = { operation: 'add', classId: region.classIds[1]![0]!, startsAt: at(0, '09:15') } as const;
    await app.get(BookingService).book(there, inTheWay, headers());
    const refused = await refusalOf(swaps.accept(there, id, headers()));
    expect(refused).toMatchObject({
      code: 'booking.conflict',
      facts: { alternatives: { length: 3 }, swapPartners: [] },
    });
    const [{ startsAt }] = refused.facts['alternatives'] as [{ startsAt: string }];
    const instead = { operation: 'move', windowId: region.windowIds[1]!, startsAt } as const;
    expect((await app.get(BookingService).book(there, instead, headers('"1"'))).changes).toHaveLength(1);
  });

  it('are answered once for a key', async () => {
    const [windowId, withWindowId] = region.windowIds as [number, number];
    const request = { windowId, withWindowId, withRevision: 1 };
    const same = headers('"1"');
    const first = await swaps.propose(here, request, same);
    expect(await swaps.propose(here, request, same)).toEqual(first);
    const key = headers();
    const accepted = await swaps.accept(there, first.id, key);
    expect(await swaps.accept(there, first.id, key)).toEqual(accepted);
  });

  it('are answered alike where another replica answers the same request meanwhile, whatever became of it', async () => {
    const missed = () => jest.spyOn(app.get(BookingJournal), 'find').mockResolvedValueOnce(undefined);
    const request = { windowId: region.windowIds[4]!, withWindowId: region.windowIds[5]!, withRevision: 1 };
    const same = headers('"1"');
    const first = await swaps.propose(here, request, same);
    missed();
    expect(await swaps.propose(here, request, same)).toEqual(first);
    // there is no room for it any more
    await database.query('update plan_window set headcount = 40 where window_id = $1', [region.windowIds[5]]);
    missed();
    expect(await swaps.propose(here, request, same)).toEqual(first);
    await database.query('update plan_window set headcount = 35 where window_id = $1', [region.windowIds[5]]);
    const key = headers();
    const accepted = await swaps.accept(there, first.id, key);
    missed();
    expect(await swaps.accept(there, first.id, key)).toEqual(accepted);
  });

  it('by REST: the operator answers for both, so a proposal is sent to bookings; bad input is refused', async () => {
    const [windowId, withWindowId] = region.windowIds as [number, number];
    const post = async (url: string, payload: object): Promise<[number, string | undefined]> => {
      const response = await app.inject({
        method: 'POST',
        url: `/v1/${url}`,
        payload,
        headers: { 'idempotency-key': randomUUID(), 'if-match': '"1"' },
      });
      return [response.statusCode, response.json<{ code?: string }>().code];
    };
    expect(await post('swaps', { windowId, withWindowId, withRevision: 1 })).toEqual([409, 'swap.no_consent_needed']);
    expect(await post('swaps', { windowId, withWindowId })).toEqual([400, 'request.invalid']);
    expect(await post('swaps', { windowId, withWindowId: windowId, withRevision: 1 })).toEqual([400, 'booking.fields']);
    expect(await post(`swaps/${randomUUID()}/accept`, {})).toEqual([404, 'swap.not_found']);
    const { id } = await propose();
    const page = await app.inject({
      method: 'GET',
      url: `/v1/establishments/${region.uais[1]}/swaps?direction=received`,
    });
    expect(page.json<SwapPageDto>().items.map((swap) => swap.id)).toEqual([id]);
    expect(await post(`swaps/${id}/decline`, {})).toEqual([200, undefined]);
    expect((await app.inject({ method: 'GET', url: `/v1/swaps/${id}` })).json<SwapDto>().state).toBe('declined');
  });
});
