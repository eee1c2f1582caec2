import { randomUUID } from 'node:crypto';
import type { AvailabilityDto } from '../../src/booking/booking.dto';
import { standStillAt } from '../booking-region';
import { cellAt } from '../plan-builder';
import { TestBookings, at, MONDAY_ON, NOW, type Answer, type Problem } from './test-bookings';

describe('bookings by REST', () => {
  let test: TestBookings;
  beforeAll(async () => {
    test = await TestBookings.start();
  });
  afterAll(() => test.stop());
  beforeEach(() => test.enterRegion());
  afterEach(() => test.expectSoundLedger());

  describe('and what a day offers', () => {
    /** Of every start of Monday for a window of the first class. */
    const verdicts = async (windowId: number | undefined): Promise<Map<string, string>> => {
      const [classId] = test.region.classIds[0]!;
      const { status, body } = await test.availability(classId, MONDAY_ON, `&windowId=${windowId}`);
      expect(status).toBe(200);
      return new Map(body.starts.map(({ startsAt, verdict }) => [startsAt.slice(11, 16), verdict]));
    };

    it('says of every start what stands in its way', async () => {
      const all = await verdicts(test.region.windowIds[0]);
      expect(all.size).toBe(283);
      expect(all.get('07:00')).toBe('outside_hours');
      expect(all.get('10:00')).toBe('full');
      expect(all.get('11:30')).toBe('free');
      expect(all.get('15:10')).toBe('class_conflict');
      expect(all.get('09:00')).toBe('free');
    });

    it('says of a window that is fixed, or about to begin, that it stays', async () => {
      const said = async (): Promise<Set<string>> => new Set((await verdicts(test.region.windowIds[0])).values());
      standStillAt(at(0, '08:50'));
      expect(await said()).toEqual(new Set(['frozen']));
      expect((await test.move<Problem>(0, at(0, '11:30'))).body.code).toBe('booking.frozen');
      standStillAt(NOW);
      await test.database.query('update plan_window set origin = 1 where window_id = $1', [test.region.windowIds[0]]);
      expect(await said()).toEqual(new Set(['fixed']));
    });

    it('agrees with what is booked: free and tight are accepted, full is refused', async () => {
      const windowId = test.region.windowIds[0]!;
      const all = await verdicts(windowId);
      let revision = 1;
      for (const [clock, verdict] of [...all].filter((_, i) => i % 11 === 0)) {
        const { status, body } = await test.post(
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
      const url = `/v1/establishments/${test.region.uais[0]}/availability?audience=relatives&date=${MONDAY_ON}`;
      expect((await test.get<Problem>(url)).status).toBe(422);
      expect((await test.availability(test.region.classIds[0]![0], '2026-13-01')).status).toBe(400);
      const odd = await test.availability<Problem>(test.region.classIds[0]![0], MONDAY_ON, '&minutes=7');
      expect([odd.status, odd.body.code]).toEqual([422, 'booking.off_grid']);
      expect((await test.availability(999_999, MONDAY_ON)).status).toBe(404);
    });
  });

  describe('and what a day offers to a window of another length than the campaign gives', () => {
    it('is told with the load of that length', async () => {
      const roomOf = async (minutes: number): Promise<Map<string, number | string>> => {
        const { status, body } = await test.availability(
          test.region.classIds[0]![1],
          '2026-12-11',
          `&minutes=${minutes}`,
        );
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
      expect([half.get('17:30'), whole.get('17:30'), whole.get('17:00')]).toEqual([
        39,
        'outside_hours',
        whole.get('10:00'),
      ]);
    });
  });

  describe('where teachers, closed times and little room stand in the way', () => {
    let windowIds: number[];
    let classIds: number[];
    /** Two live windows of one teacher, of two schools, and room for two windows of 30 (21 sessions each) with two sessions left. */
    beforeEach(async () => {
      const live = { headcount: 30, activity: 1, teacherKeyId: 77 };
      await test.enterRegion(
        [
          { ...live, establishment: 0, classIndex: 0, startCell: cellAt(0, 9), wishCell: cellAt(0, 8, 30) },
          { ...live, establishment: 2, classIndex: 0, startCell: cellAt(0, 10) },
          { establishment: 0, classIndex: 1, startCell: cellAt(0, 14), headcount: 30, teacherKeyId: 77 },
        ],
        { establishmentCount: 3, concurrentSessions: 44, loginsPerMinute: 2000 },
      );
      windowIds = test.region.windowIds;
      classIds = test.region.classIds[0]!;
      await test.database.query(
        `insert into wish (campaign_id, class_id, kind, weekday, start_minute, end_minute, origin)
         values ($1, $2, 'closed', 1, 720, 780, 'head')`,
        [test.region.campaignId, classIds[0]],
      );
    });

    it('nobody teaches live in two schools at once; beside a window that is not live the teacher is free', async () => {
      const refused = await test.move<Problem>(0, at(0, '10:15'));
      expect([refused.status, refused.body.code]).toEqual([409, 'booking.conflict']);
      expect(refused.body['conflicts']).toEqual([
        { who: 'teacher', windowId: windowIds[1], startsAt: '2026-12-07T09:00:00Z' },
      ]);
      const starts = (refused.body['alternatives'] as { startsAt: string }[]).map(({ startsAt }) => startsAt);
      // from when the other is over
      expect(starts).toEqual([at(0, '10:30'), at(0, '10:35'), at(0, '10:40')]);
      expect((await test.move(0, at(0, '14:00'))).status).toBe(201);
    });

    it('a time that a class has closed takes no window', async () => {
      const refused = await test.move<Problem>(0, at(0, '12:15'));
      expect([refused.status, refused.body.code]).toEqual([422, 'booking.outside_hours']);
      expect((await test.move(0, at(0, '13:00'))).status).toBe(201);
    });

    it('a day says so of each start, with the room that stays and the minutes from the wish', async () => {
      standStillAt(at(0, '08:00'));
      const day = async (date: string): Promise<Map<string, unknown[]>> => {
        const { starts } = (await test.availability(classIds[0], date, `&windowId=${windowIds[0]}`)).body;
        return new Map(
          starts.map(({ startsAt, verdict, roomSessions, displacementMinutes }) => [
            startsAt.slice(11, 16),
            [verdict, roomSessions, displacementMinutes],
          ]),
        );
      };
      const monday = await day(MONDAY_ON);
      expect(monday.get('08:25')).toEqual(['too_late', 23, -5]);
      expect(monday.get('08:30')).toEqual(['free', 23, 0]);
      expect(monday.get('10:00')).toEqual(['teacher_conflict', 2, 90]);
      expect(monday.get('12:15')).toEqual(['outside_hours', 23, 225]);
      expect(monday.get('14:00')).toEqual(['tight', 2, 330]);
      await test.close('2026-12-10');
      expect((await day('2026-12-10')).get('10:00')!.slice(0, 2)).toEqual(['closed', 23]);
      // another day than the wished one, and a little earlier by the clock
      const wednesday = (await test.availability(classIds[0], '2026-12-09', `&windowId=${windowIds[0]}`)).body.starts;
      expect(wednesday.find(({ startsAt }) => startsAt === at(2, '08:20'))).toMatchObject({
        displacementDays: 2,
        displacementMinutes: -10,
      });
    });
  });

  describe('and a day on which nobody has a window yet', () => {
    it('answers with verdicts, for a class and for the relatives, who weigh as they do on other days', async () => {
      await test.addProfileOfRelatives();
      const ofClass = await test.availability(test.region.classIds[0]![0], '2026-12-11');
      expect(ofClass.status).toBe(200);
      expect(ofClass.body.starts.find(({ startsAt }) => startsAt === at(4, '10:00'))).toMatchObject({
        verdict: 'free',
        roomSessions: 40,
      });
      const url = `/v1/establishments/${test.region.uais[0]}/availability?audience=relatives&date=`;
      const [monday, friday] = [
        await test.get<AvailabilityDto>(`${url}${MONDAY_ON}`),
        await test.get<AvailabilityDto>(`${url}2026-12-11`),
      ];
      expect(friday.status).toBe(200);
      const at21 = ({ body }: Answer<AvailabilityDto>) =>
        body.starts.find(({ startsAt }) => startsAt.includes('T21:00'));
      expect(at21(friday)).toMatchObject({ verdict: 'free', roomSessions: at21(monday)!.roomSessions });
      const elsewhere = await test.get<AvailabilityDto>(
        `/v1/establishments/${test.region.uais[1]}/availability?audience=relatives&date=2026-12-11`,
      );
      expect(elsewhere.status).toBe(200);
      expect(elsewhere.body.starts.find(({ startsAt }) => startsAt === at(4, '10:00'))!.verdict).toBe('free');
    });
  });

  describe('that add more than the campaign gives', () => {
    const setRule = (change: object): Promise<unknown> =>
      test.database.query(
        `update campaign set rules = jsonb_set(rules, '{windows,0}', rules #> '{windows,0}' || $2) where id = $1`,
        [test.region.campaignId, JSON.stringify(change)],
      );

    it('are refused with the rule and its number, by the day', async () => {
      const classId = test.region.classIds[0]![0]!;
      const key = { 'idempotency-key': randomUUID() };
      // two on Monday already, one on Tuesday
      const refused = await test.add<Problem>(classId, at(0, '12:00'), key);
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
      const alternatives = refused.body['alternatives'] as {
        startsAt: string;
        daysFromWanted: number;
        minutesFromWanted: number;
      }[];
      expect(
        alternatives.map(({ startsAt, daysFromWanted, minutesFromWanted }) => [
          startsAt,
          daysFromWanted,
          minutesFromWanted,
        ]),
      ).toEqual([
        [at(1, '12:00'), 1, 0],
        [at(2, '12:00'), 2, 0],
        [at(3, '12:00'), 3, 0],
      ]);
      expect((await test.add<Problem>(classId, at(0, '12:00'), key)).body).toEqual(refused.body);
      expect((await test.add(classId, alternatives[0]!.startsAt)).status).toBe(201);
      const series = await test.post<Problem>({ operation: 'add', classId, startsAt: at(1, '15:00'), isSeries: true });
      expect(series.body).toMatchObject({ code: 'booking.rule_limit', date: '2026-12-08' });
      // whoever gives one back may have another one
      expect((await test.release(6)).status).toBe(201);
      expect((await test.add(classId, at(0, '12:00'))).status).toBe(201);
    });

    it('and windows that move to another day count there', async () => {
      const [, , , tuesday] = test.region.windowIds;
      const move = { operation: 'move', windowId: tuesday, startsAt: at(0, '12:00') };
      const refused = await test.post<Problem>(move);
      expect(refused).toMatchObject({
        status: 409,
        body: { code: 'booking.rule_limit', most: 2, presentCount: 2, date: MONDAY_ON, swapPartners: [] },
      });
      // its own day, on which it takes no more than before, and the next ones
      const alternatives = refused.body['alternatives'] as { startsAt: string }[];
      expect(alternatives.map(({ startsAt }) => startsAt)).toEqual([at(1, '12:00'), at(2, '12:00'), at(3, '12:00')]);
      // no room could ever make it possible
      const waits = await test.post<Problem>({ ...move }, {}, '/v1/waiting-list');
      expect([waits.status, waits.body.code]).toEqual([409, 'booking.rule_limit']);
      const more = { operation: 'add', classId: test.region.classIds[0]![0], startsAt: at(0, '12:00') };
      expect((await test.post<Problem>(more, {}, '/v1/waiting-list')).body.code).toBe('booking.rule_limit');
      expect((await test.post<Problem>(move, {}, '/v1/holds')).body.code).toBe('booking.rule_limit');
      expect((await test.post({ ...move, startsAt: alternatives[0]!.startsAt })).status).toBe(201);
    });

    it('and an undo that would bring one window too many is refused', async () => {
      const released = await test.release(6);
      const added = await test.add(test.region.classIds[0]![0], at(0, '12:00'));
      expect([released.status, added.status]).toEqual([201, 201]);
      expect(await test.undo(released.body.id)).toMatchObject({
        status: 409,
        body: { code: 'booking.rule_limit', presentCount: 2, date: MONDAY_ON },
      });
      expect(await test.startOf(test.region.windowIds[6]!)).toBeUndefined();
      expect((await test.undo(added.body.id)).status).toBe(201);
      expect((await test.undo(released.body.id)).status).toBe(201);
    });

    const day = async (date: string, more = ''): Promise<Set<string>> => {
      return new Set(
        (await test.availability(test.region.classIds[0]![0], date, more)).body.starts.map(({ verdict }) => verdict),
      );
    };

    it('and the day says so, but of a window that stands on it', async () => {
      expect(await day(MONDAY_ON)).toEqual(new Set(['outside_hours', 'rule_limit']));
      expect(await day(MONDAY_ON, `&windowId=${test.region.windowIds[3]}`)).toContain('rule_limit');
      expect(await day(MONDAY_ON, `&windowId=${test.region.windowIds[0]}`)).not.toContain('rule_limit');
      expect(await day('2026-12-08')).not.toContain('rule_limit');
    });

    it('and each day of a week that has all of its windows says so, but of a window that stands in it', async () => {
      await setRule({ windowsPerDay: null, windowsPerHalfDay: null, windowsPerWeek: 4 });
      expect(await day('2026-12-11')).toContain('rule_limit');
      expect(await day('2026-12-11', `&windowId=${test.region.windowIds[0]}`)).not.toContain('rule_limit');
    });

    it('by the week', async () => {
      await setRule({ windowsPerDay: null, windowsPerHalfDay: null, windowsPerWeek: 3 });
      const add = (day: number) => test.add<Problem>(test.region.classIds[0]![2], at(day, '11:00'));
      expect([(await add(1)).status, (await add(2)).status]).toEqual([201, 201]);
      expect(await add(3)).toMatchObject({
        status: 409,
        body: {
          code: 'booking.rule_limit',
          rule: 'windowsPerWeek',
          most: 3,
          presentCount: 3,
          date: '2026-12-10',
          alternatives: [],
        },
      });
    });

    it('by the half day', async () => {
      const classId = test.region.classIds[0]![1]!;
      await test.database.query(`update establishment set open_half_days = open_half_days & ~32 where id = $1`, [
        test.region.establishmentIds[0],
      ]);
      expect((await test.add(classId, at(2, '10:00'))).status).toBe(201);
      expect((await test.add<Problem>(classId, at(2, '08:30'))).body).toMatchObject({
        code: 'booking.rule_limit',
        rule: 'windowsPerHalfDay',
        most: 1,
        detail:
          'The campaign gives 1 window a day that is open for half of it (windowsPerHalfDay), and there is 1 already for 2026-12-09.',
      });
    });

    it('and holds explain themselves like moves, on other days where the wanted one has no room', async () => {
      await setRule({
        hours: ['09', '10'].map((hour) => ({ weekdays: [1, 2], from: `${hour}:00`, to: `${hour}:30` })),
      });
      const [windowId] = test.region.windowIds;
      const held = await test.post<Problem>({ operation: 'move', windowId, startsAt: at(0, '10:00') }, {}, '/v1/holds');
      expect(held).toMatchObject({
        status: 409,
        body: {
          code: 'booking.cell_full',
          alternatives: [{ startsAt: at(1, '10:00'), daysFromWanted: 1, minutesFromWanted: 0, verdict: 'free' }],
        },
      });
      expect((held.body['swapPartners'] as object[]).length).toBeGreaterThan(0);
      const added = await test.add<Problem>(test.region.classIds[1]![0], at(0, '10:00'));
      expect(added).toMatchObject({ status: 409, body: { code: 'booking.cell_full', swapPartners: [] } });
      // the one that is left of the day, then those of the next one
      expect(added.body['alternatives']).toMatchObject([
        { startsAt: at(0, '09:00'), daysFromWanted: 0, minutesFromWanted: -60 },
        { startsAt: at(1, '10:00'), daysFromWanted: 1, minutesFromWanted: 0 },
        { startsAt: at(1, '09:00'), daysFromWanted: 1, minutesFromWanted: -60 },
      ]);
    });
  });
});
