import type { LadderDto } from '../../src/crisis/ladder.dto';
import { BundleBuilder } from '../../src/gateway/bundle-builder.service';
import { JobRunner } from '../../src/jobs/job-runner.service';
import { PlanService } from '../../src/plan/plan.service';
import { ProofService } from '../../src/plan/proof.service';
import type { SimulationDto } from '../../src/simulation/simulation.dto';
import { cellAt, draftOf, TESTER } from '../plan-builder';
import { ProtectedPlatform, at, own, standAt } from './protected-platform';

describe('protection steps', () => {
  let platform: ProtectedPlatform;
  beforeAll(async () => {
    platform = await ProtectedPlatform.start();
    await platform.setUsualLadder();
    standAt('08:40');
  });
  afterAll(() => platform.stop());

  it('never leave a pupil without an admission all day, alone or together', async () => {
    const whole = own({ isLiveOnly: true }, { startsAt: at('08:40'), endsAt: '2026-12-08T00:00:00+01:00' });
    const refused = await platform.enforce(whole);
    expect([refused.status, refused.body.code]).toEqual([409, 'protection.pupil_without_admission']);
    expect(refused.body).toMatchObject({
      classCount: 2,
      examples: [{ uai: platform.region.uais[0], class: '6A', day: '2026-12-07' }, { uai: platform.region.uais[1] }],
    });
    const [morning, later] = [
      own({ isLiveOnly: true }, { endsAt: at('09:15') }),
      own({ isLiveOnly: true }, { startsAt: at('09:15'), endsAt: at('20:00') }),
    ];
    const first = await platform.enforce(morning);
    expect((await platform.approve(first.body.id, platform.second)).status).toBe(200);
    const both = await platform.enforce(later);
    expect(both.body.code).toBe('protection.pupil_without_admission');
    // nor under a plan that comes into force later: whose window would lie in the time of live lessons alone
    const plans = platform.app.get(PlanService);
    const draftAt = (hour: number, minute: number): Promise<number> => {
      const windows = [
        { establishment: 0, classIndex: 0, startCell: cellAt(0, 9) },
        { establishment: 1, classIndex: 0, startCell: cellAt(0, hour, minute) },
      ];
      return plans.createDraft(TESTER, draftOf(platform.region, windows, { base: { epoch: 1, revision: 1 } }));
    };
    const early = await draftAt(8, 45);
    const publish = plans.publish(TESTER, early, 'essai');
    await expect(publish).rejects.toMatchObject({
      code: 'protection.pupil_without_admission',
      facts: { classCount: 1 },
    });
    const [{ state }] = await platform.database.query<[{ state: string }]>('select state from plan where id = $1', [
      early,
    ]);
    expect(state).toBe('draft');
    const next = await draftAt(10, 0);
    await plans.publish(TESTER, next, 'essai');
    platform.publishedId = next;
    await platform.undo(first.body.id);
  });

  it('read no plan where no class is in doubt: walk-ins are left, or every window lies outside of live lessons alone', async () => {
    const read = jest.spyOn(platform.app.get(BundleBuilder), 'contentBetween');
    try {
      const afternoon = { startsAt: at('14:00'), endsAt: at('18:00') };
      for (const measures of [{ walkInPerMille: 300 }, { isLiveOnly: true }]) {
        const { body: step } = await platform.enforce(
          own(measures, { ...afternoon, scope: { territories: [platform.codes[0]] } }),
        );
        expect(step.state).toBe('in_force');
        await platform.undo(step.id);
      }
      expect(read).not.toHaveBeenCalled();
    } finally {
      read.mockRestore();
    }
  });

  it('take no booking and no settings that would leave a pupil without an admission all day', async () => {
    const { body: step } = await platform.enforce(
      own({ isLiveOnly: true }, { scope: { territories: [platform.codes[0]] }, startsAt: at('09:30') }),
    );
    expect(step.state).toBe('in_force');
    const [first] = await platform.database.query<[{ id: number }]>(
      'select window_id as id from plan_window where plan_id = $1 and class_id = $2',
      [platform.publishedId, platform.region.classIds[0]![0]],
    );
    const move = async (clock: string) => {
      const [{ revision }] = await platform.database.query<[{ revision: number }]>(
        `select greatest(max(w.revision), max(p.published_revision)) as revision from plan_window w join plan p on p.id = w.plan_id
          where w.plan_id = $1 and w.window_id = $2`,
        [platform.publishedId, first.id],
      );
      const response = await platform.app.inject({
        method: 'POST',
        url: '/v1/bookings',
        payload: { operation: 'move', windowId: first.id, startsAt: at(clock) },
        headers: { 'idempotency-key': `move-${clock}-${revision}`, 'if-match': `"${revision}"` },
      });
      return { status: response.statusCode, body: response.json<{ code?: string; examples?: object[] }>() };
    };
    // from nine, before the step, into it
    const shut = await move('11:00');
    expect([shut.status, shut.body.code]).toEqual([409, 'protection.pupil_without_admission']);
    expect(shut.body.examples).toEqual([{ uai: platform.region.uais[0], class: '6A', day: '2026-12-07' }]);
    expect((await move('14:00')).status).toBe(201);
    const exam = {
      establishmentId: platform.region.establishmentIds[0],
      classId: null,
      startsAt: at('10:00'),
      endsAt: at('11:00'),
      reason: 'exam',
    };
    const settings = (await platform.send<object>('GET', 'gateway-settings')).body;
    const set = (its: object) => platform.send<{ code?: string }>('PUT', 'gateway-settings', { ...settings, ...its });
    // who has an exam meanwhile may have the window at any hour, and then the exam stays
    expect((await set({ exemptions: [exam] })).status).toBe(200);
    expect((await move('11:30')).status).toBe(201);
    const without = await set({});
    expect([without.status, without.body.code]).toEqual([409, 'protection.pupil_without_admission']);
    expect((await platform.send<{ exemptions: object[] }>('GET', 'gateway-settings')).body.exemptions).toHaveLength(1);
    await platform.undo(step.id);
    expect((await set({})).status).toBe(200);
    expect((await move('10:30')).status).toBe(201);
  });

  it('answer for what they add: whom the steps in force shut out already is no reason against another', async () => {
    const [{ id }] = await platform.database.query<[{ id: number }]>(
      `insert into protection_step (platform_id, name, scope, measures, arms, words, starts_at, asked_ends_at, ends_at, reason, state, is_regional, is_break_glass, proposed_by)
       select platform_id, name, scope, measures || '{"isLiveOnly": true, "defersRelatives": false}', arms, words, $2, $3, $3, reason, 'in_force', false, false, 'somebody'
         from protection_step where platform_id = $1 and scope ->> 'territories' = $4 limit 1 returning id`,
      [platform.region.platformId, at('08:00'), '2026-12-08T00:00:00+01:00', JSON.stringify([platform.codes[0]])],
    );
    const local = { scope: { territories: [platform.codes[1]] } };
    for (const measures of [{ idleMinutes: 5 }, { walkInPerMille: 500 }, { isLiveOnly: true }]) {
      const { body: step } = await platform.enforce(own(measures, { ...local, startsAt: at('11:00') }));
      expect(step.state).toBe('in_force');
      await platform.undo(step.id);
    }
    const refused = await platform.enforce(
      own({ isLiveOnly: true }, { ...local, endsAt: '2026-12-08T00:00:00+01:00' }),
    );
    expect(refused.body).toMatchObject({
      code: 'protection.pupil_without_admission',
      classCount: 1,
      examples: [{ uai: platform.region.uais[1] }],
    });
    await platform.undo(id);
  });

  it('cut the capacity by a regulation that goes with them, and ask for the least change of the plan', async () => {
    const { body: proposed } = await platform.enforce(own({ capacityPerMille: 800 }));
    const { body: step } = await platform.approve(proposed.id, platform.second);
    const url = `/v1/platforms/${platform.region.platformId}/regulations`;
    const { items } = (await platform.app.inject({ url })).json<{
      items: { id: number; sessionsPerMille: number }[];
    }>();
    expect(items).toEqual([expect.objectContaining({ id: step.regulationId, sessionsPerMille: 800 })]);
    const [job] = await platform.database.query<[{ parameters: object }]>(
      `select parameters from job_run where kind = 'allocation'`,
    );
    expect(job.parameters).toMatchObject({ mode: 'replan' });
    const replansOf = async (stepId: number) => (await platform.steps()).find((its) => its.id === stepId)!.replans;
    const queued = {
      campaignId: platform.region.campaignId,
      state: 'queued',
      jobId: expect.any(Number) as number,
      planId: null,
      errorCode: null,
    };
    expect([proposed.replans, step.replans, await replansOf(step.id)]).toEqual([[], [queued], [queued]]);
    const firstJob = step.replans[0]!.jobId;
    await platform.undo(step.id);
    expect(await replansOf(step.id)).toEqual([{ ...queued, jobId: null }]);
    // another step asks meanwhile: the one replan that comes after is that of both
    const { body: other } = await platform.approve(
      (await platform.enforce(own({ capacityPerMille: 900 }))).body.id,
      platform.second,
    );
    expect(other.replans).toEqual([{ ...queued, jobId: null }]);
    // the first replan has not ended, and may have read the cut: another one comes after it
    const replans = () =>
      platform.database.query<{ state: string; isFollowed: boolean }[]>(
        `select state, followed_by is not null as "isFollowed" from job_run where kind = 'allocation' order by id`,
      );
    expect(await replans()).toEqual([{ state: 'queued', isFollowed: true }]);
    const [{ id }] = await platform.database.query<[{ id: number }]>(
      `select id from job_run where kind = 'allocation'`,
    );
    await platform.app.inject({ method: 'POST', url: `/v1/jobs/${id}/cancel` });
    expect(await replans()).toEqual([
      { state: 'cancelled', isFollowed: true },
      { state: 'queued', isFollowed: false },
    ]);
    const [last] = await replansOf(step.id);
    expect([await replansOf(other.id), last!.jobId === firstJob]).toEqual([[last], false]);
    expect(last).toEqual(queued);
    const ends = (state: string, planId: number | null, code: string | null) =>
      platform.database.query('update job_run set state = $2, plan_id = $3, error = $4 where id = $1', [
        last!.jobId,
        state,
        planId,
        code && JSON.stringify({ code, message: '', facts: {} }),
      ]);
    await ends('failed', null, 'allocation.plan_refused');
    expect(await replansOf(other.id)).toEqual([{ ...last, state: 'failed', errorCode: 'allocation.plan_refused' }]);
    const draftId = await platform.app.get(PlanService).createDraft(TESTER, draftOf(platform.region, []));
    await ends('done', draftId, null);
    expect(await replansOf(other.id)).toEqual([{ ...last, state: 'draft', planId: draftId }]);
    await ends('done', platform.publishedId, null);
    expect(await replansOf(step.id)).toEqual([{ ...last, state: 'published', planId: platform.publishedId }]);
    await ends('queued', null, null);
    await platform.undo(other.id);
    expect((await platform.app.inject({ url })).json<{ items: object[] }>().items).toEqual([]);
  });

  it('keep the regulation by which they cut the capacity, and are taken back also where it is gone', async () => {
    const { body: proposed } = await platform.enforce(own({ capacityPerMille: 900 }));
    const { body: step } = await platform.approve(proposed.id, platform.second);
    const url = `/v1/platforms/${platform.region.platformId}/regulations/${step.regulationId}`;
    const refused = await platform.app.inject({ method: 'DELETE', url });
    expect([refused.statusCode, refused.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'capacity.regulation_of_step', stepId: step.id }),
    ]);
    await platform.database.query('update protection_step set regulation_id = null where id = $1', [step.id]);
    const { statusCode } = await platform.app.inject({ method: 'DELETE', url });
    await platform.database.query('update protection_step set regulation_id = $2 where id = $1', [
      step.id,
      step.regulationId,
    ]);
    expect([statusCode, (await platform.undo(step.id)).status]).toEqual([200, 200]);
  });

  it('stand in the list, in the trail, and among the numbered changes without a gap', async () => {
    const items = await platform.steps();
    expect(items.length).toBeGreaterThan(6);
    expect(items.every(({ isActive }) => !isActive)).toBe(true);
    const trail = (
      await platform.app.inject({
        url: `/v1/audit?action=protection_step&platformId=${platform.region.platformId}&limit=200`,
      })
    ).json<{ items: { action: string; reason: string | null }[] }>();
    const actions = new Set(trail.items.map(({ action }) => action));
    expect([...actions].sort()).toEqual([
      'protection_step.approve',
      'protection_step.enforce',
      'protection_step.propose',
      'protection_step.undo',
    ]);
    expect((await platform.app.get(ProofService).prove(TESTER, platform.publishedId)).windowDifferences).toEqual([]);
  });

  it('are simulated as a ladder: each rung beside the day without it', async () => {
    await platform.app.get(JobRunner).start();
    const { status, body } = await platform.send<{ simulationId: number }>('POST', 'protection-ladder/simulation', {
      startsAt: at('08:45'),
    });
    expect(status).toBe(202);
    let ladder: LadderDto;
    do {
      await new Promise((resolve) => setTimeout(resolve, 50));
      ladder = (await platform.send<LadderDto>('GET', 'protection-ladder')).body;
    } while (ladder.rungs[0]!.expected === null);
    expect(ladder.simulationId).toBe(body.simulationId);
    const [idle] = ladder.rungs;
    expect(idle!.expected!.peakSessionsBefore).toBeGreaterThan(0);
    expect(idle!.expected!.peakSessions).toBeLessThanOrEqual(idle!.expected!.peakSessionsBefore);
    expect(ladder.rungs.every(({ expected }) => expected !== null)).toBe(true);
  });

  it('hold nobody back in the simulation either where gateways only advise', async () => {
    const { step } = await platform.proposeLiveOnly(at('09:30'));
    const expected = await platform.expectedOf(step.id);
    expect(expected.refusedCount).toBe(expected.refusedCountBefore);
    await platform.undo(step.id);
  });

  it('of one’s own are simulated before anybody puts them in force, and the second person reads what is expected', async () => {
    await platform.setPosture('enforced');
    const { step, simulationId } = await platform.proposeLiveOnly(at('09:30'));
    expect(step).toMatchObject({ state: 'proposed', simulationId });
    const expected = await platform.expectedOf(step.id);
    expect(expected.hasWaitingRoom).toBe(false);
    // the window at nine is open, not live: whoever would come in it is told to come back
    expect(expected.refusedCount).toBeGreaterThan(expected.refusedCountBefore);
    await platform.undo(step.id);
    const { scope, measures } = own({ isLiveOnly: true });
    expect((await platform.send('POST', 'protection-steps/simulation', { scope, measures })).status).toBe(422);
  });

  it('make people wait instead of refusing them where an agent has a waiting room, and what is expected says so', async () => {
    await platform.setPosture('enforced');
    const key = (
      await platform.app.inject({
        method: 'POST',
        url: '/v1/keys',
        payload: { name: 'passerelle', scopes: ['gateway'], platformId: platform.region.platformId },
      })
    ).json<{ secret: string }>();
    const room = { isOpen: true, isAway: false, pupils: 0, unknown: 0, relatives: 0, held: 0, called: 0 };
    const status = { agent: 'proxy-1', version: '1', state: 'running', sentAt: new Date().toISOString(), room };
    const told = await platform.app.inject({
      method: 'POST',
      url: '/v1/gateways/status',
      payload: status,
      headers: { authorization: `Bearer ${key.secret}` },
    });
    expect(told.statusCode).toBe(200);
    const { step, simulationId } = await platform.proposeLiveOnly(at('09:45'));
    const expected = await platform.expectedOf(step.id);
    expect(expected.hasWaitingRoom).toBe(true);
    // whoever would come at nine waits until a quarter to ten, and is no refusal
    expect(expected.refusedCount).toBe(expected.refusedCountBefore);
    expect(expected.peakWaitingCount).toBeGreaterThan(expected.peakWaitingCountBefore);
    expect(expected.meanWaitSeconds).toBeGreaterThan(expected.meanWaitSecondsBefore);
    const { variants } = (await platform.app.inject({ url: `/v1/simulations/${simulationId}` })).json<SimulationDto>();
    expect(expected).toMatchObject({
      peakWaitingCount: Math.max(...variants![1]!.curves.waiting),
      gaveUpCount: variants![1]!.gaveUpCount,
    });
    await platform.undo(step.id);
  });
});
