import { randomUUID } from 'node:crypto';
import type { PlanChangePageDto } from '../../src/plan/plan-change.dto';
import { cellAt } from '../plan-builder';
import { signedInAs } from '../test-application';
import { TestBookings, at, MONDAY_ON, type Answer, type Problem } from './test-bookings';

describe('bookings by REST', () => {
  let test: TestBookings;
  beforeAll(async () => {
    test = await TestBookings.start();
  });
  afterAll(() => test.stop());
  beforeEach(() => test.enterRegion());
  afterEach(() => test.expectSoundLedger());

  describe('that are accepted', () => {
    /** Moves a series from one of its dates on. */
    const moveTo = async (index: number, clock: string, revision: number, exceptDates: string[] = []) => {
      const request = {
        operation: 'move',
        windowId: test.region.windowIds[index],
        startsAt: at(index === 0 ? 0 : 1, clock),
        isSeries: true,
        exceptDates,
      };
      const { status, body } = await test.post(request, { 'if-match': `"${revision}"` });
      expect(status).toBe(201);
      return body.changes;
    };

    it('move a window, as the next revision, and the window is read there', async () => {
      const windowId = test.region.windowIds[0]!;
      const { status, body } = await test.post({
        operation: 'move',
        windowId,
        startsAt: at(0, '11:00'),
        reason: 'sortie',
      });
      expect(status).toBe(201);
      expect(body).toMatchObject({ operation: 'move', planId: test.region.planId, epoch: 1, reason: 'sortie' });
      expect(body.changes).toEqual([
        expect.objectContaining({
          kind: 'move',
          revision: 2,
          windowId,
          before: expect.objectContaining({ startsAt: at(0, '09:00') }) as unknown,
          after: expect.objectContaining({ startsAt: at(0, '11:00'), endsAt: at(0, '11:30') }) as unknown,
        }),
      ]);
      const windows = await test.get<{ items: { id: number; startsAt: string; revision: number; origin: string }[] }>(
        `/v1/classes/${test.region.classIds[0]![0]}/windows?from=${MONDAY_ON}&to=${MONDAY_ON}`,
      );
      expect(windows.body.items.find(({ id }) => id === windowId)).toMatchObject({
        startsAt: at(0, '11:00'),
        revision: 2,
        origin: 'booked',
        seriesId: null,
      });
    });

    it('tell who made them and why to those who answer for the school, and to nobody else', async () => {
      await test.post({
        operation: 'move',
        windowId: test.region.windowIds[0],
        startsAt: at(0, '11:00'),
        reason: 'sortie',
      });
      const seenBy = async (uai: string): Promise<unknown> => {
        const headers = await signedInAs(test.app, { role: 'head', uais: [uai], territories: [] }, `head@${uai}`);
        const page = await test.app.inject({ url: `/v1/plans/${test.region.planId}/changes?after=1`, headers });
        const [change] = page.json<PlanChangePageDto>().items;
        return [change!.windowId, change!.changedBy, change!.reason];
      };
      const [windowId] = test.region.windowIds;
      expect(await seenBy(test.region.uais[0]!)).toEqual([windowId, expect.stringMatching(/^account:\d+$/), 'sortie']);
      expect(await seenBy(test.region.uais[2]!)).toEqual([windowId, null, null]);
    });

    it('move a window to another day', async () => {
      const { body } = await test.move(0, at(1, '11:00'));
      expect(body.changes[0]!.after!.date).toBe('2026-12-08');
    });

    it('move a series from a date on, its exceptions left where they are', async () => {
      const { status, body } = await test.post({
        operation: 'move',
        windowId: test.region.windowIds[0],
        startsAt: at(0, '11:00'),
        isSeries: true,
        exceptDates: ['2026-12-08'],
      });
      expect(status).toBe(201);
      expect(body.changes.map(({ revision, after }) => [revision, after!.startsAt])).toEqual([
        [2, at(0, '11:00')],
        [3, at(2, '11:00')],
      ]);
      expect(await test.startOf(test.region.windowIds[3]!)).toBe(cellAt(1, 9));
    });

    it('leave what was excepted out of the series from then on: it stays the next time without being named', async () => {
      const all = await moveTo(0, '10:30', 1);
      expect(all).toHaveLength(3);
      const but = await moveTo(0, '11:00', all[0]!.revision, ['2026-12-08']);
      const again = await moveTo(0, '12:00', but[0]!.revision);
      expect(again.map(({ after }) => after!.startsAt)).toEqual([at(0, '12:00'), at(2, '12:00')]);
      expect((await test.startOf(test.region.windowIds[3]!))! - cellAt(1, 10)).toBe(6);
    });

    it('leave the last date of a series out of it too, and the dates before the one that is moved', async () => {
      const first = await moveTo(0, '11:00', 1, ['2026-12-09']);
      const again = await moveTo(0, '12:00', first[0]!.revision);
      expect(again.map(({ after }) => after!.startsAt)).toEqual([at(0, '12:00'), at(1, '12:00')]);
      expect(await test.startOf(test.region.windowIds[4]!)).toBe(cellAt(2, 9));
      const later = await moveTo(3, '13:00', again[1]!.revision);
      expect(later.map(({ after }) => after!.startsAt)).toEqual([at(1, '13:00')]);
      const alone = await moveTo(0, '14:00', again[0]!.revision);
      expect(alone.map(({ after }) => after!.startsAt)).toEqual([at(0, '14:00')]);
    });

    it.each(['08/12/2026', '2026-13-99', 'never', '2026-12-8'])(
      'refuse the exception %s, which is no date',
      async (date) => {
        const request = {
          operation: 'move',
          windowId: test.region.windowIds[0],
          startsAt: at(0, '11:00'),
          isSeries: true,
        };
        const { status, body } = await test.post<Problem>({ ...request, exceptDates: [date] });
        expect([status, body.code]).toEqual([400, 'request.invalid']);
        const waits = await test.post<Problem>({ ...request, exceptDates: [date] }, {}, '/v1/waiting-list');
        expect([waits.status, waits.body.code]).toEqual([400, 'request.invalid']);
      },
    );

    it('refuse an exception that is no date of the series: the date that was meant would change', async () => {
      const exceptDates = ['2026-12-08', '2026-12-10'];
      const series = { windowId: test.region.windowIds[0], isSeries: true, exceptDates };
      for (const asked of [
        { ...series, operation: 'move', startsAt: at(0, '11:00') },
        { ...series, operation: 'release' },
        { ...series, operation: 'swap', withWindowId: test.region.windowIds[1], withRevision: 1 },
      ]) {
        const { status, body } = await test.post<Problem>(asked);
        expect([status, body.code, body['dates']]).toEqual([422, 'booking.not_in_series', ['2026-12-10']]);
      }
      const classId = test.region.classIds[1]![1]!;
      const added = await test.post<Problem>({
        operation: 'add',
        classId,
        startsAt: at(3, '08:00'),
        isSeries: true,
        exceptDates,
      });
      expect([added.status, added.body['dates']]).toEqual([422, ['2026-12-08']]);
      expect(await test.startOf(test.region.windowIds[3]!)).toBe(cellAt(1, 9));
    });

    it('add a window for a class, release it, and undo the release', async () => {
      const classId = test.region.classIds[1]![1]!;
      const added = await test.add(classId, at(3, '08:00'));
      expect(added).toMatchObject({ status: 201, body: { changes: [{ kind: 'add', before: null }] } });
      const { windowId, revision, after } = added.body.changes[0]!;
      const released = await test.post({ operation: 'release', windowId, classId }, { 'if-match': `"${revision}"` });
      expect(released).toMatchObject({ status: 201, body: { changes: [{ kind: 'release', after: null }] } });
      expect(await test.startOf(windowId)).toBeUndefined();
      const undone = await test.undo(released.body.id);
      expect(undone).toMatchObject({ status: 201, body: { operation: 'undo', changes: [{ kind: 'add', windowId }] } });
      expect(await test.startOf(windowId)).toBe(after!.startCell);
    });

    it('release a series from a date on but for its exceptions, and take the release back', async () => {
      const [first, , , second, third] = test.region.windowIds as [number, number, number, number, number];
      const released = await test.post({
        operation: 'release',
        windowId: first,
        isSeries: true,
        exceptDates: ['2026-12-08'],
      });
      expect(released.status).toBe(201);
      expect(released.body.changes.map(({ kind, windowId }) => [kind, windowId])).toEqual([
        ['release', first],
        ['release', third],
      ]);
      expect([await test.startOf(first), await test.startOf(second), await test.startOf(third)]).toEqual([
        undefined,
        cellAt(1, 9),
        undefined,
      ]);
      expect((await test.undo(released.body.id)).status).toBe(201);
      expect([await test.startOf(first), await test.startOf(third)]).toEqual([cellAt(0, 9), cellAt(2, 9)]);
      // from the second date on
      const later = await test.post({ operation: 'release', windowId: second, isSeries: true });
      expect(later.body.changes.map(({ windowId }) => windowId)).toEqual([second, third]);
    });

    it('add a series on the weekday of each week to the end of the campaign, all of it or nothing', async () => {
      await test.database.query(`update campaign set ends_on = '2026-12-18' where id = $1`, [test.region.campaignId]);
      await test.database.query(
        `insert into ledger_cell (platform_id, cell, session_limit, session_planned, session_ceiling, login_limit, login_planned, login_ceiling)
         select platform_id, cell + 7 * 288, session_limit, 0, session_limit, login_limit, 0, login_limit from ledger_cell where platform_id = $1`,
        [test.region.platformId],
      );
      const classId = test.region.classIds[0]![2]!;
      const series = { operation: 'add', classId, startsAt: at(4, '10:00'), isSeries: true };
      const late = await test.post<Problem>({ ...series, startsAt: at(14, '10:00') });
      expect([late.status, late.body.code, late.body.detail]).toEqual([
        409,
        'booking.no_plan',
        'No published plan holds 2026-12-21 for it.',
      ]);
      const none = await test.post<Problem>({ ...series, exceptDates: ['2026-12-11', '2026-12-18'] });
      expect([none.status, none.body.code, none.body.detail]).toEqual([
        422,
        'booking.no_date_left',
        'The exceptions leave no date.',
      ]);
      const alone = await test.post({ ...series, exceptDates: ['2026-12-18'] });
      expect(alone.body.changes.map(({ after }) => after!.date)).toEqual(['2026-12-11']);
      expect((await test.undo(alone.body.id)).status).toBe(201);
      const added = await test.post(series);
      expect(added.body.changes.map(({ after }) => after!.startsAt)).toEqual([at(4, '10:00'), at(11, '10:00')]);
      const rows = await test.database.query<{ series: number }[]>(
        'select distinct series_id as series from plan_window where plan_id = $1 and window_id = any($2)',
        [test.region.planId, added.body.changes.map(({ windowId }) => windowId)],
      );
      expect(rows).toEqual([{ series: expect.any(Number) as number }]);
      // its second Friday would be in two windows at once: no first one either
      const other = await test.post<Problem>({ ...series, startsAt: at(4, '10:15') });
      expect(other).toMatchObject({ status: 409, body: { code: 'booking.conflict' } });
      const [{ count }] = await test.database.query<[{ count: number }]>(
        'select count(*) from plan_window where plan_id = $1 and class_id = $2',
        [test.region.planId, classId],
      );
      expect(count).toBe(3);
    });

    it('swap two windows, also of two establishments', async () => {
      const [, , other] = test.region.windowIds;
      const windowId = test.region.windowIds[0]!;
      const { status, body } = await test.post({ operation: 'swap', windowId, withWindowId: other, withRevision: 1 });
      expect(status).toBe(201);
      expect(body.changes).toHaveLength(2);
      expect([await test.startOf(windowId), await test.startOf(other!)]).toEqual([cellAt(0, 10), cellAt(0, 9)]);
    });

    it('add a window for the relatives of an establishment, as many as come there on other days, and hold one', async () => {
      await test.addProfileOfRelatives();
      const add = { operation: 'add', uai: test.region.uais[0], audience: 'relatives', startsAt: at(1, '20:00') };
      const other = await signedInAs(test.app, { role: 'head', uais: [test.region.uais[2]!], territories: [] });
      expect((await test.post<Problem>(add, other)).body.code).toBe('booking.not_own');
      const { status, body } = await test.post(add);
      expect(status).toBe(201);
      const rows = await test.database.query<object[]>(
        'select establishment_id, class_id, audience, headcount, profile_id from plan_window where plan_id = $1 and window_id = $2',
        [test.region.planId, body.changes[0]!.windowId],
      );
      expect(rows).toEqual([
        {
          establishment_id: test.region.establishmentIds[0],
          class_id: null,
          audience: 1,
          headcount: 30,
          profile_id: 4,
        },
      ]);
      // the relatives of a school without any window of theirs are counted as the allocation counts them: one account per pupil
      const elsewhere = await test.post(
        { ...add, uai: test.region.uais[1], startsAt: at(1, '21:00') },
        {},
        '/v1/holds',
      );
      expect(elsewhere).toMatchObject({ status: 201, body: { changes: [{ kind: 'add', windowId: null }] } });
      const [{ most }] = await test.database.query<[{ most: number }]>(
        `select max(sessions) as most from hold_cell where platform_id = $1`,
        [test.region.platformId],
      );
      // classes of 21, 22 and 23
      expect(most).toBe(66 * 700);
      expect((await test.post<Problem>({ ...add, audience: 'staff' })).body.code).toBe('booking.no_rule');
    });

    it('move a window of the relatives', async () => {
      const { status } = await test.move(5, at(0, '20:00'));
      expect(status).toBe(201);
    });
  });

  describe('and their Idempotency-Key', () => {
    it('is needed', async () => {
      const { status, body } = await test.post<Problem>(
        { operation: 'release', windowId: test.region.windowIds[0] },
        { 'idempotency-key': '' },
      );
      expect([status, body.code]).toEqual([400, 'booking.key_missing']);
    });

    it('gives the same answer to the same request, accepted or refused, and changes nothing twice', async () => {
      const key = randomUUID();
      const payload = { operation: 'move', windowId: test.region.windowIds[0], startsAt: at(0, '11:00') };
      const first = await test.post(payload, { 'idempotency-key': key });
      expect(await test.post(payload, { 'idempotency-key': key })).toEqual(first);
      const refusedKey = randomUUID();
      const full = { operation: 'move', windowId: test.region.windowIds[7], startsAt: at(0, '10:00') };
      const refused = await test.post(full, { 'idempotency-key': refusedKey });
      expect(refused.status).toBe(409);
      expect(await test.post(full, { 'idempotency-key': refusedKey })).toEqual(refused);
    });

    it('refuses another request', async () => {
      const key = randomUUID();
      const of = (clock: string): Promise<Answer<Problem>> =>
        test.move<Problem>(0, at(0, clock), { 'idempotency-key': key });
      expect((await of('11:00')).status).toBe(201);
      const { status, body } = await of('12:00');
      expect([status, body.code]).toEqual([422, 'booking.key_reused']);
    });

    it('tells that the same request is being worked on', async () => {
      const key = randomUUID();
      const payload = { operation: 'move', windowId: test.region.windowIds[0], startsAt: at(0, '11:00') };
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => test.post<Problem>(payload, { 'idempotency-key': key })),
      );
      expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
      for (const { status, body } of answers) {
        if (status !== 201) expect([status, body.code]).toEqual([409, 'booking.key_in_progress']);
      }
      expect((await test.changes(test.region.planId, '?after=1')).body.items).toHaveLength(1);
    });
  });
});
