import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { DataSource } from 'typeorm';
import type { ImportKind, ImportReport } from '../../src/directory/import-report';
import { startDirectory, type DirectoryContext } from './directory-context';

const FOLDER = join(__dirname, '../../../shared/data/hdf');
const FILES: Partial<Record<ImportKind, string>> = {
  'official-schools': 'effectifs_ecoles_hdf_2024.json.gz',
  'official-colleges': 'effectifs_colleges_hdf_2024.json.gz',
  'official-lycees-gt': 'effectifs_lycees_gt_hdf_2024.json.gz',
  'official-lycees-pro': 'effectifs_lycees_pro_hdf_2024.json.gz',
};
const KINDS = Object.keys(FILES) as ImportKind[];
const bytesOf = (kind: ImportKind): Buffer => readFileSync(join(FOLDER, FILES[kind]!));
type RawRecord = Record<string, string | number>;
const recordsOf = (kind: ImportKind): RawRecord[] => JSON.parse(gunzipSync(bytesOf(kind)).toString()) as RawRecord[];

const hasData = existsSync(FOLDER);
if (!hasData)
  console.warn('SKIPPED: the official files are not in ../shared/data/hdf, so their import is not tested here.');

(hasData ? describe : describe.skip)('the official files of Hauts-de-France', () => {
  let directory: DirectoryContext;
  let database: DataSource;
  const reports = new Map<ImportKind, ImportReport>();
  const importBytes = (kind: ImportKind, bytes: Buffer, isDryRun = false): Promise<ImportReport> =>
    directory.import(kind, bytes, { isDryRun });
  const fingerprint = async (): Promise<string> => {
    const [row] = await database.query<{ print: string }[]>(
      `select md5(string_agg(md5(e::text), '' order by e.id)) || (select md5(string_agg(md5(c::text), '' order by c.id)) from class c) as print from establishment e`,
    );
    return row!.print;
  };

  beforeAll(async () => {
    directory = await startDirectory();
    database = directory.database;
    // the vocational file first: the order must not matter
    for (const kind of [...KINDS].reverse()) reports.set(kind, await importBytes(kind, bytesOf(kind)));
  });
  afterAll(() => directory.app.close());

  it('give each establishment the pupils, the kind and the department of the merged table', async () => {
    const merged = parse(gunzipSync(readFileSync(join(FOLDER, 'hdf_etablissements_2024.csv.gz'))), {
      columns: true,
    }) as unknown as {
      uai: string;
      kind: string;
      dept: string;
      sector: string;
      pupils_total: string;
      classes_total: string;
    }[];
    const rows = await database.query<
      { uai: string; kind: string; dept: string; sector: string; pupils: number; classes: number; real: number }[]
    >(
      `select e.uai, e.kind, t.code as dept, e.sector, sum(c.headcount) as pupils,
         count(*) filter (where not c.is_derived) as real
       from establishment e join territory t on t.id = e.department_id join class c on c.establishment_id = e.id
       group by e.id, t.id`,
    );
    const imported = new Map(rows.map((row) => [row.uai, row]));
    expect(imported.size).toBe(5885);
    const different = merged.filter((row) => {
      const found = imported.get(row.uai);
      return (
        !found ||
        found.pupils !== Number(row.pupils_total) ||
        found.dept !== row.dept ||
        (found.sector === 'private') !== row.sector.startsWith('priv') ||
        found.kind !== row.kind ||
        found.real !== Number(row.classes_total || 0)
      );
    });
    // this school stands in the vocational file only, which has no denomination; the table took its kind from the directory
    expect(different.map((row) => row.uai)).toEqual(['0020051V']);
    expect(rows.reduce((sum, row) => sum + row.pupils, 0)).toBe(1_118_683);
    expect(rows.reduce((sum, row) => sum + row.real, 0)).toBe(28_267);
    expect([...reports.values()].map((report) => report.refusedLineCount)).toEqual([0, 0, 0, 0]);
  });

  it('make divisions of a collège by ceil(level / 25), and classes of ordinary size in schools', async () => {
    const expected = new Map<string, number>();
    for (const record of recordsOf('official-colleges'))
      for (const level of ['6', '5', '4', '3'])
        expected.set(
          `${record.numero_college} ${level}E`,
          Math.ceil(Number(record[`nombre_total_de_${level}emes`]) / 25),
        );
    const rows = await database.query<{ key: string; count: number }[]>(
      `select e.uai || ' ' || c.levels[1] as key, count(*) as count from class c join establishment e on e.id = c.establishment_id
       where c.source = 'official-colleges' and c.is_derived group by 1`,
    );
    const made = new Map(rows.map((row) => [row.key, row.count]));
    expect([...expected].filter(([key, count]) => (made.get(key) ?? 0) !== count)).toEqual([]);
    const [sizes] = await database.query<{ large: number; mixed: number; average: number }[]>(
      `select count(*) filter (where headcount > 35) as large, avg((cardinality(levels) > 1)::int)::float8 as mixed, avg(headcount)::float8 as average
       from class where source = 'official-schools'`,
    );
    expect(sizes!.large).toBeLessThan(30);
    expect(sizes!.mixed).toBeGreaterThan(0.2);
    expect(sizes!.mixed).toBeLessThan(0.6);
  });

  it('change nothing the second time, and are the same as a packed CSV with quotes and a mark', async () => {
    const before = await fingerprint();
    for (const kind of KINDS) {
      const report = await importBytes(kind, bytesOf(kind));
      expect({ kind, changeCount: report.changeCount, recordCount: report.recordCount }).toEqual({
        kind,
        changeCount: 0,
        recordCount: reports.get(kind)!.recordCount,
      });
    }
    for (const kind of KINDS) {
      // of the largest file an extract, whose other schools are left alone
      const records = recordsOf(kind).slice(0, kind === 'official-schools' ? 500 : undefined);
      const names = Object.keys(records[0]!);
      const lines = records.map((record) =>
        names.map((name) => `"${String(record[name]).replaceAll('"', '""')}"`).join(';'),
      );
      const csv = gzipSync(`\ufeff${names.join(';')}\r\n${lines.join('\r\n')}\r\n`);
      expect({ kind, changeCount: (await importBytes(kind, csv)).changeCount }).toEqual({ kind, changeCount: 0 });
    }
    expect(await fingerprint()).toBe(before);
  });

  it('change only what differs: a class more, a school gone, a division less', async () => {
    const before = await fingerprint();
    const records = recordsOf('official-schools');
    const grown = records[0]!;
    grown.nombre_total_classes = Number(grown.nombre_total_classes) + 1;
    const [gone] = records.splice(1, 1);
    const changed = Buffer.from(JSON.stringify(records));
    const dry = await importBytes('official-schools', changed, true);
    expect(await fingerprint()).toBe(before);
    const report = await importBytes('official-schools', changed);
    expect({ ...dry, id: 0, isDryRun: false }).toEqual({ ...report, id: 0 });
    expect(report.classes.createdCount).toBeGreaterThanOrEqual(1);
    expect(report.classes.createdCount).toBeLessThan(12);
    expect(report.figures.vanishedEstablishmentCount).toBe(1);
    const classes = async (uai: unknown): Promise<number> => {
      const [row] = await database.query<{ count: number }[]>(
        'select count(*) as count from class c join establishment e on e.id = c.establishment_id where e.uai = $1',
        [uai],
      );
      return row!.count;
    };
    expect(await classes(grown.numero_ecole)).toBe(grown.nombre_total_classes);
    expect(await classes(gone!.numero_ecole)).toBe(0);
    const colleges = recordsOf('official-colleges');
    const smaller = colleges.find((record) => Number(record.nombre_total_de_6emes) % 25 === 1)!;
    smaller.nombre_total_de_6emes = Number(smaller.nombre_total_de_6emes) - 1;
    smaller.nombre_eleves_total = Number(smaller.nombre_eleves_total) - 1;
    const fewer = await importBytes('official-colleges', Buffer.from(JSON.stringify(colleges)));
    expect(fewer.classes).toMatchObject({ createdCount: 0, removedCount: 1 });
    expect((await importBytes('official-schools', bytesOf('official-schools'))).changeCount).toBeGreaterThan(0);
    expect((await importBytes('official-colleges', bytesOf('official-colleges'))).classes.createdCount).toBe(1);
    expect((await importBytes('official-lycees-pro', bytesOf('official-lycees-pro'))).changeCount).toBe(0);
  });

  it('leave the other schools alone when the file is an extract', async () => {
    const records = recordsOf('official-schools').slice(0, 20);
    const report = await importBytes('official-schools', Buffer.from(JSON.stringify(records)));
    expect(report).toMatchObject({ changeCount: 0, notedLineCount: 1, lines: [{ code: 'file_is_extract' }] });
  });

  it('are stored under another school year when one is stated', async () => {
    const report = await directory.import('official-lycees-gt', bytesOf('official-lycees-gt'), {
      schoolYear: '2026-2027',
    });
    expect(report).toMatchObject({ schoolYears: ['2026-2027'], establishments: { createdCount: 0, updatedCount: 0 } });
    expect(report.classes.createdCount).toBe(reports.get('official-lycees-gt')!.classes.createdCount);
    expect(report.classes.removedCount).toBe(0);
  });
});
