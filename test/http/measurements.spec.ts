import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import type { LadderDto } from '../../src/crisis/ladder.dto';
import type { ApprovedCapacityDto, MeasuredDayDto, ProtectionProposalDto } from '../../src/crisis/measurement.dto';
import type { ProtectionStepDto } from '../../src/crisis/protection-step.dto';
import type { CapacityCurveDto } from '../../src/capacity/capacity.dto';
import { publishedRegion, standStillAt } from '../booking-region';
import { cellAt, makeRegion, type Region } from '../plan-builder';
import { NOBODY, signedInAs, startTestApplication } from '../test-application';

describe('measurements of a platform', () => {
  let app: NestFastifyApplication;
  let region: Region;
  let key: Record<string, string>;

  beforeAll(async () => {
    standStillAt('2026-12-07T07:30:30+01:00');
    app = await startTestApplication();
    region = await makeRegion(app.get(DataSource), { concurrentSessions: 1000, loginsPerMinute: 100 });
    const payload = { name: 'ent', scopes: ['metrics'], platformId: region.platformId, days: 30 };
    const { secret } = (await app.inject({ method: 'POST', url: '/v1/keys', payload })).json<{ secret: string }>();
    key = { authorization: `Bearer ${secret}` };
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  const url = (path: string, platformId = region.platformId): string => `/v1/platforms/${platformId}/${path}`;
  const report = async (source: string, items: object[], headers = key, platformId = region.platformId) => {
    const response = await app.inject({
      method: 'POST',
      url: url('measurements', platformId),
      payload: { source, items },
      headers,
    });
    return [response.statusCode, response.json<{ code?: string }>().code];
  };
  /** The last minutes, the last one the present, by the clock of the test. */
  const last = (sessions: number[], more: object = {}) =>
    sessions.map((count, k) => ({
      measuredAt: new Date(Date.now() - (sessions.length - 1 - k) * 60_000).toISOString(),
      sessions: count,
      ...more,
    }));
  const proposal = async (): Promise<ProtectionProposalDto> =>
    (await app.inject({ url: url('protection-proposal') })).json<ProtectionProposalDto>();

  it('are read back for a day, on the cells of the plans', async () => {
    const platform = await makeRegion(app.get(DataSource), { concurrentSessions: 1000, loginsPerMinute: 100 });
    const minute = { measuredAt: '2026-12-07T06:21:00Z', sessions: 410, loginsPerMinute: 12, errorsPerMille: 3 };
    await app.inject({
      method: 'POST',
      url: url('measurements', platform.platformId),
      payload: { source: 'ent', items: [minute] },
    });
    const day = (
      await app.inject({ url: url('measurements?date=2026-12-07', platform.platformId) })
    ).json<MeasuredDayDto>();
    expect(day).toMatchObject({
      date: '2026-12-07',
      timeZone: 'Europe/Paris',
      startsAt: '2026-12-06T23:00:00Z',
      stepMinutes: 5,
    });
    const cell = (7 * 60 + 20) / 5;
    expect([day.sessions.length, day.sessions[cell], day.logins[cell], day.errorsPerMille[cell]]).toEqual([
      288, 410, 60, 3,
    ]);
    expect(day.sessions.filter((value) => value !== null)).toEqual([410]);
    // the day on which the clock goes back is longer
    const autumn = (
      await app.inject({ url: url('measurements?date=2026-10-25', platform.platformId) })
    ).json<MeasuredDayDto>();
    expect(autumn.sessions).toHaveLength(300);
    expect((await app.inject({ url: url('measurements?date=25/10/2026', platform.platformId) })).statusCode).toBe(400);
    expect((await app.inject({ url: url('measurements', platform.platformId), headers: NOBODY })).statusCode).toBe(401);
  });

  it('lead to a rung to climb, and later to the step that can be taken back', async () => {
    expect((await proposal()).proposal.action).toBe('unknown');
    const { usualRungs } = (await app.inject({ url: url('protection-ladder') })).json<LadderDto>();
    const payload = { rungs: usualRungs, changedAt: null };
    const ladder = await app.inject({ method: 'PUT', url: url('protection-ladder'), payload });
    const { changedAt } = ladder.json<LadderDto>();
    const second = await signedInAs(app, { role: 'operator', uais: [], territories: [] }, 'second');
    await app.inject({
      method: 'POST',
      url: url('protection-ladder/approval'),
      payload: { changedAt },
      headers: second,
    });

    expect(await report('ent', last([700, 820, 830, 840]))).toEqual([202, undefined]);
    // of several sources the largest counts
    expect(await report('proxy-1', last([600, 600, 600], { loginsPerMinute: 20 }))).toEqual([202, undefined]);
    const climb = await proposal();
    expect(climb.proposal).toMatchObject({ action: 'climb', rung: 'idle', loadPerMille: 840 });
    expect(climb.minutes.at(-1)).toMatchObject({
      sessions: 840,
      loginsPerMinute: 20,
      sessionLimit: 1000,
      loginLimit: 100,
    });
    // what is scheduled for tomorrow protects nobody today
    const tomorrow = { rung: 'idle', startsAt: '2026-12-08T07:30:00+01:00', reason: 'demain matin' };
    const { id } = (
      await app.inject({ method: 'POST', url: url('protection-steps'), payload: tomorrow })
    ).json<ProtectionStepDto>();
    expect((await proposal()).proposal).toMatchObject({ action: 'climb', rung: 'idle' });
    await app.inject({ method: 'POST', url: url(`protection-steps/${id}/undo`), payload: { reason: 'plus besoin' } });
    const step = (
      await app.inject({
        method: 'POST',
        url: url('protection-steps'),
        payload: { rung: 'idle', reason: climb.proposal.reason.fr },
      })
    ).json<ProtectionStepDto>();
    expect(step.state).toBe('in_force');

    jest.setSystemTime(new Date('2026-12-07T07:50:30+01:00'));
    await report('ent', last(Array<number>(12).fill(500)));
    expect((await proposal()).proposal).toMatchObject({ action: 'leave', rung: 'idle', stepId: step.id });
  });

  it('of gateways are shares that add up to one source; their errors and times weigh by requests', async () => {
    const platform = await makeRegion(app.get(DataSource), { concurrentSessions: 1000, loginsPerMinute: 100 });
    const put = async (source: string, isShare: boolean, minute: object) => {
      const payload = { source, isShare, items: [{ measuredAt: '2026-12-07T06:21:00Z', ...minute }] };
      const sent = await app.inject({ method: 'POST', url: url('measurements', platform.platformId), payload });
      expect(sent.statusCode).toBe(202);
    };
    const seen = async () => {
      const day = (
        await app.inject({ url: url('measurements?date=2026-12-07', platform.platformId) })
      ).json<MeasuredDayDto>();
      const cell = (7 * 60 + 20) / 5;
      return [day.sessions[cell], day.logins[cell]! / 5, day.latencyMilliseconds[cell], day.errorsPerMille[cell]];
    };
    await put('proxy-1', true, {
      sessions: 300,
      loginsPerMinute: 10,
      latencyMilliseconds: 100,
      errorsPerMille: 0,
      requestCount: 900,
    });
    await put('proxy-2', true, {
      sessions: 200,
      loginsPerMinute: 20,
      latencyMilliseconds: 500,
      errorsPerMille: 200,
      requestCount: 100,
    });
    // knows no answers: its sessions count, its silence weighs nothing
    await put('proxy-3', true, { sessions: 50, loginsPerMinute: 0 });
    expect(await seen()).toEqual([550, 30, 140, 20]);
    await put('ent', false, { sessions: 500, loginsPerMinute: 35, errorsPerMille: 15 });
    expect(await seen()).toEqual([550, 35, 140, 20]);
    await put('proxy-3', false, { sessions: 600 });
    expect(await seen()).toEqual([600, 35, 140, 20]);
  });

  it('say when the declared capacity looks wrong', async () => {
    expect((await proposal()).capacityNotice).toBeNull();
    await report('ent', last(Array<number>(6).fill(1200), { errorsPerMille: 0 }));
    expect((await proposal()).capacityNotice).toMatchObject({ kind: 'too_low', concurrentSessions: 1200 });
    await report('ent', last(Array<number>(6).fill(640), { loginsPerMinute: 30, errorsPerMille: 90 }));
    expect((await proposal()).capacityNotice).toMatchObject({
      kind: 'too_high',
      about: 'sessions',
      observedSessions: 640,
      sessionsPerMille: 640,
      loginsPerMille: null,
    });
    // a storm of log-ins at the door is no reason to cut anything
    await report('ent', last(Array<number>(6).fill(200), { loginsPerMinute: 300, errorsPerMille: 100 }));
    expect((await proposal()).capacityNotice).toBeNull();
  });

  it('lead to a regulation or a higher capacity on the word of a person, and to the least change of the plans', async () => {
    const published = await publishedRegion(app, [{ establishment: 0, classIndex: 0, startCell: cellAt(0, 9) }]);
    const database = app.get(DataSource);
    const here = (path: string) => url(path, published.platformId);
    const approve = async (body: object) => {
      const response = await app.inject({ method: 'POST', url: here('capacity-notice/approval'), payload: body });
      return [response.statusCode, response.json<ApprovedCapacityDto & { code?: string }>()] as const;
    };
    const reported = async (sessions: number, loginsPerMinute: number, errorsPerMille: number) => {
      await app.get(DataSource).query('delete from measurement where platform_id = $1', [published.platformId]);
      const items = last(Array<number>(6).fill(sessions), { loginsPerMinute, errorsPerMille });
      await app.inject({ method: 'POST', url: here('measurements'), payload: { source: 'ent', items } });
    };
    const cellStart = (cells: number) => new Date((Math.floor(Date.now() / 300_000) + cells) * 300_000).toISOString();
    const now = async () => {
      const { sessions, logins } = (
        await app.inject({ url: here(`capacity?from=${cellStart(0)}&to=${cellStart(1)}`) })
      ).json<CapacityCurveDto>();
      return [sessions.effectiveThousandths[0]! / 1000, logins.effectiveThousandths[0]! / 5000];
    };
    const [before, logins] = await now();
    expect(await approve({ kind: 'too_high', reason: 'elle fléchit' })).toMatchObject([
      409,
      { code: 'capacity_notice.gone' },
    ]);
    await reported(before! * 0.6, logins! * 0.2, 90);
    // two people read the same notice and press the button at once, with some impatience: one regulation comes of it
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => approve({ kind: 'too_high', reason: 'elle fléchit' })),
    );
    const codes = answers.map(([code, { code: why }]) => [code, why] as const);
    expect(codes.filter(([code]) => code !== 201)).toEqual(Array(7).fill([409, 'capacity_notice.gone']));
    const [status, cut] = answers.find(([code]) => code === 201)!;
    expect(await database.query('select id from regulation where platform_id = $1', [published.platformId])).toEqual([
      { id: cut.regulationId },
    ]);
    const { capacityNotice } = (await app.inject({ url: here('protection-proposal') })).json<ProtectionProposalDto>();
    expect(capacityNotice).toBeNull();
    expect([status, cut]).toEqual([
      201,
      { regulationId: expect.any(Number) as number, capacityStepId: null, campaignIds: [published.campaignId] },
    ]);
    expect(await now()).toEqual([before! * 0.6, logins]);
    const jobs = await app
      .get(DataSource)
      .query<{ kind: string }[]>("select kind from job_run where kind = 'allocation'");
    expect(jobs).toHaveLength(1);
    // what holds without trouble under the regulation is borne after it too
    standStillAt(new Date(Date.now() + 900_000).toISOString());
    await reported(before! * 0.7, logins! * 0.2, 0);
    const [raised, step] = await approve({ kind: 'too_low', reason: 'elle tient davantage' });
    expect([raised, step]).toEqual([
      201,
      { regulationId: null, capacityStepId: expect.any(Number) as number, campaignIds: [published.campaignId] },
    ]);
    expect((await now())[0]! / (before! * 0.7)).toBeCloseTo(1, 3);
    expect((await now())[1]).toBe(logins);
    // log-ins that the platform does not take are cut alone, and by whom read that it is about log-ins
    standStillAt(new Date(Date.now() + 1_800_000).toISOString());
    await reported(before! * 0.2, logins! * 0.5, 90);
    expect(await approve({ kind: 'too_high', about: 'sessions', reason: 'elle fléchit' })).toMatchObject([
      409,
      { code: 'capacity_notice.gone' },
    ]);
    const sessions = (await now())[0];
    expect((await approve({ kind: 'too_high', about: 'logins', reason: 'elle fléchit' }))[0]).toBe(201);
    expect(await now()).toEqual([sessions, logins! * 0.5]);
    expect((await approve({ kind: 'too_low', endsAt: 'demain', reason: '' }))[0]).toBe(400);
  });

  it('are refused from elsewhere, of another day, empty, or from who may not', async () => {
    const { platformId } = await makeRegion(app.get(DataSource));
    expect(await report('ent', last([1]), key, platformId)).toEqual([403, 'measurement.other_platform']);
    expect(await report('ent', [{ measuredAt: '2026-11-07T07:00:00Z', sessions: 1 }])).toEqual([
      422,
      'measurement.instant_invalid',
    ]);
    expect(await report('ent', [{ measuredAt: new Date().toISOString() }])).toEqual([422, 'measurement.empty']);
    expect((await report('a b', last([1])))[0]).toBe(400);
    expect((await report('ent', last([1]), NOBODY as Record<string, string> & { authorization: string }))[0]).toBe(401);
  });
});
