import { randomUUID } from 'node:crypto';
import { DateTime } from 'luxon';
import { DataSource } from 'typeorm';
import { withFirstOfMonth } from '../../src/common/language.rules';
import { PostMortemSources } from '../../src/crisis/post-mortem-sources.service';
import type { PostMortemDto, PostMortemPageDto } from '../../src/crisis/post-mortem.dto';
import { publishedRegion } from '../booking-region';
import { cellAt } from '../plan-builder';
import { signedInAs } from '../test-application';
import { LookedBackMorning, DAY, at, cell, standAt } from './looked-back-morning';

describe('post-mortems', () => {
  let morning: LookedBackMorning;
  beforeAll(async () => {
    morning = await LookedBackMorning.start();
  });
  afterAll(() => morning.stop());

  it('keep what was done and seen, beside what was planned', async () => {
    const its = await morning.make();
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
    const its = await morning.simulated((await morning.make({ firstDate: before, lastDate: DAY })).id);
    expect(its).toMatchObject({ firstDate: before, lastDate: DAY, replayedDate: DAY });
    expect(its.curves.attempts).toHaveLength(2 * 288);
    const k = 288 + cell('09:00') - cell('00:00');
    expect(its.curves.attempts.slice(k, k + 2)).toEqual([160, 140]);
    expect(its.curves.attempts.slice(0, 288).every((count) => count === 0 || count === null)).toBe(true);
    expect(its.totals).toMatchObject({ admitted: 100, admittedInWindow: 60, attempts: 300 });
    const page = await morning.app.inject({ url: `${morning.url}/${its.id}/page?lang=fr` });
    for (const day of [before, DAY]) {
      const text = DateTime.fromISO(day).setLocale('fr').toFormat('d MMMM yyyy');
      expect(page.body).toContain(withFirstOfMonth(text, 'fr'));
    }
    const sunday = await morning.simulated((await morning.make({ firstDate: before })).id);
    expect(sunday.assumedAdherencePerMille).toBeNull();
    const sundayPage = await morning.app.inject({ url: `${morning.url}/${sunday.id}/page?lang=fr` });
    expect(sundayPage.body).toContain('Personne n’avait de créneau ce jour-là.');
  });

  it('say what is ruled out and which assumption failed most', async () => {
    const its = await morning.simulated((await morning.make()).id);
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

  it('keep the capacity cut of a step that was taken back, and count the bookings of establishments', async () => {
    standAt('08:00');
    const own = await publishedRegion(morning.app, [{ establishment: 0, classIndex: 0, startCell: cellAt(0, 15) }], {
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
    const { id } = (await morning.app.inject({ method: 'POST', url: `${platform}/protection-steps`, payload })).json<{
      id: number;
    }>();
    standAt('08:22');
    expect(
      (
        await morning.app.inject({
          method: 'POST',
          url: `${platform}/protection-steps/${id}/undo`,
          payload: { reason: 'assez' },
        })
      ).statusCode,
    ).toBe(200);
    const moved = { operation: 'move', windowId: own.windowIds[0], startsAt: at('16:00') };
    const key = { 'idempotency-key': randomUUID(), 'if-match': '"1"' };
    expect(
      (await morning.app.inject({ method: 'POST', url: '/v1/bookings', payload: moved, headers: key })).statusCode,
    ).toBe(201);
    standAt('12:00');
    const lookBack = () => morning.make({ firstDate: DAY }, `${platform}/post-mortems`);
    const its = await lookBack();
    const limitAt = (clock: string) => its.curves.sessionLimit[cell(clock) - cell('00:00')];
    expect(['07:55', '08:00', '08:15', '08:20', '08:30'].map(limitAt)).toEqual([1000, 500, 500, 1000, 1000]);
    expect(its.causes.find(({ code }) => code === 'capacity_cut')).toMatchObject({ verdict: 'contributed', figure: 1 });
    // the database tells bookings by its own clock
    const [clock] = await morning.app
      .get(DataSource)
      .query<{ from: Date; to: Date }[]>("select now() - interval '1 hour' as from, now() + interval '1 hour' as to");
    const sources = morning.app.get(PostMortemSources);
    const told = (await sources.timeline(own.platformId, clock!.from, clock!.to, [])).filter(({ action }) =>
      action.startsWith('booking'),
    );
    expect(told).toMatchObject([{ action: 'bookings.made', about: '1' }]);
    // a cut that was taken back within its first five minutes is a cut all the same
    standAt('13:01');
    const another = await signedInAs(morning.app, { role: 'operator', uais: [], territories: [] }, 'another');
    const short = (
      await morning.app.inject({
        method: 'POST',
        url: `${platform}/protection-steps`,
        payload: { ...payload, endsAt: at('13:20') },
        headers: another,
      })
    ).json<{ id: number }>();
    standAt('13:03');
    // what ends by itself in a quarter of an hour has not been done
    const meanwhile = await lookBack();
    const ofShort = meanwhile.timeline.filter(({ about, by }) => about === String(short.id) && by === 'service');
    expect(ofShort.map(({ action }) => action)).toEqual(['protection_step.begins']);
    await morning.app.inject({
      method: 'POST',
      url: `${platform}/protection-steps/${short.id}/undo`,
      payload: { reason: 'erreur' },
    });
    const again = await lookBack();
    expect(again.causes.find(({ code }) => code === 'capacity_cut')!.figure).toBe(2);
    standAt('12:00');
  });

  it('are written on by people, with owner and date, and nobody overwrites somebody else', async () => {
    const its = await morning.make();
    const improvements = [{ text: 'Étaler les 6e', owner: 'Académie de Lille', dueOn: '2027-01-15', state: 'agreed' }];
    const causes = [{ code: 'capacity_cut', verdict: 'ruled_out', comment: 'Vérifié avec l’hébergeur.' }];
    const words = { revision: 1, summary: 'Trop de monde hors créneau.', causes, improvements };
    const write = (payload: object) => morning.app.inject({ method: 'PUT', url: `${morning.url}/${its.id}`, payload });
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
    const trail = (await morning.app.inject({ url: '/v1/audit?action=post_mortem.write' })).json<{
      items: { after: unknown }[];
    }>();
    expect(trail.items[0]!.after).toMatchObject({ summary: words.summary });
  });

  it('are a page and tables in French and English, for whoever may read them', async () => {
    const { id } = await morning.simulated((await morning.make()).id);
    await morning.app.inject({
      method: 'PUT',
      url: `${morning.url}/${id}`,
      payload: { revision: 1, summary: '<b>bref</b>', causes: [], improvements: [] },
    });
    const auditor = await signedInAs(morning.app, { role: 'auditor', uais: [], territories: [] }, 'auditor');
    const page = async (lang: string) =>
      morning.app.inject({ url: `${morning.url}/${id}/page?lang=${lang}`, headers: auditor });
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
      (await morning.app.inject({ url: `${morning.url}/${id}/csv?part=${part}&lang=${lang}`, headers: auditor })).body
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
    expect(
      (await morning.app.inject({ method: 'POST', url: morning.url, payload: { firstDate: DAY }, headers: auditor }))
        .statusCode,
    ).toBe(403);
    const head = await signedInAs(
      morning.app,
      { role: 'head', uais: [morning.region.uais[0]!], territories: [] },
      'head',
    );
    expect((await morning.app.inject({ url: `${morning.url}/${id}`, headers: head })).statusCode).toBe(403);
    const list = (
      await morning.app.inject({ url: `${morning.url}?limit=2`, headers: auditor })
    ).json<PostMortemPageDto>();
    expect([list.items[0]!.id, list.items.length, typeof list.nextCursor]).toEqual([id, 2, 'string']);
  });

  it('are refused for days that are no period, or have not begun', async () => {
    for (const body of [
      { firstDate: '2026-12-20' },
      { firstDate: DAY, lastDate: '2026-12-01' },
      { firstDate: '2026-11-01', lastDate: DAY },
    ])
      expect((await morning.app.inject({ method: 'POST', url: morning.url, payload: body })).statusCode).toBe(422);
  });
});
