import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { PlanService } from '../../src/plan/plan.service';
import { draftOf, makeRegion, TESTER, weekOf } from '../plan-builder';
import { startTestApplication } from '../test-application';

describe('docs/verify-a-plan.mjs', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let planId: number;
  let address: string;
  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    const region = await makeRegion(database, { establishmentCount: 30 });
    const windows = weekOf(region, 3).map((window, i) => ({ ...window, activity: 1, teacherKeyId: i }));
    planId = await app
      .get(PlanService)
      .createDraft(TESTER, draftOf(region, windows, { reservedSessions: 50, capacitySessions: 900 }));
    await app.listen(0, '127.0.0.1');
    address = `http://127.0.0.1:${new URL(await app.getUrl()).port}`;
  });
  afterAll(() => app.close());

  const verify = (): Promise<{ exitCode: number; lines: string[] }> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(__dirname, '../../docs/verify-a-plan.mjs'), address, String(planId)],
        (error, stdout) => {
          resolve({ exitCode: error ? Number(error.code) : 0, lines: stdout.trimEnd().split('\n') });
        },
      );
    });

  it('finds nothing wrong with a plan that the service stored', async () => {
    const { exitCode, lines } = await verify();
    expect(lines.map((line) => (line.startsWith('{') ? (JSON.parse(line) as object) : line))).toEqual([
      expect.objectContaining({ plan: planId, windowCount: 600, cellCount: 1440, violationCount: 0 }),
    ]);
    expect(exitCode).toBe(0);
  });

  it.each([
    ['a cell over its limit', 'over the limit', `update plan_cell set capacity_sessions = 60000 where plan_id = $1`],
    [
      'a window moved behind the back of the curve',
      'added up',
      `update plan_window set start_cell = start_cell + 1 where plan_id = $1 and window_id = (select min(window_id) from plan_window where plan_id = $1)`,
    ],
    [
      'more visitors than were counted',
      'added up',
      `update plan_window set headcount = headcount + 40 where plan_id = $1 and window_id = (select min(window_id) from plan_window where plan_id = $1)`,
    ],
    [
      'a class in two windows at once',
      'class',
      `update plan_window set class_id = (select min(class_id) from plan_window where plan_id = $1) where plan_id = $1 and class_id is not null`,
    ],
    ['a teacher in two windows at once', 'teacher', `update plan_window set teacher_key_id = 1 where plan_id = $1`],
  ])('finds %s', async (_what, words, tamper) => {
    const before = await database.query<object[]>('select * from plan_window where plan_id = $1 order by window_id', [
      planId,
    ]);
    const cellsBefore = await database.query<object[]>('select * from plan_cell where plan_id = $1 order by cell', [
      planId,
    ]);
    await database.query(tamper, [planId]);
    await database.query('update plan set curve_version = curve_version + 1 where id = $1', [planId]);
    const { exitCode, lines } = await verify();
    expect(exitCode).toBe(1);
    expect(lines[0]).toContain(words);
    for (const [table, rows] of [
      ['plan_window', before],
      ['plan_cell', cellsBefore],
    ] as const) {
      await database.query(`delete from ${table} where plan_id = $1`, [planId]);
      await database.query(`insert into ${table} select * from json_populate_recordset(null::${table}, $1)`, [
        JSON.stringify(rows),
      ]);
    }
  });
});
