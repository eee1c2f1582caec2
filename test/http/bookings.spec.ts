import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { BookingJournal } from '../../src/booking/booking-journal';
import { BookingService } from '../../src/booking/booking.service';
import type { AvailabilityDto, BookingDto } from '../../src/booking/booking.dto';
import { PlanService } from '../../src/plan/plan.service';
import type { PlanChangePageDto } from '../../src/plan/plan-change.dto';
import { Sequencer } from '../../src/plan/sequencer.service';
import {
  bookingViolations,
  type BookableRegion,
  NO_VIOLATIONS,
  publishedRegion,
  standStillAt,
} from '../booking-region';
import { cellAt, draftOf, ledgerDifferenceCount, TESTER } from '../plan-builder';
import { signedInAs, startTestApplication } from '../test-application';

/** 900 seconds of Monday morning: 7 h in Paris. */
const NOW = '2026-12-07T07:00:00+01:00';
const MONDAY_ON = '2026-12-07';
const at = (day: number, clock: string): string => `2026-12-${String(7 + day).padStart(2, '0')}T${clock}:00+01:00`;

interface Answer<T> {
  status: number;
  body: T;
}
interface Problem {
  code: string;
  [fact: string]: unknown;
}

describe('bookings by REST', () => {
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

  /** Room for two windows of 30 at a time (21 sessions each), not for three. */
  beforeEach(async () => {
    region = await publishedRegion(
      app,
      [
        { establishment: 0, classIndex: 0, startCell: cellAt(0, 9), headcount: 30, wishCell: cellAt(0, 8), series: 0 },
        { establishment: 0, classIndex: 1, startCell: cellAt(0, 10), headcount: 30 },
        { establishment: 2, classIndex: 0, startCell: cellAt(0, 10), headcount: 30 },
        { establishment: 0, classIndex: 0, startCell: cellAt(1, 9), headcount: 30, series: 0 },
        { establishment: 0, classIndex: 0, startCell: cellAt(2, 9), headcount: 30, series: 0 },
        { establishment: 0, classIndex: -1, startCell: cellAt(0, 19), headcount: 30 },
        { establishment: 0, classIndex: 0, startCell: cellAt(0, 15), headcount: 30, ordinal: 1 },
        { establishment: 0, classIndex: 2, startCell: cellAt(0, 8), headcount: 30 },
      ],
      { establishmentCount: 3, concurrentSessions: 55, loginsPerMinute: 2000 },
    );
  });
  afterEach(async () => {
    expect(await bookingViolations(database, region.platformId)).toEqual(NO_VIOLATIONS);
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  });

  const post = async <T = BookingDto>(
    payload: object,
    headers: Record<string, string> = {},
    url = '/v1/bookings',
  ): Promise<Answer<T>> => {
    const response = await app.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'idempotency-key': randomUUID(), 'if-match': '"1"', ...headers },
    });
    return { status: response.statusCode, body: response.json<T>() };
  };
  const get = async <T>(url: string): Promise<Answer<T>> => {
    const response = await app.inject({ method: 'GET', url });
    return { status: response.statusCode, body: response.json<T>() };
  };
  const startOf = async (windowId: number): Promise<number | undefined> =>
    (
      await database.query<{ start: number }[]>(
        'select start_cell as start from plan_window where plan_id = $1 and window_id = $2',
        [region.planId, windowId],
      )
    )[0]?.start;

  /** Whose a window is, as everybody may read it. */
  const namesOf = async (windowId: number): Promise<object> =>
    (
      await database.query<object[]>(
        `select e.name as "establishmentName", k.code as "classCode" from plan_window w
           join establishment e on e.id = w.establishment_id join class k on k.id = w.class_id
          where w.plan_id = $1 and w.window_id = $2`,
        [region.planId, windowId],
      )
    )[0]!;

  describe('that are accepted', () => {
    it('move a window, as the next revision, and the window is read there', async () => {
      const windowId = region.windowIds[0]!;
      const { status, body } = await post({ operation: 'move', windowId, startsAt: at(0, '11:00'), reason: 'sortie' });
      expect(status).toBe(201);
      expect(body).toMatchObject({ operation: 'move', planId: region.planId, epoch: 1, reason: 'sortie' });
      expect(body.changes).toEqual([
        expect.objectContaining({
          kind: 'move',
          revision: 2,
          windowId,
          before: expect.objectContaining({ startsAt: at(0, '09:00') }) as unknown,
          after: expect.objectContaining({ startsAt: at(0, '11:00'), endsAt: at(0, '11:30') }) as unknown,
        }),
      ]);
      const windows = await get<{ items: { id: number; startsAt: string; revision: number; origin: string }[] }>(
        `/v1/classes/${region.classIds[0]![0]}/windows?from=${MONDAY_ON}&to=${MONDAY_ON}`,
      );
      expect(windows.body.items.find(({ id }) => id === windowId)).toMatchObject({
        startsAt: at(0, '11:00'),
        revision: 2,
        origin: 'booked',
        seriesId: null,
      });
    });

    it('tell who made them and why to those who answer for the school, and to nobody else', async () => {
      await post({ operation: 'move', windowId: region.windowIds[0], startsAt: at(0, '11:00'), reason: 'sortie' });
      const seenBy = async (uai: string): Promise<unknown> => {
        const headers = await signedInAs(app, { role: 'head', uais: [uai], territories: [] }, `head@${uai}`);
        const page = await app.inject({ url: `/v1/plans/${region.planId}/changes?after=1`, headers });
        const [change] = page.json<PlanChangePageDto>().items;
        return [change!.windowId, change!.changedBy, change!.reason];
      };
      const [windowId] = region.windowIds;
      expect(await seenBy(region.uais[0]!)).toEqual([windowId, expect.stringMatching(/^account:\d+$/), 'sortie']);
      expect(await seenBy(region.uais[2]!)).toEqual([windowId, null, null]);
    });

    it('move a window to another day', async () => {
      const { body } = await post({ operation: 'move', windowId: region.windowIds[0], startsAt: at(1, '11:00') });
      expect(body.changes[0]!.after!.date).toBe('2026-12-08');
    });

    it('move a series from a date on, its exceptions left where they are', async () => {
      const { status, body } = await post({
        operation: 'move',
        windowId: region.windowIds[0],
        startsAt: at(0, '11:00'),
        isSeries: true,
        exceptDates: ['2026-12-08'],
      });
      expect(status).toBe(201);
      expect(body.changes.map(({ revision, after }) => [revision, after!.startsAt])).toEqual([
        [2, at(0, '11:00')],
        [3, at(2, '11:00')],
      ]);
      expect(await startOf(region.windowIds[3]!)).toBe(cellAt(1, 9));
    });

    it('leave what was excepted out of the series from then on: it stays the next time without being named', async () => {
      const moveTo = async (clock: string, revision: number, exceptDates: string[] = []) => {
        const request = { operation: 'move', windowId: region.windowIds[0], startsAt: at(0, clock), isSeries: true, exceptDates }; // prettier-ignore
        const { status, body } = await post(request, { 'if-match': `"${revision}"` });
        expect(status).toBe(201);
        return body.changes;
      };
      const all = await moveTo('10:30', 1);
      expect(all).toHaveLength(3);
      const but = await moveTo('11:00', all[0]!.revision, ['2026-12-08']);
      const again = await moveTo('12:00', but[0]!.revision);
      expect(again.map(({ after }) => after!.startsAt)).toEqual([at(0, '12:00'), at(2, '12:00')]);
      expect((await startOf(region.windowIds[3]!))! - cellAt(1, 10)).toBe(6);
    });

    it('leave the last date of a series out of it too, and the dates before the one that is moved', async () => {
      const moveTo = async (index: number, clock: string, revision: number, exceptDates: string[] = []) => {
        const request = { operation: 'move', windowId: region.windowIds[index], startsAt: at(index === 0 ? 0 : 1, clock), isSeries: true, exceptDates }; // prettier-ignore
        const { status, body } = await post(request, { 'if-match': `"${revision}"` });
        expect(status).toBe(201);
        return body.changes;
      };
      const first = await moveTo(0, '11:00', 1, ['2026-12-09']);
      const again = await moveTo(0, '12:00', first[0]!.revision);
      expect(again.map(({ after }) => after!.startsAt)).toEqual([at(0, '12:00'), at(1, '12:00')]);
      expect(await startOf(region.windowIds[4]!)).toBe(cellAt(2, 9));
      const later = await moveTo(3, '13:00', again[1]!.revision);
      expect(later.map(({ after }) => after!.startsAt)).toEqual([at(1, '13:00')]);
      const alone = await moveTo(0, '14:00', again[0]!.revision);
      expect(alone.map(({ after }) => after!.startsAt)).toEqual([at(0, '14:00')]);
    });

    it.each(['08/12/2026', '2026-13-99', 'never', '2026-12-8'])(
      'refuse the exception %s, which is no date',
      async (date) => {
        const request = { operation: 'move', windowId: region.windowIds[0], startsAt: at(0, '11:00'), isSeries: true };
        const { status, body } = await post<Problem>({ ...request, exceptDates: [date] });
        expect([status, body.code]).toEqual([400, 'request.invalid']);
        const waits = await post<Problem>({ ...request, exceptDates: [date] }, {}, '/v1/waiting-list');
        expect([waits.status, waits.body.code]).toEqual([400, 'request.invalid']);
      },
    );

    it('refuse an exception that is no date of the series: the date that was meant would change', async () => {
      const exceptDates = ['2026-12-08', '2026-12-10'];
      const series = { windowId: region.windowIds[0], isSeries: true, exceptDates };
      for (const asked of [
        { ...series, operation: 'move', startsAt: at(0, '11:00') },
        { ...series, operation: 'release' },
        { ...series, operation: 'swap', withWindowId: region.windowIds[1], withRevision: 1 },
      ]) {
        const { status, body } = await post<Problem>(asked);
        expect([status, body.code, body['dates']]).toEqual([422, 'booking.not_in_series', ['2026-12-10']]);
      }
      const classId = region.classIds[1]![1]!;
      const added = await post<Problem>({ operation: 'add', classId, startsAt: at(3, '08:00'), isSeries: true, exceptDates }); // prettier-ignore
      expect([added.status, added.body['dates']]).toEqual([422, ['2026-12-08']]);
      expect(await startOf(region.windowIds[3]!)).toBe(cellAt(1, 9));
    });

    it('add a window for a class, release it, and undo the release', async () => {
      const classId = region.classIds[1]![1]!;
      const added = await post({ operation: 'add', classId, startsAt: at(3, '08:00') });
      expect(added).toMatchObject({ status: 201, body: { changes: [{ kind: 'add', before: null }] } });
      const { windowId, revision, after } = added.body.changes[0]!;
      const released = await post({ operation: 'release', windowId, classId }, { 'if-match': `"${revision}"` });
      expect(released).toMatchObject({ status: 201, body: { changes: [{ kind: 'release', after: null }] } });
      expect(await startOf(windowId)).toBeUndefined();
      const undone = await post({}, {}, `/v1/bookings/${released.body.id}/undo`);
      expect(undone).toMatchObject({ status: 201, body: { operation: 'undo', changes: [{ kind: 'add', windowId }] } });
      expect(await startOf(windowId)).toBe(after!.startCell);
    });

    it('release a series from a date on but for its exceptions, and take the release back', async () => {
      const [first, , , second, third] = region.windowIds as [number, number, number, number, number];
      const released = await post({
        operation: 'release',
        windowId: first,
        isSeries: true,
        exceptDates: ['2026-12-08'],
      });
      expect(released.status).toBe(201);
      expect(released.body.changes.map(({ kind, windowId }) => [kind, windowId])).toEqual([['release', first], ['release', third]]); // prettier-ignore
      expect([await startOf(first), await startOf(second), await startOf(third)]).toEqual([undefined, cellAt(1, 9), undefined]); // prettier-ignore
      expect((await post({}, {}, `/v1/bookings/${released.body.id}/undo`)).status).toBe(201);
      expect([await startOf(first), await startOf(third)]).toEqual([cellAt(0, 9), cellAt(2, 9)]);
      // from the second date on
      const later = await post({ operation: 'release', windowId: second, isSeries: true });
      expect(later.body.changes.map(({ windowId }) => windowId)).toEqual([second, third]);
    });

    it('add a series on the weekday of each week to the end of the campaign, all of it or nothing', async () => {
      await database.query(`update campaign set ends_on = '2026-12-18' where id = $1`, [region.campaignId]);
      await database.query(
        `insert into ledger_cell (platform_id, cell, session_limit, session_planned, session_ceiling, login_limit, login_planned, login_ceiling)
         select platform_id, cell + 7 * 288, session_limit, 0, session_limit, login_limit, 0, login_limit from ledger_cell where platform_id = $1`,
        [region.platformId],
      );
      const classId = region.classIds[0]![2]!;
      const series = { operation: 'add', classId, startsAt: at(4, '10:00'), isSeries: true };
      const late = await post<Problem>({ ...series, startsAt: at(14, '10:00') });
      expect([late.status, late.body.code, late.body.detail]).toEqual([409, 'booking.no_plan', 'No published plan holds 2026-12-21 for it.']); // prettier-ignore
      const none = await post<Problem>({ ...series, exceptDates: ['2026-12-11', '2026-12-18'] });
      expect([none.status, none.body.code, none.body.detail]).toEqual([422, 'booking.no_date_left', 'The exceptions leave no date.']); // prettier-ignore
      const alone = await post({ ...series, exceptDates: ['2026-12-18'] });
      expect(alone.body.changes.map(({ after }) => after!.date)).toEqual(['2026-12-11']);
      expect((await post({}, {}, `/v1/bookings/${alone.body.id}/undo`)).status).toBe(201);
      const added = await post(series);
      expect(added.body.changes.map(({ after }) => after!.startsAt)).toEqual([at(4, '10:00'), at(11, '10:00')]);
      const rows = await database.query<{ series: number }[]>('select distinct series_id as series from plan_window where plan_id = $1 and window_id = any($2)', [region.planId, added.body.changes.map(({ windowId }) => windowId)]); // prettier-ignore
      expect(rows).toEqual([{ series: expect.any(Number) as number }]);
      // its second Friday would be in two windows at once: no first one either
      const other = await post<Problem>({ ...series, startsAt: at(4, '10:15') });
      expect(other).toMatchObject({ status: 409, body: { code: 'booking.conflict' } });
      const [{ count }] = await database.query<[{ count: number }]>('select count(*) from plan_window where plan_id = $1 and class_id = $2', [region.planId, classId]); // prettier-ignore
      expect(count).toBe(3);
    });

    it('swap two windows, also of two establishments', async () => {
      const [, , other] = region.windowIds;
      const windowId = region.windowIds[0]!;
      const { status, body } = await post({ operation: 'swap', windowId, withWindowId: other, withRevision: 1 });
      expect(status).toBe(201);
      expect(body.changes).toHaveLength(2);
      expect([await startOf(windowId), await startOf(other!)]).toEqual([cellAt(0, 10), cellAt(0, 9)]);
    });

    it('add a window for the relatives of an establishment, as many as come there on other days, and hold one', async () => {
      const profile = { profileId: 4, audience: 'relatives', levelGroup: null };
      await database.query(`update plan set profiles = profiles || (profiles -> 0 || $2) where id = $1`, [region.planId, JSON.stringify(profile)]); // prettier-ignore
      const add = { operation: 'add', uai: region.uais[0], audience: 'relatives', startsAt: at(1, '20:00') };
      const other = await signedInAs(app, { role: 'head', uais: [region.uais[2]!], territories: [] });
      expect((await post<Problem>(add, other)).body.code).toBe('booking.not_own');
      const { status, body } = await post(add);
      expect(status).toBe(201);
      const rows = await database.query<object[]>(
        'select establishment_id, class_id, audience, headcount, profile_id from plan_window where plan_id = $1 and window_id = $2',
        [region.planId, body.changes[0]!.windowId],
      );
      expect(rows).toEqual([{ establishment_id: region.establishmentIds[0], class_id: null, audience: 1, headcount: 30, profile_id: 4 }]); // prettier-ignore
      // the relatives of a school without any window of theirs are counted as the allocation counts them: one account per pupil
      const elsewhere = await post({ ...add, uai: region.uais[1], startsAt: at(1, '21:00') }, {}, '/v1/holds');
      expect(elsewhere).toMatchObject({ status: 201, body: { changes: [{ kind: 'add', windowId: null }] } });
      const [{ most }] = await database.query<[{ most: number }]>(
        `select max(sessions) as most from hold_cell where platform_id = $1`,
        [region.platformId],
      );
      // classes of 21, 22 and 23
      expect(most).toBe(66 * 700);
      expect((await post<Problem>({ ...add, audience: 'staff' })).body.code).toBe('booking.no_rule');
    });

    it('move a window of the relatives', async () => {
      const { status } = await post({ operation: 'move', windowId: region.windowIds[5], startsAt: at(0, '20:00') });
      expect(status).toBe(201);
    });
  });

  describe('that are refused', () => {
    const move = (startsAt: string, more: object = {}): Promise<Answer<Problem>> =>
      post<Problem>({ operation: 'move', windowId: region.windowIds[0], startsAt, ...more });

    it('name the full cells and the three nearest starts that are left', async () => {
      const { status, body } = await move(at(0, '10:00'));
      expect(status).toBe(409);
      expect(body.code).toBe('booking.cell_full');
      expect(body.cells).toContainEqual(expect.objectContaining({ sessionLimit: 55, sessions: 63 }));
      const alternatives = body.alternatives as { startsAt: string; minutesFromWanted: number }[];
      expect(alternatives).toHaveLength(3);
      const best = await move(alternatives[0]!.startsAt);
      expect(best.status).toBe(201);
    });

    it('name who could swap, the school and the class: the own school first, and whether the other side must agree', async () => {
      const [one, own, other] = region.windowIds;
      const [uai, , otherUai] = region.uais;
      const head = await signedInAs(app, { role: 'head', uais: [uai!], territories: [] });
      const request = { operation: 'move', windowId: one, startsAt: at(0, '10:00') };
      const key = { ...head, 'idempotency-key': randomUUID() };
      const { status, body } = await post<Problem>(request, key);
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'booking.cell_full' });
      expect(body.swapPartners).toEqual([
        expect.objectContaining({ windowId: own, revision: 1, uai, ...(await namesOf(own!)), startsAt: at(0, '10:00'), isOwn: true }), // prettier-ignore
        expect.objectContaining({ windowId: other, revision: 1, uai: otherUai, ...(await namesOf(other!)), isOwn: false }), // prettier-ignore
      ]);
      expect((await post<Problem>(request, key)).body).toEqual(body);
      const swapped = await post({ operation: 'swap', windowId: one, withWindowId: own, withRevision: 1 }, head);
      expect(swapped.status).toBe(201);
      expect(await startOf(one!)).toBe(cellAt(0, 10));
    });

    it('name nobody to swap with where the other side could not take the place', async () => {
      const [one, own, other] = region.windowIds;
      // class 1 of the first school and class 0 of the other get a window that reaches into 9:00
      for (const windowId of [own!, other!]) {
        const [{ id }] = await database.query<[{ id: number }]>('select class_id as id from plan_window where plan_id = $1 and window_id = $2', [region.planId, windowId]); // prettier-ignore
        expect((await post({ operation: 'add', classId: id, startsAt: at(0, '08:45') })).status).toBe(201);
      }
      const { body } = await post<Problem>({ operation: 'move', windowId: one, startsAt: at(0, '10:00') });
      expect(body).toMatchObject({ code: 'booking.cell_full', swapPartners: [] });
    });

    it('of a swap say what instead: the place may be free for one window alone, or somebody else has it', async () => {
      const [one, own, other] = region.windowIds;
      // the other side gets a window that reaches into 9:00
      const [{ id }] = await database.query<[{ id: number }]>('select class_id as id from plan_window where plan_id = $1 and window_id = $2', [region.planId, other]); // prettier-ignore
      expect((await post({ operation: 'add', classId: id, startsAt: at(0, '08:45') })).status).toBe(201);
      const request = { operation: 'swap', windowId: one, withWindowId: other, withRevision: 1 };
      const refused = await post<Problem>(request);
      expect(refused).toMatchObject({ status: 409, body: { code: 'booking.conflict', alternatives: { length: 3 } } });
      expect(refused.body.swapPartners).toEqual([expect.objectContaining({ windowId: own, isOwn: true })]);
      const held = await post<Problem>(request, {}, '/v1/holds');
      expect(held.body).toMatchObject({ code: 'booking.conflict', swapPartners: refused.body.swapPartners });
      const [{ startsAt }] = refused.body.alternatives as [{ startsAt: string }];
      expect((await move(startsAt)).status).toBe(201);
    });

    it('name who is in two windows at once', async () => {
      const { status, body } = await move(at(0, '15:10'));
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'booking.conflict' });
      expect(body.conflicts).toEqual([expect.objectContaining({ who: 'class', windowId: region.windowIds[6] })]);
      expect(body.alternatives).toHaveLength(3);
    });

    it('take a whole series back when one date of it does not fit', async () => {
      await post({ operation: 'add', classId: region.classIds[0]![0], startsAt: at(2, '11:00') });
      const { status, body } = await move(at(0, '11:00'), { isSeries: true });
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'booking.conflict' });
      expect(await startOf(region.windowIds[0]!)).toBe(cellAt(0, 9));
    });

    const WRONG_PLACES: [what: string, startsAt: string, status: number, code: string][] = [
      ['in the past', '2026-12-07T06:00:00+01:00', 422, 'booking.outside_hours'],
      ['off the grid', '2026-12-07T11:02:00+01:00', 422, 'booking.off_grid'],
      ['over midnight', '2026-12-07T23:45:00+01:00', 422, 'booking.over_midnight'],
      ['across a clock change', '2027-03-28T01:45:00+01:00', 422, 'booking.clock_change'],
      ['outside the hours', '2026-12-07T19:00:00+01:00', 422, 'booking.outside_hours'],
      ['outside the campaign', '2026-12-14T11:00:00+01:00', 422, 'booking.outside_campaign'],
      ['in a civil time without offset', '2026-12-07T11:00:00', 400, 'request.invalid'],
    ];
    it.each(WRONG_PLACES)('%s', async (_what, startsAt, status, code) => {
      const answer = await move(startsAt);
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    });

    it('in the past, within the hours', async () => {
      standStillAt(at(1, '12:00'));
      try {
        const early = await post<Problem>({
          operation: 'move',
          windowId: region.windowIds[4],
          startsAt: at(1, '09:00'),
        });
        expect([early.status, early.body.code]).toEqual([422, 'booking.in_the_past']);
        const soon = await post<Problem>({
          operation: 'move',
          windowId: region.windowIds[4],
          startsAt: at(1, '12:15'),
        });
        expect([soon.status, soon.body.code]).toEqual([422, 'booking.too_late']);
        const over = await move(at(2, '12:00'));
        expect([over.status, over.body.code]).toEqual([422, 'booking.in_the_past']);
      } finally {
        standStillAt(NOW);
      }
    });

    it('in the frozen time before a window', async () => {
      standStillAt(at(0, '08:50'));
      try {
        const { status, body } = await move(at(0, '11:00'));
        expect([status, body.code]).toEqual([409, 'booking.frozen']);
      } finally {
        standStillAt(NOW);
      }
    });

    it('on a day on which the establishment is closed', async () => {
      await database.query(
        `insert into calendar_exception (establishment_id, first_on, last_on, open_half_days, reason)
         values ($1, '2026-12-11', '2026-12-11', 0, 'pont')`,
        [region.establishmentIds[0]],
      );
      const { status, body } = await move(at(4, '11:00'));
      expect([status, body.code]).toEqual([422, 'booking.closed']);
    });

    it('of a series all of whose dates are closed, however it is asked', async () => {
      await database.query(`update campaign set ends_on = '2026-12-20' where id = $1`, [region.campaignId]);
      const series = { operation: 'add', classId: region.classIds[0]![1], startsAt: at(6, '10:00'), isSeries: true };
      for (const url of ['/v1/bookings', '/v1/holds', '/v1/waiting-list']) {
        const { status, body } = await post<Problem>(series, {}, url);
        expect([url, status, body.code, body['date']]).toEqual([url, 422, 'booking.closed', '2026-12-13']);
      }
    });

    it('on the holidays of its zone and on public holidays, as the school calendar has them', async () => {
      await database.query(`update campaign set ends_on = '2027-03-31' where id = $1`, [region.campaignId]);
      const classId = region.classIds[0]![1]!;
      const asked = async (startsAt: string): Promise<(string | undefined)[]> => {
        const moved = { operation: 'move', windowId: region.windowIds[0], startsAt };
        const added = { operation: 'add', classId, startsAt };
        const answers = [
          await post<Problem>(moved),
          await post<Problem>(added),
          await post<Problem>(moved, {}, '/v1/holds'),
          await post<Problem>(added, {}, '/v1/waiting-list'),
        ];
        return answers.map(({ status, body }) => (status === 422 ? body.code : undefined));
      };
      const closed = Array<string>(4).fill('booking.closed');
      // Christmas holidays of all zones, winter holidays of zone B, when zone C is back, and Easter Monday
      for (const date of ['2026-12-21', '2027-02-22', '2027-03-29']) {
        expect([date, await asked(`${date}T10:00:00${date < '2027-03-28' ? '+01:00' : '+02:00'}`)]).toEqual([date, closed]); // prettier-ignore
        const { body } = await get<AvailabilityDto>(`/v1/classes/${classId}/availability?date=${date}`);
        expect(new Set(body.starts.map(({ verdict }) => verdict))).toEqual(new Set(['closed']));
      }
      await database.query(`update establishment set holiday_zone = 'C' where id = $1`, [region.establishmentIds[0]]);
      expect(await asked('2027-02-22T10:00:00+01:00')).not.toContain('booking.closed');
      expect(await asked('2027-02-08T10:00:00+01:00')).toEqual(closed);
    });

    it('for another class', async () => {
      const { status, body } = await move(at(0, '11:00'), { classId: region.classIds[1]![0] });
      expect([status, body.code]).toEqual([409, 'booking.other_class']);
    });

    it('of a fixed window', async () => {
      await database.query('update plan_window set origin = 1 where window_id = $1', [region.windowIds[0]]);
      const { status, body } = await move(at(0, '11:00'));
      expect([status, body.code]).toEqual([409, 'booking.fixed']);
    });

    it('of a window that is not published', async () => {
      const { status, body } = await post<Problem>({ operation: 'release', windowId: 987_654_321 });
      expect([status, body.code]).toEqual([404, 'window.not_found']);
    });

    it('with a revision that is stale, missing or none', async () => {
      const payload = { operation: 'move', windowId: region.windowIds[0], startsAt: at(0, '11:00') };
      const of = async (ifMatch: string): Promise<unknown[]> => {
        const { status, body } = await post<Problem>(payload, { 'if-match': ifMatch });
        return [status, body.code];
      };
      expect(await of('"0"')).toEqual([412, 'booking.stale']);
      // and the window to swap with, which is named in the body
      const swap = { operation: 'swap', windowId: region.windowIds[0], withWindowId: region.windowIds[1] };
      const swapped = await post<Problem>({ ...swap, withRevision: 0 });
      expect([swapped.status, swapped.body.code, swapped.body['windowId']]).toEqual([
        412,
        'booking.stale',
        swap.withWindowId,
      ]);
      expect((await post<Problem>(swap)).body.code).toBe('booking.fields');
      expect(await of('')).toEqual([428, 'booking.if_match_missing']);
      expect(await of('*')).toEqual([400, 'booking.if_match_invalid']);
    });

    it('with fields that do not belong to the operation', async () => {
      for (const payload of [
        { operation: 'move', windowId: 1 },
        { operation: 'add', classId: 1, startsAt: at(0, '11:00'), windowId: 3 },
        { operation: 'swap', windowId: 1, withWindowId: 1, withRevision: 1 },
        { operation: 'release', windowId: 1, exceptDates: ['2026-12-08'] },
        { operation: 'steal', windowId: 1 },
        { operation: 'release', windowId: 1, pupil: 'x' },
        { operation: 'release', windowId: -1 },
        { operation: 'release', windowId: '1 or 1=1' },
      ]) {
        expect((await post<Problem>(payload)).status).toBe(400);
      }
    });
  });

  describe('and their Idempotency-Key', () => {
    it('is needed', async () => {
      const { status, body } = await post<Problem>(
        { operation: 'release', windowId: region.windowIds[0] },
        { 'idempotency-key': '' },
      );
      expect([status, body.code]).toEqual([400, 'booking.key_missing']);
    });

    it('gives the same answer to the same request, accepted or refused, and changes nothing twice', async () => {
      const key = randomUUID();
      const payload = { operation: 'move', windowId: region.windowIds[0], startsAt: at(0, '11:00') };
      const first = await post(payload, { 'idempotency-key': key });
      expect(await post(payload, { 'idempotency-key': key })).toEqual(first);
      const refusedKey = randomUUID();
      const full = { operation: 'move', windowId: region.windowIds[7], startsAt: at(0, '10:00') };
      const refused = await post(full, { 'idempotency-key': refusedKey });
      expect(refused.status).toBe(409);
      expect(await post(full, { 'idempotency-key': refusedKey })).toEqual(refused);
    });

    it('refuses another request', async () => {
      const key = randomUUID();
      const of = (clock: string): Promise<Answer<Problem>> =>
        post<Problem>(
          { operation: 'move', windowId: region.windowIds[0], startsAt: at(0, clock) },
          { 'idempotency-key': key },
        );
      expect((await of('11:00')).status).toBe(201);
      const { status, body } = await of('12:00');
      expect([status, body.code]).toEqual([422, 'booking.key_reused']);
    });

    it('tells that the same request is being worked on', async () => {
      const key = randomUUID();
      const payload = { operation: 'move', windowId: region.windowIds[0], startsAt: at(0, '11:00') };
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => post<Problem>(payload, { 'idempotency-key': key })),
      );
      expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
      for (const { status, body } of answers) {
        if (status !== 201) expect([status, body.code]).toEqual([409, 'booking.key_in_progress']);
      }
      expect((await get<PlanChangePageDto>(`/v1/plans/${region.planId}/changes?after=1`)).body.items).toHaveLength(1);
    });
  });

  describe('taken back', () => {
    const undo = (id: string): Promise<Answer<Problem>> => post<Problem>({}, {}, `/v1/bookings/${id}/undo`);

    it('only by who made them, and only once', async () => {
      const service = app.get(BookingService);
      const theirs = await service.book(
        TESTER,
        { operation: 'move', windowId: region.windowIds[0]!, startsAt: at(0, '11:00') },
        { idempotencyKey: randomUUID(), ifMatch: '"1"' },
      );
      expect(await undo(theirs.id)).toMatchObject({ status: 409, body: { code: 'booking.not_own' } });
      const mine = await post({ operation: 'move', windowId: region.windowIds[7], startsAt: at(0, '12:00') });
      expect((await undo(mine.body.id)).status).toBe(201);
      expect(await undo(mine.body.id)).toMatchObject({ status: 409, body: { code: 'booking.not_last' } });
      expect(await undo(randomUUID())).toMatchObject({ status: 404 });
    });

    it('not when the place was taken meanwhile', async () => {
      const mine = await post({ operation: 'move', windowId: region.windowIds[2], startsAt: at(0, '12:00') });
      expect((await post({ operation: 'move', windowId: region.windowIds[7], startsAt: at(0, '10:00') })).status).toBe(
        201,
      );
      const refused = await undo(mine.body.id);
      expect(refused).toMatchObject({ status: 409, body: { code: 'booking.cell_full', alternatives: { length: 3 } } });
      // near the place that it had, and whoever has it and could take the present one
      const [best] = refused.body.alternatives as { startsAt: string; minutesFromWanted: number }[];
      expect(Math.abs(best!.minutesFromWanted)).toBeLessThanOrEqual(60);
      const partners = refused.body.swapPartners as { windowId: number; startsAt: string }[];
      expect(partners.map(({ windowId }) => windowId).sort()).toEqual(
        [region.windowIds[1], region.windowIds[7]].sort(),
      );
      const back = { operation: 'swap', windowId: region.windowIds[2], withWindowId: partners[0]!.windowId };
      const revision = mine.body.changes[0]!.revision;
      const withRevision = partners[0]!.windowId === region.windowIds[1] ? 1 : revision + 1;
      expect((await post({ ...back, withRevision }, { 'if-match': `"${revision}"` })).status).toBe(201);
    });

    it('not when a release left a place that is taken: near it, and on other days where the day is full', async () => {
      const released = await post({ operation: 'release', windowId: region.windowIds[2] });
      expect((await post({ operation: 'move', windowId: region.windowIds[7], startsAt: at(0, '10:00') })).status).toBe(
        201,
      );
      const refused = await undo(released.body.id);
      expect(refused).toMatchObject({ status: 409, body: { code: 'booking.cell_full', alternatives: { length: 3 }, swapPartners: [] } }); // prettier-ignore
    });
  });

  describe('taken back after something else has happened', () => {
    const undo = (id: string, headers = {}): Promise<Answer<BookingDto & Problem>> =>
      post<BookingDto & Problem>({}, headers, `/v1/bookings/${id}/undo`);

    it('are, where a publication since has left their windows as they were', async () => {
      const windowId = region.windowIds[7]!;
      const mine = await post({ operation: 'move', windowId, startsAt: at(0, '12:00') });
      const released = await post({ operation: 'release', windowId: region.windowIds[1] });
      const plans = app.get(PlanService);
      const again = [{ establishment: 0, classIndex: 2, startCell: cellAt(0, 8), headcount: 30 }];
      const nextId = await plans.createDraft(TESTER, draftOf(region, again, { base: { epoch: 1, revision: 3 } }));
      await plans.publish(TESTER, nextId, 'replan');
      // what was released is for the new plan to say
      expect(await undo(released.body.id)).toMatchObject({ status: 409, body: { code: 'plan.not_published' } });
      const { status, body } = await undo(mine.body.id);
      expect([status, body.planId, body.changes[0]!.after!.startsAt]).toEqual([201, nextId, at(0, '08:00')]);
    });

    it('are not a second time, over the release by a deputy since', async () => {
      const windowId = region.windowIds[2]!;
      const of = (name: string) => signedInAs(app, { role: 'head', uais: [region.uais[2]!], territories: [] }, name);
      const [mine, deputy] = [await of('mine'), await of('deputy')];
      const released = await post({ operation: 'release', windowId }, mine);
      const undone = await undo(released.body.id, mine);
      const ifMatch = { 'if-match': `"${undone.body.changes[0]!.revision}"` };
      expect((await post({ operation: 'release', windowId }, { ...deputy, ...ifMatch })).status).toBe(201);
      expect(await undo(released.body.id, mine)).toMatchObject({ status: 409, body: { code: 'booking.not_last' } });
      expect(await startOf(windowId)).toBeUndefined();
    });

    it('are not a second time, over the release since, where both were asked at once and one is decided late', async () => {
      const windowId = region.windowIds[2]!;
      const released = await post({ operation: 'release', windowId });
      const sequencer = app.get(Sequencer);
      const submit = sequencer.submit.bind(sequencer);
      let decide = (): void => undefined;
      const decided = new Promise<void>((resolve) => (decide = resolve));
      const asked = new Promise<void>((resolve) => {
        jest.spyOn(sequencer, 'submit').mockImplementationOnce(async (request) => {
          resolve();
          await decided;
          return submit(request);
        });
      });
      const late = undo(released.body.id);
      await asked;
      const undone = await undo(released.body.id);
      const ifMatch = { 'if-match': `"${undone.body.changes[0]!.revision}"` };
      expect((await post({ operation: 'release', windowId }, ifMatch)).status).toBe(201);
      decide();
      expect(await late).toMatchObject({ status: 409, body: { code: 'booking.not_last' } });
      expect(await startOf(windowId)).toBeUndefined();
    });

    it('are answered alike where another replica takes them back meanwhile by the same request', async () => {
      const released = await post({ operation: 'release', windowId: region.windowIds[2] });
      const same = { 'idempotency-key': randomUUID() };
      const undone = await undo(released.body.id, same);
      // it looked for an answer before there was one
      jest.spyOn(app.get(BookingJournal), 'find').mockResolvedValueOnce(undefined);
      expect(await undo(released.body.id, same)).toEqual(undone);
      expect(undone.status).toBe(201);
    });

    it('are not onto a day that was closed meanwhile', async () => {
      const mine = await post({ operation: 'move', windowId: region.windowIds[3], startsAt: at(3, '09:00') });
      await database.query(
        `insert into calendar_exception (establishment_id, first_on, last_on, open_half_days, reason)
         values ($1, '2026-12-08', '2026-12-08', 0, 'pont')`,
        [region.establishmentIds[0]],
      );
      expect(await undo(mine.body.id)).toMatchObject({ status: 422, body: { code: 'booking.closed' } });
      expect(await startOf(region.windowIds[3]!)).toBe(cellAt(3, 9));
    });
  });

  describe('and what a day offers', () => {
    const verdicts = async (url: string): Promise<Map<string, string>> => {
      const { status, body } = await get<AvailabilityDto>(url);
      expect(status).toBe(200);
      return new Map(body.starts.map(({ startsAt, verdict }) => [startsAt.slice(11, 16), verdict]));
    };

    it('says of every start what stands in its way', async () => {
      const all = await verdicts(
        `/v1/classes/${region.classIds[0]![0]}/availability?date=${MONDAY_ON}&windowId=${region.windowIds[0]}`,
      );
      expect(all.size).toBe(283);
      expect(all.get('07:00')).toBe('outside_hours');
      expect(all.get('10:00')).toBe('full');
      expect(all.get('11:30')).toBe('free');
      expect(all.get('15:10')).toBe('class_conflict');
      expect(all.get('09:00')).toBe('free');
    });

    it('says of a window that is fixed, or about to begin, that it stays', async () => {
      const url = `/v1/classes/${region.classIds[0]![0]}/availability?date=${MONDAY_ON}&windowId=${region.windowIds[0]}`;
      const said = async (): Promise<Set<string>> => new Set((await verdicts(url)).values());
      try {
        standStillAt(at(0, '08:50'));
        expect(await said()).toEqual(new Set(['frozen']));
        expect((await post<Problem>({ operation: 'move', windowId: region.windowIds[0], startsAt: at(0, '11:30') })).body.code).toBe('booking.frozen'); // prettier-ignore
      } finally {
        standStillAt(NOW);
      }
      await database.query('update plan_window set origin = 1 where window_id = $1', [region.windowIds[0]]);
      expect(await said()).toEqual(new Set(['fixed']));
    });

    it('agrees with what is booked: free and tight are accepted, full is refused', async () => {
      const windowId = region.windowIds[0]!;
      const all = await verdicts(
        `/v1/classes/${region.classIds[0]![0]}/availability?date=${MONDAY_ON}&windowId=${windowId}`,
      );
      let revision = 1;
      for (const [clock, verdict] of [...all].filter((_, i) => i % 11 === 0)) {
        const { status, body } = await post(
          { operation: 'move', windowId, startsAt: at(0, clock) },
          { 'if-match': `"${revision}"` },
        );
        expect([clock, verdict, status]).toEqual([
          clock,
          verdict,
          verdict === 'free' || verdict === 'tight' ? 201 : expect.any(Number),
        ]);
        if (verdict !== 'free' && verdict !== 'tight') expect(status).toBeGreaterThanOrEqual(400);
        else revision = body.changes[0]!.revision;
      }
    });

    it('is told for the relatives of an establishment, and refuses what is no day or length', async () => {
      const url = `/v1/establishments/${region.uais[0]}/availability?audience=relatives&date=${MONDAY_ON}`;
      expect((await get<Problem>(url)).status).toBe(422);
      expect((await get(`/v1/classes/${region.classIds[0]![0]}/availability?date=2026-13-01`)).status).toBe(400);
      const odd = await get<Problem>(`/v1/classes/${region.classIds[0]![0]}/availability?date=${MONDAY_ON}&minutes=7`);
      expect([odd.status, odd.body.code]).toEqual([422, 'booking.off_grid']);
      expect((await get(`/v1/classes/999999/availability?date=${MONDAY_ON}`)).status).toBe(404);
    });
  });

  describe('and what a day offers to a window of another length than the campaign gives', () => {
    it('is told with the load of that length', async () => {
      const url = `/v1/classes/${region.classIds[0]![1]}/availability?date=2026-12-11&minutes=`;
      const roomOf = async (minutes: number): Promise<Map<string, number | string>> => {
        const { status, body } = await get<AvailabilityDto>(`${url}${minutes}`);
        expect([status, body.minutes]).toEqual([200, minutes]);
        return new Map(
          body.starts.map(({ startsAt, verdict, roomSessions }) => [
            startsAt.slice(11, 16),
            verdict === 'free' ? roomSessions : verdict,
          ]),
        );
      };
      const [half, whole] = [await roomOf(30), await roomOf(60)];
      // of 22 pupils seven tenths come; over an hour they come and go, half an hour they are nearly all there at once
      expect(half.get('10:00')).toBe(39);
      expect(whole.get('10:00')).toBeGreaterThan(39);
      expect([half.get('17:30'), whole.get('17:30'), whole.get('17:00')]).toEqual([39, 'outside_hours', whole.get('10:00')]); // prettier-ignore
    });
  });

  describe('where teachers, closed times and little room stand in the way', () => {
    let windowIds: number[];
    let classIds: number[];
    /** Two live windows of one teacher, of two schools, and room for two windows of 30 (21 sessions each) with two sessions left. */
    beforeEach(async () => {
      const live = { headcount: 30, activity: 1, teacherKeyId: 77 };
      region = await publishedRegion(
        app,
        [
          { ...live, establishment: 0, classIndex: 0, startCell: cellAt(0, 9), wishCell: cellAt(0, 8, 30) },
          { ...live, establishment: 2, classIndex: 0, startCell: cellAt(0, 10) },
          { establishment: 0, classIndex: 1, startCell: cellAt(0, 14), headcount: 30, teacherKeyId: 77 },
        ],
        { establishmentCount: 3, concurrentSessions: 44, loginsPerMinute: 2000 },
      );
      windowIds = region.windowIds;
      classIds = region.classIds[0]!;
      await database.query(
        `insert into wish (campaign_id, class_id, kind, weekday, start_minute, end_minute, origin)
         values ($1, $2, 'closed', 1, 720, 780, 'head')`,
        [region.campaignId, classIds[0]],
      );
    });

    it('nobody teaches live in two schools at once; beside a window that is not live the teacher is free', async () => {
      const refused = await post<Problem>({ operation: 'move', windowId: windowIds[0], startsAt: at(0, '10:15') });
      expect([refused.status, refused.body.code]).toEqual([409, 'booking.conflict']);
      expect(refused.body['conflicts']).toEqual([{ who: 'teacher', windowId: windowIds[1], startsAt: '2026-12-07T09:00:00Z' }]); // prettier-ignore
      const starts = (refused.body['alternatives'] as { startsAt: string }[]).map(({ startsAt }) => startsAt);
      // from when the other is over
      expect(starts).toEqual([at(0, '10:30'), at(0, '10:35'), at(0, '10:40')]);
      expect((await post({ operation: 'move', windowId: windowIds[0], startsAt: at(0, '14:00') })).status).toBe(201);
    });

    it('a time that a class has closed takes no window', async () => {
      const refused = await post<Problem>({ operation: 'move', windowId: windowIds[0], startsAt: at(0, '12:15') });
      expect([refused.status, refused.body.code]).toEqual([422, 'booking.outside_hours']);
      expect((await post({ operation: 'move', windowId: windowIds[0], startsAt: at(0, '13:00') })).status).toBe(201);
    });

    it('a day says so of each start, with the room that stays and the minutes from the wish', async () => {
      standStillAt(at(0, '08:00'));
      try {
        const day = async (date: string): Promise<Map<string, unknown[]>> => {
          const url = `/v1/classes/${classIds[0]}/availability?date=${date}&windowId=${windowIds[0]}`;
          const { starts } = (await get<AvailabilityDto>(url)).body;
          return new Map(starts.map(({ startsAt, verdict, roomSessions, displacementMinutes }) => [startsAt.slice(11, 16), [verdict, roomSessions, displacementMinutes]])); // prettier-ignore
        };
        const monday = await day(MONDAY_ON);
        expect(monday.get('08:25')).toEqual(['too_late', 23, -5]);
        expect(monday.get('08:30')).toEqual(['free', 23, 0]);
        expect(monday.get('10:00')).toEqual(['teacher_conflict', 2, 90]);
        expect(monday.get('12:15')).toEqual(['outside_hours', 23, 225]);
        expect(monday.get('14:00')).toEqual(['tight', 2, 330]);
        await database.query(
          `insert into calendar_exception (establishment_id, first_on, last_on, open_half_days, reason)
           values ($1, '2026-12-10', '2026-12-10', 0, 'pont')`,
          [region.establishmentIds[0]],
        );
        expect((await day('2026-12-10')).get('10:00')!.slice(0, 2)).toEqual(['closed', 23]);
        // another day than the wished one, and a little earlier by the clock
        const url = `/v1/classes/${classIds[0]}/availability?date=2026-12-09&windowId=${windowIds[0]}`;
        const wednesday = (await get<AvailabilityDto>(url)).body.starts;
        expect(wednesday.find(({ startsAt }) => startsAt === at(2, '08:20'))).toMatchObject({ displacementDays: 2, displacementMinutes: -10 }); // prettier-ignore
      } finally {
        standStillAt(NOW);
      }
    });
  });

  describe('and a day on which nobody has a window yet', () => {
    it('answers with verdicts, for a class and for the relatives, who weigh as they do on other days', async () => {
      const profile = { profileId: 4, audience: 'relatives', levelGroup: null };
      await database.query(`update plan set profiles = profiles || (profiles -> 0 || $2) where id = $1`, [region.planId, JSON.stringify(profile)]); // prettier-ignore
      const ofClass = await get<AvailabilityDto>(`/v1/classes/${region.classIds[0]![0]}/availability?date=2026-12-11`);
      expect(ofClass.status).toBe(200);
      expect(ofClass.body.starts.find(({ startsAt }) => startsAt === at(4, '10:00'))).toMatchObject({ verdict: 'free', roomSessions: 40 }); // prettier-ignore
      const url = `/v1/establishments/${region.uais[0]}/availability?audience=relatives&date=`;
      const [monday, friday] = [await get<AvailabilityDto>(`${url}${MONDAY_ON}`), await get<AvailabilityDto>(`${url}2026-12-11`)]; // prettier-ignore
      expect(friday.status).toBe(200);
      const at21 = ({ body }: Answer<AvailabilityDto>) =>
        body.starts.find(({ startsAt }) => startsAt.includes('T21:00'));
      expect(at21(friday)).toMatchObject({ verdict: 'free', roomSessions: at21(monday)!.roomSessions });
      const elsewhere = await get<AvailabilityDto>(`/v1/establishments/${region.uais[1]}/availability?audience=relatives&date=2026-12-11`); // prettier-ignore
      expect(elsewhere.status).toBe(200);
      expect(elsewhere.body.starts.find(({ startsAt }) => startsAt === at(4, '10:00'))!.verdict).toBe('free');
    });
  });

  describe('that add more than the campaign gives', () => {
    const setRule = (change: object): Promise<unknown> =>
      database.query(`update campaign set rules = jsonb_set(rules, '{windows,0}', rules #> '{windows,0}' || $2) where id = $1`, [region.campaignId, JSON.stringify(change)]); // prettier-ignore

    it('are refused with the rule and its number, by the day', async () => {
      const classId = region.classIds[0]![0]!;
      const key = { 'idempotency-key': randomUUID() };
      // two on Monday already, one on Tuesday
      const refused = await post<Problem>({ operation: 'add', classId, startsAt: at(0, '12:00') }, key);
      expect(refused).toMatchObject({
        status: 409,
        body: {
          code: 'booking.rule_limit',
          rule: 'windowsPerDay',
          most: 2,
          presentCount: 2,
          date: MONDAY_ON,
          swapPartners: [],
        },
      });
      const alternatives = refused.body['alternatives'] as { startsAt: string; daysFromWanted: number; minutesFromWanted: number }[]; // prettier-ignore
      expect(alternatives.map(({ startsAt, daysFromWanted, minutesFromWanted }) => [startsAt, daysFromWanted, minutesFromWanted])).toEqual([
        [at(1, '12:00'), 1, 0], [at(2, '12:00'), 2, 0], [at(3, '12:00'), 3, 0],
      ]); // prettier-ignore
      expect((await post<Problem>({ operation: 'add', classId, startsAt: at(0, '12:00') }, key)).body).toEqual(refused.body); // prettier-ignore
      expect((await post({ operation: 'add', classId, startsAt: alternatives[0]!.startsAt })).status).toBe(201);
      const series = await post<Problem>({ operation: 'add', classId, startsAt: at(1, '15:00'), isSeries: true });
      expect(series.body).toMatchObject({ code: 'booking.rule_limit', date: '2026-12-08' });
      // whoever gives one back may have another one
      expect((await post({ operation: 'release', windowId: region.windowIds[6] })).status).toBe(201);
      expect((await post({ operation: 'add', classId, startsAt: at(0, '12:00') })).status).toBe(201);
    });

    it('and windows that move to another day count there', async () => {
      const [, , , tuesday] = region.windowIds;
      const move = { operation: 'move', windowId: tuesday, startsAt: at(0, '12:00') };
      const refused = await post<Problem>(move);
      expect(refused).toMatchObject({ status: 409, body: { code: 'booking.rule_limit', most: 2, presentCount: 2, date: MONDAY_ON, swapPartners: [] } }); // prettier-ignore
      // its own day, on which it takes no more than before, and the next ones
      const alternatives = refused.body['alternatives'] as { startsAt: string }[];
      expect(alternatives.map(({ startsAt }) => startsAt)).toEqual([at(1, '12:00'), at(2, '12:00'), at(3, '12:00')]);
      // no room could ever make it possible
      const waits = await post<Problem>({ ...move }, {}, '/v1/waiting-list');
      expect([waits.status, waits.body.code]).toEqual([409, 'booking.rule_limit']);
      const more = { operation: 'add', classId: region.classIds[0]![0], startsAt: at(0, '12:00') };
      expect((await post<Problem>(more, {}, '/v1/waiting-list')).body.code).toBe('booking.rule_limit');
      expect((await post<Problem>(move, {}, '/v1/holds')).body.code).toBe('booking.rule_limit');
      expect((await post({ ...move, startsAt: alternatives[0]!.startsAt })).status).toBe(201);
    });

    it('and an undo that would bring one window too many is refused', async () => {
      const released = await post({ operation: 'release', windowId: region.windowIds[6] });
      const added = await post({ operation: 'add', classId: region.classIds[0]![0], startsAt: at(0, '12:00') });
      expect([released.status, added.status]).toEqual([201, 201]);
      const undo = (id: string) => post<Problem>({}, {}, `/v1/bookings/${id}/undo`);
      expect(await undo(released.body.id)).toMatchObject({ status: 409, body: { code: 'booking.rule_limit', presentCount: 2, date: MONDAY_ON } }); // prettier-ignore
      expect(await startOf(region.windowIds[6]!)).toBeUndefined();
      expect((await undo(added.body.id)).status).toBe(201);
      expect((await undo(released.body.id)).status).toBe(201);
    });

    const day = async (date: string, more = ''): Promise<Set<string>> => {
      const url = `/v1/classes/${region.classIds[0]![0]}/availability?date=${date}${more}`;
      return new Set((await get<AvailabilityDto>(url)).body.starts.map(({ verdict }) => verdict));
    };

    it('and the day says so, but of a window that stands on it', async () => {
      expect(await day(MONDAY_ON)).toEqual(new Set(['outside_hours', 'rule_limit']));
      expect(await day(MONDAY_ON, `&windowId=${region.windowIds[3]}`)).toContain('rule_limit');
      expect(await day(MONDAY_ON, `&windowId=${region.windowIds[0]}`)).not.toContain('rule_limit');
      expect(await day('2026-12-08')).not.toContain('rule_limit');
    });

    it('and each day of a week that has all of its windows says so, but of a window that stands in it', async () => {
      await setRule({ windowsPerDay: null, windowsPerHalfDay: null, windowsPerWeek: 4 });
      expect(await day('2026-12-11')).toContain('rule_limit');
      expect(await day('2026-12-11', `&windowId=${region.windowIds[0]}`)).not.toContain('rule_limit');
    });

    it('by the week', async () => {
      await setRule({ windowsPerDay: null, windowsPerHalfDay: null, windowsPerWeek: 3 });
      const add = (day: number) => post<Problem>({ operation: 'add', classId: region.classIds[0]![2], startsAt: at(day, '11:00') }); // prettier-ignore
      expect([(await add(1)).status, (await add(2)).status]).toEqual([201, 201]);
      expect(await add(3)).toMatchObject({ status: 409, body: { code: 'booking.rule_limit', rule: 'windowsPerWeek', most: 3, presentCount: 3, date: '2026-12-10', alternatives: [] } }); // prettier-ignore
    });

    it('by the half day', async () => {
      const classId = region.classIds[0]![1]!;
      await database.query(`update establishment set open_half_days = open_half_days & ~32 where id = $1`, [
        region.establishmentIds[0],
      ]);
      expect((await post({ operation: 'add', classId, startsAt: at(2, '10:00') })).status).toBe(201);
      expect((await post<Problem>({ operation: 'add', classId, startsAt: at(2, '08:30') })).body).toMatchObject({
        code: 'booking.rule_limit', rule: 'windowsPerHalfDay', most: 1,
        detail: 'The campaign gives 1 window a day that is open for half of it (windowsPerHalfDay), and there is 1 already for 2026-12-09.',
      }); // prettier-ignore
    });

    it('and holds explain themselves like moves, on other days where the wanted one has no room', async () => {
      await setRule({
        hours: ['09', '10'].map((hour) => ({ weekdays: [1, 2], from: `${hour}:00`, to: `${hour}:30` })),
      });
      const [windowId] = region.windowIds;
      const held = await post<Problem>({ operation: 'move', windowId, startsAt: at(0, '10:00') }, {}, '/v1/holds');
      expect(held).toMatchObject({ status: 409, body: { code: 'booking.cell_full', alternatives: [{ startsAt: at(1, '10:00'), daysFromWanted: 1, minutesFromWanted: 0, verdict: 'free' }] } }); // prettier-ignore
      expect((held.body['swapPartners'] as object[]).length).toBeGreaterThan(0);
      const added = await post<Problem>({
        operation: 'add',
        classId: region.classIds[1]![0],
        startsAt: at(0, '10:00'),
      });
      expect(added).toMatchObject({ status: 409, body: { code: 'booking.cell_full', swapPartners: [] } });
      // the one that is left of the day, then those of the next one
      expect(added.body['alternatives']).toMatchObject([
        { startsAt: at(0, '09:00'), daysFromWanted: 0, minutesFromWanted: -60 },
        { startsAt: at(1, '10:00'), daysFromWanted: 1, minutesFromWanted: 0 },
        { startsAt: at(1, '09:00'), daysFromWanted: 1, minutesFromWanted: -60 },
      ]);
    });
  });

  describe('of an establishment whose line takes only so many classes at once', () => {
    const limitTo = (limit: number | null): Promise<unknown> =>
      database.query('update establishment set simultaneous_window_limit = $2 where id = $1', [region.establishmentIds[0], limit]); // prettier-ignore
    const move = (index: number, clock: string, revision = 1) =>
      post<BookingDto & Problem>(
        { operation: 'move', windowId: region.windowIds[index], startsAt: at(0, clock) },
        { 'if-match': `"${revision}"` },
      );

    it('keep its limit, and say what instead', async () => {
      await limitTo(1);
      const classId = region.classIds[0]![2];
      const url = `/v1/classes/${classId}/availability?date=${MONDAY_ON}&windowId=${region.windowIds[7]}`;
      const { starts } = (await get<AvailabilityDto>(url)).body;
      const verdictAt = (clock: string) => starts.find(({ startsAt }) => startsAt === at(0, clock))!.verdict;
      expect(['08:30', '08:35', '09:00', '09:30'].map(verdictAt)).toEqual(['free', 'establishment_full', 'establishment_full', 'free']); // prettier-ignore
      const refused = await move(7, '09:00');
      expect(refused).toMatchObject({ status: 409, body: { code: 'booking.establishment_full', uai: region.uais[0], most: 1, at: '2026-12-07T08:00:00Z' } }); // prettier-ignore
      const alternatives = refused.body['alternatives'] as { startsAt: string }[];
      expect(alternatives.map(({ startsAt }) => startsAt)).toEqual([at(0, '08:30'), at(0, '09:30'), at(0, '08:25')]);
      expect(refused.body['swapPartners']).toMatchObject([{ windowId: region.windowIds[0], isOwn: true }]);
      expect((await post<Problem>({ operation: 'add', classId, startsAt: at(0, '15:00') })).body.code).toBe('booking.establishment_full'); // prettier-ignore
      expect((await move(7, '09:30')).status).toBe(201);
      // its own windows and those of others are not counted
      expect((await move(5, '09:30')).status).toBe(201);
      expect((await move(2, '09:00')).status).toBe(201);
    });

    it('and an undo too; where the limit fell below what stands, nothing makes it worse', async () => {
      await limitTo(1);
      const moved = await move(7, '11:30');
      expect((await move(1, '08:00')).status).toBe(201);
      const undone = await post<Problem>({}, {}, `/v1/bookings/${moved.body.id}/undo`);
      expect(undone).toMatchObject({ status: 409, body: { code: 'booking.establishment_full', alternatives: { length: 3 } } }); // prettier-ignore
      await limitTo(2);
      expect((await move(1, '09:00', 3)).status).toBe(201);
      await limitTo(1);
      expect((await move(7, '09:10', 2)).body.code).toBe('booking.establishment_full');
      expect((await move(1, '09:05', 4)).status).toBe(201);
      expect((await move(1, '12:00', 5)).status).toBe(201);
    });
  });

  describe('and their stream of changes', () => {
    const listen = async (): Promise<void> => {
      if (!app.getHttpServer().listening) await app.listen(0, '127.0.0.1');
    };

    it('has a page per revision, in order', async () => {
      await post({ operation: 'move', windowId: region.windowIds[0], startsAt: at(0, '11:00'), reason: 'sortie' });
      const { body } = await get<PlanChangePageDto>(`/v1/plans/${region.planId}/changes`);
      expect(body.items.map(({ revision, kind, reason }) => [revision, kind, reason])).toEqual([
        [1, 'publication', 'test'],
        [2, 'move', 'sortie'],
      ]);
      const first = await get<PlanChangePageDto>(`/v1/plans/${region.planId}/changes?limit=1`);
      expect(first.body).toMatchObject({ revision: 2, nextAfter: 1, hasMore: true });
    });

    it('goes on as a stream of events after Last-Event-ID', async () => {
      await listen();
      await post({ operation: 'move', windowId: region.windowIds[0], startsAt: at(0, '11:00') });
      const gone = new AbortController();
      const response = await fetch(`${await app.getUrl()}/v1/plans/${region.planId}/changes`, {
        headers: { accept: 'text/event-stream', 'last-event-id': '1' },
        signal: gone.signal,
      });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      const reader = response.body!.getReader();
      let text = '';
      const readUntil = async (part: string): Promise<void> => {
        while (!text.includes(part)) text += new TextDecoder().decode((await reader.read()).value as Uint8Array);
      };
      await readUntil('id: 2\n');
      await post({ operation: 'move', windowId: region.windowIds[7], startsAt: at(0, '12:00') });
      await readUntil('id: 3\n');
      gone.abort();
      expect(text).not.toContain('id: 1\n');
      expect(text.match(/^id: /gm)).toHaveLength(2);
    });

    it('tells who follows a plan that another one takes its place, and goes on there without losing a change', async () => {
      await listen();
      const moved = { operation: 'move', windowId: region.windowIds[0], startsAt: at(0, '11:00') };
      expect((await post(moved)).status).toBe(201);
      const plans = app.get(PlanService);
      const url = (planId: number, after: number): string => `/v1/plans/${planId}/changes?after=${after}`;
      const waiting = get<PlanChangePageDto>(`${url(region.planId, 2)}&waitSeconds=20`);
      const stream = await fetch(`${await app.getUrl()}${url(region.planId, 1)}`, {
        headers: { accept: 'text/event-stream' },
      });
      const windows = [{ establishment: 0, classIndex: 0, startCell: cellAt(0, 11), headcount: 30 }];
      const planId = await plans.createDraft(TESTER, draftOf(region, windows, { base: { epoch: 1, revision: 2 } }));
      await plans.publish(TESTER, planId, 'another week');
      const supersededBy = { planId, epoch: 1, revision: 3 };
      expect((await waiting).body).toMatchObject({ items: [], nextAfter: 2, hasMore: false, supersededBy });
      // it ends by itself, behind the last change
      const events = (await stream.text()).match(/^(id|event|data): .*$/gm)!;
      expect(events.filter((line) => !line.startsWith('data'))).toEqual([
        'id: 2', 'event: change', 'id: 3', 'event: superseded',
      ]); // prettier-ignore
      expect(JSON.parse(events.at(-1)!.slice('data: '.length))).toEqual(supersededBy);

      const [row] = await database.query<[{ id: number }]>('select window_id as id from plan_window where plan_id = $1', [planId]); // prettier-ignore
      const later = { operation: 'move', windowId: row.id, startsAt: at(0, '12:00') };
      expect((await post(later, { 'if-match': '"3"' })).status).toBe(201);
      expect((await get<PlanChangePageDto>(url(planId, 3))).body).toMatchObject({ items: [{ revision: 4 }], supersededBy: null }); // prettier-ignore
      // a page that does not reach the end of the plan says nothing of it yet; who comes late is told where to go on
      const first = await get<PlanChangePageDto>(`${url(region.planId, 0)}&limit=1`);
      expect(first.body).toMatchObject({ items: [{ revision: 1 }], hasMore: true, supersededBy: null });
      expect((await get<PlanChangePageDto>(url(region.planId, 4))).body).toMatchObject({ items: [], supersededBy });
    });

    it('begins anew for a plan that a rollback brings back: what it was before and what it is since are not one stream', async () => {
      const plans = app.get(PlanService);
      const url = (planId: number, after: number): string => `/v1/plans/${planId}/changes?after=${after}`;
      const windows = [{ establishment: 0, classIndex: 0, startCell: cellAt(0, 11), headcount: 30 }];
      const planId = await plans.createDraft(TESTER, draftOf(region, windows, { base: { epoch: 1, revision: 1 } }));
      await plans.publish(TESTER, planId, 'another week');
      await plans.rollback(TESTER, planId, 'no');
      expect((await get<PlanChangePageDto>(url(planId, 2))).body.supersededBy).toEqual({ planId: region.planId, epoch: 1, revision: 3 }); // prettier-ignore
      const whole = await get<PlanChangePageDto>(url(region.planId, 0));
      expect(whole.body).toMatchObject({ items: [{ revision: 1 }], supersededBy: { planId, epoch: 1, revision: 2 } });
      expect((await get<PlanChangePageDto>(url(region.planId, 2))).body).toMatchObject({
        items: [{ revision: 3, kind: 'rollback' }],
        supersededBy: null,
      });
    });

    it('is refused after a revision that is still to come, which who follows can only have from elsewhere', async () => {
      const url = `/v1/plans/${region.planId}/changes`;
      const refused = { code: 'plan.revision_unknown', after: 5, epoch: 1, revision: 1 };
      expect(await get(`${url}?after=5&waitSeconds=60`)).toMatchObject({ status: 409, body: refused });
      const headers = { accept: 'text/event-stream', 'last-event-id': '5' };
      const stream = await app.inject({ method: 'GET', url, headers });
      expect([stream.statusCode, stream.json()]).toMatchObject([409, refused]);
    });

    it('wakes who waits, and answers with nothing when the time is over', async () => {
      const waiting = get<PlanChangePageDto>(`/v1/plans/${region.planId}/changes?after=1&waitSeconds=20`);
      await post({ operation: 'move', windowId: region.windowIds[0], startsAt: at(0, '11:00') });
      expect((await waiting).body.items.map(({ revision }) => revision)).toEqual([2]);
      const empty = await get<PlanChangePageDto>(`/v1/plans/${region.planId}/changes?after=2&waitSeconds=1`);
      expect(empty.body).toMatchObject({ items: [], nextAfter: 2, revision: 2 });
    });
  });
});
