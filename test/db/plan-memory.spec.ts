import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { LOOPBACK_OPERATOR } from '../../src/access/actor';
import { AllocationService } from '../../src/allocation/allocation.service';
import { ProblemAssembler } from '../../src/load/problem-assembler.service';
import { unheard } from '../../src/common/progress';
import { PlanService } from '../../src/plan/plan.service';
import { PlanMemoryStore } from '../../src/plan/plan-memory.store';
import { makeRegion, type Region, TESTER } from '../plan-builder';
import { startTestApplication } from '../test-application';

const MONDAYS = ['2026-11-09', '2026-11-16', '2026-11-23', '2026-11-30'];
const CLASS_COUNT = 24;

/** Four weekly campaigns of a region whose log-ins do not do for everybody at the wished hour, each published before the next. */
describe('four weeks in a row', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: Region;
  const plans: number[] = [];

  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    region = await makeRegion(database, { establishmentCount: 6, classesEach: CLASS_COUNT / 6, loginsPerMinute: 6 });
    for (const monday of MONDAYS) {
      const jobs = app.get(AllocationService);
      const { planId } = await jobs.wait(await jobs.request(LOOPBACK_OPERATOR, await campaignOn(monday)));
      await app.get(PlanService).publish(TESTER, planId, 'week by week');
      plans.push(planId);
    }
  });
  afterAll(() => app.close());

  async function campaignOn(monday: string): Promise<number> {
    const created = await app.inject({
      method: 'POST',
      url: '/v1/campaigns',
      payload: {
        name: monday,
        platformId: region.platformId,
        startsOn: monday,
        endsOn: monday,
        preset: 'remote-week-secondary',
      },
    });
    expect(created.statusCode).toBe(201);
    return created.json<{ id: number }>().id;
  }

  /** Mean displacement in minutes by class, the largest first. */
  const displacements = (planId: number): Promise<{ classId: number; minutes: number }[]> =>
    database.query(
      `select class_id as "classId", avg(abs(start_cell - wish_cell))::float8 * 5 as minutes from plan_window
        where plan_id = $1 and class_id is not null and wish_cell is not null group by 1 order by 2 desc, 1`,
      [planId],
    );

  it('puts nobody among the worst twice', async () => {
    const times = new Map<number, number>();
    for (const planId of plans) {
      const rows = await displacements(planId);
      expect(rows).toHaveLength(CLASS_COUNT);
      const worst = rows[Math.ceil(CLASS_COUNT * 0.05) - 1]!.minutes;
      for (const { classId, minutes } of rows)
        if (minutes > 30 && minutes >= worst) times.set(classId, (times.get(classId) ?? 0) + 1);
    }
    // the promise means something: more classes were among the worst than one week has
    expect(times.size).toBeGreaterThan(3);
    expect([...times.values()].filter((count) => count > 1)).toEqual([]);
  });

  it('starts with weight 1 for all, and keeps with each later plan what it owed to whom', async () => {
    const memories = await Promise.all(plans.map((planId) => app.get(PlanMemoryStore).find(planId)));
    expect(memories[0]).toEqual([]);
    const before = new Map((await displacements(plans[0]!)).map(({ classId, minutes }) => [classId, minutes]));
    for (const { classId, weight } of memories[1]!)
      expect(weight).toBe(Math.min(4, 1 + Math.round(before.get(classId)! / 30)));
    expect(memories[1]!.some(({ weight }) => weight > 1)).toBe(true);
    expect(memories[1]!.some(({ limitMinutes }) => limitMinutes === 30)).toBe(true);
  });

  it('certifies the objective with the weights', async () => {
    for (const planId of plans) {
      const [row] = await database.query<{ objective: number }[]>(
        `select sum(coalesce(m.weight, 1) * (w.start_cell - w.wish_cell) ^ 2)::float8 as objective
           from plan_window w left join plan_memory m on m.plan_id = w.plan_id and m.class_id = w.class_id where w.plan_id = $1`,
        [planId],
      );
      const certificate = await app.get(PlanService).certificate(TESTER, planId);
      expect(certificate.objective).toBeCloseTo(row!.objective, 6);
      expect(certificate.unplacedCount).toBe(0);
    }
  });

  it('forgets what is more than four weeks old', async () => {
    const assembled = await app.get(ProblemAssembler).assemble(await campaignOn('2027-01-11'), unheard);
    expect(assembled.memory.classId).toHaveLength(0);
    expect(assembled.problem.demandWeight.every((weight) => weight === 1)).toBe(true);
  });
});
