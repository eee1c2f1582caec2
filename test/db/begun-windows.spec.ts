import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { PlanService } from '../../src/plan/plan.service';
import { type BookableRegion, publishedRegion, standStillAt } from '../booking-region';
import { cellAt, draftOf, makeRegion, TESTER, type WindowSpec } from '../plan-builder';
import { startTestApplication } from '../test-application';

/** Monday's windows of two classes: at nine and at eleven. */
const at = (hours: readonly number[], more: readonly WindowSpec[] = []): WindowSpec[] => [
  ...hours.map((hour, classIndex) => ({ establishment: 0, classIndex, startCell: cellAt(0, hour) })),
  ...more,
];

describe('a plan in place of a live one', () => {
  let app: NestFastifyApplication;
  let plans: PlanService;
  let region: BookableRegion;
  const clockTo = (clock: string): unknown => jest.setSystemTime(new Date(`2026-12-07T${clock}:00+01:00`));
  const draft = (windows: readonly WindowSpec[], revision = 1): Promise<number> =>
    plans.createDraft(TESTER, draftOf(region, windows, { base: { epoch: 1, revision } }));
  const refusal = (windowCount: number): object => ({
    code: 'plan.begun_windows_moved',
    kind: 'conflict',
    facts: { windowCount },
  });

  beforeAll(async () => {
    standStillAt('2026-12-07T07:00:00+01:00');
    app = await startTestApplication();
    plans = app.get(PlanService);
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });
  beforeEach(async () => {
    clockTo('07:00');
    region = await publishedRegion(app, at([9, 11]));
  });

  it('may move whatever has not begun', async () => {
    const id = await draft(at([9, 14]));
    clockTo('10:55');
    await plans.publish(TESTER, id, 'late');
    expect((await plans.find(TESTER, id)).state).toBe('published');
  });

  it.each([
    ['moves a window that began this minute', '09:00', at([14, 11]), 1],
    ['moves windows that are over', '18:00', at([10, 12]), 2],
    ['lacks one that is over', '10:00', at([9, 11]).slice(1), 1],
    [
      'has a new one in the past',
      '10:00',
      at([9, 11], [{ establishment: 0, classIndex: 2, startCell: cellAt(0, 8) }]),
      1,
    ],
    ['puts one that is to come into the past', '10:00', at([9, 8]), 1],
  ])('is refused where it %s', async (_what, clock, windows, windowCount) => {
    const id = await draft(windows);
    clockTo(clock);
    await expect(plans.publish(TESTER, id, 'late')).rejects.toMatchObject(refusal(windowCount));
    expect((await plans.find(TESTER, id)).state).toBe('draft');
    expect((await plans.find(TESTER, region.planId)).state).toBe('published');
  });

  it('goes back as long as nothing that changed has begun at either place', async () => {
    const id = await draft(at([9, 14]));
    await plans.publish(TESTER, id, 'replan');
    clockTo('11:00');
    await expect(plans.rollback(TESTER, id, 'back')).rejects.toMatchObject(refusal(1));
    clockTo('10:55');
    await plans.rollback(TESTER, id, 'back');
    expect((await plans.find(TESTER, region.planId)).state).toBe('published');
  });

  it('is no such plan where the campaign has none in force: its past windows are nobody’s loss', async () => {
    const fresh = await makeRegion(app.get<DataSource>(getDataSourceToken()));
    const id = await plans.createDraft(TESTER, draftOf(fresh, at([9, 11])));
    clockTo('18:00');
    expect(await plans.publish(TESTER, id, 'late')).toEqual({ epoch: 1, revision: 1 });
  });
});
