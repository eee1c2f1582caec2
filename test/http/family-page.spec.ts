import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import ICAL from 'ical.js';
import type { DataSource } from 'typeorm';
import { FAMILY_TEXTS } from '../../src/public-pages/family-text';
import { type BookableRegion, publishedRegion, standStillAt } from '../booking-region';
import { cellAt, type WindowSpec } from '../plan-builder';
import { NOBODY, startTestApplication } from '../test-application';

const WINDOWS: WindowSpec[] = [
  { establishment: 0, classIndex: 0, startCell: cellAt(0, 8) },
  { establishment: 0, classIndex: 0, startCell: cellAt(0, 9, 45) },
  { establishment: 0, classIndex: 0, startCell: cellAt(1, 9) },
  { establishment: 0, classIndex: 1, startCell: cellAt(0, 10) },
  { establishment: 0, classIndex: 1, startCell: cellAt(0, 10, 30) },
  { establishment: 0, classIndex: -1, startCell: cellAt(0, 9, 15) },
  { establishment: 1, classIndex: 0, startCell: cellAt(1, 10) },
];
const PUBLIC_PAGE_MOST_BYTES = 100_000;

describe('the page of families', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: BookableRegion;
  beforeAll(async () => {
    standStillAt('2026-12-07T09:13:20+01:00');
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });
  beforeEach(async () => {
    jest.setSystemTime(new Date('2026-12-07T09:13:20+01:00'));
    region = await publishedRegion(app, WINDOWS);
  });

  const get = (url: string, headers: Record<string, string> = {}) =>
    app.inject({ url, headers: { ...NOBODY, ...headers } });
  /** The page as a reader sees it: no tags, plain spaces. */
  const read = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await get(url, headers);
    const main = answer.body.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' ');
    return {
      status: answer.statusCode,
      html: answer.body,
      text: main.replaceAll('&#39;', "'").replace(/[\s\u00a0]+/g, ' '),
    };
  };
  /** Departments of the first two schools. */
  const departments = async (): Promise<string[]> => {
    const rows = await database.query<{ code: string }[]>(
      'select d.code from establishment e join territory d on d.id = e.department_id where e.id = any($1) order by array_position($1, e.id)',
      [region.establishmentIds.slice(0, 2)],
    );
    return rows.map(({ code }) => code);
  };
  const classOf = (establishment: number, code: string) => `classe=${region.uais[establishment]}.${code}`;
  const makeClass = (code: string, levels = '{6E}', kind = 'division') =>
    database.query(
      `insert into class (establishment_id, school_year, code, kind, levels, headcount, source)
       values ($1, '2026-2027', $2, $4, $3, 20, 'test')`,
      [region.establishmentIds[0], code, levels, kind],
    );

  it('says which protection step is in force for the class, to families in their language, and no longer once it is over', async () => {
    const step = (scope: object, fr: string) => ({
      name: fr,
      scope,
      reason: 'trop de monde',
      endsAt: '2026-12-07T09:30:00+01:00',
      words: { fr, en: `${fr} (en)` },
      isBreakGlass: true,
      measures: { defersRelatives: true, featuresOff: [] },
    });
    for (const payload of [
      step({ profiles: ['relative'] }, 'Parents <plus tard>'),
      step({ establishmentKinds: ['lycee_gt'] }, 'Lycées seulement'),
      step({ levels: ['3E'] }, 'Troisièmes seulement'),
      step({ territories: [(await departments())[1]] }, 'Autre département'),
    ])
      await database.query(
        `insert into protection_step (platform_id, name, scope, measures, words, arms, starts_at, ends_at, asked_ends_at, reason, state, is_regional, is_break_glass, proposed_by)
         values ($1, $2, $3, $4, $5, '[]', '2026-12-07T09:00:00+01:00', $6, $6, $7, 'in_force', false, false, 'somebody')`,
        [
          region.platformId,
          { fr: payload.name, en: payload.name },
          { territories: [], establishmentKinds: [], levels: [], profiles: [], ...payload.scope },
          payload.measures,
          payload.words,
          payload.endsAt,
          payload.reason,
        ],
      );
    const page = await read(`/creneaux?${classOf(0, '6A')}`);
    expect(page.html).toContain('<strong>Parents &lt;plus tard&gt;</strong>');
    expect(page.text).toMatch(/Jusqu’au lundi 7 décembre, 9 h 30\./);
    for (const words of ['Lycées seulement', 'Troisièmes seulement', 'Autre département'])
      expect(page.text).not.toContain(words);
    expect((await read(`/creneaux?${classOf(0, '6A')}&lang=en`)).html).toContain('Parents &lt;plus tard&gt; (en)');
    expect((await read(`/creneaux?${classOf(1, '6A')}`)).text).toContain('Autre département');
    jest.setSystemTime(new Date('2026-12-07T09:30:20+01:00'));
    expect((await read(`/creneaux?${classOf(0, '6A')}`)).html).not.toContain('class="notice"');
  });

  it('says when it is the turn of a class: the next window, how long still, and what follows', async () => {
    const { status, text, html } = await read(`/creneaux?${classOf(0, '6A')}`);
    expect(status).toBe(200);
    expect(text).toContain('6A Collège 1, Lille aujourd’hui 9 h 45 – 10 h 15 dans 32 min');
    expect(text).toContain('Entrée possible dès 9 h 40.');
    expect(text).toContain('8 h 00 – 8 h 30 (terminé)');
    expect(text).toContain('9 h 15 – 9 h 45 (parents)');
    expect(text).toContain('demain 9 h 00 – 9 h 30');
    expect(text).toContain('mer. 9 déc. – ven. 11 déc. pas de créneau');
    expect(text).toContain('sam. 12 déc. – dim. 13 déc. pas de classe');
    expect(text).toContain('Créneaux publiés, tels que connus à 9 h 13.');
    expect(html).toContain('<html lang="fr">');
    expect(html).toContain(
      '<title>6A : aujourd’hui 9 h 45 – 10 h 15</title>'.replace(/(\d) h (\d)/g, '$1\u00a0h\u00a0$2'),
    );
  });

  it('says that a window is open, and for how long', async () => {
    jest.setSystemTime(new Date('2026-12-07T09:50:00+01:00'));
    expect((await read(`/creneaux?${classOf(0, '6A')}`)).text).toContain(
      '9 h 45 – 10 h 15 c’est le moment, encore 25 min',
    );
  });

  it('speaks English where the browser or the address asks for it', async () => {
    const url = `/creneaux?${classOf(0, '6A')}`;
    for (const page of [await read(url, { 'accept-language': 'en-GB' }), await read(`${url}&lang=en`)]) {
      expect(page.html).toContain('<html lang="en">');
      expect(page.text).toContain('today 09:45 – 10:15 in 32 min');
      expect(page.text).not.toMatch(/créneau|aujourd/i);
    }
    expect((await read(`${url}&lang=fr`, { 'accept-language': 'en' })).html).toContain('<html lang="fr">');
  });

  it('shows several children side by side, adds and removes them by address', async () => {
    const { text, html } = await read(`/creneaux?${classOf(0, '6A')}&${classOf(1, '6A')}&${classOf(0, '6B')}`);
    expect(html.match(/<section/g)).toHaveLength(3);
    expect(text).toContain('Les prochains créneaux de 3 classes');
    expect(text).toContain('Collège 2, Lille demain 10 h 00 – 10 h 30 dans 24 h 47');
    const keys = [`${region.uais[0]}.6A`, `${region.uais[1]}.6A`, `${region.uais[0]}.6B`];
    expect(html).toContain(`href="/creneaux?classe=${keys[1]}&amp;classe=${keys[2]}"`);
    const change = `/creneaux?classe=${keys[1]}&amp;classe=${keys[2]}&amp;etablissement=${region.uais[0]}`;
    expect(html).toContain(`href="${change}"`);
    const classes = await read(change.replaceAll('&amp;', '&'));
    expect(classes.text).toContain('Choisissez la classe 6A 6B 6C');
    expect(classes.html).toContain(
      `href="/creneaux?classe=${keys[1]}&amp;classe=${keys[2]}&amp;classe=${region.uais[0]}.6C"`,
    );
    const adding = await read(`/creneaux?${classOf(0, '6A')}&ajouter=1`);
    expect(adding.html).toContain(`<input type="hidden" name="classe" value="${keys[0]}">`);
  });

  it('finds schools by words of their name and of their town, and says what to do where there is none', async () => {
    await database.query(
      `update establishment set name = 'École Émile-Zola', commune_name = 'Saint-Omer' where uai = $1`,
      [region.uais[0]],
    );
    const found = await read('/creneaux?q=zola+saint+omer');
    expect(found.text).toContain('1 établissement pour « zola saint omer »');
    expect(found.html).toContain(`href="/creneaux?etablissement=${region.uais[0]}"`);
    const none = await read('/creneaux?q=%3Cscript%3E');
    expect(none.text).toContain('Aucun établissement pour « &lt;script&gt; ». Essayez un seul mot');
    expect(none.status).toBe(200);
    expect((await read('/creneaux')).html).toContain('<form class="search" action="/creneaux"');
  });

  it('gives a class without windows those of its level, and says so', async () => {
    await makeClass('6D');
    const { text, html } = await read(`/creneaux?${classOf(0, '6D')}`);
    expect(text).toContain('aujourd’hui 9 h 45 – 11 h 00');
    expect(text).toContain('ceux des classes du même niveau');
    expect(html).not.toContain('calendar.ics');
    await makeClass('TG1', '{TGT}');
    const other = await read(`/creneaux?${classOf(0, 'TG1')}`);
    expect(other.text).toContain('9 h 15 – 9 h 45');
    expect(other.text).not.toContain('du même niveau');
  });

  it('shows the windows of a group with those of its class', async () => {
    await makeClass('LATIN', '{6E}', 'group');
    await database.query(
      `insert into class_group_source (group_id, class_id) select g.id, k.id from class g, class k
        where g.code = 'LATIN' and g.establishment_id = $1 and k.id = $2`,
      [region.establishmentIds[0], region.classIds[0]![0]],
    );
    await database.query(
      `update plan_window set class_id = (select id from class where code = 'LATIN' and establishment_id = $1) where window_id = $2`,
      [region.establishmentIds[0], region.windowIds[1]],
    );
    expect((await read(`/creneaux?${classOf(0, '6A')}`)).text).toContain('aujourd’hui (groupe LATIN) 9 h 45');
  });

  it('says why days have no window: holidays, a public holiday, a closed day', async () => {
    jest.setSystemTime(new Date('2026-12-17T09:00:00+01:00'));
    await database.query(`update campaign set ends_on = '2027-01-08' where id = $1`, [region.campaignId]);
    const { text } = await read(`/creneaux?${classOf(0, '6A')}`);
    expect(text).toContain('Pas de créneau à venir pour cette classe.');
    await database.query(
      `update plan_window set local_date = '2027-01-05', start_cell = start_cell + 28 * 288 where window_id = $1`,
      [region.windowIds[2]],
    );
    const later = await read(`/creneaux?${classOf(0, '6A')}`);
    expect(later.text).toContain('mardi 5 janvier 9 h 00 – 9 h 30 dans 19 jours');
    expect(later.text).toContain('sam. 19 déc. – dim. 3 janv. Vacances de Noël');
    await database.query(
      `insert into calendar_exception (establishment_id, first_on, last_on, open_half_days, reason) values ($1, '2026-12-18', '2026-12-18', 0, 'secret words')`,
      [region.establishmentIds[0]],
    );
    const closed = await read(`/creneaux?${classOf(0, '6A')}`);
    expect(closed.text).toContain('demain pas de classe');
    expect(closed.html).not.toContain('secret words');
  });

  it('says the time of a school overseas', async () => {
    await database.query(`update establishment set time_zone = 'Indian/Reunion' where uai = $1`, [region.uais[0]]);
    const { text, html } = await read(`/creneaux?${classOf(0, '6A')}`);
    expect(text).toContain('12 h 45 – 13 h 15');
    expect(text).toContain('Heures de l’établissement (heure de La Réunion).');
    expect(html).toContain('data-offset="240"');
  });

  it('says what to do where the class, the school or a plan is not there', async () => {
    const unknown = await read(`/creneaux?${classOf(0, '9Z')}`);
    expect(unknown.status).toBe(404);
    expect(unknown.text).toContain('La classe 9Z n’est pas connue.');
    expect(unknown.html).toContain(`href="/creneaux?etablissement=${region.uais[0]}"`);
    expect((await read(`/creneaux?${classOf(0, '9Z')}&${classOf(0, '6A')}`)).status).toBe(200);
    for (const uai of ['0590000A', '0000000A']) {
      const school = await read(`/creneaux?etablissement=${uai}`);
      expect([school.status, school.text]).toEqual([
        404,
        expect.stringContaining('Cet établissement n’est pas connu ici.'),
      ]);
      expect((await read(`/creneaux?classe=${uai}.6A`)).text).toContain('Cet établissement n’est pas connu ici.');
    }
    await database.query(`update plan set state = 'superseded' where id = $1`, [region.planId]);
    const noPlan = await read(`/creneaux?${classOf(0, '6A')}`);
    expect([noPlan.status, noPlan.text]).toEqual([
      200,
      expect.stringContaining('Aucun créneau n’est publié pour le moment.'),
    ]);
    expect(noPlan.html).toContain(`/v1/classes/${region.classIds[0]![0]}/calendar.ics`);
  });

  it('reads any address: what it does not understand is not there', async () => {
    for (const query of [
      '?utm_source=mail',
      '?classe=',
      '?classe=x&classe=%FF',
      '?lang=xx',
      '?classe[]=1',
      '?q=%20',
      '?q=%FF',
    ])
      expect([query, (await read(`/creneaux${query}`)).status]).toEqual([query, 200]);
    // what no text can hold is refused, whatever asks for it
    expect((await read('/creneaux?q=%00')).status).toBe(400);
    for (const accept of ['application/x-unknown', '*/*', '', 'image/avif,nonsense;q='])
      expect((await get(`/creneaux?${classOf(0, '6A')}`, { accept })).headers['content-type']).toBe(
        'text/html; charset=utf-8',
      );
  });

  it('is kept by caches for a minute and asked for again by ETag; it sets no cookie and runs nothing of others', async () => {
    const url = `/creneaux?${classOf(0, '6A')}`;
    const { headers, body } = await get(url);
    expect(headers['cache-control']).toBe('public, max-age=60');
    expect(headers.vary).toContain('accept-language');
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(body).not.toMatch(/<script>|\son\w+=|style="/);
    const again = await get(url, { 'if-none-match': headers.etag as string });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    jest.setSystemTime(new Date('2026-12-07T09:14:00+01:00'));
    expect((await get(url, { 'if-none-match': headers.etag as string })).statusCode).toBe(200);
  });

  it('weighs little with all that it loads', async () => {
    const classes = Array.from({ length: 8 }, (_, i) =>
      classOf(i % 4, '6ABC'[1 + Math.floor(i / 4)] === 'A' ? '6A' : '6B'),
    );
    const page = await get(`/creneaux?${classes.join('&')}`);
    expect(page.body.match(/<section/g)).toHaveLength(8);
    const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"[^>]*(?:defer|rel="stylesheet")/g)].map(
      ([, path]) => path!,
    );
    expect(loaded).toHaveLength(1);
    const script = await get(loaded[0]!);
    expect(script.headers['cache-control']).toContain('immutable');
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    const bytes = [page, script].reduce((sum, { rawPayload }) => sum + gzipSync(rawPayload).length, 0);
    process.stdout.write(`public page of eight children with its script: ${bytes} bytes gzipped\n`);
    expect(bytes).toBeLessThanOrEqual(PUBLIC_PAGE_MOST_BYTES);
    expect((await get('/creneaux/other.js')).statusCode).toBe(404);
  });

  it('leads to a calendar that programs read, and to a page to print', async () => {
    const { html } = await read(`/creneaux?${classOf(0, '6A')}`);
    const id = region.classIds[0]![0];
    expect(html).toContain(`href="/v1/classes/${id}/week?lang=fr"`);
    const calendar = await get(`/v1/classes/${id}/calendar.ics?lang=fr`);
    const events = new ICAL.Component(ICAL.parse(calendar.body) as unknown[]).getAllSubcomponents('vevent');
    expect([calendar.headers['content-type'], events.length]).toEqual(['text/calendar; charset=utf-8', 4]);
    const again = await get(`/v1/classes/${id}/calendar.ics?lang=fr`, {
      'if-none-match': calendar.headers.etag as string,
    });
    expect(again.statusCode).toBe(304);
    expect((await get('/v1/classes/2000000000/calendar.ics')).statusCode).toBe(404);
  });

  it('uses every message that it has', () => {
    const folder = join(__dirname, '../../src/public-pages');
    const sources = ['family-page.rules.ts', 'family-card.rules.ts', 'public-time.rules.ts'];
    const code = sources.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
    const unused = Object.keys(FAMILY_TEXTS.fr).filter(
      (name) => !new RegExp(`(text|TEXTS\\[language\\])\\.${name}\\b|\\{ ${name} \\}: FamilyText`).test(code),
    );
    expect(unused).toEqual([]);
  });
});
