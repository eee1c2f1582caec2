import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { PlanService } from '../../src/plan/plan.service';
import { standStillAt } from '../booking-region';
import {
  cellAt,
  draftOf,
  makeCampaign,
  makeRegion,
  MONDAY_CELL,
  PROFILE,
  TESTER,
  weekOf,
  type Region,
} from '../plan-builder';
import { signedInAs, startTestApplication } from '../test-application';

interface Curve {
  stepCount: number;
  startsAt: string;
  territory: string | null;
  sessions: Record<string, number[] | null>;
  logins: Record<string, number[] | null>;
}

describe('plans by REST', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let plans: PlanService;
  let region: Region;
  let firstId: number;
  let secondId: number;
  beforeAll(async () => {
    standStillAt('2026-12-06T12:00:00+01:00');
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    plans = app.get(PlanService);
    region = await makeRegion(database, { establishmentCount: 6 });
    const windows = weekOf(region, 1);
    firstId = await plans.createDraft(TESTER, draftOf(region, windows, { reservedSessions: 10 }));
    const second = draftOf(
      region,
      [
        { ...windows[0]!, startCell: cellAt(0, 8) },
        ...windows.slice(1, -1),
        { establishment: 0, classIndex: 0, startCell: cellAt(0, 20), ordinal: 1 },
      ],
      { base: { epoch: 1, revision: 1 } },
    );
    second.unplaced = [0, 1, 2].map((classIndex) => ({
      establishmentId: region.establishmentIds[2]!,
      classId: classIndex === 2 ? null : region.classIds[2]![classIndex]!,
      audience: classIndex === 2 ? 'relatives' : 'pupils',
      localDay: Date.UTC(2026, 11, 9) / 86_400_000,
      ordinal: 0,
      reason: 'sessions_full',
      neededSessions: 12_500,
      neededLogins: 0,
    }));
    await publish(firstId);
    secondId = await plans.createDraft(TESTER, second);
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  const publish = (id: number, reason: unknown = 'agreed'): ReturnType<NestFastifyApplication['inject']> =>
    app.inject({ method: 'POST', url: `/v1/plans/${id}/publish`, payload: { reason } as object });
  const read = async <T>(url: string): Promise<T> => {
    const answer = await app.inject({ url });
    expect({ url, status: answer.statusCode, body: answer.statusCode < 300 || answer.body }).toEqual({
      url,
      status: 200,
      body: true,
    });
    return answer.json<T>();
  };

  it('are listed by campaign and state, in pages', async () => {
    const all = await read<{ items: { id: number }[] }>(`/v1/plans?campaign=${region.campaignId}`);
    expect(all.items.map(({ id }) => id)).toEqual([firstId, secondId]);
    const published = await read<{ items: { id: number }[] }>(
      `/v1/plans?campaign=${region.campaignId}&state=published`,
    );
    expect(published.items.map(({ id }) => id)).toEqual([firstId]);
    const page = await read<{ items: { id: number }[]; nextCursor: string }>(
      `/v1/plans?campaign=${region.campaignId}&limit=1`,
    );
    const next = await read<{ items: { id: number }[]; nextCursor: null }>(
      `/v1/plans?campaign=${region.campaignId}&limit=1&cursor=${page.nextCursor}`,
    );
    expect([...page.items, ...next.items].map(({ id }) => id)).toEqual([firstId, secondId]);
    expect(next.nextCursor).toBeNull();
  });

  it('are read with an ETag, and not sent again to who has them', async () => {
    const answer = await app.inject({ url: `/v1/plans/${firstId}` });
    expect(answer.json()).toMatchObject({
      id: firstId,
      campaignId: region.campaignId,
      platformId: region.platformId,
      state: 'published',
      baseEpoch: 1,
      baseRevision: 0,
      publishedEpoch: 1,
      publishedRevision: 1,
      windowCount: 6 * 5 * 4,
      unplacedCount: 0,
    });
    const again = await app.inject({
      url: `/v1/plans/${firstId}`,
      headers: { 'if-none-match': answer.headers.etag as string },
    });
    expect(again.statusCode).toBe(304);
  });

  it('have a certificate, and a list of what could not be placed', async () => {
    expect(await read(`/v1/plans/${firstId}/certificate`)).toMatchObject({
      windowCount: 120,
      violationCount: 0,
      revision: 1,
    });
    const page = await read<{ items: object[]; nextCursor: string }>(`/v1/plans/${secondId}/unplaced?limit=2`);
    expect(page.items[0]).toEqual({
      uai: region.uais[2],
      classId: region.classIds[2]![0],
      classCode: '6A',
      audience: 'pupils',
      date: '2026-12-09',
      reason: 'sessions_full',
      neededSessions: 12.5,
      neededLogins: 0,
      why: null,
    });
    const rest = await read<{ items: object[]; nextCursor: null }>(
      `/v1/plans/${secondId}/unplaced?limit=2&cursor=${page.nextCursor}`,
    );
    expect(rest).toMatchObject({
      items: [{ classId: null, classCode: null, audience: 'relatives' }],
      nextCursor: null,
    });
  });

  it('give the profiles that the load is computed from', async () => {
    expect(await read(`/v1/plans/${firstId}/load-parameters`)).toMatchObject({
      planId: firstId,
      cellSeconds: 300,
      profiles: [PROFILE],
    });
  });

  it('give the load curve per cell with all that the limit is made of', async () => {
    const curve = await read<Curve>(`/v1/plans/${firstId}/load`);
    expect(curve).toMatchObject({
      planId: firstId,
      territory: null,
      firstCell: MONDAY_CELL,
      startsAt: '2026-12-06T23:00:00Z',
      stepMinutes: 5,
      stepCount: 1440,
    });
    const sums = await database.query<{ sessions: number; logins: number }[]>(
      'select sum(sessions) / 1000.0 as sessions, sum(logins) / 1000.0 as logins from plan_load where plan_id = $1',
      [firstId],
    );
    const total = (list: number[] | null): number => list!.reduce((sum, value) => sum + value, 0);
    expect(total(curve.sessions.planned!)).toBeCloseTo(Number(sums[0]!.sessions), 3);
    expect(total(curve.logins.planned!)).toBeCloseTo(Number(sums[0]!.logins), 3);
    expect(curve.sessions.limit![700]).toBe(10_000 - 10);
    expect(curve.sessions).toMatchObject({
      capacity: expect.any(Array) as number[],
      reserved: expect.arrayContaining([10]) as number[],
    });
    expect(Object.values(curve.sessions).every((list) => list?.length === 1440)).toBe(true);
  });

  it('give it coarser as the largest load and the least limit, for one date or several', async () => {
    const fine = await read<Curve>(`/v1/plans/${firstId}/load?date=2026-12-08`);
    expect(fine).toMatchObject({ startsAt: '2026-12-07T23:00:00Z', stepCount: 288 });
    const coarse = await read<Curve>(`/v1/plans/${firstId}/load?date=2026-12-08&stepMinutes=60`);
    expect(coarse.stepCount).toBe(24);
    coarse.sessions.planned!.forEach((value, hour) => {
      expect(value).toBe(Math.max(...fine.sessions.planned!.slice(hour * 12, hour * 12 + 12)));
    });
    const days = await read<Curve>(`/v1/plans/${firstId}/load?from=2026-12-08&to=2026-12-09`);
    expect(days.stepCount).toBe(576);
    expect(days.logins.planned!.slice(0, 288)).toEqual(fine.logins.planned);
    const outside = await read<Curve>(`/v1/plans/${firstId}/load?date=2027-03-01`);
    expect(outside).toMatchObject({ stepCount: 0, sessions: { planned: [] } });
  });

  it('give the planned load of a department, an academy, a region', async () => {
    const [{ region: regionCode, academy, first, second }] = await database.query<[Record<string, string>]>(
      `select r.code as region, a.code as academy, d1.code as first, d2.code as second
         from territory d1 join territory a on a.id = d1.parent_id join territory r on r.id = a.parent_id, territory d2
        where d1.id = $1 and d2.id = $2`,
      region.departmentIds,
    );
    const of = (territory: string): Promise<Curve> => read<Curve>(`/v1/plans/${firstId}/load?territory=${territory}`);
    const [whole, one, two] = [await read<Curve>(`/v1/plans/${firstId}/load`), await of(first!), await of(second!)];
    expect(one.sessions.planned!.some((value) => value > 0)).toBe(true);
    whole.sessions.planned!.forEach((value, i) =>
      expect(one.sessions.planned![i]! + two.sessions.planned![i]!).toBeCloseTo(value, 3),
    );
    expect((await of(academy!)).sessions.planned).toEqual(whole.sessions.planned);
    expect(await of(regionCode!)).toMatchObject({
      territory: regionCode,
      sessions: { planned: whole.sessions.planned, limit: null, capacity: null },
    });
    expect((await app.inject({ url: `/v1/plans/${firstId}/load?territory=nowhere` })).statusCode).toBe(404);
  });

  it('give the peak of each establishment on a day, the same as its windows alone would make', async () => {
    type Load = { uai: string; peakSessions: number; peakLogins: number; peakAt: string };
    const url = `/v1/plans/${firstId}/load/establishments?date=2026-12-08`;
    const { items } = await read<{ items: Load[] }>(url);
    const windows = await database.query<{ uai: string; cell: number; headcount: number }[]>(
      `select e.uai, w.start_cell as cell, w.headcount from plan_window w join establishment e on e.id = w.establishment_id
        where w.plan_id = $1 and w.local_date = '2026-12-08'`,
      [firstId],
    );
    const sessions = new Map<string, Map<number, number>>();
    for (const { uai, cell, headcount } of windows)
      PROFILE.sessionsPerMille.forEach((share, k) => {
        const cells = sessions.get(uai) ?? new Map<number, number>();
        const load = Math.ceil((headcount * PROFILE.participationPerMille * share) / 1000);
        cells.set(cell + k - 1, (cells.get(cell + k - 1) ?? 0) + load);
        sessions.set(uai, cells);
      });
    expect(items.map(({ uai }) => uai)).toEqual([...sessions.keys()].toSorted());
    for (const { uai, peakSessions, peakAt } of items) {
      const cells = [...sessions.get(uai)!].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]);
      expect(peakSessions).toBeCloseTo(cells[0]![1] / 1000, 6);
      expect(Date.parse(peakAt) / 300_000).toBe(cells[0]![0]);
    }
    const page = await read<{ items: Load[]; nextCursor: string }>(`${url}&limit=1`);
    expect(page.items).toEqual(items.slice(0, 1));
    const rest = await read<{ items: Load[] }>(`${url}&cursor=${page.nextCursor}`);
    expect(rest.items).toEqual(items.slice(1));
    const headers = await signedInAs(app, { role: 'head', uais: [items[0]!.uai], territories: [] });
    expect((await app.inject({ url, headers })).json()).toEqual({ items: items.slice(0, 1), nextCursor: null });
    for (const [bad, status] of [
      [`/v1/plans/${firstId}/load/establishments`, 400],
      [`${url}&territory=nowhere`, 404],
      [`${url}&cursor=x`, 400],
      [url.replace(`/${firstId}/`, '/999999/'), 404],
    ] as const)
      expect([bad, (await app.inject({ url: bad })).statusCode]).toEqual([bad, status]);
  });

  it('show another curve as soon as it changes', async () => {
    const limitOf = async (): Promise<number> => (await read<Curve>(`/v1/plans/${firstId}/load`)).sessions.limit![700]!;
    const before = await limitOf();
    const campaignId = await makeCampaign(database, region.platformId);
    const other = await plans.createDraft(TESTER, draftOf(region, [], { campaignId, reservedSessions: 100 }));
    await plans.publish(TESTER, other, 'reserves only');
    expect(await limitOf()).toBe(before - 100);
  });

  it('are compared: what moved, who gains and who loses', async () => {
    const comparison = await read<Record<string, unknown>>(`/v1/plans/${secondId}/comparison?with=${firstId}`);
    expect(comparison).toMatchObject({
      planId: secondId,
      withPlanId: firstId,
      all: {
        windowCount: 121,
        movedCount: 1,
        addedCount: 1,
        removedCount: 1,
        gainingCount: 1,
        losingCount: 0,
        displacementMinutesAfter: expect.any(Number) as number,
      },
      byKind: [{ kind: 'college', windowCount: 121 }],
      byDepartment: [{ movedCount: 1 }, { movedCount: 0 }],
    });
    const { all } = comparison as { all: Record<string, number> };
    const { items } = await read<{ items: { uai: string }[] }>(
      `/v1/plans/${secondId}/comparison/windows?with=${firstId}`,
    );
    expect(all.changedEstablishmentCount).toBe(new Set(items.map(({ uai }) => uai)).size);
    expect(all.displacementMinutesChange).toBe(all.displacementMinutesAfter! - all.displacementMinutesBefore!);
    const [before] = await database.query<{ start: number }[]>(
      'select start_cell as start from plan_window where plan_id = $1 order by window_id limit 1',
      [firstId],
    );
    const page = await read<{ items: { change: string }[]; nextCursor: string }>(
      `/v1/plans/${secondId}/comparison/windows?with=${firstId}&limit=1`,
    );
    expect(page.items).toMatchObject([
      {
        change: 'moved',
        uai: region.uais[0],
        classCode: '6A',
        date: '2026-12-07',
        startsAt: '2026-12-07T08:00:00+01:00',
        displacementMinutesBefore: (before!.start - cellAt(0, 8)) * 5,
        displacementMinutesAfter: 0,
      },
    ]);
    const rest = await read<{ items: { change: string }[]; nextCursor: null }>(
      `/v1/plans/${secondId}/comparison/windows?with=${firstId}&limit=2&cursor=${page.nextCursor}`,
    );
    expect(rest.items.map(({ change }) => change)).toEqual(['removed', 'added']);
    expect(rest.nextCursor).toBeNull();
  });

  it('are compared by days as days: a window on another day is not thousands of minutes away', async () => {
    const campaignId = await makeCampaign(database, region.platformId);
    const windows = [8, 9].map((hour, classIndex) => ({
      establishment: 0,
      classIndex,
      startCell: cellAt(0, hour),
      wishCell: cellAt(0, 8),
    }));
    const draft = (): Promise<number> => plans.createDraft(TESTER, draftOf(region, windows, { campaignId }));
    const [before, after] = [await draft(), await draft()];
    await database.query(
      `update plan_window set start_cell = start_cell + 288, local_date = local_date + 1 where plan_id = $1 and start_cell = $2`,
      [after, cellAt(0, 9)],
    );
    const { all } = await read<{ all: object }>(`/v1/plans/${after}/comparison?with=${before}`);
    expect(all).toMatchObject({
      movedCount: 1,
      displacementMinutesBefore: 60,
      displacementMinutesAfter: 0,
      displacementMinutesChange: -60,
      otherDayCountBefore: 0,
      otherDayCountAfter: 1,
    });
    const { items } = await read<{ items: object[] }>(`/v1/plans/${after}/comparison/windows?with=${before}`);
    expect(items).toMatchObject([
      {
        displacementDaysBefore: 0,
        displacementMinutesBefore: 60,
        displacementDaysAfter: 1,
        displacementMinutesAfter: 60,
      },
    ]);
  });

  it('are compared within one campaign only', async () => {
    const campaignId = await makeCampaign(database, region.platformId);
    const other = await plans.createDraft(TESTER, draftOf(region, [], { campaignId }));
    for (const id of [other, firstId]) {
      const answer = await app.inject({ url: `/v1/plans/${firstId}/comparison?with=${id}` });
      expect(answer.json()).toMatchObject({ status: 422, code: 'plan.not_comparable' });
    }
    expect((await app.inject({ url: `/v1/plans/${firstId}/comparison` })).statusCode).toBe(400);
    expect((await app.inject({ url: `/v1/plans/${firstId}/comparison?with=2000000000` })).statusCode).toBe(404);
  });

  it('are proved against the ledger', async () => {
    expect(await read(`/v1/plans/${firstId}/proof`)).toMatchObject({
      platformId: region.platformId,
      isProved: true,
      differenceCount: 0,
      differences: [],
      overfullCellCount: 0,
    });
    expect((await app.inject({ url: `/v1/plans/${secondId}/proof` })).json()).toMatchObject({
      status: 409,
      code: 'plan.not_published',
    });
  });

  it('are published with a reason, superseded, rolled back; drafts are deleted', async () => {
    const campaignId = await makeCampaign(database, region.platformId);
    const draft = async (seed: number): Promise<number> => {
      const [base] = await database.query<[{ epoch: number; revision: number }]>(
        'select epoch, revision from platform_revision where platform_id = $1',
        [region.platformId],
      );
      return plans.createDraft(TESTER, draftOf(region, weekOf(region, seed), { campaignId, base }));
    };
    const stateOf = async (id: number): Promise<string> => (await read<{ state: string }>(`/v1/plans/${id}`)).state;
    const first = await draft(21);
    for (const reason of [null, '', '  ', 7, 'x'.repeat(501)]) {
      expect((await publish(first, reason)).statusCode).toBe(400);
    }
    const published = await publish(first, 'agreed');
    expect(published.statusCode).toBe(200);
    const { revision } = published.json<{ revision: number }>();
    const second = await draft(22);
    expect((await publish(second)).json()).toEqual({ epoch: 1, revision: revision + 1 });
    expect([await stateOf(first), await stateOf(second)]).toEqual(['superseded', 'published']);
    const rollback = await app.inject({
      method: 'POST',
      url: `/v1/plans/${second}/rollback`,
      payload: { reason: 'too late in the day' },
    });
    expect(rollback.json()).toEqual({ epoch: 1, revision: revision + 2 });
    expect([await stateOf(first), await stateOf(second)]).toEqual(['published', 'superseded']);
    expect((await publish(second)).json()).toMatchObject({ status: 409, code: 'plan.not_a_draft' });
    expect((await app.inject({ method: 'DELETE', url: `/v1/plans/${first}` })).statusCode).toBe(409);
    const third = await draft(23);
    expect((await app.inject({ method: 'DELETE', url: `/v1/plans/${third}` })).statusCode).toBe(204);
    expect((await app.inject({ url: `/v1/plans/${third}` })).statusCode).toBe(404);
  });

  it.each([
    '/v1/plans/0',
    '/v1/plans/x',
    '/v1/plans/99999999999',
    '/v1/plans/1.5/load',
    '/v1/plans?limit=0',
    '/v1/plans?limit=501',
    '/v1/plans?cursor=nonsense',
    '/v1/plans?cursor=WzEuNV0',
    '/v1/plans?state=lost',
    '/v1/plans?unknown=1',
    '/v1/plans?campaign=-1',
  ])('refuse %s', async (url) => {
    expect((await app.inject({ url })).statusCode).toBe(400);
  });

  it.each([
    'stepMinutes=7',
    'stepMinutes=0',
    'date=2026-13-01',
    'date=2026-02-30',
    'date=8.12.2026',
    'date=2026-12-08&from=2026-12-08',
    'from=2026-12-09&to=2026-12-08',
    'unknown=1',
  ])('refuse a load curve with %s', async (query) => {
    expect((await app.inject({ url: `/v1/plans/${firstId}/load?${query}` })).statusCode).toBe(400);
  });

  it.each(['', '/certificate', '/load', '/load-parameters', '/unplaced', '/windows', '/windows?format=csv', '/proof'])(
    'say that an unknown plan%s is not there',
    async (path) => {
      const answer = await app.inject({ url: `/v1/plans/2000000000${path}` });
      expect(answer.json()).toMatchObject({ status: 404, code: 'plan.not_found' });
    },
  );
});
