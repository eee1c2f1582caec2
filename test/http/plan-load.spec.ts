import { draftOf, makeCampaign, MONDAY_CELL, PROFILE, TESTER } from '../plan-builder';
import { signedInAs } from '../test-application';
import { TwoPlans } from './two-plans';

interface Curve {
  stepCount: number;
  startsAt: string;
  territory: string | null;
  sessions: Record<string, number[] | null>;
  logins: Record<string, number[] | null>;
}

describe('plans by REST', () => {
  let test: TwoPlans;
  beforeAll(async () => {
    test = await TwoPlans.start();
  });
  afterAll(() => test.stop());

  it('give the profiles that the load is computed from', async () => {
    expect(await test.read(`/v1/plans/${test.firstId}/load-parameters`)).toMatchObject({
      planId: test.firstId,
      cellSeconds: 300,
      profiles: [PROFILE],
    });
  });

  it('give the load curve per cell with all that the limit is made of', async () => {
    const curve = await test.read<Curve>(`/v1/plans/${test.firstId}/load`);
    expect(curve).toMatchObject({
      planId: test.firstId,
      territory: null,
      firstCell: MONDAY_CELL,
      startsAt: '2026-12-06T23:00:00Z',
      stepMinutes: 5,
      stepCount: 1440,
    });
    const sums = await test.database.query<{ sessions: number; logins: number }[]>(
      'select sum(sessions) / 1000.0 as sessions, sum(logins) / 1000.0 as logins from plan_load where plan_id = $1',
      [test.firstId],
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
    const fine = await test.read<Curve>(`/v1/plans/${test.firstId}/load?date=2026-12-08`);
    expect(fine).toMatchObject({ startsAt: '2026-12-07T23:00:00Z', stepCount: 288 });
    const coarse = await test.read<Curve>(`/v1/plans/${test.firstId}/load?date=2026-12-08&stepMinutes=60`);
    expect(coarse.stepCount).toBe(24);
    coarse.sessions.planned!.forEach((value, hour) => {
      expect(value).toBe(Math.max(...fine.sessions.planned!.slice(hour * 12, hour * 12 + 12)));
    });
    const days = await test.read<Curve>(`/v1/plans/${test.firstId}/load?from=2026-12-08&to=2026-12-09`);
    expect(days.stepCount).toBe(576);
    expect(days.logins.planned!.slice(0, 288)).toEqual(fine.logins.planned);
    const outside = await test.read<Curve>(`/v1/plans/${test.firstId}/load?date=2027-03-01`);
    expect(outside).toMatchObject({ stepCount: 0, sessions: { planned: [] } });
  });

  it('give the planned load of a department, an academy, a region', async () => {
    const [{ region: regionCode, academy, first, second }] = await test.database.query<[Record<string, string>]>(
      `select r.code as region, a.code as academy, d1.code as first, d2.code as second
         from territory d1 join territory a on a.id = d1.parent_id join territory r on r.id = a.parent_id, territory d2
        where d1.id = $1 and d2.id = $2`,
      test.region.departmentIds,
    );
    const of = (territory: string): Promise<Curve> =>
      test.read<Curve>(`/v1/plans/${test.firstId}/load?territory=${territory}`);
    const [whole, one, two] = [
      await test.read<Curve>(`/v1/plans/${test.firstId}/load`),
      await of(first!),
      await of(second!),
    ];
    expect(one.sessions.planned!.some((value) => value > 0)).toBe(true);
    whole.sessions.planned!.forEach((value, i) =>
      expect(one.sessions.planned![i]! + two.sessions.planned![i]!).toBeCloseTo(value, 3),
    );
    expect((await of(academy!)).sessions.planned).toEqual(whole.sessions.planned);
    expect(await of(regionCode!)).toMatchObject({
      territory: regionCode,
      sessions: { planned: whole.sessions.planned, limit: null, capacity: null },
    });
    expect(await test.statusOf(`/v1/plans/${test.firstId}/load?territory=nowhere`)).toBe(404);
  });

  it('give the peak of each establishment on a day, the same as its windows alone would make', async () => {
    type Load = { uai: string; peakSessions: number; peakLogins: number; peakAt: string };
    const url = `/v1/plans/${test.firstId}/load/establishments?date=2026-12-08`;
    const { items } = await test.read<{ items: Load[] }>(url);
    const windows = await test.database.query<{ uai: string; cell: number; headcount: number }[]>(
      `select e.uai, w.start_cell as cell, w.headcount from plan_window w join establishment e on e.id = w.establishment_id
        where w.plan_id = $1 and w.local_date = '2026-12-08'`,
      [test.firstId],
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
    const page = await test.read<{ items: Load[]; nextCursor: string }>(`${url}&limit=1`);
    expect(page.items).toEqual(items.slice(0, 1));
    const rest = await test.read<{ items: Load[] }>(`${url}&cursor=${page.nextCursor}`);
    expect(rest.items).toEqual(items.slice(1));
    const headers = await signedInAs(test.app, { role: 'head', uais: [items[0]!.uai], territories: [] });
    expect((await test.app.inject({ url, headers })).json()).toEqual({ items: items.slice(0, 1), nextCursor: null });
    for (const [bad, status] of [
      [`/v1/plans/${test.firstId}/load/establishments`, 400],
      [`${url}&territory=nowhere`, 404],
      [`${url}&cursor=x`, 400],
      [url.replace(`/${test.firstId}/`, '/999999/'), 404],
    ] as const)
      expect([bad, await test.statusOf(bad)]).toEqual([bad, status]);
  });

  it('show another curve as soon as it changes', async () => {
    const limitOf = async (): Promise<number> =>
      (await test.read<Curve>(`/v1/plans/${test.firstId}/load`)).sessions.limit![700]!;
    const before = await limitOf();
    const campaignId = await makeCampaign(test.database, test.region.platformId);
    const other = await test.plans.createDraft(TESTER, draftOf(test.region, [], { campaignId, reservedSessions: 100 }));
    await test.plans.publish(TESTER, other, 'reserves only');
    expect(await limitOf()).toBe(before - 100);
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
    expect(await test.statusOf(`/v1/plans/${test.firstId}/load?${query}`)).toBe(400);
  });
});
