import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import type { ExpectedEffectDto, LadderDto } from '../../src/crisis/ladder.dto';
import type { ProtectionDto, ProtectionStepDto, ProtectionStepPageDto } from '../../src/crisis/protection-step.dto';
import { BundleBuilder } from '../../src/gateway/bundle-builder.service';
import { JobRunner } from '../../src/jobs/job-runner.service';
import { PlanService } from '../../src/plan/plan.service';
import { ProofService } from '../../src/plan/proof.service';
import { ProtectionStore } from '../../src/protection/protection.store';
import type { SimulationDto } from '../../src/simulation/simulation.dto';
import { type BookableRegion, publishedRegion, standStillAt } from '../booking-region';
import { cellAt, draftOf, TESTER } from '../plan-builder';
import { NOBODY, signedInAs, startTestApplication } from '../test-application';

const NOW = '2026-12-07T07:50:00+01:00';

describe('protection steps', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: BookableRegion;
  let second: Record<string, string>;
  let publishedId: number;
  /** Both departments of the platform. */
  let codes: string[];

  beforeAll(async () => {
    standStillAt(NOW);
    app = await startTestApplication();
    database = app.get(DataSource);
    region = await publishedRegion(app, [
      { establishment: 0, classIndex: 0, startCell: cellAt(0, 9) },
      { establishment: 1, classIndex: 0, startCell: cellAt(0, 10) },
    ]);
    publishedId = region.planId;
    codes = (
      await database.query<{ code: string }[]>('select code from territory where id = any($1) order by code', [
        region.departmentIds,
      ])
    ).map(({ code }) => code);
    const territories = codes.map((code) => ({ code, level: 'territory' as const, kinds: ['college'] }));
    second = await signedInAs(app, { role: 'authority', uais: [], territories }, 'second');
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  const standAt = (clock: string): unknown => jest.setSystemTime(new Date(`2026-12-07T${clock}:00+01:00`));
  const send = async <T>(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    payload?: object,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: T }> => {
    const url = `/v1/platforms/${region.platformId}/${path}`;
    const response = await app.inject({ method, url, ...(payload && { payload }), headers });
    return { status: response.statusCode, body: response.json<T>() };
  };
  const enforce = (body: object, headers: Record<string, string> = {}) =>
    send<ProtectionStepDto & { code?: string }>('POST', 'protection-steps', { reason: 'essai', ...body }, headers);
  const approve = (id: number, headers: Record<string, string>) =>
    send<ProtectionStepDto & { code?: string }>('POST', `protection-steps/${id}/approval`, undefined, headers);
  /** What is expected of the newest step, once its simulation is done. */
  const expectedOf = async (id: number): Promise<ExpectedEffectDto> => {
    for (;;) {
      const seen = (await send<ProtectionStepPageDto>('GET', 'protection-steps')).body.items[0]!;
      expect(seen.id).toBe(id);
      if (seen.expected !== null) return seen.expected;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const undo = (id: number) =>
    send<ProtectionStepDto & { code?: string }>('POST', `protection-steps/${id}/undo`, { reason: 'assez' });
  const at = (clock: string): string => `2026-12-07T${clock}:00+01:00`;
  const words = { fr: 'Revenez ce soir.', en: 'Come back tonight.' };
  const own = (measures: object, more: object = {}) => ({
    name: { fr: 'essai', en: 'trial' },
    scope: {},
    measures,
    words,
    endsAt: at('12:00'),
    ...more,
  });
  const activeNow = async (): Promise<number[]> =>
    (await send<ProtectionDto>('GET', 'protection', undefined, NOBODY)).body.steps.map(({ id }) => id);

  it('begin with a usual ladder, which becomes the platform’s own when somebody sets it and another person approves', async () => {
    const { body: usual } = await send<LadderDto>('GET', 'protection-ladder');
    expect(usual).toMatchObject({ changedBy: null, approvedBy: null });
    expect(usual.rungs.map(({ code }) => code)).toEqual(['idle', 'walk-in', 'relatives', 'live-only']);
    const { body: ladder } = await send<LadderDto>('PUT', 'protection-ladder', {
      rungs: usual.usualRungs,
      changedAt: null,
    });
    const its = { changedAt: ladder.changedAt };
    // what is approved is what was read, not what came meanwhile
    expect(
      (
        await send<{ code: string }>(
          'POST',
          'protection-ladder/approval',
          { changedAt: '2026-01-01T00:00:00Z' },
          second,
        )
      ).body.code,
    ).toBe('protection.ladder_changed');
    expect((await send('POST', 'protection-ladder/approval', {}, second)).status).toBe(400);
    expect((await send<{ code: string }>('POST', 'protection-ladder/approval', its)).body.code).toBe(
      'protection.second_person_needed',
    );
    const { body: approved } = await send<LadderDto>('POST', 'protection-ladder/approval', its, second);
    expect(approved.approvedBy).toMatch(/^account:\d+$/);
    expect((await send<{ code: string }>('POST', 'protection-ladder/approval', its, second)).body.code).toBe(
      'protection.already_approved',
    );
  });

  it('are put in force by one person where they are a rung of an approved ladder, end by themselves, and are undone in one action', async () => {
    const { status, body: step } = await enforce({ rung: 'relatives' });
    expect(status).toBe(201);
    expect(step).toMatchObject({
      state: 'in_force',
      isActive: true,
      isRegional: true,
      startsAt: new Date(NOW).toISOString(),
      arms: ['gateway_rule'],
      insiders: ['stay_until_pass_ends'],
    });
    expect(Date.parse(step.endsAt) - Date.parse(step.startsAt)).toBe(240 * 60_000);
    expect(await activeNow()).toEqual([step.id]);
    const { body: idle } = await enforce({ rung: 'idle', endsAt: at('08:00') });
    expect(await activeNow()).toEqual([step.id, idle.id]);
    standAt('08:00');
    expect(await activeNow()).toEqual([step.id]);
    expect((await undo(idle.id)).body.code).toBe('protection.step_over');
    expect((await undo(step.id)).body).toMatchObject({ state: 'undone', isActive: false, undoReason: 'assez' });
    expect(await activeNow()).toEqual([]);
    expect((await undo(step.id)).body.code).toBe('protection.step_over');
  });

  it('are a rung once at a time, also where several people press at once', async () => {
    const rung = { rung: 'walk-in', startsAt: at('10:00'), endsAt: at('11:00') };
    const answers = await Promise.all([1, 2, 3].map(() => enforce(rung)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const { body: step } = answers.find(({ status }) => status === 201)!;
    const refused = answers.filter(({ status }) => status === 409).map(({ body }) => body);
    for (const body of refused) expect(body).toMatchObject({ code: 'protection.rung_in_force', stepId: step.id });
    const { body: later } = await enforce({ rung: 'walk-in', startsAt: at('11:00'), endsAt: at('11:30') });
    for (const { id } of [step, later]) await undo(id);
  });

  it('begin within 92 days: a year that was mistyped is refused', async () => {
    const far = new Date(Date.now() + 93 * 86_400_000).toISOString();
    const answer = await enforce({ rung: 'idle', startsAt: far, minutes: 30 });
    expect(answer).toMatchObject({ status: 422, body: { code: 'protection.invalid' } });
  });

  it('let relatives come in the hours that they state, each day by the clock of the schools', async () => {
    const relativesHours = { from: '17:00', to: '22:00' };
    const { body: step } = await enforce(
      own(
        { defersRelatives: true, relativesHours },
        { scope: { territories: [codes[0]] }, endsAt: '2026-12-09T08:00:00+01:00' },
      ),
    );
    expect(step).toMatchObject({ state: 'in_force', measures: { relativesHours } });
    expect((await send<ProtectionDto>('GET', 'protection', undefined, NOBODY)).body.steps).toMatchObject([
      { relativesHours },
    ]);
    const [rule] = await app.get(ProtectionStore).rules(database.manager, region.platformId, new Date());
    const seconds = (day: number, clock: string) => Date.parse(`2026-12-0${day}T${clock}:00+01:00`) / 1000;
    expect(rule).toMatchObject({
      relativesWaitUntil: seconds(9, '08:00'),
      relativesHours: [7, 8].map((day) => ({
        zone: 'Europe/Paris',
        from: seconds(day, '17:00'),
        to: seconds(day, '22:00'),
      })),
    });
    await undo(step.id);
  });

  it('need two people where they are regional and no rung that was approved, or last longer than it says', async () => {
    for (const body of [own({ defersRelatives: true }), { rung: 'relatives', endsAt: at('18:00') }]) {
      const { body: proposed } = await enforce(body);
      expect(proposed).toMatchObject({ state: 'proposed', isActive: false });
      expect(await activeNow()).toEqual([]);
      expect((await approve(proposed.id, {})).body.code).toBe('protection.second_person_needed');
      const { body: approved } = await approve(proposed.id, second);
      expect(approved).toMatchObject({ state: 'in_force', isActive: true });
      expect((await approve(proposed.id, second)).body.code).toBe('protection.already_approved');
      expect((await undo(proposed.id)).status).toBe(200);
    }
    const local = await enforce(own({ defersRelatives: true }, { scope: { territories: [codes[0]] } }));
    expect(local.body).toMatchObject({ state: 'in_force', isRegional: false });
    await undo(local.body.id);
  });

  it('are regional where their departments have more than half of the schools', async () => {
    const [moved] = region.establishmentIds;
    const [home] = await database.query<{ id: number }[]>(
      'select department_id as id from establishment where id = $1',
      [moved],
    );
    const [third] = await database.query<{ id: number }[]>(
      `insert into territory (code, kind, name, parent_id) select code || '3', 'department', 'Oise', parent_id from territory where id = $1 returning id`,
      [region.departmentIds[0]],
    );
    await database.query('update establishment set department_id = $1 where id = $2', [third!.id, moved]);
    const two = await enforce(own({ defersRelatives: true }, { scope: { territories: codes.slice(0, 2) } }));
    expect(two.body).toMatchObject({ state: 'proposed', isRegional: true });
    const one = await enforce(own({ defersRelatives: true }, { scope: { territories: [codes[1]] } }));
    expect(one.body).toMatchObject({ state: 'in_force', isRegional: false });
    for (const { body } of [one, two]) await undo(body.id);
    await database.query('update establishment set department_id = $1 where id = $2', [home!.id, moved]);
  });

  it('are regional too when one person puts the same in force department by department', async () => {
    const of = (code: string | undefined, measures: object, more: object = {}) =>
      own(measures, { scope: { territories: [code] }, ...more });
    const { body: one } = await enforce(of(codes[0], { defersRelatives: true }));
    expect(one.state).toBe('in_force');
    const { body: other } = await enforce(of(codes[1], { defersRelatives: true, idleMinutes: 5 }));
    expect(other).toMatchObject({ state: 'proposed', isRegional: true });
    // of another sort, of a later time, or of another person it is a step of one department
    const { body: unlike } = await enforce(of(codes[1], { walkInPerMille: 500 }));
    const { body: later } = await enforce(
      of(codes[1], { defersRelatives: true }, { startsAt: at('12:00'), endsAt: at('13:00') }),
    );
    const { body: others } = await enforce(of(codes[1], { defersRelatives: true }), second);
    expect([unlike, later, others].map(({ state }) => state)).toEqual(['in_force', 'in_force', 'in_force']);
    expect((await approve(other.id, second)).body.state).toBe('in_force');
    for (const { id } of [one, other, unlike, later, others]) await undo(id);
  });

  it('are an authority’s where it answers for every department that they concern', async () => {
    const only = await signedInAs(
      app,
      { role: 'authority', uais: [], territories: [{ code: codes[0]!, level: 'territory', kinds: [] }] },
      'only',
    );
    const of = (territories: (string | undefined)[]) => own({ defersRelatives: true }, { scope: { territories } });
    const refused = { status: 409, body: { code: 'protection.not_concerned', departments: [codes[1]] } };
    for (const body of [of([]), of([codes[1]]), of(codes), { rung: 'relatives' }]) {
      expect(await enforce(body, only)).toMatchObject(refused);
    }
    const { body: mine } = await enforce(of([codes[0]]), only);
    expect(mine.state).toBe('in_force');
    const { body: proposed } = await enforce(of([]));
    expect(await approve(proposed.id, only)).toMatchObject(refused);
    const { body: theirs } = await enforce(of([codes[1]]));
    expect(await send('POST', `protection-steps/${theirs.id}/undo`, { reason: 'assez' }, only)).toMatchObject(refused);
    expect(
      (await send<ProtectionStepDto>('POST', `protection-steps/${mine.id}/undo`, { reason: 'assez' }, only)).body.state,
    ).toBe('undone');
    for (const { id } of [proposed, theirs]) await undo(id);
  });

  it('are as long as asked by the clock of the service: the minutes of an agreed rung need nobody else, more do', async () => {
    const { body: agreed } = await enforce({ rung: 'relatives', minutes: 240 });
    expect(agreed).toMatchObject({ state: 'in_force' });
    expect(Date.parse(agreed.endsAt) - Date.parse(agreed.startsAt)).toBe(240 * 60_000);
    const { body: longer } = await enforce({ rung: 'relatives', minutes: 241 });
    expect(longer).toMatchObject({ state: 'proposed' });
    expect((await enforce({ rung: 'relatives', minutes: 60, endsAt: at('12:00') })).body.code).toBe(
      'protection.invalid',
    );
    for (const { id } of [agreed, longer]) await undo(id);
  });

  it('break the glass for half an hour unless somebody else confirms', async () => {
    standAt('08:10');
    const { body: glass } = await enforce(own({ defersRelatives: true }, { isBreakGlass: true }));
    expect(glass).toMatchObject({ state: 'in_force', isBreakGlass: true, isActive: true });
    expect(glass.endsAt).toBe(new Date(at('08:40')).toISOString());
    const { body: kept } = await enforce(own({ walkInPerMille: 0 }, { isBreakGlass: true }));
    standAt('08:30');
    expect((await approve(kept.id, {})).body.code).toBe('protection.second_person_needed');
    expect((await approve(kept.id, second)).body.endsAt).toBe(new Date(at('12:00')).toISOString());
    standAt('08:40');
    expect(await activeNow()).toEqual([kept.id]);
    expect((await approve(glass.id, second)).body.code).toBe('protection.step_over');
    // nobody confirmed it: the same person does not break the next one, neither at its end nor beside it
    for (const measures of [{ defersRelatives: true }, { idleMinutes: 5 }]) {
      const again = await enforce(own(measures, { isBreakGlass: true }));
      expect([again.status, again.body.code]).toEqual([409, 'protection.glass_prolonged']);
    }
    const { body: others } = await enforce(own({ defersRelatives: true }, { isBreakGlass: true }), second);
    expect(others).toMatchObject({ state: 'in_force', isBreakGlass: true });
    for (const { id } of [kept, others]) await undo(id);
  });

  it('never leave a pupil without an admission all day, alone or together', async () => {
    const whole = own({ isLiveOnly: true }, { startsAt: at('08:40'), endsAt: '2026-12-08T00:00:00+01:00' });
    const refused = await enforce(whole);
    expect([refused.status, refused.body.code]).toEqual([409, 'protection.pupil_without_admission']);
    expect(refused.body).toMatchObject({
      classCount: 2,
      examples: [{ uai: region.uais[0], class: '6A', day: '2026-12-07' }, { uai: region.uais[1] }],
    });
    const [morning, later] = [
      own({ isLiveOnly: true }, { endsAt: at('09:15') }),
      own({ isLiveOnly: true }, { startsAt: at('09:15'), endsAt: at('20:00') }),
    ];
    const first = await enforce(morning);
    expect((await approve(first.body.id, second)).status).toBe(200);
    const both = await enforce(later);
    expect(both.body.code).toBe('protection.pupil_without_admission');
    // nor under a plan that comes into force later: whose window would lie in the time of live lessons alone
    const plans = app.get(PlanService);
    const draftAt = (hour: number, minute: number): Promise<number> => {
      const windows = [
        { establishment: 0, classIndex: 0, startCell: cellAt(0, 9) },
        { establishment: 1, classIndex: 0, startCell: cellAt(0, hour, minute) },
      ];
      return plans.createDraft(TESTER, draftOf(region, windows, { base: { epoch: 1, revision: 1 } }));
    };
    const early = await draftAt(8, 45);
    const publish = plans.publish(TESTER, early, 'essai');
    await expect(publish).rejects.toMatchObject({
      code: 'protection.pupil_without_admission',
      facts: { classCount: 1 },
    });
    const [{ state }] = await database.query<[{ state: string }]>('select state from plan where id = $1', [early]);
    expect(state).toBe('draft');
    const next = await draftAt(10, 0);
    await plans.publish(TESTER, next, 'essai');
    publishedId = next;
    await undo(first.body.id);
  });

  it('read no plan where no class is in doubt: walk-ins are left, or every window lies outside of live lessons alone', async () => {
    const read = jest.spyOn(app.get(BundleBuilder), 'contentBetween');
    try {
      const afternoon = { startsAt: at('14:00'), endsAt: at('18:00') };
      for (const measures of [{ walkInPerMille: 300 }, { isLiveOnly: true }]) {
        const { body: step } = await enforce(own(measures, { ...afternoon, scope: { territories: [codes[0]] } }));
        expect(step.state).toBe('in_force');
        await undo(step.id);
      }
      expect(read).not.toHaveBeenCalled();
    } finally {
      read.mockRestore();
    }
  });

  it('take no booking and no settings that would leave a pupil without an admission all day', async () => {
    const { body: step } = await enforce(
      own({ isLiveOnly: true }, { scope: { territories: [codes[0]] }, startsAt: at('09:30') }),
    );
    expect(step.state).toBe('in_force');
    const [first] = await database.query<[{ id: number }]>(
      'select window_id as id from plan_window where plan_id = $1 and class_id = $2',
      [publishedId, region.classIds[0]![0]],
    );
    const move = async (clock: string) => {
      const [{ revision }] = await database.query<[{ revision: number }]>(
        `select greatest(max(w.revision), max(p.published_revision)) as revision from plan_window w join plan p on p.id = w.plan_id
          where w.plan_id = $1 and w.window_id = $2`,
        [publishedId, first.id],
      );
      const response = await app.inject({
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
    expect(shut.body.examples).toEqual([{ uai: region.uais[0], class: '6A', day: '2026-12-07' }]);
    expect((await move('14:00')).status).toBe(201);
    const exam = {
      establishmentId: region.establishmentIds[0],
      classId: null,
      startsAt: at('10:00'),
      endsAt: at('11:00'),
      reason: 'exam',
    };
    const settings = (await send<object>('GET', 'gateway-settings')).body;
    const set = (its: object) => send<{ code?: string }>('PUT', 'gateway-settings', { ...settings, ...its });
    // who has an exam meanwhile may have the window at any hour, and then the exam stays
    expect((await set({ exemptions: [exam] })).status).toBe(200);
    expect((await move('11:30')).status).toBe(201);
    const without = await set({});
    expect([without.status, without.body.code]).toEqual([409, 'protection.pupil_without_admission']);
    expect((await send<{ exemptions: object[] }>('GET', 'gateway-settings')).body.exemptions).toHaveLength(1);
    await undo(step.id);
    expect((await set({})).status).toBe(200);
    expect((await move('10:30')).status).toBe(201);
  });

  it('answer for what they add: whom the steps in force shut out already is no reason against another', async () => {
    const [{ id }] = await database.query<[{ id: number }]>(
      `insert into protection_step (platform_id, name, scope, measures, arms, words, starts_at, asked_ends_at, ends_at, reason, state, is_regional, is_break_glass, proposed_by)
       select platform_id, name, scope, measures || '{"isLiveOnly": true, "defersRelatives": false}', arms, words, $2, $3, $3, reason, 'in_force', false, false, 'somebody'
         from protection_step where platform_id = $1 and scope ->> 'territories' = $4 limit 1 returning id`,
      [region.platformId, at('08:00'), '2026-12-08T00:00:00+01:00', JSON.stringify([codes[0]])],
    );
    const local = { scope: { territories: [codes[1]] } };
    for (const measures of [{ idleMinutes: 5 }, { walkInPerMille: 500 }, { isLiveOnly: true }]) {
      const { body: step } = await enforce(own(measures, { ...local, startsAt: at('11:00') }));
      expect(step.state).toBe('in_force');
      await undo(step.id);
    }
    const refused = await enforce(own({ isLiveOnly: true }, { ...local, endsAt: '2026-12-08T00:00:00+01:00' }));
    expect(refused.body).toMatchObject({
      code: 'protection.pupil_without_admission',
      classCount: 1,
      examples: [{ uai: region.uais[1] }],
    });
    await undo(id);
  });

  it('cut the capacity by a regulation that goes with them, and ask for the least change of the plan', async () => {
    const { body: proposed } = await enforce(own({ capacityPerMille: 800 }));
    const { body: step } = await approve(proposed.id, second);
    const url = `/v1/platforms/${region.platformId}/regulations`;
    const { items } = (await app.inject({ url })).json<{ items: { id: number; sessionsPerMille: number }[] }>();
    expect(items).toEqual([expect.objectContaining({ id: step.regulationId, sessionsPerMille: 800 })]);
    const [job] = await database.query<[{ parameters: object }]>(
      `select parameters from job_run where kind = 'allocation'`,
    );
    expect(job.parameters).toMatchObject({ mode: 'replan' });
    const replansOf = async (stepId: number) =>
      (await send<ProtectionStepPageDto>('GET', 'protection-steps?limit=100')).body.items.find(
        (its) => its.id === stepId,
      )!.replans;
    const queued = {
      campaignId: region.campaignId,
      state: 'queued',
      jobId: expect.any(Number) as number,
      planId: null,
      errorCode: null,
    };
    expect([proposed.replans, step.replans, await replansOf(step.id)]).toEqual([[], [queued], [queued]]);
    const firstJob = step.replans[0]!.jobId;
    await undo(step.id);
    expect(await replansOf(step.id)).toEqual([{ ...queued, jobId: null }]);
    // another step asks meanwhile: the one replan that comes after is that of both
    const { body: other } = await approve((await enforce(own({ capacityPerMille: 900 }))).body.id, second);
    expect(other.replans).toEqual([{ ...queued, jobId: null }]);
    // the first replan has not ended, and may have read the cut: another one comes after it
    const replans = () =>
      database.query<{ state: string; isFollowed: boolean }[]>(
        `select state, followed_by is not null as "isFollowed" from job_run where kind = 'allocation' order by id`,
      );
    expect(await replans()).toEqual([{ state: 'queued', isFollowed: true }]);
    const [{ id }] = await database.query<[{ id: number }]>(`select id from job_run where kind = 'allocation'`);
    await app.inject({ method: 'POST', url: `/v1/jobs/${id}/cancel` });
    expect(await replans()).toEqual([
      { state: 'cancelled', isFollowed: true },
      { state: 'queued', isFollowed: false },
    ]);
    const [last] = await replansOf(step.id);
    expect([await replansOf(other.id), last!.jobId === firstJob]).toEqual([[last], false]);
    expect(last).toEqual(queued);
    const ends = (state: string, planId: number | null, code: string | null) =>
      database.query('update job_run set state = $2, plan_id = $3, error = $4 where id = $1', [
        last!.jobId,
        state,
        planId,
        code && JSON.stringify({ code, message: '', facts: {} }),
      ]);
    await ends('failed', null, 'allocation.plan_refused');
    expect(await replansOf(other.id)).toEqual([{ ...last, state: 'failed', errorCode: 'allocation.plan_refused' }]);
    const draftId = await app.get(PlanService).createDraft(TESTER, draftOf(region, []));
    await ends('done', draftId, null);
    expect(await replansOf(other.id)).toEqual([{ ...last, state: 'draft', planId: draftId }]);
    await ends('done', publishedId, null);
    expect(await replansOf(step.id)).toEqual([{ ...last, state: 'published', planId: publishedId }]);
    await ends('queued', null, null);
    await undo(other.id);
    expect((await app.inject({ url })).json<{ items: object[] }>().items).toEqual([]);
  });

  it('keep the regulation by which they cut the capacity, and are taken back also where it is gone', async () => {
    const { body: proposed } = await enforce(own({ capacityPerMille: 900 }));
    const { body: step } = await approve(proposed.id, second);
    const url = `/v1/platforms/${region.platformId}/regulations/${step.regulationId}`;
    const refused = await app.inject({ method: 'DELETE', url });
    expect([refused.statusCode, refused.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'capacity.regulation_of_step', stepId: step.id }),
    ]);
    await database.query('update protection_step set regulation_id = null where id = $1', [step.id]);
    const { statusCode } = await app.inject({ method: 'DELETE', url });
    await database.query('update protection_step set regulation_id = $2 where id = $1', [step.id, step.regulationId]);
    expect([statusCode, (await undo(step.id)).status]).toEqual([200, 200]);
  });

  it('have a reason that says something', async () => {
    expect((await enforce({ ...own({ idleMinutes: 5 }), reason: '  ' })).status).toBe(400);
    const { body: step } = await enforce(own({ idleMinutes: 5 }, { scope: { territories: [codes[0]] } }));
    expect((await send('POST', `protection-steps/${step.id}/undo`, { reason: ' ' })).status).toBe(400);
    expect((await undo(step.id)).status).toBe(200);
  });

  it('refuse what makes no sense', async () => {
    const codes = [];
    for (const body of [
      { rung: 'none' },
      own({ featuresOff: ['nothing'] }),
      own({ capacityPerMille: 500 }, { scope: { levels: ['6E'] } }),
      own({}, { scope: { territories: ['nowhere'] } }),
      own({}, { endsAt: at('08:00') }),
      own({}, { endsAt: '2026-12-20T08:00:00+01:00' }),
      own({ defersRelatives: true }, { endsAt: '2026-12-09T08:00:00+01:00' }),
      own({ defersRelatives: true, relativesHours: { from: '22:00', to: '17:00' } }),
      { endsAt: at('12:00') },
    ]) {
      codes.push((await enforce(body)).body.code);
    }
    expect(codes).toEqual(['protection.rung_unknown', ...Array<string>(8).fill('protection.invalid')]);
  });

  it('stand in the list, in the trail, and among the numbered changes without a gap', async () => {
    const { items } = (await send<ProtectionStepPageDto>('GET', 'protection-steps?limit=100')).body;
    expect(items.length).toBeGreaterThan(6);
    expect(items.every(({ isActive }) => !isActive)).toBe(true);
    const trail = (
      await app.inject({ url: `/v1/audit?action=protection_step&platformId=${region.platformId}&limit=200` })
    ).json<{ items: { action: string; reason: string | null }[] }>();
    const actions = new Set(trail.items.map(({ action }) => action));
    expect([...actions].sort()).toEqual([
      'protection_step.approve',
      'protection_step.enforce',
      'protection_step.propose',
      'protection_step.undo',
    ]);
    expect((await app.get(ProofService).prove(TESTER, publishedId)).windowDifferences).toEqual([]);
  });

  it('are simulated as a ladder: each rung beside the day without it', async () => {
    await app.get(JobRunner).start();
    const { status, body } = await send<{ simulationId: number }>('POST', 'protection-ladder/simulation', {
      startsAt: at('08:45'),
    });
    expect(status).toBe(202);
    let ladder: LadderDto;
    do {
      await new Promise((resolve) => setTimeout(resolve, 50));
      ladder = (await send<LadderDto>('GET', 'protection-ladder')).body;
    } while (ladder.rungs[0]!.expected === null);
    expect(ladder.simulationId).toBe(body.simulationId);
    const [idle] = ladder.rungs;
    expect(idle!.expected!.peakSessionsBefore).toBeGreaterThan(0);
    expect(idle!.expected!.peakSessions).toBeLessThanOrEqual(idle!.expected!.peakSessionsBefore);
    expect(ladder.rungs.every(({ expected }) => expected !== null)).toBe(true);
  });

  const setPosture = async (posture: string): Promise<void> => {
    const settings = (await send<object>('GET', 'gateway-settings')).body;
    expect((await send('PUT', 'gateway-settings', { ...settings, posture })).status).toBe(200);
  };

  it('hold nobody back in the simulation either where gateways only advise', async () => {
    const { name, words: its, endsAt, scope, measures } = own({ isLiveOnly: true }, { endsAt: at('09:30') });
    const { body } = await send<{ simulationId: number }>('POST', 'protection-steps/simulation', {
      scope,
      measures,
      startsAt: at('08:45'),
      endsAt,
    });
    const { body: step } = await enforce({
      name,
      words: its,
      scope,
      measures,
      startsAt: at('08:45'),
      endsAt,
      simulationId: body.simulationId,
    });
    const expected = await expectedOf(step.id);
    expect(expected.refusedCount).toBe(expected.refusedCountBefore);
    await undo(step.id);
  });

  it('of one’s own are simulated before anybody puts them in force, and the second person reads what is expected', async () => {
    await setPosture('enforced');
    const { name, words: its, endsAt, scope, measures } = own({ isLiveOnly: true }, { endsAt: at('09:30') });
    const { status, body } = await send<{ simulationId: number }>('POST', 'protection-steps/simulation', {
      scope,
      measures,
      startsAt: at('08:45'),
      endsAt,
    });
    expect(status).toBe(202);
    const { body: step } = await enforce({
      name,
      words: its,
      scope,
      measures,
      startsAt: at('08:45'),
      endsAt,
      simulationId: body.simulationId,
    });
    expect(step).toMatchObject({ state: 'proposed', simulationId: body.simulationId });
    const expected = await expectedOf(step.id);
    expect(expected.hasWaitingRoom).toBe(false);
    // the window at nine is open, not live: whoever would come in it is told to come back
    expect(expected.refusedCount).toBeGreaterThan(expected.refusedCountBefore);
    await undo(step.id);
    expect((await send('POST', 'protection-steps/simulation', { scope, measures })).status).toBe(422);
  });

  it('make people wait instead of refusing them where an agent has a waiting room, and what is expected says so', async () => {
    await setPosture('enforced');
    const key = (
      await app.inject({
        method: 'POST',
        url: '/v1/keys',
        payload: { name: 'passerelle', scopes: ['gateway'], platformId: region.platformId },
      })
    ).json<{ secret: string }>();
    const room = { isOpen: true, isAway: false, pupils: 0, unknown: 0, relatives: 0, held: 0, called: 0 };
    const status = { agent: 'proxy-1', version: '1', state: 'running', sentAt: new Date().toISOString(), room };
    const told = await app.inject({
      method: 'POST',
      url: '/v1/gateways/status',
      payload: status,
      headers: { authorization: `Bearer ${key.secret}` },
    });
    expect(told.statusCode).toBe(200);
    const { name, words: its, endsAt, scope, measures } = own({ isLiveOnly: true }, { endsAt: at('09:45') });
    const { body } = await send<{ simulationId: number }>('POST', 'protection-steps/simulation', {
      scope,
      measures,
      startsAt: at('08:45'),
      endsAt,
    });
    const { body: step } = await enforce({
      name,
      words: its,
      scope,
      measures,
      startsAt: at('08:45'),
      endsAt,
      simulationId: body.simulationId,
    });
    const expected = await expectedOf(step.id);
    expect(expected.hasWaitingRoom).toBe(true);
    // whoever would come at nine waits until a quarter to ten, and is no refusal
    expect(expected.refusedCount).toBe(expected.refusedCountBefore);
    expect(expected.peakWaitingCount).toBeGreaterThan(expected.peakWaitingCountBefore);
    expect(expected.meanWaitSeconds).toBeGreaterThan(expected.meanWaitSecondsBefore);
    const { variants } = (await app.inject({ url: `/v1/simulations/${body.simulationId}` })).json<SimulationDto>();
    expect(expected).toMatchObject({
      peakWaitingCount: Math.max(...variants![1]!.curves.waiting),
      gaveUpCount: variants![1]!.gaveUpCount,
    });
    await undo(step.id);
  });
});
