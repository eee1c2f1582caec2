import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { AccountService } from '../../src/access/account.service';
import type { AuditEntryDto, AuditPageDto } from '../../src/audit/audit.dto';
import { PlanService } from '../../src/plan/plan.service';
import { type BookableRegion, publishedRegion, standStillAt } from '../booking-region';
import { cellAt, draftOf, TESTER } from '../plan-builder';
import { asOwner, signedInAs, startTestApplication } from '../test-application';

const file = join(__dirname, '../../openapi/openapi.json');
const contract = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { paths: {} }) as {
  paths: Record<string, Record<string, { operationId: string }>>;
};
const NOW = '2026-12-06T12:00:00+01:00';

/** What each operation that changes something leaves in the trail. */
const ACTION_OF: Record<string, string> = {
  makeKey: 'key.make',
  rotateKey: 'key.rotate',
  revokeKey: 'key.revoke',
  createDelegation: 'delegation.create',
  revokeDelegation: 'delegation.revoke',
  requestAllocation: 'job.request',
  requestSimulation: 'job.request',
  calibrate: 'calibration.make',
  makeWebhook: 'webhook.make',
  deleteWebhook: 'webhook.delete',
  setLadder: 'protection_ladder.set',
  approveLadder: 'protection_ladder.approve',
  simulateLadder: 'job.request',
  simulateProtectionStep: 'job.request',
  enforceProtectionStep: 'protection_step.enforce',
  approveProtectionStep: 'protection_step.approve',
  undoProtectionStep: 'protection_step.undo',
  approveCapacityNotice: 'regulation.add',
  makePostMortem: 'post_mortem.make',
  writePostMortem: 'post_mortem.write',
  cancelJob: 'job.cancel',
  importHolidays: 'holiday.import',
  createCalendarException: 'calendar_exception.create',
  deleteCalendarException: 'calendar_exception.delete',
  assignEstablishments: 'establishment.assign',
  setWindowLimit: 'establishment.limit_windows',
  importFile: 'import.run',
  importRoster: 'import.run',
  createPlatform: 'platform.create',
  addCapacityStep: 'capacity_step.add',
  deleteCapacityStep: 'capacity_step.delete',
  addRegulation: 'regulation.add',
  deleteRegulation: 'regulation.delete',
  stateBackground: 'background.replace',
  createCampaign: 'campaign.create',
  deleteCampaign: 'campaign.delete',
  decideCampaign: 'campaign.decide',
  replaceWishes: 'wish.replace',
  replaceEstablishmentWishes: 'wish.replace',
  setWishPeriod: 'wish_period.set',
  copyWishes: 'wish.copy',
  decideFixedWindow: 'fixed_window.decide',
  deleteDraft: 'plan.delete',
  publishPlan: 'plan.publish',
  rollBackPlan: 'plan.roll_back',
  openProposal: 'proposal.open',
  giveAnswer: 'answer.give',
  answerByLink: 'answer.give',
  createAnswerLinks: 'answer_link.create',
  revokeAnswerLink: 'answer_link.revoke',
  book: 'booking.move',
  undoBooking: 'booking.undo',
  confirmHold: 'booking.move',
  acceptSwap: 'booking.swap',
  promoteWaitingEntry: 'booking.move',
  proposeSwap: 'swap.propose',
  declineSwap: 'swap.decline',
  withdrawSwap: 'swap.withdraw',
  waitForRoom: 'waiting.join',
  leaveWaitingList: 'waiting.leave',
  setGatewaySettings: 'gateway_settings.set',
  rotateSigningKey: 'signing_key.rotate',
  rotatePassKey: 'pass_key.rotate',
  beginEpoch: 'epoch.begin',
  createClassFeed: 'feed.create',
  createEstablishmentFeed: 'feed.create',
  replaceClassFeed: 'feed.replace',
  replaceEstablishmentFeed: 'feed.replace',
  deleteClassFeed: 'feed.delete',
  deleteEstablishmentFeed: 'feed.delete',
};
/** Nothing that anybody would have to answer for: one's own session, room kept for minutes, a message read, what agents report. */
const NOT_AUDITED = [
  'endSession',
  'hold',
  'cancelHold',
  'acknowledgeNotices',
  'reportStatus',
  'reportCounts',
  'reportMeasurements',
];

describe('the audit trail', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: BookableRegion;
  beforeAll(async () => {
    standStillAt(NOW);
    app = await startTestApplication();
    database = app.get(DataSource);
    region = await publishedRegion(app, [{ establishment: 0, classIndex: 0, startCell: cellAt(0, 9) }]);
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  const send = async <T = unknown>(
    method: 'POST' | 'PUT' | 'DELETE' | 'GET',
    url: string,
    payload?: object,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: T }> => {
    const response = await app.inject({ method, url, ...(payload && { payload }), headers });
    return { status: response.statusCode, body: (response.body === '' ? undefined : response.json()) as T };
  };
  const trail = async (query = ''): Promise<AuditEntryDto[]> =>
    (await send<AuditPageDto>('GET', `/v1/audit${query}`)).body.items;
  const count = async (): Promise<number> =>
    (await database.query<[{ count: number }]>('select count(*) from audit_trail'))[0].count;

  it('names an action for every operation that changes something, or says why there is none', () => {
    const changing = Object.values(contract.paths).flatMap((methods) =>
      Object.entries(methods).flatMap(([method, { operationId }]) => (method === 'get' ? [] : [operationId])),
    );
    expect(changing.length).toBeGreaterThan(0);
    expect(changing.filter((id) => !(id in ACTION_OF) && !NOT_AUDITED.includes(id))).toEqual([]);
    expect([...Object.keys(ACTION_OF), ...NOT_AUDITED].filter((id) => !changing.includes(id))).toEqual([]);
  });

  it('tells who did what, when, on what, from which value to which, and why', async () => {
    const startsAt = '2027-01-04T00:00:00Z';
    const step = { startsAt, concurrentSessions: 900, loginsPerMinute: 90, reason: 'nouveaux serveurs' };
    const url = `/v1/platforms/${region.platformId}/capacity-steps`;
    const { status, body } = await send<{ id: number }>('POST', url, step);
    expect(status).toBe(201);
    expect((await send('DELETE', `${url}/${body.id}`)).status).toBeLessThan(300);
    const [deleted, added] = await trail(`?action=capacity_step&platformId=${region.platformId}`);
    expect(added).toMatchObject({
      action: 'capacity_step.add',
      key: String(body.id),
      role: 'operator',
      subject: expect.stringMatching(/^account:\d+$/) as string,
      before: null,
      after: { startsAt: '2027-01-04T00:00:00.000Z', concurrentSessions: 900, loginsPerMinute: 90 },
      reason: 'nouveaux serveurs',
    });
    expect(deleted).toMatchObject({ action: 'capacity_step.delete', before: { concurrentSessions: 900 }, after: null });
    expect(deleted!.recordedAt > added!.recordedAt).toBe(true);
  });

  it('holds bookings by their change log', async () => {
    const windowId = region.windowIds[0];
    const payload = { operation: 'move', windowId, startsAt: '2026-12-07T11:00:00+01:00', reason: 'sortie' };
    const headers = { 'idempotency-key': randomUUID(), 'if-match': '"1"' };
    const { status, body } = await send<{ id: string }>('POST', '/v1/bookings', payload, headers);
    expect(status).toBe(201);
    const [booked] = await trail('?action=booking.move');
    expect(booked).toMatchObject({ id: body.id, uai: region.uais[0], reason: 'sortie' });
    expect(booked).toMatchObject({ before: [{ startCell: cellAt(0, 9) }], after: [{ startCell: cellAt(0, 11) }] });
  });

  it('tells of keys without their secrets, of plans, of campaigns, of roles that were given', async () => {
    const key = await send<{ id: number; secret: string }>('POST', '/v1/keys', {
      name: 'écrans',
      scopes: ['windows'],
      days: 30,
    });
    expect(key.status).toBe(201);
    expect((await send('DELETE', `/v1/keys/${key.body.id}`)).status).toBe(204);
    const draft = await app.get(PlanService).createDraft(TESTER, draftOf(region, []));
    await app.get(PlanService).deleteDraft(TESTER, draft);
    const operator = { role: 'operator', subject: 'command line' } as const;
    await app
      .get(AccountService)
      .grant(operator, 'https://tests.invalid', 'somebody', { role: 'auditor', uais: [], territories: [] });
    const entries = await trail();
    const actions = entries.map(({ action }) => action);
    for (const action of ['key.make', 'key.revoke', 'plan.publish', 'plan.delete', 'account.grant']) {
      expect(actions).toContain(action);
    }
    expect(JSON.stringify(entries)).not.toContain(key.body.secret);
  });

  it('has no entry of what was refused', async () => {
    const before = await count();
    const exception = {
      territoryId: 2_000_000_000,
      firstOn: '2026-12-14',
      lastOn: '2026-12-14',
      openHalfDays: 0,
      reason: 'neige',
    };
    expect((await send('POST', '/v1/calendar/exceptions', exception)).status).toBe(404);
    expect(await count()).toBe(before);
  });

  it('is only added to: nobody changes, removes or empties it before its time', async () => {
    for (const statement of [
      `update audit_entry set subject = 'nobody'`,
      'delete from audit_entry',
      'truncate audit_entry',
    ]) {
      await expect(database.query(statement)).rejects.toThrow('permission denied');
      // what the rights do not reach, the triggers hold
      await expect(asOwner(app, statement)).rejects.toThrow('only added to');
    }
    const [{ removed }] = await database.query<[{ removed: number }]>('select remove_audit_entries(0) as removed');
    expect(removed).toBe(0);
  });

  it('is read by auditors and operators, and by nobody else', async () => {
    for (const [role, expected] of [
      ['auditor', 200],
      ['operator', 200],
      ['authority', 403],
      ['head', 403],
    ] as const) {
      const headers = await signedInAs(app, { role, uais: role === 'head' ? [region.uais[0]!] : [], territories: [] });
      expect([role, (await send('GET', '/v1/audit', undefined, headers)).status]).toEqual([role, expected]);
    }
  });

  it('comes in pages, without a gap, and as CSV in which nothing is a formula', async () => {
    const step = { startsAt: '2027-02-01T00:00:00Z', concurrentSessions: 900, loginsPerMinute: 90, reason: '=1+1' };
    await send('POST', `/v1/platforms/${region.platformId}/capacity-steps`, step);
    const all = await trail();
    const paged: AuditEntryDto[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: AuditPageDto = (await send<AuditPageDto>('GET', `/v1/audit?limit=2${query}`)).body;
      paged.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(paged).toEqual(all);
    const csv = await app.inject({ method: 'GET', url: '/v1/audit?format=csv' });
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.body.trimEnd().split('\r\n')).toHaveLength(all.length + 1);
    expect(csv.body).toContain("'=1+1");
    expect((await send('GET', '/v1/audit?cursor=nonsense')).status).toBe(400);
  });
});
