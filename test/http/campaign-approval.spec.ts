import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import type { TerritoryScope } from '../../src/access/actor';
import type { CampaignApprovalsDto } from '../../src/campaign/campaign-approval.dto';
import { PlanService } from '../../src/plan/plan.service';
import { cellAt, draftOf, makeRegion, TESTER, type Region } from '../plan-builder';
import { signedInAs, startTestApplication } from '../test-application';

interface Answer<T> {
  status: number;
  body: T;
}
type Refusal = { code: string } & Record<string, unknown>;

describe('the approval of a campaign by the authorities of its schools', () => {
  let app: NestFastifyApplication;
  let region: Region;
  let north: string;
  let south: string;
  beforeAll(async () => {
    app = await startTestApplication();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    const database = app.get(DataSource);
    region = await makeRegion(database);
    await database.query('update campaign set is_approval_needed = true where id = $1', [region.campaignId]);
    const rows = await database.query<{ code: string }[]>('select code from territory where id = any($1) order by id', [
      region.departmentIds,
    ]);
    [north, south] = rows.map(({ code }) => code) as [string, string];
  });

  const authority = (code: string, kinds = ['college'], level: TerritoryScope['level'] = 'territory') =>
    signedInAs(app, { role: 'authority', uais: [], territories: [{ code, level, kinds }] }, `${code} ${kinds.join()}`);
  const decide = async (headers: Record<string, string>, decision: string, reason = 'vu en commission') => {
    const response = await app.inject({
      method: 'PUT',
      url: `/v1/campaigns/${region.campaignId}/approval`,
      headers,
      payload: { decision, reason },
    });
    return { status: response.statusCode, body: response.json() } as Answer<CampaignApprovalsDto & Refusal>;
  };
  const read = async (): Promise<CampaignApprovalsDto> =>
    (await app.inject({ url: `/v1/campaigns/${region.campaignId}/approvals` })).json();
  const draft = (revision = 0): Promise<number> => {
    const windows = [{ establishment: 0, classIndex: 0, startCell: cellAt(0, 9) }];
    return app.get(PlanService).createDraft(TESTER, draftOf(region, windows, { base: { epoch: 1, revision } }));
  };
  const publish = async (planId: number, more: object = {}): Promise<Answer<Refusal>> => {
    const payload = { reason: 'rentrée', ...more };
    const response = await app.inject({ method: 'POST', url: `/v1/plans/${planId}/publish`, payload });
    return { status: response.statusCode, body: response.json() };
  };

  it('keeps its first plan from being published until all of them have approved', async () => {
    const planId = await draft();
    expect(await publish(planId)).toMatchObject({
      status: 409,
      body: { code: 'plan.approval_missing', waitingCount: 4, refusedCount: 0 },
    });
    expect((await decide(await authority(north), 'approve')).body).toMatchObject({
      isNeeded: true,
      isComplete: false,
      standing: [
        { departmentCode: north, kind: 'college', approvedCount: 2, refusedCount: 0, waitingCount: 0 },
        { departmentCode: south, kind: 'college', approvedCount: 0, refusedCount: 0, waitingCount: 2 },
      ],
    });
    await decide(await authority(south), 'refuse', 'trop tôt le matin');
    expect(await publish(planId)).toMatchObject({ status: 409, body: { waitingCount: 0, refusedCount: 2 } });
    const agreed = await decide(await authority(south), 'approve', 'corrigé');
    expect(agreed.body.isComplete).toBe(true);
    expect(agreed.body.decisions.map(({ decision, reason }) => [decision, reason])).toEqual([
      ['approve', 'corrigé'],
      ['approve', 'vu en commission'],
    ]);
    const published = await publish(planId);
    expect(published.status).toBe(200);
    // what is in force is approved no more; what replaces it needs nobody's word
    expect(await decide(await authority(south), 'refuse')).toMatchObject({
      status: 409,
      body: { code: 'campaign.approval_over', planId },
    });
    expect((await publish(await draft(published.body.revision as number))).status).toBe(200);
  });

  it('counts the last word where several answer for a school, and only for the kinds that each answers for', async () => {
    await decide(await authority(`${north.slice(0, -1).replace('D', 'A')}`, []), 'approve');
    expect((await read()).isComplete).toBe(true);
    await decide(await authority(north), 'refuse', 'pas chez nous');
    expect((await read()).standing.map(({ refusedCount }) => refusedCount)).toEqual([2, 0]);
    expect(await decide(await authority(north, ['lycee_gt']), 'approve')).toMatchObject({
      status: 409,
      body: { code: 'campaign.not_concerned' },
    });
  });

  it('is passed over with a reason only, which the audit trail keeps with what was missing', async () => {
    const planId = await draft();
    expect((await publish(planId, { isWithoutApprovals: true, reason: 'urgence sanitaire' })).status).toBe(200);
    const trail = await app.inject({ url: '/v1/audit?action=plan.publish&limit=1' });
    expect(trail.json<{ items: object[] }>().items[0]).toMatchObject({
      key: String(planId),
      reason: 'urgence sanitaire',
      after: {
        unapproved: [
          { departmentCode: north, waitingCount: 2 },
          { departmentCode: south, waitingCount: 2 },
        ],
      },
    });
  });

  it('is not asked for where the campaign does not say so, and given by nobody but authorities', async () => {
    await app
      .get(DataSource)
      .query('update campaign set is_approval_needed = false where id = $1', [region.campaignId]);
    expect((await publish(await draft())).status).toBe(200);
    for (const role of ['operator', 'auditor'] as const) {
      const headers = await signedInAs(app, { role, uais: [], territories: [] });
      expect((await decide(headers, 'approve')).status).toBe(403);
    }
    const headers = await authority(south);
    expect((await decide(headers, 'perhaps')).status).toBe(400);
    expect((await decide(headers, 'approve', '  ')).status).toBe(400);
  });
});
