import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DateTime } from 'luxon';
import { DataSource } from 'typeorm';
import { withFirstOfMonth } from '../../src/common/language.rules';
import { PostMortemSources } from '../../src/crisis/post-mortem-sources.service';
import type { PostMortemDto, PostMortemPageDto } from '../../src/crisis/post-mortem.dto';
import { cellOfSeconds } from '../../src/kernel/cell-grid';
import { PlanService } from '../../src/plan/plan.service';
import type { GatewaySettingsDto } from '../../src/gateway/gateway-settings.dto';
import type { SimulationDto } from '../../src/simulation/simulation.dto';
import { JobRunner } from '../../src/jobs/job-runner.service';
import { type BookableRegion, publishedRegion, standStillAt } from '../booking-region';
import { cellAt, draftOf, TESTER } from '../plan-builder';
import { signedInAs, startTestApplication } from '../test-application';

const DAY = '2026-12-07';
/** A day of which enough was counted to know who kept to the windows. */
const COUNTED_DAY = '2026-12-08';
const at = (clock: string): string => `${DAY}T${clock}:00+01:00`;
const cell = (clock: string): number => cellOfSeconds(Date.parse(at(clock)) / 1000);

describe('post-mortems', () => {
  let app: NestFastifyApplication;
  let region: BookableRegion;
  let url: string;
  let headers: { authorization: string };

  beforeAll(async () => {
    standStillAt(at('06:00'));
    app = await startTestApplication();
    region = await publishedRegion(
      app,
      [
        ...[0, 1].flatMap((establishment) => [
          { establishment, classIndex: 0, startCell: cellAt(0, 9), headcount: 100 },
          { establishment, classIndex: 1, startCell: cellAt(0, 10), headcount: 100 },
        ]),
        ...[0, 1, 2, 3, 4].flatMap((establishment) => [
          { establishment, classIndex: 0, startCell: cellAt(1, 9 + establishment), headcount: 100 },
          { establishment, classIndex: -1, startCell: cellAt(1, 18), headcount: 20 },
        ]),
      ],
      { establishmentCount: 5, concurrentSessions: 1000, loginsPerMinute: 200 },
    );
    url = `/v1/platforms/${region.platformId}/post-mortems`;
    // in any other posture no step holds anybody back
    const settingsUrl = `/v1/platforms/${region.platformId}/gateway-settings`;
    const settings = (await app.inject({ url: settingsUrl })).json<GatewaySettingsDto>();
    const set = await app.inject({ method: 'PUT', url: settingsUrl, payload: { ...settings, posture: 'enforced' } });
    expect(set.statusCode).toBe(200);
    await app.get(JobRunner).start();
    const key = (
      await app.inject({
        method: 'POST',
        url: '/v1/keys',
        payload: { name: 'passerelle', scopes: ['gateway'], platformId: region.platformId },
      })
    ).json<{ secret: string }>();
    headers = { authorization: `Bearer ${key.secret}` };
    const step = {
      name: { fr: 'parents plus tard', en: 'relatives later' },
      scope: { profiles: ['relative'] },
      reason: 'trop de monde',
      startsAt: at('09:00'),
      endsAt: at('09:30'),
      words: { fr: 'Plus tard.', en: 'Later.' },
      isBreakGlass: false,
      measures: { defersRelatives: true, featuresOff: [] },
    };
    const posted = await app.inject({
      method: 'POST',
      url: `/v1/platforms/${region.platformId}/protection-steps`,
      payload: { ...step, isBreakGlass: true, endsAt: at('06:25'), startsAt: undefined },
    });
    expect([posted.statusCode, posted.body.slice(0, 300)]).toEqual([201, expect.anything()]);
    jest.setSystemTime(new Date(at('12:00')));
    const [row] = await app
      .get(DataSource)
      .query<{ classId: number }[]>(
        'select class_id as "classId" from plan_window where class_id is not null order by window_id limit 1',
      );
    const { classId } = row!;
    const counts = { agent: 'proxy-1', batchId: randomUUID() };
    const counted = await app.inject({
      method: 'POST',
      url: '/v1/gateways/counts',
      headers,
      payload: {
        ...counts,
        windows: [
          {
            audience: 'pupils',
            ownerId: classId,
            startCell: cellAt(0, 9),
            onDate: DAY,
            admitted: 60,
            deferred: 0,
            refused: 0,
            attempts: 60,
            wouldRefuse: 0,
          },
          {
            audience: 'pupils',
            ownerId: classId,
            startCell: null,
            onDate: DAY,
            admitted: 40,
            deferred: 150,
            refused: 3,
            attempts: 240,
            wouldRefuse: 0,
          },
        ],
        cells: [
          {
            cell: cell('09:00'),
            department: '59',
            level: 8,
            profile: 'pupil',
            admitted: 60,
            deferred: 100,
            refused: 0,
            attempts: 160,
            wouldRefuse: 0,
          },
          {
            cell: cell('09:05'),
            department: '59',
            level: 8,
            profile: 'pupil',
            admitted: 40,
            deferred: 50,
            refused: 3,
            attempts: 140,
            wouldRefuse: 0,
          },
        ],
      },
    });
    expect(counted.statusCode).toBe(202);
    const measured = [
      { measuredAt: at('09:01'), sessions: 90, loginsPerMinute: 20, errorsPerMille: 0 },
      { measuredAt: at('09:02'), sessions: 120, loginsPerMinute: 40, errorsPerMille: 80 },
    ];
    const reported = await app.inject({
      method: 'POST',
      url: `/v1/platforms/${region.platformId}/measurements`,
      payload: { source: 'ent', items: measured },
      headers,
    });
    expect(reported.statusCode).toBe(202);
    await app.get(DataSource).query(
      `insert into audit_entry (recorded_at, role, subject, action, thing, thing_key, platform_id, reason)
       values ($1, 'operator', 'somebody', 'regulation.add', 'regulation', '7', $2, 'panne')`,
      [at('09:10'), region.platformId],
    );
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  const make = async (body: object = { firstDate: DAY }): Promise<PostMortemDto> => {
    const response = await app.inject({ method: 'POST', url, payload: body });
    expect([response.statusCode, response.statusCode === 201 ? '' : response.body]).toEqual([201, '']);
    return response.json<PostMortemDto>();
  };
  const simulated = async (id: number): Promise<PostMortemDto> => {
    for (;;) {
      const its = (await app.inject({ url: `${url}/${id}` })).json<PostMortemDto>();
      if (its.simulated) return its;
      await new Promise((go) => setTimeout(go, 20));
    }
  };

  it('keep what was done and seen, beside what was planned', async () => {
    const its = await make();
    expect(its).toMatchObject({ firstDate: DAY, lastDate: DAY, replayedDate: DAY, revision: 1 });
    expect(Date.parse(its.startsAt)).toBe(Date.parse(at('00:00')));
    const k = cell('09:00') - cell('00:00');
    expect(its.curves.attempts).toHaveLength(288);
    expect(its.curves.attempts.slice(k, k + 2)).toEqual([160, 140]);
    expect([its.curves.measuredSessions[k], its.curves.measuredLogins[k], its.curves.measuredSessions[k + 1]]).toEqual([
      120,
      150,
      null,
    ]);
    expect(its.curves.plannedLogins[k]!).toBeGreaterThan(0);
    expect(its.curves.sessionLimit[k]!).toBe(1000);
    // fewer than five people are not shown
    expect(its.totals).toMatchObject({
      admitted: 100,
      admittedInWindow: 60,
      deferred: 150,
      refused: null,
      attempts: 300,
    });
    expect(its.amplification).toBe(3);
    expect(its.territories.map(({ admitted, expected }) => [admitted, expected])).toEqual([
      [100, 140],
      [0, 140],
    ]);
    expect(its.kinds[0]).toMatchObject({ admitted: 100, attempts: 300 });
    expect(its.profiles).toEqual([
      { profile: 'pupil', expected: null, admitted: 100, deferred: 150, refused: null, attempts: 300 },
    ]);
    const timeline = its.timeline.map(({ action, by, reason }) => [action, by, reason]);
    expect(timeline).toEqual([
      ['protection_step.begins', 'service', 'trop de monde'],
      ['protection_step.ends', 'service', null],
      ['regulation.add', 'operator', 'panne'],
    ]);
    // nobody's number is told to those who may not read the trail
    expect(JSON.stringify(its)).not.toContain('somebody');
  });

  it('look back on several days as on one, and replay the worst of them', async () => {
    const before = DateTime.fromISO(DAY).minus({ days: 1 }).toISODate()!;
    const its = await simulated((await make({ firstDate: before, lastDate: DAY })).id);
    expect(its).toMatchObject({ firstDate: before, lastDate: DAY, replayedDate: DAY });
    expect(its.curves.attempts).toHaveLength(2 * 288);
    const k = 288 + cell('09:00') - cell('00:00');
    expect(its.curves.attempts.slice(k, k + 2)).toEqual([160, 140]);
    expect(its.curves.attempts.slice(0, 288).every((count) => count === 0 || count === null)).toBe(true);
    expect(its.totals).toMatchObject({ admitted: 100, admittedInWindow: 60, attempts: 300 });
    const page = await app.inject({ url: `${url}/${its.id}/page?lang=fr` });
    for (const day of [before, DAY]) {
      const text = DateTime.fromISO(day).setLocale('fr').toFormat('d MMMM yyyy');
      expect(page.body).toContain(withFirstOfMonth(text, 'fr'));
    }
    const sunday = await simulated((await make({ firstDate: before })).id);
    expect(sunday.assumedAdherencePerMille).toBeNull();
    const sundayPage = await app.inject({ url: `${url}/${sunday.id}/page?lang=fr` });
    expect(sundayPage.body).toContain('Personne n’avait de créneau ce jour-là.');
  });

  it('say what is ruled out and which assumption failed most', async () => {
    const its = await simulated((await make()).id);
    const verdicts = Object.fromEntries(its.causes.map(({ code, verdict }) => [code, verdict]));
    expect(verdicts).toEqual({
      plan_over_limit: 'ruled_out',
      capacity_cut: 'ruled_out',
      platform_failed_below_capacity: 'contributed',
      more_came_than_planned: 'ruled_out',
      outside_their_windows: 'contributed',
      came_again: 'contributed',
    });
    expect(its.simulated!.map(({ name }) => name)).toEqual(['as_it_was', 'without_steps', 'without_plan']);
    const assumptions = new Map(its.assumptions.map((assumption) => [assumption.name, assumption]));
    expect(assumptions.get('adherence')).toMatchObject({ assumed: 0.9, observed: 0.6 });
    expect(assumptions.get('peak_sessions')).toMatchObject({ assumed: its.simulated![0]!.peakSessions, observed: 120 });
    const deviations = its.assumptions.map(({ deviationRatio }) => Math.abs(deviationRatio));
    expect(deviations).toEqual([...deviations].sort((a, b) => b - a));
    expect(deviations).toHaveLength(4);
  });

  it('replay the same morning with another plan or other steps', async () => {
    const step = { startsAt: at('06:00'), endsAt: at('14:00'), scope: {}, measures: { isLiveOnly: true } };
    const its = await simulated(
      (await make({ firstDate: DAY, variants: [{ name: 'direct seulement', steps: [step] }] })).id,
    );
    const names = its.simulated!.map(({ name }) => name);
    expect(names.at(-1)).toBe('direct seulement');
    expect(its.simulated!.at(-1)!.admittedCount).toBeLessThan(its.simulated![0]!.admittedCount);
  });

  it('replay it under another plan too', async () => {
    const windows = [0, 1].map((establishment) => ({
      establishment,
      classIndex: 0,
      startCell: cellAt(0, 15),
      headcount: 100,
    }));
    const planId = await app.get(PlanService).createDraft(TESTER, draftOf(region, windows));
    const its = await simulated((await make({ firstDate: DAY, variants: [{ name: 'l’après-midi', planId }] })).id);
    const [asItWas, other] = [its.simulated![0]!, its.simulated!.at(-1)!];
    expect([other.name, other.planIds]).toEqual(['l’après-midi', [planId]]);
    const afternoon = cell('15:00') - cell('00:00');
    expect(asItWas.curves.admitted.slice(afternoon).every((count) => count < 5)).toBe(true);
    expect(other.curves.admitted[afternoon]!).toBeGreaterThan(20);
  });

  it('keep the capacity cut of a step that was taken back, and count the bookings of establishments', async () => {
    jest.setSystemTime(new Date(at('08:00')));
    const own = await publishedRegion(app, [{ establishment: 0, classIndex: 0, startCell: cellAt(0, 15) }], {
      concurrentSessions: 1000,
      loginsPerMinute: 200,
    });
    const platform = `/v1/platforms/${own.platformId}`;
    const payload = {
      name: { fr: 'moitié', en: 'half' },
      scope: {},
      reason: 'un serveur de moins',
      endsAt: at('08:25'),
      words: { fr: 'Moins.', en: 'Less.' },
      isBreakGlass: true,
      measures: { capacityPerMille: 500, featuresOff: [] },
    };
    const { id } = (await app.inject({ method: 'POST', url: `${platform}/protection-steps`, payload })).json<{
      id: number;
    }>();
    jest.setSystemTime(new Date(at('08:22')));
    expect(
      (
        await app.inject({
          method: 'POST',
          url: `${platform}/protection-steps/${id}/undo`,
          payload: { reason: 'assez' },
        })
      ).statusCode,
    ).toBe(200);
    const moved = { operation: 'move', windowId: own.windowIds[0], startsAt: at('16:00') };
    const key = { 'idempotency-key': randomUUID(), 'if-match': '"1"' };
    expect((await app.inject({ method: 'POST', url: '/v1/bookings', payload: moved, headers: key })).statusCode).toBe(
      201,
    );
    jest.setSystemTime(new Date(at('12:00')));
    const made = await app.inject({ method: 'POST', url: `${platform}/post-mortems`, payload: { firstDate: DAY } });
    const its = made.json<PostMortemDto>();
    const limitAt = (clock: string) => its.curves.sessionLimit[cell(clock) - cell('00:00')];
    expect(['07:55', '08:00', '08:15', '08:20', '08:30'].map(limitAt)).toEqual([1000, 500, 500, 1000, 1000]);
    expect(its.causes.find(({ code }) => code === 'capacity_cut')).toMatchObject({ verdict: 'contributed', figure: 1 });
    // the database tells bookings by its own clock
    const [clock] = await app
      .get(DataSource)
      .query<{ from: Date; to: Date }[]>("select now() - interval '1 hour' as from, now() + interval '1 hour' as to");
    const sources = app.get(PostMortemSources);
    const told = (await sources.timeline(own.platformId, clock!.from, clock!.to, [])).filter(({ action }) =>
      action.startsWith('booking'),
    );
    expect(told).toMatchObject([{ action: 'bookings.made', about: '1' }]);
    // a cut that was taken back within its first five minutes is a cut all the same
    jest.setSystemTime(new Date(at('13:01')));
    const another = await signedInAs(app, { role: 'operator', uais: [], territories: [] }, 'another');
    const short = (
      await app.inject({
        method: 'POST',
        url: `${platform}/protection-steps`,
        payload: { ...payload, endsAt: at('13:20') },
        headers: another,
      })
    ).json<{ id: number }>();
    jest.setSystemTime(new Date(at('13:03')));
    // what ends by itself in a quarter of an hour has not been done
    const meanwhile = (
      await app.inject({ method: 'POST', url: `${platform}/post-mortems`, payload: { firstDate: DAY } })
    ).json<PostMortemDto>();
    const ofShort = meanwhile.timeline.filter(({ about, by }) => about === String(short.id) && by === 'service');
    expect(ofShort.map(({ action }) => action)).toEqual(['protection_step.begins']);
    await app.inject({
      method: 'POST',
      url: `${platform}/protection-steps/${short.id}/undo`,
      payload: { reason: 'erreur' },
    });
    const again = (
      await app.inject({ method: 'POST', url: `${platform}/post-mortems`, payload: { firstDate: DAY } })
    ).json<PostMortemDto>();
    expect(again.causes.find(({ code }) => code === 'capacity_cut')!.figure).toBe(2);
    jest.setSystemTime(new Date(at('12:00')));
  });

  it('replay the morning under what was set at the gateways then, not what is set now', async () => {
    const platform = `/v1/platforms/${region.platformId}`;
    const settings = (await app.inject({ url: `${platform}/gateway-settings` })).json<GatewaySettingsDto>();
    const database = app.get(DataSource);
    const [entry] = await database.query<{ id: string }[]>(
      `insert into audit_entry (recorded_at, role, subject, action, thing, thing_key, platform_id, before, after)
       values ('2026-12-08T10:00:00+01:00', 'operator', 'somebody', 'gateway_settings.set', 'gateway_settings', $1::text, $2, $3, $4) returning id`,
      [region.platformId, region.platformId, { ...settings, posture: 'advised', walkInPerCell: 0 }, settings],
    );
    expect(entry).toBeDefined();
    jest.setSystemTime(new Date('2026-12-08T12:00:00+01:00'));
    const { id, simulationId } = await make();
    await simulated(id);
    const { request } = (await app.inject({ url: `/v1/simulations/${simulationId}` })).json<SimulationDto>();
    expect(request).toMatchObject({ isEnforced: false, walkInPerCell: 0 });
    jest.setSystemTime(new Date(at('12:00')));
  });

  it('replay it with the adherence that was counted, and say where it was not', async () => {
    jest.setSystemTime(new Date(`${COUNTED_DAY}T12:00:00+01:00`));
    const counts = region.classIds.flatMap(([classId]) => {
      const its = {
        audience: 'pupils',
        ownerId: classId,
        onDate: COUNTED_DAY,
        deferred: 0,
        refused: 0,
        wouldRefuse: 0,
      };
      return { ...its, classId: classId! };
    });
    const startOf = new Map(counts.map(({ classId }, k) => [classId, cellAt(1, 9 + k)]));
    const windows = counts.flatMap(({ classId, ...its }) => [
      { ...its, startCell: startOf.get(classId)!, admitted: 42, attempts: 42 },
      { ...its, startCell: null, admitted: 18, attempts: 18 },
    ]);
    const counted = await app.inject({
      method: 'POST',
      url: '/v1/gateways/counts',
      headers,
      payload: { agent: 'proxy-1', batchId: randomUUID(), windows, cells: [] },
    });
    expect(counted.statusCode).toBe(202);
    const its = await simulated((await make({ firstDate: COUNTED_DAY })).id);
    expect(its.replayAdherences).toEqual([
      { profile: 'pupil', kind: 'college', countedVisitorCount: 300, adherencePerMille: 700, basis: 'kind' },
      { profile: 'relative', kind: 'college', countedVisitorCount: 0, adherencePerMille: 900, basis: 'assumed' },
    ]);
    // it is the day of which somebody says as much, and no other
    const replayed = its.simulated![0]!;
    const settings = (
      await app.inject({ url: `/v1/platforms/${region.platformId}/gateway-settings` })
    ).json<GatewaySettingsDto>();
    const dayOf = async (adherences: object[]) => {
      const payload = {
        platformId: region.platformId,
        date: COUNTED_DAY,
        isEnforced: settings.posture === 'enforced',
        walkInPerCell: settings.walkInPerCell,
        adherences,
        variants: [{ name: 'as_it_was' }],
      };
      const { id } = (await app.inject({ method: 'POST', url: '/v1/simulations', payload })).json<SimulationDto>();
      for (;;) {
        const { variants } = (await app.inject({ url: `/v1/simulations/${id}` })).json<SimulationDto>();
        if (variants) return variants[0]!;
        await new Promise((go) => setTimeout(go, 20));
      }
    };
    expect(replayed).toEqual(await dayOf([{ profile: 'pupil', establishmentKind: null, adherencePerMille: 700 }]));
    expect(replayed.curves.arrivals).not.toEqual((await dayOf([])).curves.arrivals);
    const text = async (path: string) => (await app.inject({ url: `${url}/${its.id}/${path}` })).body;
    expect(await text('page?lang=fr')).toMatch(
      /compté<\/td><td class="n">300<\/td><td class="n">70 %.*non compté, 90 % supposé/s,
    );
    expect(await text('page?lang=en')).toContain('not counted, 90 % assumed');
    expect(await text('csv?part=adherence&lang=fr')).toContain(
      'élèves;collèges;compté;300;0,7\r\nparents;collèges;non compté, 90 % supposé;;0,9',
    );
    expect(await text('csv?part=adherence&lang=en')).toContain(
      'pupils;collèges;counted;300;0.7\r\nrelatives;collèges;not counted, 90 % assumed;;0.9',
    );
    expect((await text('csv?part=replay&lang=en')).split('\r\n')[1]).toMatch(
      new RegExp(`^as it was;${replayed.peakSessions};`),
    );
    expect((await text('csv?part=assumptions&lang=fr')).split('\r\n')).toContainEqual(
      expect.stringMatching(/^Respect du créneau;0,9;0,7;-?[\d,]+$/),
    );
    jest.setSystemTime(new Date(at('12:00')));
    const uncounted = await simulated((await make()).id);
    expect(uncounted.replayAdherences.every(({ basis }) => basis === 'assumed')).toBe(true);
    const page = (await app.inject({ url: `${url}/${uncounted.id}/page?lang=fr` })).body;
    expect(page).toContain('Respect du créneau non compté, 90 % supposé.');
  });

  it('are written on by people, with owner and date, and nobody overwrites somebody else', async () => {
    const its = await make();
    const improvements = [{ text: 'Étaler les 6e', owner: 'Académie de Lille', dueOn: '2027-01-15', state: 'agreed' }];
    const causes = [{ code: 'capacity_cut', verdict: 'ruled_out', comment: 'Vérifié avec l’hébergeur.' }];
    const words = { revision: 1, summary: 'Trop de monde hors créneau.', causes, improvements };
    const write = (payload: object) => app.inject({ method: 'PUT', url: `${url}/${its.id}`, payload });
    const written = (await write(words)).json<PostMortemDto>();
    expect(written).toMatchObject({ revision: 2, summary: words.summary, improvements });
    expect(written.causes).toEqual(
      its.causes.map((cause) => (cause.code === 'capacity_cut' ? { ...cause, ...causes[0] } : cause)),
    );
    for (const wrong of [[...causes, ...causes], [{ ...causes[0], figure: 7 }]])
      expect((await write({ ...words, revision: 2, causes: wrong })).statusCode).toBe(400);
    const late = await write({ ...words, summary: 'autre' });
    expect([late.statusCode, late.json<{ code: string }>().code]).toEqual([409, 'post_mortem.changed']);
    expect(
      (await write({ ...words, revision: 2, improvements: [{ ...improvements[0], dueOn: 'bientôt' }] })).statusCode,
    ).toBe(400);
    const trail = (await app.inject({ url: '/v1/audit?action=post_mortem.write' })).json<{
      items: { after: unknown }[];
    }>();
    expect(trail.items[0]!.after).toMatchObject({ summary: words.summary });
  });

  it('are a page and tables in French and English, for whoever may read them', async () => {
    const { id } = await simulated((await make()).id);
    await app.inject({
      method: 'PUT',
      url: `${url}/${id}`,
      payload: { revision: 1, summary: '<b>bref</b>', causes: [], improvements: [] },
    });
    const auditor = await signedInAs(app, { role: 'auditor', uais: [], territories: [] }, 'auditor');
    const page = async (lang: string) => app.inject({ url: `${url}/${id}/page?lang=${lang}`, headers: auditor });
    const french = await page('fr');
    expect([french.statusCode, french.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    for (const text of [
      'Bilan du 7 décembre 2026',
      'Régulation posée',
      'Fin automatique d’une mesure',
      '&lt;b&gt;bref',
      'telle qu’elle a été',
      'moins de 5',
      '<svg',
    ])
      expect(french.body).toContain(text);
    expect((await page('en')).body).toContain('Post-mortem of 7 December 2026');
    const csv = async (part: string, lang: string) =>
      (await app.inject({ url: `${url}/${id}/csv?part=${part}&lang=${lang}`, headers: auditor })).body
        .replace('\ufeff', '')
        .trimEnd()
        .split('\r\n');
    const curves = await csv('curves', 'fr');
    expect(curves).toHaveLength(289);
    expect(curves[1 + cell('09:00') - cell('00:00')]!.split(';').slice(7, 9)).toEqual(['160', '60']);
    expect((await csv('timeline', 'en'))[1]).toContain('A step begins;protection_step.begins;by itself');
    // by the clock of the platform, as the curves beside it are
    expect((await csv('timeline', 'fr'))[1]).toMatch(/^2026-12-07T\d\d:\d\d:\d\d\+01:00;/);
    expect((await csv('crowds', 'fr'))[0]).toMatch(/^Critère;Valeur;Attendus;.*Invités à attendre/);
    expect((await app.inject({ method: 'POST', url, payload: { firstDate: DAY }, headers: auditor })).statusCode).toBe(
      403,
    );
    const head = await signedInAs(app, { role: 'head', uais: [region.uais[0]!], territories: [] }, 'head');
    expect((await app.inject({ url: `${url}/${id}`, headers: head })).statusCode).toBe(403);
    const list = (await app.inject({ url: `${url}?limit=2`, headers: auditor })).json<PostMortemPageDto>();
    expect([list.items[0]!.id, list.items.length, typeof list.nextCursor]).toEqual([id, 2, 'string']);
  });

  it('are refused for days that are no period, or have not begun', async () => {
    for (const body of [
      { firstDate: '2026-12-20' },
      { firstDate: DAY, lastDate: '2026-12-01' },
      { firstDate: '2026-11-01', lastDate: DAY },
    ])
      expect((await app.inject({ method: 'POST', url, payload: body })).statusCode).toBe(422);
  });
});
