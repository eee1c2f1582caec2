import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { FORECAST_TEXTS } from '../../src/public-pages/forecast-text';
import type { ForecastDto } from '../../src/public-pages/forecast.dto';
import { type BookableRegion, publishedRegion, standStillAt } from '../booking-region';
import { cellAt, type WindowSpec } from '../plan-builder';
import { NOBODY, startTestApplication } from '../test-application';

/** At most 700 of 1,000 expected twice between ten and eleven on Monday, 420 twice between eleven and twelve on Tuesday. */
const WINDOWS: WindowSpec[] = [
  { establishment: 0, classIndex: 0, startCell: cellAt(0, 10), headcount: 1000 },
  { establishment: 0, classIndex: 1, startCell: cellAt(0, 10) + 6, headcount: 1000 },
  { establishment: 0, classIndex: 0, startCell: cellAt(1, 11), headcount: 600 },
  { establishment: 0, classIndex: 1, startCell: cellAt(1, 11) + 6, headcount: 600 },
];

describe('the forecast of a platform', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: BookableRegion;
  beforeAll(async () => {
    standStillAt('2026-12-07T10:13:20+01:00');
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });
  beforeEach(async () => {
    jest.setSystemTime(new Date('2026-12-07T10:13:20+01:00'));
    region = await publishedRegion(app, WINDOWS, { concurrentSessions: 1000, loginsPerMinute: 1000 });
  });

  const get = (url: string, headers: Record<string, string> = {}) =>
    app.inject({ url, headers: { ...NOBODY, ...headers } });
  const forecast = async (query = '') =>
    (await get(`/v1/platforms/${region.platformId}/forecast${query}`)).json<ForecastDto>();
  const read = async (query: string, headers: Record<string, string> = {}) => {
    const answer = await get(`/prevision?plateforme=${await codeOf()}${query}`, headers);
    const main = answer.body.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' ');
    return {
      status: answer.statusCode,
      html: answer.body,
      text: main.replaceAll('&#39;', "'").replace(/[\s\u00a0]+/g, ' '),
    };
  };
  const codeOf = async (): Promise<string> =>
    (await database.query<{ code: string }[]>('select code from platform where id = $1', [region.platformId]))[0]!.code;
  const levels = ({ days }: ForecastDto, day: number) =>
    Object.fromEntries(
      days[day]!.hours.filter(({ level }) => level !== 'calm').map(({ hour, level, takenPerMille }) => [
        hour,
        [level, takenPerMille],
      ]),
    );

  it('is computed from the ledger and tells everybody seven days by the hour', async () => {
    const answer = await forecast();
    expect(answer).toMatchObject({ platformId: region.platformId, timeZone: 'Europe/Paris', announcements: [] });
    expect(answer.days.map(({ date, isPlanned }) => [date, isPlanned])).toEqual([
      ['2026-12-07', true],
      ['2026-12-08', true],
      ['2026-12-09', true],
      ['2026-12-10', true],
      ['2026-12-11', true],
      ['2026-12-12', false],
      ['2026-12-13', false],
    ]);
    expect(levels(answer, 0)).toEqual({ 10: ['busy', 667] });
    expect(levels(answer, 1)).toEqual({});
    expect(answer.days[0]!.hours).toHaveLength(24);
    expect(answer.days[0]!.hours[10]!.startsAt).toBe('2026-12-07T10:00:00+01:00');
    expect(new Set(answer.days[5]!.hours.map(({ level }) => level))).toEqual(new Set([null]));
  });

  it('follows a regulation and announces it with the steps, in the words of the operator', async () => {
    const regulation = {
      startsAt: '2026-12-08T11:00:00+01:00',
      endsAt: '2026-12-08T12:00:00+01:00',
      sessionsPerMille: 500,
      loginsPerMille: 1000,
      reason: 'Maintenance <du> soir',
    };
    const post = (url: string, payload: object) =>
      app.inject({ method: 'POST', url: `/v1/platforms/${region.platformId}/${url}`, payload });
    expect((await post('regulations', regulation)).statusCode).toBe(201);
    const step = {
      startsAt: '2026-12-09T08:00:00+01:00',
      concurrentSessions: 1500,
      loginsPerMinute: 1200,
      reason: 'Renfort',
    };
    expect((await post('capacity-steps', step)).statusCode).toBe(201);
    const answer = await forecast();
    expect(levels(answer, 1)).toEqual({ 11: ['very_busy', 800] });
    expect(answer.announcements).toEqual([
      {
        ...regulation,
        kind: 'regulation',
        capacityPerMille: 500,
        sessionsPerMille: undefined,
        loginsPerMille: undefined,
      },
      { kind: 'capacity_step', startsAt: step.startsAt, endsAt: null, capacityPerMille: 1200, reason: 'Renfort' },
    ]);
    const { text, html } = await read('');
    expect(text).toContain('En ce moment : chargé. Le plus chargé : mardi 8 décembre, 11 h – 12 h (très chargé).');
    expect(text).toContain(
      'Ralentissement (capacité réduite de 50 %) de mardi 8 décembre, 11 h 00 à mardi 8 décembre, 12 h 00',
    );
    expect(html).toContain('Maintenance &lt;du&gt; soir');
    expect(text).toContain('Capacité augmentée de 20 % à partir de mercredi 9 décembre, 8 h 00');
  });

  it('is a page with a word in each hour, the same as a table, in French and in English', async () => {
    const french = await read('');
    expect(french.html).toContain('<td class="busy"><span>chargé</span></td>');
    expect(french.html.match(/<td class="unplanned">/g)).toHaveLength(2 * 15);
    expect(french.text).toContain('lundi 7 décembre 10 h – 11 h chargé 67 %');
    expect(french.text).toContain('samedi 12 décembre pas de prévision');
    const english = await read('', { 'accept-language': 'en' });
    expect(english.text).toContain('At this moment: busy. The busiest: Monday 7 December, 10:00 – 11:00 (busy).');
    expect(english.text).not.toMatch(/chargé|décembre/);
  });

  it('begins with the next campaign where none is under way, and leads to the days before and after', async () => {
    jest.setSystemTime(new Date('2026-11-25T10:00:00+01:00'));
    const page = await read('');
    expect(page.html).toContain('&amp;du=2026-11-30"');
    expect(page.text).toContain('Le plus chargé : lundi 7 décembre');
    expect((await read('&du=2026-11-30')).text).toContain('l’affluence ne peut pas être prévue');
    expect((await read('&du=2026-11-30')).html).toContain('&amp;du=2026-12-07"');
    await database.query(`update plan set state = 'superseded' where id = $1`, [region.planId]);
    expect((await read('')).text).toContain('Revenez quand une semaine de créneaux sera publiée.');
  });

  it('has 25 hours as 24 on the day that has one twice', async () => {
    const { days } = await forecast('?from=2026-10-25&days=1');
    expect(days[0]!.hours.map(({ hour }) => hour)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
    const spring = await forecast('?from=2027-03-28&days=1');
    expect(spring.days[0]!.hours).toHaveLength(23);
  });

  it('asks which platform where there are several, and says that one is not known', async () => {
    const choice = await get('/prevision');
    expect(choice.body).toContain(`href="/prevision?plateforme=${await codeOf()}"`);
    expect((await get('/prevision?plateforme=nowhere')).statusCode).toBe(404);
    expect((await get('/v1/platforms/2000000000/forecast')).statusCode).toBe(404);
    for (const query of ['?days=15', '?days=0', '?from=2026-02-30', '?colour=blue'])
      expect((await get(`/v1/platforms/${region.platformId}/forecast${query}`)).statusCode).toBe(400);
    for (const query of ['&du=2026-02-30', '&fbclid=1', '&lang=de'])
      expect([query, (await read(query)).status]).toEqual([query, 200]);
  });

  it('needs no script, sets no cookie, is kept for a minute and weighs little', async () => {
    const url = `/prevision?plateforme=${await codeOf()}`;
    const { headers, body, rawPayload } = await get(url, { accept: 'application/x-unknown' });
    expect(body).not.toMatch(/<script|\son\w+=|style="/);
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['cache-control']).toBe('public, max-age=60');
    expect((await get(url, { 'if-none-match': headers.etag as string })).statusCode).toBe(304);
    const bytes = gzipSync(rawPayload).length;
    process.stdout.write(`forecast page: ${bytes} bytes gzipped\n`);
    expect(bytes).toBeLessThanOrEqual(100_000);
  });

  it('uses every message that it has', () => {
    const code = readFileSync(join(__dirname, '../../src/public-pages/forecast-page.rules.ts'), 'utf8');
    expect(Object.keys(FORECAST_TEXTS.fr).filter((name) => !new RegExp(`text\\.${name}\\b`).test(code))).toEqual([]);
  });
});
