import { cellAt, draftOf, makeCampaign, TESTER, weekOf } from '../plan-builder';
import { TwoPlans } from './two-plans';

describe('plans by REST', () => {
  let test: TwoPlans;
  beforeAll(async () => {
    test = await TwoPlans.start();
  });
  afterAll(() => test.stop());

  it('are listed by campaign and state, in pages', async () => {
    const list = (more = '') =>
      test.read<{ items: { id: number }[]; nextCursor: string | null }>(
        `/v1/plans?campaign=${test.region.campaignId}${more}`,
      );
    expect((await list()).items.map(({ id }) => id)).toEqual([test.firstId, test.secondId]);
    expect((await list('&state=published')).items.map(({ id }) => id)).toEqual([test.firstId]);
    const page = await list('&limit=1');
    const next = await list(`&limit=1&cursor=${page.nextCursor}`);
    expect([...page.items, ...next.items].map(({ id }) => id)).toEqual([test.firstId, test.secondId]);
    expect(next.nextCursor).toBeNull();
  });

  it('are read with an ETag, and not sent again to who has them', async () => {
    const answer = await test.app.inject({ url: `/v1/plans/${test.firstId}` });
    expect(answer.json()).toMatchObject({
      id: test.firstId,
      campaignId: test.region.campaignId,
      platformId: test.region.platformId,
      state: 'published',
      baseEpoch: 1,
      baseRevision: 0,
      publishedEpoch: 1,
      publishedRevision: 1,
      windowCount: 6 * 5 * 4,
      unplacedCount: 0,
    });
    const again = await test.app.inject({
      url: `/v1/plans/${test.firstId}`,
      headers: { 'if-none-match': answer.headers.etag as string },
    });
    expect(again.statusCode).toBe(304);
  });

  it('have a certificate, and a list of what could not be placed', async () => {
    expect(await test.read(`/v1/plans/${test.firstId}/certificate`)).toMatchObject({
      windowCount: 120,
      violationCount: 0,
      revision: 1,
    });
    const page = await test.read<{ items: object[]; nextCursor: string }>(
      `/v1/plans/${test.secondId}/unplaced?limit=2`,
    );
    expect(page.items[0]).toEqual({
      uai: test.region.uais[2],
      classId: test.region.classIds[2]![0],
      classCode: '6A',
      audience: 'pupils',
      date: '2026-12-09',
      reason: 'sessions_full',
      neededSessions: 12.5,
      neededLogins: 0,
      why: null,
    });
    const rest = await test.read<{ items: object[]; nextCursor: null }>(
      `/v1/plans/${test.secondId}/unplaced?limit=2&cursor=${page.nextCursor}`,
    );
    expect(rest).toMatchObject({
      items: [{ classId: null, classCode: null, audience: 'relatives' }],
      nextCursor: null,
    });
  });

  it('are compared: what moved, who gains and who loses', async () => {
    const comparison = await test.read<Record<string, unknown>>(
      `/v1/plans/${test.secondId}/comparison?with=${test.firstId}`,
    );
    expect(comparison).toMatchObject({
      planId: test.secondId,
      withPlanId: test.firstId,
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
    const { items } = await test.comparedWindows(test.secondId, test.firstId);
    expect(all.changedEstablishmentCount).toBe(new Set(items.map(({ uai }) => uai)).size);
    expect(all.displacementMinutesChange).toBe(all.displacementMinutesAfter! - all.displacementMinutesBefore!);
    const [before] = await test.database.query<{ start: number }[]>(
      'select start_cell as start from plan_window where plan_id = $1 order by window_id limit 1',
      [test.firstId],
    );
    const page = await test.comparedWindows(test.secondId, test.firstId, '&limit=1');
    expect(page.items).toMatchObject([
      {
        change: 'moved',
        uai: test.region.uais[0],
        classCode: '6A',
        date: '2026-12-07',
        startsAt: '2026-12-07T08:00:00+01:00',
        displacementMinutesBefore: (before!.start - cellAt(0, 8)) * 5,
        displacementMinutesAfter: 0,
      },
    ]);
    const rest = await test.comparedWindows(test.secondId, test.firstId, `&limit=2&cursor=${page.nextCursor}`);
    expect(rest.items.map(({ change }) => change)).toEqual(['removed', 'added']);
    expect(rest.nextCursor).toBeNull();
  });

  it('are compared by days as days: a window on another day is not thousands of minutes away', async () => {
    const campaignId = await makeCampaign(test.database, test.region.platformId);
    const windows = [8, 9].map((hour, classIndex) => ({
      establishment: 0,
      classIndex,
      startCell: cellAt(0, hour),
      wishCell: cellAt(0, 8),
    }));
    const draft = (): Promise<number> => test.plans.createDraft(TESTER, draftOf(test.region, windows, { campaignId }));
    const [before, after] = [await draft(), await draft()];
    await test.database.query(
      `update plan_window set start_cell = start_cell + 288, local_date = local_date + 1 where plan_id = $1 and start_cell = $2`,
      [after, cellAt(0, 9)],
    );
    const { all } = await test.read<{ all: object }>(`/v1/plans/${after}/comparison?with=${before}`);
    expect(all).toMatchObject({
      movedCount: 1,
      displacementMinutesBefore: 60,
      displacementMinutesAfter: 0,
      displacementMinutesChange: -60,
      otherDayCountBefore: 0,
      otherDayCountAfter: 1,
    });
    const { items } = await test.comparedWindows(after, before);
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
    const campaignId = await makeCampaign(test.database, test.region.platformId);
    const other = await test.plans.createDraft(TESTER, draftOf(test.region, [], { campaignId }));
    for (const id of [other, test.firstId]) {
      const answer = await test.app.inject({ url: `/v1/plans/${test.firstId}/comparison?with=${id}` });
      expect(answer.json()).toMatchObject({ status: 422, code: 'plan.not_comparable' });
    }
    expect(await test.statusOf(`/v1/plans/${test.firstId}/comparison`)).toBe(400);
    expect(await test.statusOf(`/v1/plans/${test.firstId}/comparison?with=2000000000`)).toBe(404);
  });

  it('are proved against the ledger', async () => {
    expect(await test.read(`/v1/plans/${test.firstId}/proof`)).toMatchObject({
      platformId: test.region.platformId,
      isProved: true,
      differenceCount: 0,
      differences: [],
      overfullCellCount: 0,
    });
    expect((await test.app.inject({ url: `/v1/plans/${test.secondId}/proof` })).json()).toMatchObject({
      status: 409,
      code: 'plan.not_published',
    });
  });

  it('are published with a reason, superseded, rolled back; drafts are deleted', async () => {
    const campaignId = await makeCampaign(test.database, test.region.platformId);
    const draft = async (seed: number): Promise<number> => {
      const [base] = await test.database.query<[{ epoch: number; revision: number }]>(
        'select epoch, revision from platform_revision where platform_id = $1',
        [test.region.platformId],
      );
      return test.plans.createDraft(TESTER, draftOf(test.region, weekOf(test.region, seed), { campaignId, base }));
    };
    const stateOf = async (id: number): Promise<string> =>
      (await test.read<{ state: string }>(`/v1/plans/${id}`)).state;
    const first = await draft(21);
    for (const reason of [null, '', '  ', 7, 'x'.repeat(501)]) {
      expect((await test.publish(first, reason)).statusCode).toBe(400);
    }
    const published = await test.publish(first, 'agreed');
    expect(published.statusCode).toBe(200);
    const { revision } = published.json<{ revision: number }>();
    const second = await draft(22);
    expect((await test.publish(second)).json()).toEqual({ epoch: 1, revision: revision + 1 });
    expect([await stateOf(first), await stateOf(second)]).toEqual(['superseded', 'published']);
    const rollback = await test.app.inject({
      method: 'POST',
      url: `/v1/plans/${second}/rollback`,
      payload: { reason: 'too late in the day' },
    });
    expect(rollback.json()).toEqual({ epoch: 1, revision: revision + 2 });
    expect([await stateOf(first), await stateOf(second)]).toEqual(['published', 'superseded']);
    expect((await test.publish(second)).json()).toMatchObject({ status: 409, code: 'plan.not_a_draft' });
    expect((await test.app.inject({ method: 'DELETE', url: `/v1/plans/${first}` })).statusCode).toBe(409);
    const third = await draft(23);
    expect((await test.app.inject({ method: 'DELETE', url: `/v1/plans/${third}` })).statusCode).toBe(204);
    expect(await test.statusOf(`/v1/plans/${third}`)).toBe(404);
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
    expect(await test.statusOf(url)).toBe(400);
  });

  it.each(['', '/certificate', '/load', '/load-parameters', '/unplaced', '/windows', '/windows?format=csv', '/proof'])(
    'say that an unknown plan%s is not there',
    async (path) => {
      const answer = await test.app.inject({ url: `/v1/plans/2000000000${path}` });
      expect(answer.json()).toMatchObject({ status: 404, code: 'plan.not_found' });
    },
  );
});
