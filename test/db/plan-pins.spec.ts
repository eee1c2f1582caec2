import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { BookingService } from '../../src/booking/booking.service';
import type { BookingDto, BookingRequest } from '../../src/booking/booking.dto';
import { PlanService } from '../../src/plan/plan.service';
import { ProofService } from '../../src/plan/proof.service';
import { type BookableRegion, publishedRegion, RULES, standStillAt } from '../booking-region';
import { cellAt, draftOf, ledgerDifferenceCount, PROFILE, TESTER, type WindowSpec } from '../plan-builder';
import { startTestApplication } from '../test-application';

const at = (day: number, clock: string): string => `2026-12-${String(7 + day).padStart(2, '0')}T${clock}:00+01:00`;

describe('bookings and a plan that is published over the live one', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let plans: PlanService;
  let region: BookableRegion;
  const windows: WindowSpec[] = [0, 1, 2].map((classIndex) => ({
    establishment: 0,
    classIndex,
    startCell: cellAt(0, 9),
  }));
  beforeAll(async () => {
    standStillAt(at(0, '07:00'));
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    plans = app.get(PlanService);
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });
  beforeEach(async () => {
    region = await publishedRegion(app, windows);
  });

  const book = (request: BookingRequest, revision = 1): Promise<BookingDto> =>
    app.get(BookingService).book(TESTER, request, { idempotencyKey: randomUUID(), ifMatch: `"${revision}"` });
  const draft = (specs = windows, profiles = [PROFILE]): Promise<number> =>
    plans.createDraft(TESTER, draftOf(region, specs, { base: { epoch: 1, revision: 1 }, profiles }));
  const placesOf = (planId: number): Promise<{ id: number; start: number; class: number }[]> =>
    database.query(
      'select window_id as id, start_cell as start, class_id as class from plan_window where plan_id = $1 order by 1',
      [planId],
    );
  /** One moved by an hour, one moved to another day, one released, one added. */
  const bookAll = async (): Promise<void> => {
    const [first, second, third] = region.windowIds as [number, number, number];
    await book({ operation: 'move', windowId: first, startsAt: at(0, '11:00') });
    await book({ operation: 'move', windowId: second, startsAt: at(1, '11:00') });
    await book({ operation: 'release', windowId: third });
    await book({ operation: 'add', classId: region.classIds[1]![0]!, startsAt: at(2, '15:00') });
  };

  it.each([
    ['the draft was made before they were', true],
    ['the draft was made after they were', false],
  ])('survive it: %s', async (_when, isBefore) => {
    let id = isBefore ? await draft() : 0;
    await bookAll();
    if (!isBefore) id = await draft();
    const live = await placesOf(region.planId);
    expect(live).toHaveLength(3);
    await plans.publish(TESTER, id, 'replan');
    expect(await placesOf(id)).toEqual(live);
    expect((await plans.find(TESTER, id)).windowCount).toBe(3);
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  });

  it('survive its rollback, with what was booked in between', async () => {
    const id = await draft();
    await plans.publish(TESTER, id, 'replan');
    await book({ operation: 'move', windowId: region.windowIds[0]!, startsAt: at(0, '16:00') }, 2);
    const live = await placesOf(id);
    await plans.rollback(TESTER, id, 'back');
    expect(await placesOf(region.planId)).toEqual(live);
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  });

  it('can still be taken back once another plan that left them alone is in force', async () => {
    const before = await placesOf(region.planId);
    const moved = await book({ operation: 'move', windowId: region.windowIds[0]!, startsAt: at(0, '16:00') });
    const id = await draft();
    await plans.publish(TESTER, id, 'replan');
    await app.get(BookingService).undo(TESTER, moved.id, { idempotencyKey: randomUUID(), ifMatch: undefined });
    expect(await placesOf(id)).toEqual(before);
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  });

  it('do not outlive their class: what a roster has taken away has no window in the next plan', async () => {
    const [, second] = region.windowIds;
    await book({ operation: 'move', windowId: second!, startsAt: at(0, '11:00') });
    await database.query('delete from class where id = $1', [region.classIds[0]![1]]);
    const id = await draft([windows[0]!, windows[2]!]);
    await plans.publish(TESTER, id, 'replan');
    expect((await placesOf(id)).map((place) => place.id)).toEqual([region.windowIds[0], region.windowIds[2]]);
    expect(await app.get(ProofService).prove(TESTER, id)).toMatchObject({ differences: [], windowDifferences: [] });
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  });

  it('refuse it where it gives the class another window at that hour', async () => {
    const id = await draft([...windows, { establishment: 0, classIndex: 0, startCell: cellAt(0, 11), ordinal: 1 }]);
    await book({ operation: 'move', windowId: region.windowIds[0]!, startsAt: at(0, '11:00') });
    await expect(plans.publish(TESTER, id, 'replan')).rejects.toMatchObject({ code: 'plan.bookings_in_the_way' });
    expect((await plans.find(TESTER, region.planId)).state).toBe('published');
  });

  it('take the place of the window that it would give the class on that day, which the live plan had none for', async () => {
    const id = await draft([...windows, { establishment: 0, classIndex: 0, startCell: cellAt(1, 9) }]);
    await book({ operation: 'add', classId: region.classIds[0]![0]!, startsAt: at(1, '11:00') });
    const live = await placesOf(region.planId);
    await plans.publish(TESTER, id, 'replan');
    expect(await placesOf(id)).toEqual(live);
    expect((await plans.find(TESTER, id)).windowCount).toBe(4);
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  });

  it('refuse it where it brings another window of the class nearer than the campaign allows, but not its rollback', async () => {
    const later: WindowSpec = { establishment: 0, classIndex: 0, startCell: cellAt(0, 15), ordinal: 1 };
    region = await publishedRegion(app, [...windows, later]);
    const [pupils, ...others] = RULES.windows;
    const rules = { ...RULES, windows: [{ ...pupils, minimumGapMinutes: 30 }, ...others] };
    await database.query('update campaign set rules = $2 where id = $1', [region.campaignId, JSON.stringify(rules)]);
    const [near, far] = [
      await draft([...windows, { ...later, startCell: cellAt(0, 11) + 9 }]),
      await draft([...windows, { ...later, startCell: cellAt(0, 12) }]),
    ];
    const [booked, other] = [region.windowIds[0]!, region.windowIds[3]!];
    await book({ operation: 'move', windowId: booked, startsAt: at(0, '11:00') });
    await expect(plans.publish(TESTER, near, 'replan')).rejects.toMatchObject({
      code: 'plan.bookings_in_the_way',
      facts: { windowIds: [booked] },
    });
    await plans.publish(TESTER, far, 'replan');
    // beside where the other one stood before
    await book({ operation: 'move', windowId: booked, startsAt: at(0, '14:15') }, 3);
    await plans.rollback(TESTER, far, 'back');
    expect((await placesOf(region.planId)).filter(({ id }) => id === booked || id === other)).toMatchObject([
      { start: cellAt(0, 14) + 3 },
      { start: cellAt(0, 15) },
    ]);
  });

  it('refuse it where the establishment would have more windows at once than its line takes, and no more than it has already', async () => {
    const [first, second, third] = windows as [WindowSpec, WindowSpec, WindowSpec];
    const apart = [first, { ...second, startCell: cellAt(0, 13) }, { ...third, startCell: cellAt(0, 15) }];
    region = await publishedRegion(app, apart);
    await database.query('update establishment set simultaneous_window_limit = 1 where id = $1', [
      region.establishmentIds[0],
    ]);
    const id = await draft([{ ...first, startCell: cellAt(0, 11) }, ...apart.slice(1)]);
    const booked = region.windowIds[1]!;
    await book({ operation: 'move', windowId: booked, startsAt: at(0, '11:15') });
    await expect(plans.publish(TESTER, id, 'replan')).rejects.toMatchObject({
      code: 'plan.bookings_in_the_way',
      facts: { windowIds: [booked] },
    });
    // what the limit fell below already is no reason
    await book({ operation: 'move', windowId: region.windowIds[0]!, startsAt: at(0, '15:30') });
    await database.query('update establishment set simultaneous_window_limit = 2 where id = $1', [
      region.establishmentIds[0],
    ]);
    await book({ operation: 'move', windowId: booked, startsAt: at(0, '15:15') }, 2);
    await database.query('update establishment set simultaneous_window_limit = 1 where id = $1', [
      region.establishmentIds[0],
    ]);
    await plans.publish(TESTER, id, 'replan');
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  });

  it('refuse it where it has their windows with another length', async () => {
    const longer = {
      ...PROFILE,
      windowCells: 7,
      sessionsPerMille: [...PROFILE.sessionsPerMille, 100],
      loginsPerMille: [...PROFILE.loginsPerMille, 0],
    };
    const id = await draft(windows, [longer]);
    await book({ operation: 'move', windowId: region.windowIds[0]!, startsAt: at(0, '11:00') });
    await expect(plans.publish(TESTER, id, 'replan')).rejects.toMatchObject({
      code: 'plan.bookings_in_the_way',
      facts: { windowIds: [region.windowIds[0]] },
    });
  });
});
