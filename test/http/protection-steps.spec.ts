import type { LadderDto } from '../../src/crisis/ladder.dto';
import { ProtectionStore } from '../../src/protection/protection.store';
import { signedInAs } from '../test-application';
import { ProtectedPlatform, at, own, standAt } from './protected-platform';

describe('protection steps', () => {
  let platform: ProtectedPlatform;
  beforeAll(async () => {
    platform = await ProtectedPlatform.start();
  });
  afterAll(() => platform.stop());

  it('begin with a usual ladder, which becomes the platform’s own when somebody sets it and another person approves', async () => {
    const { body: usual } = await platform.send<LadderDto>('GET', 'protection-ladder');
    expect(usual).toMatchObject({ changedBy: null, approvedBy: null });
    expect(usual.rungs.map(({ code }) => code)).toEqual(['idle', 'walk-in', 'relatives', 'live-only']);
    const ladder = await platform.setUsualLadder();
    const its = { changedAt: ladder.changedAt };
    // what is approved is what was read, not what came meanwhile
    const { body: other } = await platform.approveLadder({ changedAt: '2026-01-01T00:00:00Z' }, platform.second);
    expect(other.code).toBe('protection.ladder_changed');
    expect((await platform.approveLadder({}, platform.second)).status).toBe(400);
    expect((await platform.approveLadder(its)).body.code).toBe('protection.second_person_needed');
    const { body: approved } = await platform.approveLadder(its, platform.second);
    expect(approved.approvedBy).toMatch(/^account:\d+$/);
    expect((await platform.approveLadder(its, platform.second)).body.code).toBe('protection.already_approved');
  });

  it('are put in force by one person where they are a rung of an approved ladder, end by themselves, and are undone in one action', async () => {
    const { status, body: step } = await platform.enforce({ rung: 'relatives' });
    expect(status).toBe(201);
    expect(step).toMatchObject({
      state: 'in_force',
      isActive: true,
      isRegional: true,
      startsAt: new Date(at('07:50')).toISOString(),
      arms: ['gateway_rule'],
      insiders: ['stay_until_pass_ends'],
    });
    expect(Date.parse(step.endsAt) - Date.parse(step.startsAt)).toBe(240 * 60_000);
    expect(await platform.activeNow()).toEqual([step.id]);
    const { body: idle } = await platform.enforce({ rung: 'idle', endsAt: at('08:00') });
    expect(await platform.activeNow()).toEqual([step.id, idle.id]);
    standAt('08:00');
    expect(await platform.activeNow()).toEqual([step.id]);
    expect((await platform.undo(idle.id)).body.code).toBe('protection.step_over');
    expect((await platform.undo(step.id)).body).toMatchObject({
      state: 'undone',
      isActive: false,
      undoReason: 'assez',
    });
    expect(await platform.activeNow()).toEqual([]);
    expect((await platform.undo(step.id)).body.code).toBe('protection.step_over');
  });

  it('are a rung once at a time, also where several people press at once', async () => {
    const rung = { rung: 'walk-in', startsAt: at('10:00'), endsAt: at('11:00') };
    const answers = await Promise.all([1, 2, 3].map(() => platform.enforce(rung)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const { body: step } = answers.find(({ status }) => status === 201)!;
    const refused = answers.filter(({ status }) => status === 409).map(({ body }) => body);
    for (const body of refused) expect(body).toMatchObject({ code: 'protection.rung_in_force', stepId: step.id });
    const { body: later } = await platform.enforce({ rung: 'walk-in', startsAt: at('11:00'), endsAt: at('11:30') });
    for (const { id } of [step, later]) await platform.undo(id);
  });

  it('begin within 92 days: a year that was mistyped is refused', async () => {
    const far = new Date(Date.now() + 93 * 86_400_000).toISOString();
    const answer = await platform.enforce({ rung: 'idle', startsAt: far, minutes: 30 });
    expect(answer).toMatchObject({ status: 422, body: { code: 'protection.invalid' } });
  });

  it('let relatives come in the hours that they state, each day by the clock of the schools', async () => {
    const relativesHours = { from: '17:00', to: '22:00' };
    const { body: step } = await platform.enforce(
      own(
        { defersRelatives: true, relativesHours },
        { scope: { territories: [platform.codes[0]] }, endsAt: '2026-12-09T08:00:00+01:00' },
      ),
    );
    expect(step).toMatchObject({ state: 'in_force', measures: { relativesHours } });
    expect(await platform.inForce()).toMatchObject([{ relativesHours }]);
    const [rule] = await platform.app
      .get(ProtectionStore)
      .rules(platform.database.manager, platform.region.platformId, new Date());
    const seconds = (day: number, clock: string) => Date.parse(`2026-12-0${day}T${clock}:00+01:00`) / 1000;
    expect(rule).toMatchObject({
      relativesWaitUntil: seconds(9, '08:00'),
      relativesHours: [7, 8].map((day) => ({
        zone: 'Europe/Paris',
        from: seconds(day, '17:00'),
        to: seconds(day, '22:00'),
      })),
    });
    await platform.undo(step.id);
  });

  it('need two people where they are regional and no rung that was approved, or last longer than it says', async () => {
    for (const body of [own({ defersRelatives: true }), { rung: 'relatives', endsAt: at('18:00') }]) {
      const { body: proposed } = await platform.enforce(body);
      expect(proposed).toMatchObject({ state: 'proposed', isActive: false });
      expect(await platform.activeNow()).toEqual([]);
      expect((await platform.approve(proposed.id, {})).body.code).toBe('protection.second_person_needed');
      const { body: approved } = await platform.approve(proposed.id, platform.second);
      expect(approved).toMatchObject({ state: 'in_force', isActive: true });
      expect((await platform.approve(proposed.id, platform.second)).body.code).toBe('protection.already_approved');
      expect((await platform.undo(proposed.id)).status).toBe(200);
    }
    const local = await platform.enforce(
      own({ defersRelatives: true }, { scope: { territories: [platform.codes[0]] } }),
    );
    expect(local.body).toMatchObject({ state: 'in_force', isRegional: false });
    await platform.undo(local.body.id);
  });

  it('are regional where their departments have more than half of the schools', async () => {
    const [moved] = platform.region.establishmentIds;
    const [home] = await platform.database.query<{ id: number }[]>(
      'select department_id as id from establishment where id = $1',
      [moved],
    );
    const [third] = await platform.database.query<{ id: number }[]>(
      `insert into territory (code, kind, name, parent_id) select code || '3', 'department', 'Oise', parent_id from territory where id = $1 returning id`,
      [platform.region.departmentIds[0]],
    );
    await platform.database.query('update establishment set department_id = $1 where id = $2', [third!.id, moved]);
    const two = await platform.enforce(
      own({ defersRelatives: true }, { scope: { territories: platform.codes.slice(0, 2) } }),
    );
    expect(two.body).toMatchObject({ state: 'proposed', isRegional: true });
    const one = await platform.enforce(own({ defersRelatives: true }, { scope: { territories: [platform.codes[1]] } }));
    expect(one.body).toMatchObject({ state: 'in_force', isRegional: false });
    for (const { body } of [one, two]) await platform.undo(body.id);
    await platform.database.query('update establishment set department_id = $1 where id = $2', [home!.id, moved]);
  });

  it('are regional too when one person puts the same in force department by department', async () => {
    const of = (code: string | undefined, measures: object, more: object = {}) =>
      own(measures, { scope: { territories: [code] }, ...more });
    const { body: one } = await platform.enforce(of(platform.codes[0], { defersRelatives: true }));
    expect(one.state).toBe('in_force');
    const { body: other } = await platform.enforce(of(platform.codes[1], { defersRelatives: true, idleMinutes: 5 }));
    expect(other).toMatchObject({ state: 'proposed', isRegional: true });
    // of another sort, of a later time, or of another person it is a step of one department
    const { body: unlike } = await platform.enforce(of(platform.codes[1], { walkInPerMille: 500 }));
    const { body: later } = await platform.enforce(
      of(platform.codes[1], { defersRelatives: true }, { startsAt: at('12:00'), endsAt: at('13:00') }),
    );
    const { body: others } = await platform.enforce(of(platform.codes[1], { defersRelatives: true }), platform.second);
    expect([unlike, later, others].map(({ state }) => state)).toEqual(['in_force', 'in_force', 'in_force']);
    expect((await platform.approve(other.id, platform.second)).body.state).toBe('in_force');
    for (const { id } of [one, other, unlike, later, others]) await platform.undo(id);
  });

  it('are an authority’s where it answers for every department that they concern', async () => {
    const only = await signedInAs(
      platform.app,
      { role: 'authority', uais: [], territories: [{ code: platform.codes[0]!, level: 'territory', kinds: [] }] },
      'only',
    );
    const of = (territories: (string | undefined)[]) => own({ defersRelatives: true }, { scope: { territories } });
    const refused = { status: 409, body: { code: 'protection.not_concerned', departments: [platform.codes[1]] } };
    for (const body of [of([]), of([platform.codes[1]]), of(platform.codes), { rung: 'relatives' }]) {
      expect(await platform.enforce(body, only)).toMatchObject(refused);
    }
    const { body: mine } = await platform.enforce(of([platform.codes[0]]), only);
    expect(mine.state).toBe('in_force');
    const { body: proposed } = await platform.enforce(of([]));
    expect(await platform.approve(proposed.id, only)).toMatchObject(refused);
    const { body: theirs } = await platform.enforce(of([platform.codes[1]]));
    expect(await platform.undo(theirs.id, only)).toMatchObject(refused);
    expect((await platform.undo(mine.id, only)).body.state).toBe('undone');
    for (const { id } of [proposed, theirs]) await platform.undo(id);
  });

  it('are as long as asked by the clock of the service: the minutes of an agreed rung need nobody else, more do', async () => {
    const { body: agreed } = await platform.enforce({ rung: 'relatives', minutes: 240 });
    expect(agreed).toMatchObject({ state: 'in_force' });
    expect(Date.parse(agreed.endsAt) - Date.parse(agreed.startsAt)).toBe(240 * 60_000);
    const { body: longer } = await platform.enforce({ rung: 'relatives', minutes: 241 });
    expect(longer).toMatchObject({ state: 'proposed' });
    expect((await platform.enforce({ rung: 'relatives', minutes: 60, endsAt: at('12:00') })).body.code).toBe(
      'protection.invalid',
    );
    for (const { id } of [agreed, longer]) await platform.undo(id);
  });

  it('break the glass for half an hour unless somebody else confirms', async () => {
    standAt('08:10');
    const { body: glass } = await platform.enforce(own({ defersRelatives: true }, { isBreakGlass: true }));
    expect(glass).toMatchObject({ state: 'in_force', isBreakGlass: true, isActive: true });
    expect(glass.endsAt).toBe(new Date(at('08:40')).toISOString());
    const { body: kept } = await platform.enforce(own({ walkInPerMille: 0 }, { isBreakGlass: true }));
    standAt('08:30');
    expect((await platform.approve(kept.id, {})).body.code).toBe('protection.second_person_needed');
    expect((await platform.approve(kept.id, platform.second)).body.endsAt).toBe(new Date(at('12:00')).toISOString());
    standAt('08:40');
    expect(await platform.activeNow()).toEqual([kept.id]);
    expect((await platform.approve(glass.id, platform.second)).body.code).toBe('protection.step_over');
    // nobody confirmed it: the same person does not break the next one, neither at its end nor beside it
    for (const measures of [{ defersRelatives: true }, { idleMinutes: 5 }]) {
      const again = await platform.enforce(own(measures, { isBreakGlass: true }));
      expect([again.status, again.body.code]).toEqual([409, 'protection.glass_prolonged']);
    }
    const { body: others } = await platform.enforce(
      own({ defersRelatives: true }, { isBreakGlass: true }),
      platform.second,
    );
    expect(others).toMatchObject({ state: 'in_force', isBreakGlass: true });
    for (const { id } of [kept, others]) await platform.undo(id);
  });

  it('have a reason that says something', async () => {
    expect((await platform.enforce({ ...own({ idleMinutes: 5 }), reason: '  ' })).status).toBe(400);
    const { body: step } = await platform.enforce(
      own({ idleMinutes: 5 }, { scope: { territories: [platform.codes[0]] } }),
    );
    expect((await platform.send('POST', `protection-steps/${step.id}/undo`, { reason: ' ' })).status).toBe(400);
    expect((await platform.undo(step.id)).status).toBe(200);
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
      codes.push((await platform.enforce(body)).body.code);
    }
    expect(codes).toEqual(['protection.rung_unknown', ...Array<string>(8).fill('protection.invalid')]);
  });
});
