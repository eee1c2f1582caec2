import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { parse } from 'csv-parse/sync';
import { strFromU8, unzipSync } from 'fflate';
import type { DataSource } from 'typeorm';
import { renderSVG } from 'uqr';
import { type BookableRegion, publishedRegion, standStillAt } from '../booking-region';
import { cellAt, type WindowSpec } from '../plan-builder';
import { startTestApplication } from '../test-application';

const WINDOWS: WindowSpec[] = [
  { establishment: 0, classIndex: 0, startCell: cellAt(0, 9) },
  { establishment: 0, classIndex: 0, startCell: cellAt(1, 9) },
  { establishment: 0, classIndex: 1, startCell: cellAt(0, 10) },
  { establishment: 0, classIndex: -1, startCell: cellAt(0, 19) },
  { establishment: 1, classIndex: 0, startCell: cellAt(0, 10) },
];
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

describe("a school's week", () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: BookableRegion;
  beforeAll(async () => {
    // a Saturday: the week that heads want is the next one
    standStillAt('2026-12-05T07:00:00+01:00');
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });
  beforeEach(async () => {
    region = await publishedRegion(app, WINDOWS);
  });

  const week = (query = '', headers: Record<string, string> = {}) =>
    app.inject({ url: `/v1/establishments/${region.uais[0]}/week${query}`, headers });
  const rename = (index: number, code: string) =>
    database.query('update class set code = $2 where id = $1', [region.classIds[0]![index], code]);
  const moveOverseas = () =>
    database.query(`update establishment set time_zone = 'America/Guadeloupe' where uai = $1`, [region.uais[0]]);
  const table = (body: string) => parse(body, { bom: true, delimiter: ';' });

  it('is a table in French for a spreadsheet, with the relatives, from next Monday at the weekend', async () => {
    const answer = await week('?format=csv');
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers['content-disposition']).toBe(
      `attachment; filename="semaine-${region.uais[0]}-2026-12-07.csv"`,
    );
    expect([...answer.rawPayload.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(table(answer.body)).toEqual([
      ['jour', 'date', 'début', 'fin', 'classe', 'niveau', 'public', 'activité'],
      ['lundi', '2026-12-07', '09:00', '09:30', '6A', '6E', 'élèves', 'accès libre'],
      ['lundi', '2026-12-07', '10:00', '10:30', '6B', '6E', 'élèves', 'accès libre'],
      ['lundi', '2026-12-07', '19:00', '19:30', '', '', 'parents', 'accès libre'],
      ['mardi', '2026-12-08', '09:00', '09:30', '6A', '6E', 'élèves', 'accès libre'],
    ]);
  });

  it('is in English and in the hours of the school overseas, and says so', async () => {
    await moveOverseas();
    const [header, first] = table((await week('?lang=en', { accept: 'text/csv' })).body);
    expect(header!.slice(0, 4)).toEqual(['day', 'date', 'start (America/Guadeloupe)', 'end (America/Guadeloupe)']);
    expect(first!.slice(0, 4)).toEqual(['Monday', '2026-12-07', '04:00', '04:30']);
    const page = (await week('', { 'accept-language': 'en' })).body;
    expect(page).toContain('04:00 - 04:30');
    expect(page).toContain('Local times (America/Guadeloupe).');
  });

  it('is one sheet of the whole school: a line for each class, a column for each day, then the relatives', async () => {
    await rename(0, '6<A>');
    const { body, headers } = await week('?sheet=school&from=2026-12-07');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const rows = [...body.matchAll(/<tr><th scope="row">(.*?)<\/th>(.*?)<\/tr>/g)].map(([, label, cells]) => [
      label,
      [...cells!.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell]) => cell!.replace(/<[^>]+>/g, '').replace(/\s/g, ' ')),
    ]);
    expect(rows).toEqual([
      ['6&lt;A&gt;', ['9 h 00-9 h 30', '9 h 00-9 h 30']],
      ['6B', ['10 h 00-10 h 30', '']],
      ['parents', ['19 h 00-19 h 30', '']],
    ]);
    expect(body).toContain('A4 landscape');
    expect((await week('?sheet=school&from=2027-07-19&lang=en')).body).toContain(
      'No window is published for this week.',
    );
    expect((await week('?sheet=both')).statusCode).toBe(400);
  });

  it('takes no class code for a formula', async () => {
    await rename(0, '=1+1');
    await rename(1, '@"a;b"');
    const codes = table((await week('?format=csv')).body).map((line) => line[4]);
    expect(codes.slice(1, 3)).toEqual(["'=1+1", `'@"a;b"`]);
    const files = unzipSync((await week('?format=xlsx')).rawPayload);
    expect(strFromU8(files['xl/worksheets/sheet1.xml']!)).not.toContain('<f>');
  });

  it('is a workbook that opens, with the same lines', async () => {
    const answer = await week('', { accept: XLSX });
    expect(answer.headers['content-type']).toBe(XLSX);
    const files = unzipSync(answer.rawPayload);
    const texts = Object.entries(files)
      .filter(([name]) => /sharedStrings|sheet1/.test(name))
      .map(([, bytes]) => strFromU8(bytes));
    for (const text of ['jour', 'lundi', '09:00', '09:30', '6A', 'élèves', 'parents']) {
      expect(texts.some((xml) => xml.includes(`>${text}<`))).toBe(true);
    }
    expect(strFromU8(files['xl/worksheets/sheet1.xml']!).match(/<row /g)).toHaveLength(5);
  });

  it('is a document with a page for each class that comes, in French first, and no script', async () => {
    await rename(0, '6<b>&"A');
    const answer = await week();
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain('<html lang="fr">');
    expect(answer.body.match(/<section/g)).toHaveLength(2);
    expect(answer.body).toContain('6&lt;b&gt;&amp;&quot;A</h1>');
    expect(answer.body).not.toContain('<script');
    expect(answer.body.replaceAll('\u00a0', ' ')).toContain('9 h 00 - 9 h 30');
    expect(answer.body).toContain('Du 7 décembre 2026 au 13 décembre 2026');
    expect((await week('?from=2026-12-14')).body).toContain('Aucun créneau publié pour cette semaine.');
  });

  it('of a class is one page, with the windows of its groups and of the relatives', async () => {
    const [classId, groupId] = region.classIds[0]!;
    await database.query(`update class set kind = 'group', code = 'LATIN' where id = $1`, [groupId]);
    await database.query('insert into class_group_source (group_id, class_id) values ($1, $2)', [groupId, classId]);
    const answer = await app.inject({ url: `/v1/classes/${classId}/week` });
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body.match(/<section/g)).toHaveLength(1);
    expect(answer.body.match(/<b>/g)).toHaveLength(4);
    expect(answer.body).toContain('<small>LATIN</small>');
    expect(answer.body).toContain('<small>parents</small>');
    expect((await week()).body.match(/<section/g)).toHaveLength(1);
  });

  it('carries the address of the class on each page, as a code where the service knows where it is reached', async () => {
    const path = `/creneaux?classe=${region.uais[0]}.6A`;
    const page = (await week()).body;
    expect(page).toContain(`<a class="code" href="${path}"`);
    expect(page).not.toContain('<svg');
    const reached = await startTestApplication({ ETALE_PUBLIC_URL: 'https://etale.example' });
    try {
      const { uais } = await publishedRegion(reached, WINDOWS);
      const { body } = await reached.inject({ url: `/v1/establishments/${uais[0]}/week` });
      expect(body.match(/<svg/g)).toHaveLength(2);
      expect(body).toContain(renderSVG(`https://etale.example/creneaux?classe=${uais[0]}.6A`, { ecc: 'M', border: 2 }));
    } finally {
      await reached.close();
    }
  });

  it('is refused for a school, a class, a day or a form that there is none of', async () => {
    expect((await app.inject({ url: '/v1/establishments/0000000A/week' })).statusCode).toBe(404);
    expect((await app.inject({ url: '/v1/classes/999999/week' })).json()).toMatchObject({ status: 404 });
    for (const query of ['?from=2026-02-30', '?lang=de', '?format=pdf']) {
      const answer = await week(query);
      expect(answer.statusCode).toBe(400);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
  });
});
