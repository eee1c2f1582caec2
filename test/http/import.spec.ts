import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ImportLinePageDto, ImportPageDto, ImportReportDto } from '../../src/directory/import.dto';
import { checkLetterOf } from '../../src/directory/uai.rules';
import { startTestApplication } from '../test-application';

const uaiOf = (digits: string): string => digits + checkLetterOf(digits);
const SCHOOL = uaiOf('0590001');
const SCHOOLS = JSON.stringify([
  {
    rentree_scolaire: '2026',
    numero_ecole: SCHOOL,
    denomination_principale: 'ECOLE PRIMAIRE PUBLIQUE',
    patronyme: 'JEAN MOULIN',
    secteur: 'PUBLIC',
    code_departement: '59',
    commune: 'LILLE',
    nombre_total_classes: 1,
    nombre_total_eleves: 25,
    nombre_eleves_cp_hors_ulis: 25,
  },
]);
const ROSTER = `uai;classe;niveau;effectif;enseignants\n${SCHOOL};CP;CP;24;t1\n${SCHOOL};CE1;no;24;t1\n`;

describe('imports over HTTP', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await startTestApplication();
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  const post = async (query: string, payload: string | Buffer, contentType = 'text/csv') => {
    const answer = await app.inject({
      method: 'POST',
      url: `/v1/imports?${query}`,
      payload,
      headers: { 'content-type': contentType },
    });
    return { status: answer.statusCode, body: answer.json<ImportReportDto & { code?: string; importId?: number }>() };
  };

  it('take an official file, then a roster, and answer with the report', async () => {
    const official = await post('kind=official-schools&fileName=ecoles.json', SCHOOLS, 'application/octet-stream');
    expect(official).toMatchObject({
      status: 201,
      body: {
        state: 'done',
        establishments: { createdCount: 1 },
        classes: { createdCount: 1 },
        schoolYears: ['2026-2027'],
      },
    });
    const dry = await post('kind=roster&schoolYear=2026-2027&dryRun=true', ROSTER);
    expect(dry).toMatchObject({ status: 201, body: { isDryRun: true, classes: { createdCount: 1, removedCount: 1 } } });
    const real = await post(
      'kind=roster&schoolYear=2026-2027&fileName=/home/someone/classes.csv',
      gzipSync(ROSTER),
      'application/gzip',
    );
    expect(real.body).toMatchObject({
      isDryRun: false,
      fileName: 'classes.csv',
      refusedLineCount: 1,
      classes: { createdCount: 1, removedCount: 1 },
    });
    const again = await post('kind=roster&schoolYear=2026-2027', ROSTER);
    expect(again.body.changeCount).toBe(0);
    const classes = await app.inject({ url: `/v1/establishments/${SCHOOL}/classes` });
    expect(classes.json()).toMatchObject({ items: [{ code: 'CP', headcount: 24, teacherCount: 1, source: 'roster' }] });
  });

  it('are listed, found and read line by line afterwards', async () => {
    const first = (await app.inject({ url: '/v1/imports?limit=2' })).json<ImportPageDto>();
    const second = (await app.inject({ url: `/v1/imports?limit=2&cursor=${first.nextCursor}` })).json<ImportPageDto>();
    const runs = [...first.items, ...second.items];
    expect(runs.map(({ kind, isDryRun }) => [kind, isDryRun])).toEqual([
      ['roster', false],
      ['roster', false],
      ['roster', true],
      ['official-schools', false],
    ]);
    const { id } = runs[1]!;
    const run = (await app.inject({ url: `/v1/imports/${id}` })).json<object>();
    expect(run).toMatchObject({ id, state: 'done', requestedBy: 'account:1', report: { refusedLineCount: 1 } });
    expect(run).toHaveProperty('fileSha256', expect.stringMatching(/^[0-9a-f]{64}$/));
    const lines = (await app.inject({ url: `/v1/imports/${id}/lines` })).json<ImportLinePageDto>();
    expect(lines).toMatchObject({
      items: [{ ordinal: 1, lineNumber: 3, severity: 'refused', field: 'niveau', code: 'level_unknown' }],
      nextCursor: null,
    });
    for (const url of ['/v1/imports/999', '/v1/imports/999/lines'])
      expect((await app.inject({ url })).statusCode).toBe(404);
    for (const url of ['/v1/imports/x', '/v1/imports/99999999999', '/v1/imports?limit=0'])
      expect((await app.inject({ url })).statusCode).toBe(400);
  });

  it('give a template that imports without a refused line once its schools are known', async () => {
    const template = await app.inject({ url: '/v1/imports/templates/roster.csv' });
    expect(template.statusCode).toBe(200);
    expect(template.headers['content-type']).toContain('text/csv');
    expect(template.body).toMatch(/^uai;classe;niveau;effectif;enseignants/);
    const body = template.body.replaceAll(/000000\d[A-Z]/g, SCHOOL);
    const report = await post('kind=roster&schoolYear=2027-2028&dryRun=true', body);
    expect(report.body).toMatchObject({ refusedLineCount: 0, notedLineCount: 0, classes: { createdCount: 6 } });
  });

  it('refuse a bad file with 422, its code, and the number under which the report is kept', async () => {
    const packed = gzipSync(ROSTER.repeat(1000));
    const truncated = await post(
      'kind=roster&schoolYear=2026-2027',
      packed.subarray(0, packed.length - 9),
      'application/gzip',
    );
    expect(truncated).toMatchObject({ status: 422, body: { code: 'import.gzip_truncated' } });
    const run = await app.inject({ url: `/v1/imports/${truncated.body.importId}` });
    expect(run.json()).toMatchObject({
      state: 'refused',
      report: { refusal: { code: 'gzip_truncated' }, changeCount: 0 },
    });
    expect(await post('kind=roster&schoolYear=2026-2027', 'uai;classe\n')).toMatchObject({
      status: 422,
      body: { code: 'import.column_missing' },
    });
  });

  it('refuse a request that cannot be one with 4xx', async () => {
    expect(await post('kind=roster', ROSTER)).toMatchObject({
      status: 400,
      body: { code: 'import.school_year_missing' },
    });
    expect(await post('kind=roster&schoolYear=2026-2029', ROSTER)).toMatchObject({
      status: 400,
      body: { code: 'import.school_year_invalid' },
    });
    expect((await post('kind=photos', ROSTER)).status).toBe(400);
    expect((await post('kind=roster&schoolYear=2026-2027&colour=blue', ROSTER)).status).toBe(400);
    expect((await post('kind=roster&schoolYear=2026-2027&dryRun=maybe', ROSTER)).status).toBe(400);
    expect(await post('kind=official-schools', SCHOOLS, 'application/json')).toMatchObject({
      status: 415,
      body: { code: 'import.media_type' },
    });
    expect((await app.inject({ method: 'POST', url: '/v1/imports?kind=official-schools' })).statusCode).toBe(415);
  });

  const send = (query: string, write: (write: (chunk: string) => boolean, end: () => void) => void) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const { port } = app.getHttpServer().address() as AddressInfo;
      const outgoing = request(
        {
          port,
          host: '127.0.0.1',
          method: 'POST',
          path: `/v1/imports?${query}`,
          headers: { 'content-type': 'text/csv' },
        },
        (incoming) => {
          let body = '';
          incoming.on('data', (chunk) => (body += String(chunk)));
          incoming.on('end', () => {
            outgoing.destroy();
            resolve({ status: incoming.statusCode!, body });
          });
        },
      );
      outgoing.on('error', reject);
      write(
        (chunk) => outgoing.write(chunk),
        () => outgoing.end(),
      );
    });

  it('refuse a line without an end while it is being sent, in little memory', async () => {
    const before = process.memoryUsage().rss;
    const answer = await send('kind=roster&schoolYear=2026-2027', (write) => {
      write('uai;classe;niveau;effectif\n');
      // two gigabytes in all; the answer comes long before
      let left = 32_768;
      const more = (): void => {
        if (left-- > 0) {
          write('x'.repeat(65_536));
          setImmediate(more);
        }
      };
      more();
    }).catch((error: Error) => ({ status: 0, body: error.message }));
    expect(answer).toMatchObject({ status: 422 });
    expect(answer.body).toContain('import.record_too_large');
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);
  });

  it('keep nothing of a file whose sender goes away', async () => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const outgoing = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/v1/imports?kind=roster&schoolYear=2026-2027&fileName=cut',
      headers: { 'content-type': 'text/csv' },
    });
    outgoing.on('error', () => undefined);
    outgoing.write(`uai;classe;niveau;effectif\n${SCHOOL};CM2;CM2;20\n`);
    const find = async () => (await app.inject({ url: '/v1/imports?limit=1' })).json<ImportPageDto>().items[0]!;
    while ((await find()).fileName !== 'cut') await new Promise(setImmediate);
    outgoing.destroy();
    while ((await find()).state === 'running') await new Promise(setImmediate);
    expect(await find()).toMatchObject({ state: 'refused', report: { refusal: { code: 'interrupted' } } });
    const classes = await app.inject({ url: `/v1/establishments/${SCHOOL}/classes` });
    expect(classes.json()).toMatchObject({ items: [{ code: 'CP' }] });
  });
});
