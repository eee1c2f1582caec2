import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { DataSource } from 'typeorm';
import { COMMAND_LINE_OPERATOR as OPERATOR } from '../../src/access/actor';
import { BUILT_IN_HOLIDAYS } from '../../src/calendar/built-in-holidays.rules';
import { CalendarExceptionEntity } from '../../src/calendar/calendar-exception.entity';
import { CalendarStore } from '../../src/calendar/calendar.store';
import { CalendarChanges } from '../../src/calendar/calendar-changes';
import { HolidayImportService, type HolidayImportReport } from '../../src/calendar/holiday-import.service';
import { HolidayPeriodEntity } from '../../src/calendar/holiday-period.entity';
import { databaseOptions } from '../../src/common/database';
import { freshDatabaseUrl } from '../test-database';

const FOLDER = join(__dirname, '../../../shared/data/calendar');
const OFFICIAL = join(FOLDER, 'fr-en-calendrier-scolaire_2009-2026.csv');
const NORMALISED = join(FOLDER, 'school_holidays_zones_abc_2017-2027.csv');
const itWithFiles = existsSync(OFFICIAL) && existsSync(NORMALISED) ? it : it.skip;
if (itWithFiles === it.skip)
  console.warn('SKIPPED: the official calendar of school holidays is not at ../shared/data.');

const HEADER = 'Description;Population;Date de début;Date de fin;Académies;Zones;annee_scolaire';
const WINTER = "Vacances d'Hiver;-;2026-02-14T00:00:00+01:00;2026-03-02T00:00:00+01:00;Lille;Zone B;2025-2026";
const SPRING = 'Vacances de Printemps;-;2026-04-11T00:00:00+02:00;2026-04-27T00:00:00+02:00;Lille;Zone B;2025-2026';
const TEACHERS =
  "Vacances d'Été;Enseignants;2026-07-04T00:00:00+02:00;2026-08-31T00:00:00+02:00;Lille;Zone B;2025-2026";

describe('the import of school holidays', () => {
  let database: DataSource;
  let imports: HolidayImportService;
  let store: CalendarStore;
  const run = (content: string | Buffer, isDryRun = false): Promise<HolidayImportReport> =>
    imports.run(OPERATOR, Readable.from([Buffer.from(content)]), { isDryRun });
  const stored = (): Promise<object[]> =>
    database.query(
      `select holiday_zone, school_year, label, first_day_off_on::text, resume_on::text from holiday_period order by 1, 4, 3`,
    );

  beforeAll(async () => {
    database = await new DataSource({
      ...databaseOptions(await freshDatabaseUrl(), 4),
      entities: [HolidayPeriodEntity, CalendarExceptionEntity],
    }).initialize();
    imports = new HolidayImportService(database, new CalendarChanges());
    store = new CalendarStore(database);
  });
  afterAll(() => database.destroy());
  beforeEach(() => database.query('delete from holiday_period'));

  it('creates, leaves alone, updates and deletes what the file says, and drops rows for teachers', async () => {
    const first = await run([HEADER, WINTER, SPRING, TEACHERS].join('\n'));
    expect(first).toMatchObject({ rowCount: 3, createdCount: 2, droppedTeacherCount: 1, refusedCount: 0, lines: [] });
    const second = await run([HEADER, SPRING, WINTER, TEACHERS].join('\r\n'));
    expect(second).toMatchObject({ createdCount: 0, updatedCount: 0, deletedCount: 0, unchangedCount: 2 });
    const moved = WINTER.replace('2026-02-14', '2026-02-13');
    expect(await run([HEADER, moved].join('\n'))).toMatchObject({ createdCount: 0, updatedCount: 1, deletedCount: 1 });
    expect(await stored()).toMatchObject([{ label: "Vacances d'Hiver", first_day_off_on: '2026-02-13' }]);
  });

  it('changes nothing in a dry run, and says what it would change', async () => {
    expect(await run([HEADER, WINTER].join('\n'), true)).toMatchObject({ isDryRun: true, createdCount: 1 });
    expect(await stored()).toEqual([]);
  });

  it('replaces the built-in school year of a zone, and only that', async () => {
    await run([HEADER, WINTER].join('\n'));
    const inForce = await store.holidays({ schoolYear: '2025-2026' });
    expect(inForce.filter((period) => period.holidayZone === 'B').map((period) => period.label)).toEqual([
      "Vacances d'Hiver",
    ]);
    expect(inForce.filter((period) => period.holidayZone === 'A').every((period) => period.source === 'built-in')).toBe(
      true,
    );
    const between = await store.holidaysBetween(['B'], '2026-04-11', '2026-04-20');
    expect(between).toEqual([]);
  });

  it('names each refused line, its column and why, and takes the others', async () => {
    const report = await run(
      [HEADER, WINTER.replace('Zone B', 'Zone Z'), WINTER, SPRING.replace('2026-04-11T', 'demain ')].join('\n'),
    );
    expect(report).toMatchObject({ createdCount: 1, refusedCount: 2 });
    expect(report.lines).toMatchObject([
      { lineNumber: 2, severity: 'refused', code: 'calendar.zone_unknown', field: 'zone' },
      { lineNumber: 4, severity: 'refused', code: 'calendar.date_invalid', field: 'startsAt' },
    ]);
  });

  it.each([
    ['an empty file', ''],
    ['a file without its columns', 'a;b;c\n1;2;3\n'],
    ['a file without a row that can be followed', `${HEADER}\n${TEACHERS}\n`],
    ['a line without end', `${HEADER}\n${'x'.repeat(200_000)}`],
    ['an unclosed quote', `${HEADER}\n"${WINTER}\n`],
    ['a truncated gzip', gzipSync(`${HEADER}\n${WINTER}\n${SPRING}\n`).subarray(0, 100)],
  ])('refuses %s as a whole and changes nothing', async (_name, content) => {
    await run([HEADER, WINTER].join('\n'));
    const before = await stored();
    await expect(run(content)).rejects.toMatchObject({ code: 'calendar.holiday_file_refused', kind: 'unprocessable' });
    expect(await stored()).toEqual(before);
  });

  it('reads a gzipped file, commas, and the column names of the API', async () => {
    const comma = `description,population,start_date,end_date,location,zones,annee_scolaire\n${WINTER.replaceAll(';', ',')}`;
    expect(await run(gzipSync(comma))).toMatchObject({ createdCount: 1 });
    expect(await run(`\uFEFF${HEADER}\n${WINTER}`)).toMatchObject({ createdCount: 0, unchangedCount: 1 });
  });

  itWithFiles('takes the official file, changes nothing the second time, nor with the same dates in UTC', async () => {
    const first = await imports.run(OPERATOR, createReadStream(OFFICIAL), { isDryRun: false });
    expect(first.rowCount).toBe(2081);
    expect(first.droppedTeacherCount).toBe(259);
    expect(first.createdCount).toBeGreaterThan(500);
    // slips of the file itself: a summer of eighteen months, a period that ends before it begins
    expect(
      first.lines
        .filter((line) => line.severity === 'refused')
        .map((line) => line.code)
        .sort(),
    ).toEqual([
      'calendar.period_reversed',
      'calendar.period_too_long',
      'calendar.period_too_long',
      'calendar.period_too_long',
    ]);
    const before = await stored();
    const unchanged = { createdCount: 0, updatedCount: 0, deletedCount: 0, unchangedCount: first.createdCount };
    expect(await imports.run(OPERATOR, createReadStream(OFFICIAL), { isDryRun: false })).toMatchObject(unchanged);
    const inUtc = readFileSync(OFFICIAL, 'utf8').replace(
      /\d{4}-\d{2}-\d{2}T\d{2}:00:00\+0[12]:00/g,
      (local) => `${new Date(local).toISOString().slice(0, 19)}+00:00`,
    );
    expect(inUtc).toContain('2025-10-17T22:00:00+00:00');
    expect(await run(inUtc)).toMatchObject(unchanged);
    expect(await stored()).toEqual(before);
  });

  itWithFiles('brings the dates of the normalised file for the zones A, B and C', async () => {
    await imports.run(OPERATOR, createReadStream(OFFICIAL), { isDryRun: false });
    const rows = (await stored()) as Record<string, string>[];
    const known = new Set(rows.map((row) => `${row.holiday_zone} ${row.first_day_off_on} ${row.resume_on}`));
    const expected = normalisedPeriods().filter((period) => period.source === 'fr-en-calendrier-scolaire');
    expect(expected.length).toBeGreaterThan(100);
    expect(expected.map(({ key }) => key).filter((key) => !known.has(key))).toEqual([]);
  });

  itWithFiles.each(['2025-2026', '2026-2027'])('finds the built-in dates of %s in the file, and no others', (year) => {
    const inFile = normalisedPeriods().filter((period) => period.schoolYear === year);
    const hasBridge = inFile.some((period) => period.label === "Pont de l'Ascension");
    const builtIn = BUILT_IN_HOLIDAYS.filter(
      (period) => period.schoolYear === year && (hasBridge || period.label !== "Pont de l'Ascension"),
    ).map((period) => `${period.holidayZone} ${period.firstDayOffOn} ${period.resumeOn}`);
    expect(builtIn.sort()).toEqual(inFile.map(({ key }) => key).sort());
  });
});

interface NormalisedPeriod {
  /** Zone, first day off, day of return; a summer that only begins lasts until 1 September. */
  key: string;
  schoolYear: string;
  label: string;
  source: string;
}

function normalisedPeriods(): NormalisedPeriod[] {
  const [, ...lines] = readFileSync(NORMALISED, 'utf8').trim().split(/\r?\n/);
  return lines.map((line) => {
    const [zone, schoolYear, label, firstOn, , resumeOn, source] = line.split(',') as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const returnOn = label.startsWith('Début') ? `${firstOn.slice(0, 4)}-09-01` : resumeOn;
    return { key: `${zone} ${firstOn} ${returnOn}`, schoolYear, label, source };
  });
}
