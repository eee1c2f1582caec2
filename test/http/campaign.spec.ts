import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { SmallRegion } from '../small-region';
import { startTestApplication } from '../test-application';

interface Problem {
  code: string;
  detail: string;
  [fact: string]: unknown;
}

describe('campaigns', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: SmallRegion;
  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    region = await SmallRegion.make(database);
  });
  afterAll(() => app.close());

  const send = (method: 'POST' | 'PUT', url: string, payload: object) =>
    app.inject({ method, url: `/v1${url}`, payload });
  const get = (url: string) => app.inject({ url: `/v1${url}` });
  const request = (fields: object = {}) => ({
    name: 'Semaine à distance',
    platformId: region.platformId,
    startsOn: '2026-11-30',
    endsOn: '2026-12-04',
    preset: 'remote-week-everybody',
    ...fields,
  });
  const create = async (fields: object = {}) => {
    const answer = await send('POST', '/campaigns', request(fields));
    expect(answer.json()).toHaveProperty('id');
    return answer.json<{ id: number }>().id;
  };

  it('are made from a preset and dates alone, and read back', async () => {
    const answer = await send('POST', '/campaigns', request());
    expect(answer.statusCode).toBe(201);
    const campaign = answer.json<{ id: number; rules: unknown[]; loadModel: { behaviours: unknown[] } }>();
    expect(campaign).toMatchObject({
      schoolYear: '2026-2027',
      keepsSameHours: false,
      levels: [],
      fixedWindowsPerMille: 50,
      catchUp: { from: '18:30', to: '21:00', missedPerMille: 150 },
      createdBy: 'account:1',
    });
    expect(campaign.rules).toHaveLength(6);
    expect(campaign.loadModel.behaviours).toHaveLength(14);
    const read = await get(`/campaigns/${campaign.id}`);
    expect(read.json()).toEqual(campaign);
    expect(read.headers.etag).toBeDefined();
  });

  it('take a load model of before, which says nothing of adherence: nine in ten', async () => {
    const before = {
      audience: 'pupils',
      levelGroup: 'college',
      activity: 'open',
      participationPerMille: 300,
      arrival: { shape: 'burst', perMille: [500, 500] },
      stayPerMille: null,
      logOutPerMille: 0,
      idleMinutes: 20,
    };
    const answer = await send('POST', '/campaigns', request({ loadModel: { behaviours: [before] } }));
    expect(answer.statusCode).toBe(201);
    const { behaviours } = answer.json<{ loadModel: { behaviours: object[] } }>().loadModel;
    expect(behaviours).toContainEqual({ ...before, adherencePerMille: 900 });
  });

  it('take rules, hours and behaviours of their own, and can be without catch-up', async () => {
    const behaviour = {
      audience: 'pupils',
      levelGroup: 'college',
      activity: 'open',
      participationPerMille: 300,
      adherencePerMille: 750,
      arrival: { shape: 'burst', perMille: [500, 500] },
      stayPerMille: null,
      logOutPerMille: 0,
      idleMinutes: 20,
    };
    const rule = {
      audience: 'pupils',
      levelGroups: ['college'],
      activity: 'open',
      windowMinutes: 30,
      windowsPerWeek: 3,
      hours: [{ weekdays: [5, 1], from: '08:00', to: '12:00' }],
    };
    const answer = await send(
      'POST',
      '/campaigns',
      request({ preset: undefined, catchUp: null, rules: [rule], loadModel: { behaviours: [behaviour] } }),
    );
    expect(answer.json()).toMatchObject({
      preset: null,
      catchUp: null,
      rules: [
        {
          ...rule,
          levels: [],
          windowsPerDay: null,
          windowsPerHalfDay: null,
          minimumGapMinutes: 0,
          hours: [{ weekdays: [1, 5] }],
        },
      ],
    });
    const { behaviours } = answer.json<{ loadModel: { behaviours: object[] } }>().loadModel;
    expect(behaviours).toContainEqual(behaviour);
    expect(behaviours).toHaveLength(14);
  });

  it.each<[number, string, object]>([
    [422, 'campaign.dates_reversed', { endsOn: '2026-11-29' }],
    [422, 'campaign.too_long', { startsOn: '2026-09-07', endsOn: '2026-12-04' }],
    [422, 'campaign.outside_school_year', { schoolYear: '2025-2026' }],
    [422, 'campaign.unknown_level', { levels: ['7E'] }],
    [422, 'campaign.unknown_kind', { establishmentKinds: ['gymnasium'] }],
    [422, 'campaign.unknown_territory', { territoryIds: [999_999] }],
    [422, 'campaign.no_rules', { preset: undefined }],
    [
      422,
      'campaign.load_model',
      {
        loadModel: {
          behaviours: [
            {
              audience: 'relatives',
              levelGroup: 'college',
              activity: 'open',
              participationPerMille: 1,
              adherencePerMille: 900,
              arrival: { shape: 'spread', earlyPerMille: 0, firstPerMille: 0 },
              stayPerMille: null,
              logOutPerMille: 0,
              idleMinutes: 0,
            },
          ],
        },
      },
    ],
    [
      422,
      'campaign.hours_too_short',
      {
        rules: [
          {
            audience: 'pupils',
            activity: 'live',
            windowMinutes: 60,
            windowsPerDay: 1,
            hours: [{ weekdays: [1], from: '08:00', to: '08:30' }],
          },
        ],
      },
    ],
    [404, 'platform.not_found', { platformId: 999_999 }],
    [400, 'request.invalid', { startsOn: '2026-02-30' }],
    [400, 'request.invalid', { preset: 'holidays' }],
    [400, 'request.invalid', { colour: 'blue' }],
    [400, 'request.invalid', { name: '' }],
    [400, 'request.invalid', { territoryIds: [99_999_999_999] }],
    [
      400,
      'request.invalid',
      { rules: [{ audience: 'cats', activity: 'live', windowMinutes: 60, windowsPerDay: 1, hours: [] }] },
    ],
    [
      400,
      'request.invalid',
      {
        rules: [
          {
            audience: 'pupils',
            activity: 'live',
            windowMinutes: 60,
            windowsPerDay: 1,
            hours: [{ weekdays: [1], from: '8 h', to: '10:00' }],
          },
        ],
      },
    ],
  ])('are refused with %i %s: %j', async (status, code, fields) => {
    const answer = await send('POST', '/campaigns', request(fields));
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json<Problem>()).toMatchObject({ status, code });
  });

  it('are listed from the newest, page by page, by platform', async () => {
    const other = await SmallRegion.make(database, 'other');
    const ids: number[] = [];
    for (let k = 0; k < 3; k++) ids.push(await create({ platformId: other.platformId }));
    const first = (await get(`/campaigns?platformId=${other.platformId}&limit=2`)).json<{
      items: { id: number }[];
      nextCursor: string;
    }>();
    expect(first.items.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    const rest = (await get(`/campaigns?platformId=${other.platformId}&limit=2&cursor=${first.nextCursor}`)).json<{
      items: { id: number }[];
      nextCursor: null;
    }>();
    expect(rest).toMatchObject({ items: [{ id: ids[0] }], nextCursor: null });
    expect((await get('/campaigns?cursor=x')).json<Problem>().code).toBe('page.cursor_invalid');
    expect((await get('/campaigns?limit=501')).statusCode).toBe(400);
  });

  it('offer presets that can be sent back as rules', async () => {
    const { items } = (await get('/campaigns/presets')).json<{
      items: { id: string; rules: object[]; catchUp: object; loadModel: object; levels: string[] }[];
    }>();
    expect(items.map(({ id }) => id)).toEqual(['remote-week-secondary', 'remote-week-everybody', 'work-pick-up']);
    for (const { rules, catchUp, loadModel, levels } of items) {
      const answer = await send(
        'POST',
        '/campaigns',
        request({ preset: undefined, rules, catchUp, loadModel, levels }),
      );
      expect(answer.statusCode).toBe(201);
      expect(answer.json()).toMatchObject({ rules, loadModel, levels });
    }
  });

  it('count who takes part', async () => {
    const own = await SmallRegion.make(database, 'counted');
    const school = await own.establishment({ kind: 'primaire' });
    const college = await own.establishment();
    await own.class(school, { levels: ['CP'], headcount: 20 });
    const division = await own.class(college, { headcount: 30 });
    await own.class(college, { from: [division], headcount: 10 });
    const id = await create({ platformId: own.platformId });
    expect((await get(`/campaigns/${id}/concerned`)).json()).toEqual({
      items: [
        { kind: 'college', establishmentCount: 1, classCount: 1, groupCount: 1, pupilCount: 30 },
        { kind: 'primaire', establishmentCount: 1, classCount: 1, groupCount: 0, pupilCount: 20 },
      ],
      establishmentCount: 2,
      classCount: 2,
      groupCount: 1,
      pupilCount: 50,
    });
    const secondary = await create({ platformId: own.platformId, preset: 'remote-week-secondary' });
    expect((await get(`/campaigns/${secondary}/concerned`)).json()).toMatchObject({ classCount: 1, pupilCount: 30 });
  });

  it('tell who would take part before they are made, by the same rule', async () => {
    const own = await SmallRegion.make(database, 'asked');
    const school = await own.establishment({ kind: 'primaire' });
    const college = await own.establishment();
    await own.class(school, { levels: ['CP'], headcount: 20 });
    await own.class(college, { headcount: 30 });
    const asked = async (more = '') =>
      (await get(`/campaigns/concerned?platformId=${own.platformId}&startsOn=2026-11-30${more}`)).json<object>();
    const id = await create({ platformId: own.platformId });
    expect(await asked()).toEqual((await get(`/campaigns/${id}/concerned`)).json());
    expect(await asked('&kind=primaire')).toMatchObject({ establishmentCount: 1, pupilCount: 20 });
    expect(await asked('&preset=remote-week-secondary')).toMatchObject({ establishmentCount: 1, pupilCount: 30 });
    expect(await asked('&kind=primaire&preset=remote-week-secondary')).toMatchObject({ items: [], pupilCount: 0 });
    expect((await get('/campaigns/concerned?platformId=2000000000&startsOn=2026-11-30')).statusCode).toBe(404);
    expect(
      (await get(`/campaigns/concerned?platformId=${own.platformId}&startsOn=2026-11-30&kind=crèche`)).statusCode,
    ).toBe(400);
  });

  it('are deleted with wishes and drafts as long as no plan of them was published', async () => {
    const id = await create();
    const classId = await region.class(await region.establishment());
    await send('PUT', `/campaigns/${id}/classes/${classId}/wishes`, {
      items: [{ kind: 'wished', weekday: 1, start: '09:00' }],
    });
    const [plan] = await database.query<{ id: number }[]>(
      `insert into plan (campaign_id, state, base_epoch, base_revision, seed, window_count, certificate, profiles, created_by, published_at, published_epoch, published_revision)
       values ($1, 'published', 1, 0, 1, 0, '{}', '[]', 'test', now(), 1, 1) returning id`,
      [id],
    );
    for (const step of ['create', 'attach']) await database.query(`select ${step}_plan_partition($1)`, [plan!.id]);
    const refused = await app.inject({ method: 'DELETE', url: `/v1/campaigns/${id}` });
    expect(refused.json<Problem>()).toMatchObject({ status: 409, code: 'campaign.published', planId: plan!.id });

    await database.query(
      `update plan set state = 'draft', published_at = null, published_epoch = null, published_revision = null where id = $1`,
      [plan!.id],
    );
    expect((await app.inject({ method: 'DELETE', url: `/v1/campaigns/${id}` })).statusCode).toBe(204);
    expect((await get(`/campaigns/${id}`)).json<Problem>()).toMatchObject({ status: 404, code: 'campaign.not_found' });
    const left = await database.query<{ name: string | null; wishes: number }[]>(
      `select to_regclass('plan_window_${plan!.id}')::text as name, (select count(*)::int from wish where campaign_id = ${id}) as wishes`,
    );
    expect(left).toEqual([{ name: null, wishes: 0 }]);
    expect((await app.inject({ method: 'DELETE', url: `/v1/campaigns/${id}` })).statusCode).toBe(404);
  });

  it('answer 400 to an id that is none', async () => {
    for (const id of ['x', '0', '99999999999']) expect((await get(`/campaigns/${id}`)).statusCode).toBe(400);
  });
});
