import { randomUUID } from 'node:crypto';
import type { AvailabilityDto, BookingDto } from '../../src/booking/booking.dto';
import { standStillAt } from '../booking-region';
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

  describe('that are refused', () => {
    const move = (startsAt: string, more: object = {}): Promise<Answer<Problem>> =>
      test.post<Problem>({ operation: 'move', windowId: test.region.windowIds[0], startsAt, ...more });

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
      const [one, own, other] = test.region.windowIds;
      const [uai, , otherUai] = test.region.uais;
      const head = await signedInAs(test.app, { role: 'head', uais: [uai!], territories: [] });
      const request = { operation: 'move', windowId: one, startsAt: at(0, '10:00') };
      const key = { ...head, 'idempotency-key': randomUUID() };
      const { status, body } = await test.post<Problem>(request, key);
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'booking.cell_full' });
      expect(body.swapPartners).toEqual([
        expect.objectContaining({
          windowId: own,
          revision: 1,
          uai,
          ...(await test.ownerOf(own!)).names,
          startsAt: at(0, '10:00'),
          isOwn: true,
        }),
        expect.objectContaining({
          windowId: other,
          revision: 1,
          uai: otherUai,
          ...(await test.ownerOf(other!)).names,
          isOwn: false,
        }),
      ]);
      expect((await test.post<Problem>(request, key)).body).toEqual(body);
      const swapped = await test.post({ operation: 'swap', windowId: one, withWindowId: own, withRevision: 1 }, head);
      expect(swapped.status).toBe(201);
      expect(await test.startOf(one!)).toBe(cellAt(0, 10));
    });

    it('name nobody to swap with where the other side could not take the place', async () => {
      const [one, own, other] = test.region.windowIds;
      // class 1 of the first school and class 0 of the other get a window that reaches into 9:00
      for (const windowId of [own!, other!]) {
        const { classId } = await test.ownerOf(windowId);
        expect((await test.add(classId, at(0, '08:45'))).status).toBe(201);
      }
      const { body } = await test.post<Problem>({ operation: 'move', windowId: one, startsAt: at(0, '10:00') });
      expect(body).toMatchObject({ code: 'booking.cell_full', swapPartners: [] });
    });

    it('of a swap say what instead: the place may be free for one window alone, or somebody else has it', async () => {
      const [one, own, other] = test.region.windowIds;
      // the other side gets a window that reaches into 9:00
      const { classId } = await test.ownerOf(other!);
      expect((await test.add(classId, at(0, '08:45'))).status).toBe(201);
      const request = { operation: 'swap', windowId: one, withWindowId: other, withRevision: 1 };
      const refused = await test.post<Problem>(request);
      expect(refused).toMatchObject({ status: 409, body: { code: 'booking.conflict', alternatives: { length: 3 } } });
      expect(refused.body.swapPartners).toEqual([expect.objectContaining({ windowId: own, isOwn: true })]);
      const held = await test.post<Problem>(request, {}, '/v1/holds');
      expect(held.body).toMatchObject({ code: 'booking.conflict', swapPartners: refused.body.swapPartners });
      const [{ startsAt }] = refused.body.alternatives as [{ startsAt: string }];
      expect((await move(startsAt)).status).toBe(201);
    });

    it('name who is in two windows at once', async () => {
      const { status, body } = await move(at(0, '15:10'));
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'booking.conflict' });
      expect(body.conflicts).toEqual([expect.objectContaining({ who: 'class', windowId: test.region.windowIds[6] })]);
      expect(body.alternatives).toHaveLength(3);
    });

    it('take a whole series back when one date of it does not fit', async () => {
      await test.add(test.region.classIds[0]![0], at(2, '11:00'));
      const { status, body } = await move(at(0, '11:00'), { isSeries: true });
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'booking.conflict' });
      expect(await test.startOf(test.region.windowIds[0]!)).toBe(cellAt(0, 9));
    });

    const WRONG_PLACES: [what: string, startsAt: string, status: number, code: string][] = [
      ['in the past', '2026-12-07T06:00:00+01:00', 422, 'booking.outside_hours'],
      ['off the grid', '2026-12-07T11:02:00+01:00', 422, 'booking.off_grid'],
      ['over midnight', '2026-12-07T23:45:00+01:00', 422, 'booking.over_midnight'],
      ['across a clock change', '2027-03-28T01:45:00+01:00', 422, 'booking.clock_change'],
      ['across the clock change of autumn', '2027-10-31T02:45:00+02:00', 422, 'booking.clock_change'],
      ['in the hour that comes twice, the second time', '2027-10-31T02:15:00+01:00', 422, 'booking.clock_change'],
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
      const early = await test.move<Problem>(4, at(1, '09:00'));
      expect([early.status, early.body.code]).toEqual([422, 'booking.in_the_past']);
      const soon = await test.move<Problem>(4, at(1, '12:15'));
      expect([soon.status, soon.body.code]).toEqual([422, 'booking.too_late']);
      const over = await move(at(2, '12:00'));
      expect([over.status, over.body.code]).toEqual([422, 'booking.in_the_past']);
    });

    it('in the frozen time before a window', async () => {
      standStillAt(at(0, '08:50'));
      const { status, body } = await move(at(0, '11:00'));
      expect([status, body.code]).toEqual([409, 'booking.frozen']);
    });

    it('on a day on which the establishment is closed', async () => {
      await test.close('2026-12-11');
      const { status, body } = await move(at(4, '11:00'));
      expect([status, body.code]).toEqual([422, 'booking.closed']);
    });

    it('of a series all of whose dates are closed, however it is asked', async () => {
      await test.database.query(`update campaign set ends_on = '2026-12-20' where id = $1`, [test.region.campaignId]);
      const series = {
        operation: 'add',
        classId: test.region.classIds[0]![1],
        startsAt: at(6, '10:00'),
        isSeries: true,
      };
      for (const url of ['/v1/bookings', '/v1/holds', '/v1/waiting-list']) {
        const { status, body } = await test.post<Problem>(series, {}, url);
        expect([url, status, body.code, body['date']]).toEqual([url, 422, 'booking.closed', '2026-12-13']);
      }
    });

    it('on the holidays of its zone and on public holidays, as the school calendar has them', async () => {
      await test.database.query(`update campaign set ends_on = '2027-03-31' where id = $1`, [test.region.campaignId]);
      const classId = test.region.classIds[0]![1]!;
      const asked = async (startsAt: string): Promise<(string | undefined)[]> => {
        const moved = { operation: 'move', windowId: test.region.windowIds[0], startsAt };
        const added = { operation: 'add', classId, startsAt };
        const answers = [
          await test.post<Problem>(moved),
          await test.post<Problem>(added),
          await test.post<Problem>(moved, {}, '/v1/holds'),
          await test.post<Problem>(added, {}, '/v1/waiting-list'),
        ];
        return answers.map(({ status, body }) => (status === 422 ? body.code : undefined));
      };
      const closed = Array<string>(4).fill('booking.closed');
      // Christmas holidays of all zones, winter holidays of zone B, when zone C is back, and Easter Monday
      for (const date of ['2026-12-21', '2027-02-22', '2027-03-29']) {
        expect([date, await asked(`${date}T10:00:00${date < '2027-03-28' ? '+01:00' : '+02:00'}`)]).toEqual([
          date,
          closed,
        ]);
        const { body } = await test.availability(classId, date);
        expect(new Set(body.starts.map(({ verdict }) => verdict))).toEqual(new Set(['closed']));
      }
      await test.database.query(`update establishment set holiday_zone = 'C' where id = $1`, [
        test.region.establishmentIds[0],
      ]);
      expect(await asked('2027-02-22T10:00:00+01:00')).not.toContain('booking.closed');
      expect(await asked('2027-02-08T10:00:00+01:00')).toEqual(closed);
    });

    it('for another class', async () => {
      const { status, body } = await move(at(0, '11:00'), { classId: test.region.classIds[1]![0] });
      expect([status, body.code]).toEqual([409, 'booking.other_class']);
    });

    it('of a fixed window', async () => {
      await test.database.query('update plan_window set origin = 1 where window_id = $1', [test.region.windowIds[0]]);
      const { status, body } = await move(at(0, '11:00'));
      expect([status, body.code]).toEqual([409, 'booking.fixed']);
    });

    it('of a window that is not published', async () => {
      const { status, body } = await test.post<Problem>({ operation: 'release', windowId: 987_654_321 });
      expect([status, body.code]).toEqual([404, 'window.not_found']);
    });

    it('with a revision that is stale, missing or none', async () => {
      const payload = { operation: 'move', windowId: test.region.windowIds[0], startsAt: at(0, '11:00') };
      const of = async (ifMatch: string): Promise<unknown[]> => {
        const { status, body } = await test.post<Problem>(payload, { 'if-match': ifMatch });
        return [status, body.code];
      };
      expect(await of('"0"')).toEqual([412, 'booking.stale']);
      // and the window to swap with, which is named in the body
      const swap = { operation: 'swap', windowId: test.region.windowIds[0], withWindowId: test.region.windowIds[1] };
      const swapped = await test.post<Problem>({ ...swap, withRevision: 0 });
      expect([swapped.status, swapped.body.code, swapped.body['windowId']]).toEqual([
        412,
        'booking.stale',
        swap.withWindowId,
      ]);
      expect((await test.post<Problem>(swap)).body.code).toBe('booking.fields');
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
        expect((await test.post<Problem>(payload)).status).toBe(400);
      }
    });
  });

  describe('of an establishment whose line takes only so many classes at once', () => {
    const limitTo = (limit: number | null): Promise<unknown> =>
      test.database.query('update establishment set simultaneous_window_limit = $2 where id = $1', [
        test.region.establishmentIds[0],
        limit,
      ]);
    const move = (index: number, clock: string, revision = 1) =>
      test.move<BookingDto & Problem>(index, at(0, clock), { 'if-match': `"${revision}"` });

    it('keep its limit, and say what instead', async () => {
      await limitTo(1);
      const classId = test.region.classIds[0]![2];
      const url = `/v1/classes/${classId}/availability?date=${MONDAY_ON}&windowId=${test.region.windowIds[7]}`;
      const { starts } = (await test.get<AvailabilityDto>(url)).body;
      const verdictAt = (clock: string) => starts.find(({ startsAt }) => startsAt === at(0, clock))!.verdict;
      expect(['08:30', '08:35', '09:00', '09:30'].map(verdictAt)).toEqual([
        'free',
        'establishment_full',
        'establishment_full',
        'free',
      ]);
      const refused = await move(7, '09:00');
      expect(refused).toMatchObject({
        status: 409,
        body: { code: 'booking.establishment_full', uai: test.region.uais[0], most: 1, at: '2026-12-07T08:00:00Z' },
      });
      const alternatives = refused.body['alternatives'] as { startsAt: string }[];
      expect(alternatives.map(({ startsAt }) => startsAt)).toEqual([at(0, '08:30'), at(0, '09:30'), at(0, '08:25')]);
      expect(refused.body['swapPartners']).toMatchObject([{ windowId: test.region.windowIds[0], isOwn: true }]);
      expect((await test.add<Problem>(classId, at(0, '15:00'))).body.code).toBe('booking.establishment_full');
      expect((await move(7, '09:30')).status).toBe(201);
      // its own windows and those of others are not counted
      expect((await move(5, '09:30')).status).toBe(201);
      expect((await move(2, '09:00')).status).toBe(201);
    });

    it('and an undo too; where the limit fell below what stands, nothing makes it worse', async () => {
      await limitTo(1);
      const moved = await move(7, '11:30');
      expect((await move(1, '08:00')).status).toBe(201);
      const undone = await test.undo(moved.body.id);
      expect(undone).toMatchObject({
        status: 409,
        body: { code: 'booking.establishment_full', alternatives: { length: 3 } },
      });
      await limitTo(2);
      expect((await move(1, '09:00', 3)).status).toBe(201);
      await limitTo(1);
      expect((await move(7, '09:10', 2)).body.code).toBe('booking.establishment_full');
      expect((await move(1, '09:05', 4)).status).toBe(201);
      expect((await move(1, '12:00', 5)).status).toBe(201);
    });
  });
});
