import { gzipSync } from 'node:zlib';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import type { ImportReportDto } from '../../src/directory/import.dto';
import { publishedRegion, type BookableRegion } from '../booking-region';
import { NOBODY, signedInAs, startTestApplication } from '../test-application';

const HEADER = 'uai;classe;niveau;effectif;enseignants';

describe('the roster that a head imports', () => {
  let app: NestFastifyApplication;
  let region: BookableRegion;
  let head: Record<string, string>;
  let own: string;
  let other: string;
  beforeAll(async () => {
    app = await startTestApplication();
    region = await publishedRegion(app, []);
    [own, other] = region.uais as [string, string];
    head = await signedInAs(app, { role: 'head', uais: [own], territories: [] });
  });
  afterAll(() => app.close());

  const post = async (
    uai: string,
    lines: string[] | Buffer,
    query = '',
    headers: Readonly<Record<string, string>> = head,
  ) => {
    const answer = await app.inject({
      method: 'POST',
      url: `/v1/establishments/${uai}/roster?schoolYear=2026-2027${query}`,
      payload: Buffer.isBuffer(lines) ? lines : [HEADER, ...lines, ''].join('\n'),
      headers: { ...headers, 'content-type': 'text/csv' },
    });
    return {
      status: answer.statusCode,
      body: answer.json<ImportReportDto & { code: string; report: ImportReportDto }>(),
    };
  };
  const classesOf = (uai: string): Promise<object[]> =>
    app
      .get(DataSource)
      .query(
        `select c.id, c.code, c.headcount from class c join establishment e on e.id = c.establishment_id where e.uai = $1 order by c.code`,
        [uai],
      );

  it('is tried without keeping anything, then kept, and told in the audit trail', async () => {
    const before = await classesOf(own);
    const dry = await post(own, [`${own};6A;6e;25;t1`, `${own};5B;5e;26;t2`], '&dryRun=true');
    expect(dry).toMatchObject({ status: 201, body: { isDryRun: true, pupilCount: 51 } });
    expect(await classesOf(own)).toEqual(before);
    const real = await post(own, [`${own};6A;6e;25;t1`, `${own};5B;5e;26;t2`], '&fileName=classes.csv');
    expect(real).toMatchObject({ status: 201, body: { isDryRun: false, state: 'done', fileName: 'classes.csv' } });
    expect((await classesOf(own)).map((row) => (row as { code: string }).code)).toEqual(['5B', '6A']);
    const [entry] = await app
      .get(DataSource)
      .query<{ uai: string; role: string }[]>(`select uai, role from audit_entry where action = 'import.run'`);
    expect(entry).toEqual({ uai: own, role: 'head' });
  });

  it('refuses each line of another school, and changes nothing there', async () => {
    const before = await classesOf(other);
    const { status, body } = await post(own, [`${own};6A;6e;24;t1`, `${other};6A;6e;1;t1`, `${own};5B;5e;26;t2`]);
    expect([status, body.refusedLineCount]).toEqual([201, 1]);
    expect(body.lines).toEqual([
      {
        lineNumber: 3,
        severity: 'refused',
        code: 'uai_other',
        field: 'uai',
        message: `The line is of another establishment: this import is for ${own} alone.`,
      },
    ]);
    expect(await classesOf(other)).toEqual(before);
    expect((await post(own, [`${other};6A;6e;1;t1`])).body).toMatchObject({ changeCount: 0, refusedLineCount: 1 });
    expect(await classesOf(other)).toEqual(before);
  });

  it('is refused at another school, whose head it is not, and without a head', async () => {
    expect((await post(other, [`${other};6A;6e;25;t1`])).status).toBe(404);
    for (const role of ['authority', 'auditor'] as const) {
      const headers = await signedInAs(app, { role, uais: [], territories: [] });
      expect([role, (await post(own, [`${own};6A;6e;25;t1`], '', headers)).status]).toEqual([role, 403]);
    }
    expect((await post(own, [`${own};6A;6e;25;t1`], '', NOBODY)).status).toBe(401);
  });

  it('tells every line that is wrong, not the first only', async () => {
    const wrong = Array.from({ length: 150 }, (_none, i) => `${own};C${i};no such level;25;`);
    const { body } = await post(own, wrong, '&dryRun=true');
    expect([body.refusedLineCount, body.lines.length]).toEqual([150, 150]);
    expect(body.lines[149]).toMatchObject({ lineNumber: 151, field: 'niveau', code: 'level_unknown' });
  });

  it('is held to a size as sent and as unpacked', async () => {
    const file = (size: number): Buffer =>
      Buffer.from(`${HEADER}\n`.padEnd(size, `${own};6A;6e;25;${'t'.repeat(5000)}\n`));
    for (const sent of [file(1_000_001), gzipSync(file(50_000_000))]) {
      const { status, body } = await post(own, sent);
      expect([status, body.code]).toEqual([422, 'import.file_too_large']);
    }
  });
});
