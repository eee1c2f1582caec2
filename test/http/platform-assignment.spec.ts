import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { EstablishmentPageDto } from '../../src/directory/directory.dto';
import { PlanService } from '../../src/plan/plan.service';
import { draftOf, makeRegion, TESTER, weekOf, type Region } from '../plan-builder';
import { standStillAt } from '../booking-region';
import { startTestApplication } from '../test-application';

describe('putting establishments on platforms', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
  });
  afterEach(() => jest.useRealTimers());
  afterAll(() => app.close());

  const assign = async (platformId: number, payload: object) => {
    const answer = await app.inject({ method: 'POST', url: `/v1/platforms/${platformId}/establishments`, payload });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  };
  const uaisOn = async (platformId: number): Promise<string[]> =>
    (await app.inject({ url: `/v1/establishments?platform=${platformId}` }))
      .json<EstablishmentPageDto>()
      .items.map(({ uai }) => uai);
  const newPlatform = async (): Promise<number> => (await makeRegion(database, { establishmentCount: 0 })).platformId;
  /** A region whose schools are on no platform yet. */
  const looseRegion = async (): Promise<Region & { regionCode: string; departmentCodes: [string, string] }> => {
    const region = await makeRegion(database, { establishmentCount: 5 });
    await database.query('update establishment set platform_id = null where platform_id = $1', [region.platformId]);
    const codes = await database.query<{ code: string; region: string }[]>(
      `select d.code, r.code as region from territory d join territory a on a.id = d.parent_id join territory r on r.id = a.parent_id
        where d.id = any($1) order by d.id`,
      [region.departmentIds],
    );
    return { ...region, regionCode: codes[0]!.region, departmentCodes: [codes[0]!.code, codes[1]!.code] };
  };

  it('goes by territory of any rank, and a second time changes nothing', async () => {
    const { platformId, regionCode, departmentCodes, uais } = await looseRegion();
    expect(await assign(platformId, { territoryCodes: [departmentCodes[1]] })).toEqual({
      status: 200,
      body: { assignedCount: 2, unchangedCount: 0, movedCount: 0 },
    });
    expect(await uaisOn(platformId)).toEqual([uais[1], uais[3]]);
    expect((await assign(platformId, { territoryCodes: [regionCode] })).body).toEqual({
      assignedCount: 3,
      unchangedCount: 2,
      movedCount: 0,
    });
    expect((await assign(platformId, { territoryCodes: [regionCode, departmentCodes[0]] })).body).toEqual({
      assignedCount: 0,
      unchangedCount: 5,
      movedCount: 0,
    });
    expect(await uaisOn(platformId)).toEqual(uais);
  });

  it('takes those for which all that is given holds', async () => {
    const { platformId, regionCode, departmentCodes, uais } = await looseRegion();
    await database.query(`update establishment set kind = 'lycee_gt' where uai = any($1)`, [[uais[0], uais[1]]]);
    const body = { territoryCodes: [departmentCodes[0]], kinds: ['lycee_gt'] };
    expect((await assign(platformId, body)).body.assignedCount).toBe(1);
    expect(await uaisOn(platformId)).toEqual([uais[0]]);
    const named = await assign(platformId, { territoryCodes: [regionCode], uais: [uais[2]!.toLowerCase(), uais[4]] });
    expect(named.body.assignedCount).toBe(2);
    expect(await uaisOn(platformId)).toEqual([uais[0], uais[2], uais[4]]);
  });

  it('knows a department in every spelling of its code, and never takes an id for one', async () => {
    const { platformId, departmentIds, uais } = await looseRegion();
    await database.query(`update territory set code = '02' where id = $1`, [departmentIds[1]]);
    expect(await assign(platformId, { territoryCodes: ['002'] })).toMatchObject({ body: { assignedCount: 2 } });
    expect(await uaisOn(platformId)).toEqual([uais[1], uais[3]]);
    const id = String(departmentIds[0]);
    const byId = await assign(platformId, { territoryCodes: [id.padStart(4, '0')] });
    expect(byId).toMatchObject({ status: 404, body: { code: 'territory.not_found' } });
  });

  it('moves establishments that hold no window from one platform to another', async () => {
    const region = await makeRegion(database, { establishmentCount: 3 });
    const other = await newPlatform();
    expect((await assign(other, { uais: region.uais.slice(0, 2) })).body).toEqual({
      assignedCount: 0,
      unchangedCount: 0,
      movedCount: 2,
    });
    expect(await uaisOn(region.platformId)).toEqual([region.uais[2]]);
  });

  it('refuses all when one of them holds windows from today on in a published plan of another platform', async () => {
    const region = await makeRegion(database, { establishmentCount: 4 });
    const plans = app.get(PlanService);
    const windows = weekOf(region, 3).filter(({ establishment }) => establishment < 2);
    const planId = await plans.createDraft(TESTER, draftOf(region, windows));
    await plans.publish(TESTER, planId, 'first');
    const setDate = (days: number): Promise<unknown> =>
      database.query('update plan_window set local_date = current_date + $2::int where plan_id = $1', [planId, days]);
    const other = await newPlatform();

    await setDate(1);
    const refused = await assign(other, { uais: region.uais });
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'establishment.has_windows',
        establishmentCount: 2,
        establishments: [
          { uai: region.uais[0], planId, windowCount: 20 },
          { uai: region.uais[1], planId, windowCount: 20 },
        ],
      },
    });
    expect(refused.body.detail).toContain(region.uais[0]);
    expect(await uaisOn(region.platformId)).toEqual(region.uais);
    expect(await uaisOn(other)).toEqual([]);
    expect((await assign(other, { uais: region.uais.slice(2) })).body.movedCount).toBe(2);

    // on their own platform windows are no hindrance, nor are those of days gone by elsewhere
    expect((await assign(region.platformId, { uais: region.uais })).body).toMatchObject({ unchangedCount: 2 });
    await setDate(-2);
    expect((await assign(other, { uais: region.uais })).body.movedCount).toBe(4);
  });

  it('refuses to publish a plan whose establishments have gone to another platform meanwhile, and have windows still to come', async () => {
    standStillAt('2026-12-07T06:00:00+01:00');
    const region = await makeRegion(database, { establishmentCount: 3 });
    const plans = app.get(PlanService);
    const planId = await plans.createDraft(TESTER, draftOf(region, weekOf(region, 4)));
    const other = await newPlatform();
    await assign(other, { uais: [region.uais[1]] });
    const publish = () =>
      app.inject({ method: 'POST', url: `/v1/plans/${planId}/publish`, payload: { reason: 'late' } });
    const refused = await publish();
    expect(refused.json()).toMatchObject({
      status: 409,
      code: 'plan.establishments_moved',
      uais: [region.uais[1]],
    });
    expect(await database.query('select 1 from ledger_cell where platform_id = $1', [region.platformId])).toEqual([]);
    await assign(region.platformId, { uais: [region.uais[1]] });
    expect((await publish()).statusCode).toBeLessThan(300);
    // a plan that is published over it and rolled back when they have gone, after their last window
    const next = await plans.createDraft(
      TESTER,
      draftOf(region, weekOf(region, 4), { base: { epoch: 1, revision: 1 } }),
    );
    await plans.publish(TESTER, next, 'next');
    await database.query('update establishment set platform_id = $2 where uai = $1', [region.uais[1], other]);
    await expect(plans.rollback(TESTER, next, 'back')).rejects.toMatchObject({ code: 'plan.establishments_moved' });
    standStillAt('2026-12-14T06:00:00+01:00');
    await plans.rollback(TESTER, next, 'back');
  });

  it('leaves nobody on two platforms when two of them want the same schools at once', async () => {
    const { uais } = await looseRegion();
    const platforms = [await newPlatform(), await newPlatform(), await newPlatform()];
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => assign(platforms[i % 3]!, { uais: i % 2 ? uais : [...uais].reverse() })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
    const assignedCount = answers.reduce((sum, { body }) => sum + (body.assignedCount as number), 0);
    expect(assignedCount).toBe(uais.length);
    const counts = await Promise.all(platforms.map(async (id) => (await uaisOn(id)).length));
    expect(counts.sort()).toEqual([0, 0, uais.length]);
  });

  it.each<[number, string, object]>([
    [400, 'assignment.empty', {}],
    [400, 'assignment.empty', { territoryCodes: [], kinds: [] }],
    [400, 'directory.uai_check_letter', { uais: ['0590001A'] }],
    [400, 'directory.uai_malformed', { uais: ['059'] }],
    [422, 'assignment.uai_unknown', { uais: ['0010001W'] }],
    [404, 'territory.not_found', { territoryCodes: ['R99'] }],
    [400, 'request.invalid', { kinds: ['gymnasium'] }],
    [400, 'request.invalid', { territoryCodes: 'R32' }],
    [400, 'request.invalid', { colour: 'blue' }],
  ])('is refused with %i %s: %j', async (status, code, payload) => {
    expect(await assign(await newPlatform(), payload)).toMatchObject({ status, body: { code } });
  });

  it('is for platforms that there are, as is the filter of the list', async () => {
    expect(await assign(999_999, { kinds: ['college'] })).toMatchObject({
      status: 404,
      body: { code: 'platform.not_found' },
    });
    expect((await app.inject({ url: '/v1/establishments?platform=999999' })).statusCode).toBe(404);
    expect((await app.inject({ url: '/v1/establishments?platform=x' })).statusCode).toBe(400);
  });
});
