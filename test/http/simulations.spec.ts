import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { JobRunner } from '../../src/jobs/job-runner.service';
import type { SimulationDto } from '../../src/simulation/simulation.dto';
import { type BookableRegion, publishedRegion } from '../booking-region';
import { cellAt, makeRegion } from '../plan-builder';
import { signedInAs, startTestApplication } from '../test-application';

const sum = (column: readonly number[]): number => column.reduce((total, value) => total + value, 0);

describe('simulations', () => {
  let app: NestFastifyApplication;
  let region: BookableRegion;

  beforeAll(async () => {
    app = await startTestApplication();
    region = await publishedRegion(
      app,
      [0, 1, 2, 3].flatMap((establishment) => [
        { establishment, classIndex: 0, startCell: cellAt(0, 9), headcount: 400 },
        { establishment, classIndex: 1, startCell: cellAt(0, 10), headcount: 400 },
        { establishment, classIndex: -1, startCell: cellAt(0, 9), headcount: 300 },
      ]),
      { concurrentSessions: 4000, loginsPerMinute: 800 },
    );
    await app.get(JobRunner).start();
  });
  afterAll(() => app.close());

  const ask = async (body: object, headers: Record<string, string> = {}) => {
    const response = await app.inject({ method: 'POST', url: '/v1/simulations', payload: body, headers });
    return {
      status: response.statusCode,
      location: response.headers.location,
      body: response.json<SimulationDto & { code?: string }>(),
    };
  };
  const done = async (body: object): Promise<SimulationDto> => {
    const { status, location } = await ask({ platformId: region.platformId, date: '2026-12-07', ...body });
    expect(status).toBe(202);
    for (;;) {
      const simulation = (await app.inject({ url: String(location) })).json<SimulationDto>();
      if (simulation.state === 'failed') throw new Error(JSON.stringify(simulation.error));
      if (simulation.state === 'done') return simulation;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const today = { name: 'plan' };

  it('set the plan, the morning without one and a protection step side by side', async () => {
    const step = {
      startsAt: '2026-12-07T06:00:00+01:00',
      endsAt: '2026-12-07T14:00:00+01:00',
      scope: { profiles: ['relative'] },
      measures: { defersRelatives: true },
    };
    const { variants } = await done({
      variants: [
        today,
        { name: 'sans plan', isUnplanned: true },
        { name: 'sans parents', steps: [step] },
        ...[
          ['09:00', '09:30'],
          ['06:00', '14:00'],
        ].map(([from, to]) => ({
          name: `parents dès ${from}`,
          steps: [{ ...step, measures: { ...step.measures, relativesHours: { from, to } } }],
        })),
      ],
    });
    expect(variants!.map(({ name }) => name)).toEqual([
      'plan',
      'sans plan',
      'sans parents',
      'parents dès 09:00',
      'parents dès 06:00',
    ]);
    const [planned, unplanned, without, atNine, always] = variants!;
    // 8 classes of 400 and 4 windows of relatives of 300, seven in ten of whom come; staff beside them
    const [pupils, relatives, staff] = planned!.profiles;
    expect([pupils!.visitorCount, relatives!.visitorCount]).toEqual([2240, 840]);
    expect(staff!.visitorCount).toBeGreaterThan(0);
    for (const { visitorCount } of [unplanned!, without!]) expect(visitorCount).toBe(planned!.visitorCount);
    expect(planned!.curves.sessions).toHaveLength(288);
    // who comes at nine without a plan waits, hour by hour, as a whole, by profile and by department
    for (const { waits } of [planned!, ...planned!.profiles, ...planned!.territories]) expect(waits).toHaveLength(24);
    const told = planned!.waits!.filter(({ meanSeconds }) => meanSeconds !== null);
    expect(told.length).toBeGreaterThan(2);
    const means = told.map(({ meanSeconds }) => meanSeconds!);
    expect(Math.min(...means)).toBeLessThanOrEqual(planned!.meanWaitSeconds);
    expect(Math.max(...means)).toBeGreaterThanOrEqual(planned!.meanWaitSeconds);
    expect(Math.max(...planned!.curves.sessions)).toBeLessThanOrEqual(4000);
    expect(sum(planned!.territories.map(({ admittedCount }) => admittedCount))).toBeGreaterThan(3000);
    const relativesAt = (variant: typeof planned, hour: number) =>
      sum(variant!.classes.filter(({ profile }) => profile === 'relative').map(({ sessions }) => sessions[hour * 12]!));
    expect(relativesAt(planned, 9.25)).toBeGreaterThan(0);
    expect(relativesAt(without, 9.25)).toBe(0);
    // hours leave alone who comes in them
    expect(relativesAt(atNine, 9.25)).toBeGreaterThan(0);
    expect(atNine!.profiles[1]!.refusedCount).toBeLessThan(without!.profiles[1]!.refusedCount);
    expect(always!.profiles).toEqual(planned!.profiles);
    expect(without!.profiles[1]!.refusedCount).toBeGreaterThan(relatives!.refusedCount);
  });

  it('serve a waiting room with what the plan leaves, so that who comes outside the window gets in where no quota lets in anybody', async () => {
    const closed = { variants: [today], walkInPerCell: 0 };
    const without = (await done(closed)).variants![0]!;
    const withRoom = (await done({ ...closed, hasWaitingRoom: true })).variants![0]!;
    expect([sum(without.curves.waiting), without.pollCount]).toEqual([0, 0]);
    expect(without.admittedCount).toBeLessThan(0.97 * without.visitorCount);
    expect(withRoom.admittedCount).toBeGreaterThan(0.995 * withRoom.visitorCount);
    expect(withRoom.refusedCount).toBeLessThan(without.refusedCount);
    // who comes in, waits and asks is told of each department and profile too; each point is a whole number
    const held = {
      startsAt: '2026-12-07T06:00:00+01:00',
      endsAt: '2026-12-07T14:00:00+01:00',
      scope: {},
      measures: { defersRelatives: true },
    };
    const waits = (await done({ hasWaitingRoom: true, variants: [{ name: 'sans parents', steps: [held] }] }))
      .variants![0]!;
    const isAbout = (curve: 'admitted' | 'polls' | 'waiting', whole: number): void =>
      expect(Math.abs(sum(waits.classes.flatMap((its) => its[curve]!)) / whole - 1)).toBeLessThan(0.05);
    isAbout('admitted', waits.admittedCount);
    isAbout('polls', waits.pollCount);
    isAbout('waiting', sum(waits.curves.waiting));
    expect(
      sum(waits.classes.filter(({ profile }) => profile === 'pupil').map((its) => sum(its.waiting!))),
    ).toBeLessThan(0.1 * sum(waits.curves.waiting));
    for (const { amplification, attempts, arrivals } of without.classes)
      expect(Math.abs(amplification! / (sum(attempts) / sum(arrivals)) - 1)).toBeLessThan(0.05);
    expect(Math.max(...without.classes.map(({ amplification }) => amplification!))).toBeGreaterThan(
      without.amplification,
    );
    // sessions of a visit are left for no more than a fraction of those who log in at nine
    const [atNine, atEleven] = [108, 132].map(
      (cell) => withRoom.curves.admitted[cell]! - without.curves.admitted[cell]!,
    );
    expect(Math.max(atNine!, atEleven!)).toBeLessThan(4000 / 12);
  });

  it('give the same answer for the same seed', async () => {
    const variants = [today, { name: 'sans plan', isUnplanned: true }];
    const [first, second] = [await done({ seed: 5, variants }), await done({ seed: 5, variants })];
    expect(first.variants).toEqual(second.variants);
  });

  it('tell a step for a level or a territory from one for all', async () => {
    const span = { startsAt: '2026-12-07T06:00:00+01:00', endsAt: '2026-12-07T12:00:00+01:00' };
    const [{ code }] = await app
      .get(DataSource)
      .query<[{ code: string }]>('select code from territory where id = $1', [region.departmentIds[0]]);
    const liveOnly = { isLiveOnly: true };
    const { variants } = await done({
      variants: [
        { name: 'all', steps: [{ ...span, scope: { profiles: ['pupil'] }, measures: liveOnly }] },
        { name: '6e', steps: [{ ...span, scope: { levels: ['6E'] }, measures: liveOnly }] },
        { name: '3e', steps: [{ ...span, scope: { levels: ['3E'] }, measures: liveOnly }] },
        { name: 'department', steps: [{ ...span, scope: { territories: [code] }, measures: liveOnly }] },
      ],
    });
    const morning = variants!.map(({ classes }) =>
      sum(classes.filter(({ profile }) => profile === 'pupil').map(({ sessions }) => sum(sessions.slice(0, 144)))),
    );
    // whom a walk-in lets in is there all the same
    expect(morning[1]).toBe(morning[0]);
    expect(morning[2]).toBeGreaterThan(2 * morning[0]!);
    expect(morning[3]).toBeGreaterThan(1.3 * morning[0]!);
    expect(morning[3]).toBeLessThan(morning[2]!);
  });

  it('cut the quota and the idle time of those whom a step concerns, and leave the others theirs', async () => {
    const span = { startsAt: '2026-12-07T00:00:00+01:00', endsAt: '2026-12-08T00:00:00+01:00' };
    const [{ code }] = await app
      .get(DataSource)
      .query<[{ code: string }]>('select code from territory where id = $1', [region.departmentIds[0]]);
    const { variants } = await done({
      adherencePerMille: 500,
      walkInPerCell: 4,
      variants: [
        today,
        { name: 'department', steps: [{ ...span, scope: { territories: [code] }, measures: { walkInPerMille: 0 } }] },
        { name: 'all', steps: [{ ...span, scope: {}, measures: { walkInPerMille: 0 } }] },
        { name: 'staff', steps: [{ ...span, scope: { profiles: ['staff'] }, measures: { idleMinutes: 1 } }] },
      ],
    });
    const admitted = variants!.map(({ territories }) => {
      const its = territories
        .filter(({ territory }) => territory === code)
        .reduce((count, { admittedCount }) => count + admittedCount, 0);
      return { its, others: territories.reduce((count, { admittedCount }) => count + admittedCount, 0) - its };
    });
    const [usual, department, all] = admitted;
    expect(department!.its).toBe(all!.its);
    expect(all!.its).toBeLessThan(usual!.its);
    // the others have what those leave
    expect(department!.others).toBeGreaterThan(usual!.others);
    expect(all!.others).toBeLessThan(usual!.others);
    const sessions = variants!.map(({ classes }) =>
      classes.filter(({ profile }) => profile !== 'staff').map((its) => sum(its.sessions)),
    );
    expect(sessions[3]).toEqual(sessions[0]);
  });

  it('reckon with the adherence that the load model of the plan believes, where nothing else is said', async () => {
    const database = app.get(DataSource);
    const arrivals = async (said: object) => (await done({ variants: [today], ...said })).variants![0]!.curves.arrivals;
    expect(await arrivals({})).toEqual(await arrivals({ adherencePerMille: 900 }));
    const believed = `jsonb_set(load_model, '{behaviours}', (select jsonb_agg(b || $2) from jsonb_array_elements(load_model -> 'behaviours') b))`;
    const believes = (adherencePerMille: number) =>
      database.query(`update campaign set load_model = ${believed} where platform_id = $1`, [
        region.platformId,
        { adherencePerMille },
      ]);
    await believes(500);
    const calibrated = await arrivals({});
    // the share that nobody stated stands in the answer, by profile, and none of a day without a plan
    const said = await done({
      variants: [today, { name: 'sans plan', isUnplanned: true }],
      adherences: [{ profile: 'relative', establishmentKind: null, adherencePerMille: 250 }],
    });
    expect(said.variants!.map(({ adherences }) => adherences)).toEqual([
      [
        { profile: 'pupil', adherencePerMille: 500 },
        { profile: 'relative', adherencePerMille: 250 },
      ],
      [],
    ]);
    await believes(900);
    expect(calibrated).toEqual(await arrivals({ adherencePerMille: 500 }));
    expect(calibrated).not.toEqual(await arrivals({}));
  });

  it('refuse what cannot be simulated, and whoever may not', async () => {
    const { platformId } = await makeRegion(app.get(DataSource));
    const refused = async (body: object) => {
      const { status, body: problem } = await ask({
        platformId: region.platformId,
        date: '2026-12-07',
        variants: [today],
        ...body,
      });
      return [status, problem.code];
    };
    expect(await refused({ platformId })).toEqual([409, 'simulation.nothing_published']);
    expect(await refused({ platformId: 2_000_000 })).toEqual([404, 'platform.not_found']);
    expect(await refused({ variants: [{ name: 'x', planId: 2_000_000 }] })).toEqual([404, 'plan.not_found']);
    const step = { startsAt: '2026-12-07T07:00:00Z', endsAt: '2026-12-07T07:00:00Z', measures: {} };
    expect(await refused({ variants: [{ name: 'x', steps: [step] }] })).toEqual([422, 'simulation.step_invalid']);
    const elsewhere = { ...step, endsAt: '2026-12-07T09:00:00Z', scope: { territories: ['999'] } };
    expect(await refused({ variants: [{ name: 'x', steps: [elsewhere] }] })).toEqual([404, 'territory.not_found']);
    expect((await refused({ variants: [] }))[0]).toBe(400);
    const head = await signedInAs(app, { role: 'head', uais: [region.uais[0]!], territories: [] });
    const authority = await signedInAs(app, { role: 'authority', uais: [], territories: [] });
    const body = { platformId: region.platformId, date: '2026-12-07', variants: [today] };
    expect((await ask(body, head)).status).toBe(403);
    expect((await ask(body, authority)).status).toBe(202);
  });
});
