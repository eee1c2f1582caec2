import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import type { JobDto } from '../../src/jobs/job.dto';
import { JobRunner } from '../../src/jobs/job-runner.service';
import { LOAD_SCALE } from '../../src/kernel/cell-grid';
import type { PlanCertificate } from '../../src/plan/plan-certificate';
import { standStillAt } from '../booking-region';
import { makeRegion, type Region } from '../plan-builder';
import { verifyFromOutside } from '../outside';
import { startTestApplication } from '../test-application';

describe('a replan', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let address: string;
  let region: Region;
  let campaignId: number;
  let publishedId: number;
  /** The replan after the first regulation. */
  let regulatedId: number;

  const post = (path: string, body: object = {}): Promise<Response> =>
    fetch(`${address}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const get = async <T>(path: string): Promise<T> => (await (await fetch(`${address}${path}`)).json()) as T;

  /** Asks for a draft and waits for its end. */
  async function draft(body: object): Promise<JobDto> {
    const answer = await post(`/campaigns/${campaignId}/allocations`, body);
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as JobDto;
    // the stream ends with the job
    await (await fetch(`${address}/jobs/${id}/events`)).text();
    return get<JobDto>(`/jobs/${id}`);
  }
  const certificateOf = (planId: number) => get<PlanCertificate>(`/plans/${planId}/certificate`);
  /** The plan as it was stored, read back and proven from the outside: what it moved, and the least of windows and pupils that it had to. */
  const provenOutside = async (planId: number) => {
    const { exitCode, problems, verdict } = await verifyFromOutside(address.replace('/v1', ''), planId);
    expect([exitCode, problems]).toEqual([0, []]);
    const { movedWindowCount, movedWindowBound, movedPupilBound } = (await certificateOf(planId)).replan!;
    expect(verdict).toMatchObject({ movedWindowCount, movedWindowBound, movedPupilBound });
  };
  const publish = async (planId: number) => {
    const answer = await post(`/plans/${planId}/publish`, { reason: 'test' });
    expect([answer.status, answer.status < 300 || (await answer.text())]).toEqual([answer.status, true]);
    publishedId = planId;
  };
  const movedIn = async (planId: number) =>
    (
      await database.query<{ count: number }[]>(
        `select count(*)::int as count from plan_window a join plan_window b using (window_id)
          where a.plan_id = $1 and b.plan_id = $2 and a.start_cell <> b.start_cell`,
        [publishedId, planId],
      )
    )[0]!.count;

  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    await app.listen(0, '127.0.0.1');
    address = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}/v1`;
    await app.get(JobRunner).start();
    region = await makeRegion(database, { establishmentCount: 8, classesEach: 6 });
    const campaign = await post('/campaigns', {
      name: 'Semaine',
      platformId: region.platformId,
      startsOn: '2026-12-07',
      endsOn: '2026-12-11',
      preset: 'remote-week-secondary',
    });
    campaignId = ((await campaign.json()) as { id: number }).id;
  });
  afterEach(() => jest.useRealTimers());
  afterAll(() => app.close());

  it('is refused where there is no published plan, and where its request says what it cannot mean', async () => {
    const refused = await post(`/campaigns/${campaignId}/allocations`, { mode: 'replan' });
    expect([refused.status, await refused.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'allocation.nothing_to_replan' }),
    ]);
    expect((await post(`/campaigns/${campaignId}/allocations`, { mode: 'again' })).status).toBe(400);
  });

  it('moves nobody where nothing has changed', async () => {
    const fresh = await draft({});
    await publish(fresh.planId!);
    const again = await draft({ mode: 'replan', noticeMinutes: 0 });
    expect((await certificateOf(again.planId!)).replan).toMatchObject({
      publishedPlanId: publishedId,
      movedWindowCount: 0,
      movedWindowBound: 0,
      newWindowCount: 0,
    });
    expect(await movedIn(again.planId!)).toBe(0);
  });

  it('after a regulation moves as many windows as it says, within what it proves, and leaves no cell over', async () => {
    const { logins } = await certificateOf(publishedId);
    const peak = Date.parse(logins.peakAt);
    const regulation = await post(`/platforms/${region.platformId}/regulations`, {
      sessionsPerMille: 1000,
      // a fifth below what is planned in the fullest cell
      loginsPerMille: Math.floor((800 * logins.planned) / logins.capacity),
      reason: 'incident',
      startsAt: new Date(peak - 1_800_000).toISOString(),
      endsAt: new Date(peak + 3_600_000).toISOString(),
    });
    expect(regulation.status).toBe(201);
    const { planId } = await draft({ mode: 'replan', noticeMinutes: 0 });
    const { replan, violationCount, unplacedCount } = await certificateOf(planId!);
    expect([violationCount, unplacedCount]).toEqual([0, 0]);
    expect(replan!.movedWindowCount).toBeGreaterThan(0);
    expect(replan!.movedWindowBound).toBeGreaterThan(0);
    expect(replan!.movedWindowBound).toBeLessThanOrEqual(replan!.movedWindowCount);
    expect(await movedIn(planId!)).toBe(replan!.movedWindowCount);
    expect(replan!.movedPupilBound).toBeGreaterThan(0);
    await provenOutside(planId!);
    regulatedId = planId!;
    await publish(planId!);
    const [over] = await database.query<{ count: number }[]>(
      `select count(*)::int as count from ledger_cell
        where platform_id = $1 and (session_planned > session_limit or login_planned > login_limit)`,
      [region.platformId],
    );
    expect(over!.count).toBe(0);
  });

  it.each([
    ['a bound of moved windows above what its prices prove', 'movedWindowBound'],
    ['fewer moved pupils than there are', 'movedPupilCount'],
    ['a bound of moved pupils above what its prices prove', 'movedPupilBound'],
  ])('is found out from the outside where its certificate claims %s', async (_what, field) => {
    const path = ['replan', field];
    const set = 'update plan set certificate = jsonb_set(certificate, $2::text[], $3::jsonb) where id = $1';
    const [known] = await database.query<{ value: number }[]>(
      'select (certificate #>> $2::text[])::int as value from plan where id = $1',
      [regulatedId, path],
    );
    await database.query(set, [regulatedId, path, String(known!.value + 1)]);
    const { exitCode, problems } = await verifyFromOutside(address.replace('/v1', ''), regulatedId);
    await database.query(set, [regulatedId, path, String(known!.value)]);
    expect([exitCode, problems]).toEqual([1, [expect.stringContaining(`bound: ${field}`)]]);
  });

  it('gives a class that comes its windows and moves nobody where there is room', async () => {
    const [like] = await database.query<{ id: number }[]>('select id from class where establishment_id = $1 limit 1', [
      region.establishmentIds[0],
    ]);
    await database.query(
      `insert into class (establishment_id, school_year, code, kind, levels, headcount, source)
       select establishment_id, school_year, 'NEUVE', kind, levels, headcount, source from class where id = $1`,
      [like!.id],
    );
    const { planId } = await draft({ mode: 'replan', noticeMinutes: 0 });
    const { replan, unplacedCount } = await certificateOf(planId!);
    expect(unplacedCount).toBe(0);
    expect(replan!.newWindowCount).toBeGreaterThan(0);
    expect(replan!.movedWindowCount).toBe(0);
    await publish(planId!);
  });

  /** A new school with the classes of another. */
  async function addSchool(uai: string, classesOf: number): Promise<number> {
    const [school] = await database.query<{ id: number }[]>(
      `insert into establishment (uai, name, kind, sector, department_id, commune_name, time_zone, holiday_zone, open_half_days,
                                  platform_id, structure_external_id, source)
       select $2, 'Collège neuf', kind, sector, department_id, commune_name, time_zone, holiday_zone, open_half_days,
              platform_id, 'structure-' || $2, source from establishment where id = $1 returning id`,
      [region.establishmentIds[0], uai],
    );
    await database.query(
      `insert into class (establishment_id, school_year, code, levels, headcount, source)
       select $2, school_year, code, levels, headcount, source from class where establishment_id = $1`,
      [region.establishmentIds[classesOf], school!.id],
    );
    return school!.id;
  }
  const windowCountOf = async (planId: number, schoolId: number) =>
    (
      await database.query<{ count: number }[]>(
        'select count(*)::int as count from plan_window where plan_id = $1 and establishment_id = $2',
        [planId, schoolId],
      )
    )[0]!.count;

  it('gives a school that comes its windows', async () => {
    const schoolId = await addSchool('5999999Z', 1);
    const { planId } = await draft({ mode: 'replan', noticeMinutes: 0 });
    const { replan, unplacedCount, violationCount } = await certificateOf(planId!);
    const own = await windowCountOf(planId!, schoolId);
    expect([unplacedCount, violationCount]).toEqual([0, 0]);
    expect(own).toBeGreaterThan(0);
    expect(replan).toMatchObject({ newWindowCount: own, movedWindowBound: 0 });
    expect(await movedIn(planId!)).toBe(replan!.movedWindowCount);
    await publish(planId!);
  });

  it('on a full platform pushes fewer windows aside for a school than it has, and leaves all others', async () => {
    const regulation = await post(`/platforms/${region.platformId}/regulations`, {
      sessionsPerMille: 1000,
      // a third above the least with which these windows can be had: no hour of the week has much room then
      loginsPerMille: 5,
      reason: 'incident',
      startsAt: '2026-12-06T23:00:00Z',
      endsAt: '2026-12-12T23:00:00Z',
    });
    expect(regulation.status).toBe(201);
    const narrowed = await draft({ mode: 'replan', noticeMinutes: 0 });
    await publish(narrowed.planId!);
    const schoolId = await addSchool('5999998Y', 2);
    const { planId } = await draft({ mode: 'replan', noticeMinutes: 0 });
    const { replan, unplacedCount, violationCount } = await certificateOf(planId!);
    expect([unplacedCount, violationCount]).toEqual([0, 0]);
    expect(replan!.newWindowCount).toBe(await windowCountOf(planId!, schoolId));
    expect(replan!.movedWindowCount).toBeGreaterThan(0);
    expect(replan!.movedWindowCount).toBeLessThan(replan!.newWindowCount);
    expect(await movedIn(planId!)).toBe(replan!.movedWindowCount);
    await provenOutside(planId!);
  });

  it('in the middle of the week leaves what has begun, or soon begins, where it stands, and puts nothing there', async () => {
    // Tuesday, 9:35 in Paris; what begins within the next hour is known to everybody by now
    const now = Date.parse('2026-12-08T08:35:00Z');
    const [fullest] = await database.query<{ cell: number; planned: number }[]>(
      `select cell, login_planned::float8 / ${LOAD_SCALE} as planned from ledger_cell
        where platform_id = $1 and cell between $2 and $3 order by login_planned desc limit 1`,
      [region.platformId, now / 300_000 + 36, now / 300_000 + 84],
    );
    const peak = fullest!.cell * 300_000;
    const noticeMinutes = 60;
    const frozenUntilCell = Math.floor(now / 300_000 + noticeMinutes / 5) + 1;
    const regulation = await post(`/platforms/${region.platformId}/regulations`, {
      sessionsPerMille: 1000,
      // of the 2,000 log-ins a minute that the region has
      loginsPerMille: Math.floor((700 * fullest!.planned) / 10_000),
      reason: 'incident',
      startsAt: new Date(peak - 900_000).toISOString(),
      endsAt: new Date(peak + 3_600_000).toISOString(),
    });
    expect(regulation.status).toBe(201);
    standStillAt(new Date(now).toISOString());
    const { planId } = await draft({ mode: 'replan', noticeMinutes });
    const { replan, violationCount, unplacedCount } = await certificateOf(planId!);
    expect([violationCount, unplacedCount]).toEqual([0, 0]);
    const [frozen] = await database.query<{ count: number; moved: number }[]>(
      `select count(*)::int as count, count(*) filter (where a.start_cell <> b.start_cell)::int as moved
         from plan_window a join plan_window b using (window_id)
        where a.plan_id = $1 and b.plan_id = $2 and a.start_cell < $3`,
      [publishedId, planId, frozenUntilCell],
    );
    expect(frozen!.count).toBeGreaterThan(0);
    expect(frozen).toEqual({ count: replan!.frozenWindowCount, moved: 0 });
    expect(replan!.movedWindowCount).toBeGreaterThan(0);
    const [early] = await database.query<{ count: number }[]>(
      `select count(*)::int as count from plan_window a join plan_window b using (window_id)
        where a.plan_id = $1 and b.plan_id = $2 and a.start_cell <> b.start_cell and b.start_cell < $3`,
      [publishedId, planId, frozenUntilCell],
    );
    expect(early!.count).toBe(0);

    // drafted in the morning and forgotten: in the evening it would move windows that people were in
    standStillAt('2026-12-08T19:00:00Z');
    const late = await post(`/plans/${planId}/publish`, { reason: 'forgotten' });
    const problem = (await late.json()) as { code: string; windowCount: number };
    expect([late.status, problem.code]).toEqual([409, 'plan.begun_windows_moved']);
    expect(problem.windowCount).toBeGreaterThan(0);
    expect((await get<{ state: string }>(`/plans/${publishedId}`)).state).toBe('published');
    // as late as it may be
    const { frozenUntilAt } = replan!;
    expect(Date.parse(frozenUntilAt!)).toBe(frozenUntilCell * 300_000);
    standStillAt(new Date(Date.parse(frozenUntilAt!) - 1).toISOString());
    await publish(planId!);
  });

  it('half an hour before the peak takes everybody out of it but those who can no longer move, and is published', async () => {
    const thursday = Date.parse('2026-12-10T00:00:00Z') / 300_000;
    const [fullest] = await database.query<{ cell: number; planned: number }[]>(
      `select cell, login_planned::float8 / ${LOAD_SCALE} as planned from ledger_cell
        where platform_id = $1 and cell between $2 and $3 order by login_planned desc, cell limit 1`,
      [region.platformId, thursday, thursday + 288],
    );
    const peak = fullest!.cell * 300_000;
    const regulation = await post(`/platforms/${region.platformId}/regulations`, {
      sessionsPerMille: 1000,
      // half of what is planned, and the windows that begin by then are frozen
      loginsPerMille: Math.floor((500 * fullest!.planned) / 10_000),
      reason: 'incident',
      startsAt: new Date(peak - 900_000).toISOString(),
      endsAt: new Date(peak + 3_600_000).toISOString(),
    });
    expect(regulation.status).toBe(201);
    standStillAt(new Date(peak - 1_800_000).toISOString());
    const job = await draft({ mode: 'replan', noticeMinutes: 60 });
    expect(job).toMatchObject({ state: 'done' });
    const { replan, violationCount, peakUtilisationRatio } = await certificateOf(job.planId!);
    expect(violationCount).toBe(0);
    expect(replan!.movedWindowCount).toBeGreaterThan(0);
    expect(replan!.frozenOverCellCount).toBeGreaterThan(0);
    expect(peakUtilisationRatio).toBeGreaterThan(1);
    await provenOutside(job.planId!);
    await publish(job.planId!);
    const [over] = await database.query<{ count: number; free: number }[]>(
      `select count(*)::int as count,
              count(*) filter (where exists (select from plan_window w where w.plan_id = $2 and w.start_cell = cell
                                                and cell > $3))::int as free
         from ledger_cell where platform_id = $1 and (session_planned > session_limit or login_planned > login_limit)`,
      [region.platformId, job.planId, fullest!.cell + 6],
    );
    expect(over).toEqual({ count: replan!.frozenOverCellCount, free: 0 });
  });
});
