import { gzipSync } from 'node:zlib';
import { checkLetterOf } from '../../src/directory/uai.rules';
import { startDirectory, type DirectoryContext } from './directory-context';

const uaiOf = (digits: string): string => digits + checkLetterOf(digits);
const SCHOOL = uaiOf('0590001');
const COLLEGE = uaiOf('0590002');
const UNKNOWN = uaiOf('0599999');
const YEAR = { schoolYear: '2026-2027' };
const SCHOOLS = JSON.stringify([
  {
    rentree_scolaire: '2026',
    numero_ecole: SCHOOL,
    denomination_principale: 'ECOLE PRIMAIRE PUBLIQUE',
    patronyme: 'JEAN MOULIN',
    secteur: 'PUBLIC',
    code_departement: '059',
    commune: 'LILLE',
    rep: '0',
    rep_plus: '0',
    nombre_total_classes: 3.0,
    nombre_total_eleves: 75.0,
    nombre_eleves_preelementaire_hors_ulis: 25.0,
    nombre_eleves_cp_hors_ulis: 25.0,
    nombre_eleves_ce1_hors_ulis: 25.0,
  },
]);
const COLLEGES = JSON.stringify([
  {
    rentree_scolaire: '2026',
    numero_college: COLLEGE,
    denomination_principale: 'COLLEGE',
    patronyme: 'ANNE FRANK',
    secteur: 'PUBLIC',
    code_dept: '59',
    commune: 'LILLE',
    rep: 1,
    rep0: 0,
    nombre_eleves_total: 60,
    nombre_total_de_6emes: 60,
    nombre_total_de_5emes: 0,
    nombre_total_de_4emes: 0,
    nombre_total_de_3emes: 0,
  },
]);
const HEADER = 'uai;classe;niveau;effectif;enseignants';

describe('the import of rosters', () => {
  let directory: DirectoryContext;
  const roster = (lines: string[], options = {}, header = HEADER) =>
    directory.import('roster', [header, ...lines, ''].join('\n'), { ...YEAR, ...options });
  const classes = (uai: string, schoolYear = YEAR.schoolYear) =>
    directory.database.query<
      {
        id: number;
        code: string;
        levels: string[];
        headcount: number;
        kind: string;
        option_set: string;
        source: string;
        teachers: number;
        sources: string[];
      }[]
    >(
      `select c.id, c.code, c.levels, c.headcount, c.kind, c.option_set, c.source,
         (select count(*) from class_teacher t where t.class_id = c.id) as teachers,
         array(select d.code from class_group_source g join class d on d.id = g.class_id where g.group_id = c.id order by 1) as sources
       from class c join establishment e on e.id = c.establishment_id where e.uai = $1 and c.school_year = $2 order by c.code`,
      [uai, schoolYear],
    );
  const codes = async (uai: string, schoolYear?: string): Promise<string[]> =>
    (await classes(uai, schoolYear)).map(({ code }) => code);

  beforeEach(async () => {
    directory ??= await startDirectory();
    await directory.database.query('truncate establishment, import_run restart identity cascade');
    await directory.import('official-schools', SCHOOLS);
    await directory.import('official-colleges', COLLEGES);
  });
  afterAll(() => directory.app.close());

  it('replaces the derived classes of the establishments that it names, and of no other', async () => {
    expect(await codes(COLLEGE)).toEqual(['6E A', '6E B', '6E C']);
    const before = await codes(SCHOOL);
    const report = await roster([`${COLLEGE};6A;6e;31;t1|t2`, `${COLLEGE};6B;sixième;29;t2`]);
    expect(report).toMatchObject({
      state: 'done',
      pupilCount: 60,
      refusedLineCount: 0,
      linkChangeCount: 3,
      classes: { createdCount: 2, updatedCount: 0, unchangedCount: 0, removedCount: 3 },
    });
    expect(await classes(COLLEGE)).toMatchObject([
      { code: '6A', levels: ['6E'], headcount: 31, source: 'roster', teachers: 2 },
      { code: '6B', levels: ['6E'], headcount: 29, source: 'roster', teachers: 1 },
    ]);
    expect(await codes(SCHOOL)).toEqual(before);
    // the official file does not bring derived classes back beside a roster
    const again = await directory.import('official-colleges', COLLEGES);
    expect(again).toMatchObject({ changeCount: 0, figures: { establishmentWithRosterCount: 1 } });
  });

  it('changes nothing the second time, in either encoding, marked or not, packed or not', async () => {
    const text = `${HEADER}\r\n${SCHOOL};Élémentaire A;Grande section|CP;25;Mme Lefèvre|t2\r\n`;
    expect((await directory.import('roster', text, YEAR)).classes.createdCount).toBe(1);
    const [made] = await classes(SCHOOL);
    expect(made).toMatchObject({ code: 'Élémentaire A', levels: ['GS', 'CP'], teachers: 2 });
    for (const bytes of [
      Buffer.from(text, 'latin1'),
      Buffer.from(`\ufeff${text}`),
      gzipSync(text),
      Buffer.from(text.replaceAll('\r\n', '\n')),
    ]) {
      expect(await directory.import('roster', bytes, YEAR)).toMatchObject({
        changeCount: 0,
        classes: { unchangedCount: 1 },
      });
    }
    expect(await classes(SCHOOL)).toEqual([made]);
  });

  it('splits, merges and renames classes, and keeps the ids of those whose code stays', async () => {
    await roster([`${SCHOOL};CP;CP;24;`, `${SCHOOL};CE1;CE1;12;`, `${SCHOOL};CE2;CE2;12;`, `${SCHOOL};CM1;CM1;25;`]);
    const [, , , cp] = await classes(SCHOOL);
    const report = await roster([
      `${SCHOOL};CP;CP;13;`,
      `${SCHOOL};CP bis;CP;11;`,
      `${SCHOOL};CE1-CE2;CE1|CE2;24;`,
      `${SCHOOL};CM1 bleu;CM1;25;`,
    ]);
    expect(report.classes).toEqual({ createdCount: 3, updatedCount: 1, unchangedCount: 0, removedCount: 3 });
    const after = await classes(SCHOOL);
    expect(after.map(({ code }) => code)).toEqual(['CE1-CE2', 'CM1 bleu', 'CP', 'CP bis']);
    expect(after[2]).toMatchObject({ id: cp!.id, headcount: 13 });
  });

  it('keeps the classes of the year before when a new one comes', async () => {
    await roster([`${SCHOOL};CP;CP;24;t1`]);
    const report = await roster([`${SCHOOL};CP;CP;22;t1`, `${SCHOOL};CE1;CE1;24;`], { schoolYear: '2027/2028' });
    expect(report).toMatchObject({ schoolYears: ['2027-2028'], classes: { createdCount: 2, removedCount: 0 } });
    expect(await codes(SCHOOL)).toEqual(['CP']);
    expect(await codes(SCHOOL, '2027-2028')).toEqual(['CE1', 'CP']);
  });

  it('reads groups with the classes that they draw from, their set, and teachers shared between establishments', async () => {
    const header = `${HEADER};groupe_de;serie;enseignants_partages`;
    const lines = [
      `${COLLEGE};6A;6e;30;t1;;;`,
      `${COLLEGE};6B;6e;30;t1;;;`,
      `${COLLEGE};6AB ALL;6e;20;t2;6A|6B;LV2;poly-7`,
      `${COLLEGE};6AB ESP;6e;40;t3;6A|6B;LV2;`,
    ];
    const report = await roster([...lines, `${SCHOOL};CP;CP;20;t1;;;poly-7`], {}, header);
    expect(report).toMatchObject({ refusedLineCount: 0, pupilCount: 80 });
    expect(await classes(COLLEGE)).toMatchObject([
      { code: '6A', kind: 'division', sources: [] },
      { code: '6AB ALL', kind: 'group', option_set: 'LV2', sources: ['6A', '6B'], teachers: 2 },
      { code: '6AB ESP', kind: 'group', option_set: 'LV2', sources: ['6A', '6B'] },
      { code: '6B', kind: 'division' },
    ]);
    const keys = await directory.database.query<{ establishment_id: number | null; classes: number }[]>(
      'select k.establishment_id, count(*) as classes from teacher_key k join class_teacher t on t.teacher_key_id = k.id group by k.id order by 1 nulls first, 2',
    );
    // the shared key is one in both schools; `t1` of the school is not `t1` of the collège
    expect(keys.filter((key) => key.establishment_id === null)).toEqual([{ establishment_id: null, classes: 2 }]);
    expect(keys).toHaveLength(5);
    const fewer = await roster([lines[0]!, lines[1]!, `${COLLEGE};6AB ALL;6e;20;t2;6A;LV2;poly-7`], {}, header);
    expect(fewer).toMatchObject({ linkChangeCount: 1, classes: { removedCount: 1 } });
    expect((await classes(COLLEGE))[1]).toMatchObject({ sources: ['6A'] });
    const [orphans] = await directory.database.query<{ count: number }[]>(
      'select count(*) as count from teacher_key k where not exists (select from class_teacher t where t.teacher_key_id = k.id)',
    );
    expect(orphans!.count).toBe(0);
  });

  it('refuses each bad line with its number and reason, takes the good ones, and says nothing of what they hold', async () => {
    const wrongLetter = SCHOOL.slice(0, 7) + (SCHOOL.endsWith('Z') ? 'A' : 'Z');
    const header = `${HEADER};groupe_de;serie`;
    const report = await roster(
      [
        `${SCHOOL};CP;CP;24;;;`,
        `${wrongLetter};CP;CP;24;;;`,
        `${SCHOOL};CE1;Durandière;24;;;`,
        `${SCHOOL};CE2;CE2;-3;;;`,
        `${SCHOOL};CM1;CM1;deux;;;`,
        `${SCHOOL};CM2;CM2;5000;;;`,
        `${SCHOOL};;CM2;20;;;`,
        `${SCHOOL};CM2;CM2;;;;`,
        `${SCHOOL};CP;CP;24;;;`,
        `${UNKNOWN};CP;CP;24;;;`,
        `0591;CP;CP;24;;;`,
        `${SCHOOL};G1;CP;10;;CE9;`,
        `${SCHOOL};G2;CP;10;;;S`,
        `${SCHOOL};CP;CP;24;;;;;extra`,
      ],
      {},
      header,
    );
    expect(report.lines.map(({ lineNumber, field, code }) => [lineNumber, field, code])).toEqual([
      [3, 'uai', 'uai_check_letter'],
      [4, 'niveau', 'level_unknown'],
      [5, 'effectif', 'headcount_negative'],
      [6, 'effectif', 'headcount_invalid'],
      [7, 'effectif', 'headcount_too_large'],
      [8, 'classe', 'class_missing'],
      [9, 'effectif', 'headcount_missing'],
      [12, 'uai', 'uai_malformed'],
      [14, 'serie', 'option_set_without_group'],
      [15, null, 'value_count'],
      [11, 'uai', 'uai_unknown'],
      [10, 'classe', 'class_repeated'],
      [13, 'groupe_de', 'group_source_unknown'],
    ]);
    expect(report).toMatchObject({ state: 'done', refusedLineCount: 13, classes: { createdCount: 1 } });
    expect(report.lines[0]!.message).toContain(SCHOOL);
    expect(JSON.stringify(report)).not.toContain('Durandi');
    expect(await codes(SCHOOL)).toEqual(['CP']);
  });

  it('leaves a class where it is when the line that may mean it is refused', async () => {
    await roster([`${SCHOOL};CP;CP;24;`, `${SCHOOL};CE1;CE1;24;`]);
    const report = await roster([`${SCHOOL};CP;CP;23;`, `${SCHOOL};CE1;C1;24;`]);
    expect(report.classes).toEqual({ createdCount: 0, updatedCount: 1, unchangedCount: 0, removedCount: 0 });
    expect(await codes(SCHOOL)).toEqual(['CE1', 'CP']);
  });

  it("gives an alias to a class name that may hold a person's name, the same one each time, and does not repeat the name", async () => {
    const lines = [
      `${SCHOOL};CM1 A;CM1;20;`,
      `${SCHOOL};CM1 Mme Durand;CM1;22;`,
      `${SCHOOL};Classe de M. Petit;CM1|CM2;24;`,
    ];
    const report = await roster(lines);
    expect(await codes(SCHOOL)).toEqual(['CM1 A', 'CM1 B', 'CM1-CM2 A']);
    expect(report).toMatchObject({ notedLineCount: 2, figures: { renamedClassCount: 2 } });
    expect(report.lines.map(({ lineNumber, code }) => [lineNumber, code])).toEqual([
      [3, 'class_renamed'],
      [4, 'class_renamed'],
    ]);
    expect((await roster(lines)).changeCount).toBe(0);
    const stored = await directory.database.query<object[]>(
      'select * from import_run, import_line, class, teacher_key',
    );
    expect(JSON.stringify(stored)).not.toMatch(/Durand|Petit/);
  });

  it('drops columns about pupils and columns that it does not know, counts them, and stores nothing of them', async () => {
    const header = `${HEADER};Nom de l'élève;Date de naissance;couleur`;
    const report = await roster([`${SCHOOL};CP;CP;24;;Zoé Lambertine;2019-05-06;mauve`], {}, header);
    expect(report).toMatchObject({
      state: 'done',
      figures: { droppedPupilColumnCount: 2 },
      classes: { createdCount: 1 },
    });
    expect(report.lines.map(({ code }) => code)).toEqual([
      'pupil_column_dropped',
      'pupil_column_dropped',
      'column_unknown',
    ]);
    const stored = await directory.database.query<object[]>('select * from import_run, import_line, class');
    expect(JSON.stringify([report, stored])).not.toMatch(/Lambertine|2019-05|mauve/);
  });

  it('writes nothing in a dry run and reports the same', async () => {
    const before = await classes(SCHOOL);
    const lines = [`${SCHOOL};CP;CP;24;t1`, `${SCHOOL};CE1;C1;24;`];
    const dry = await roster(lines, { isDryRun: true });
    expect(await classes(SCHOOL)).toEqual(before);
    const real = await roster(lines);
    expect({ ...dry, id: 0, isDryRun: false }).toEqual({ ...real, id: 0 });
    const runs = await directory.database.query<{ is_dry_run: boolean; state: string; lines: number }[]>(
      `select is_dry_run, state, (select count(*) from import_line l where l.import_id = r.id) as lines from import_run r
       where kind = 'roster' order by id`,
    );
    expect(runs).toEqual([
      { is_dry_run: true, state: 'done', lines: 1 },
      { is_dry_run: false, state: 'done', lines: 1 },
    ]);
  });

  it('refuses a file as a whole and leaves nothing half done', async () => {
    const before = await classes(SCHOOL);
    const good = `${SCHOOL};CP;CP;24;\n`;
    const packed = gzipSync(`${HEADER}\n${good.repeat(20_000)}`);
    const cases: [string, Buffer | string][] = [
      ['column_missing', `uai;classe;effectif\n${SCHOOL};CP;24\n`],
      ['file_empty', ''],
      ['file_empty', `${HEADER}\n`],
      ['record_too_large', `${HEADER}\n${good}${SCHOOL};${'x'.repeat(1_100_000)};CP;24;\n`],
      ['record_too_large', `${HEADER}\n${good}${SCHOOL};"CP;CP;24;\n${good.repeat(60_000)}`],
      ['gzip_truncated', packed.subarray(0, packed.length - 9)],
      ['format_mismatch', '[{"uai":"1"}]'],
      ['encoding_unsupported', Buffer.from(`\ufeff${HEADER}\n`, 'utf16le')],
    ];
    for (const [code, bytes] of cases) {
      const report = await directory.import('roster', bytes, YEAR);
      expect({ code: report.refusal?.code, state: report.state, changeCount: report.changeCount }).toEqual({
        code,
        state: 'refused',
        changeCount: 0,
      });
      expect(report.refusal!.message).not.toMatch(/xxx/);
    }
    expect(await classes(SCHOOL)).toEqual(before);
    await expect(directory.import('roster', HEADER)).rejects.toMatchObject({ code: 'import.school_year_missing' });
    await expect(directory.import('roster', HEADER, { schoolYear: '2026-2028' })).rejects.toMatchObject({
      code: 'import.school_year_invalid',
    });
  });

  it('keeps the first ten thousand lines of a report and counts them all', async () => {
    const report = await roster(Array.from({ length: 12_000 }, () => `${SCHOOL};CP;nothing;24;`));
    expect(report).toMatchObject({ refusedLineCount: 12_000, recordCount: 12_000 });
    expect(report.lines).toHaveLength(20);
    const [row] = await directory.database.query<{ count: number }[]>(
      'select count(*) as count from import_line where import_id = $1',
      [report.id],
    );
    expect(row!.count).toBe(10_000);
  });

  it('lets one import write at a time: racing imports of the same classes all succeed and leave one of each', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `${COLLEGE};6-${i};6e;20;t${i % 5}`);
    const reports = await Promise.all(Array.from({ length: 5 }, () => roster(lines)));
    expect(reports.map((report) => report.state)).toEqual(Array(5).fill('done'));
    expect(reports.reduce((sum, report) => sum + report.classes.createdCount, 0)).toBe(30);
    expect(await codes(COLLEGE)).toHaveLength(30);
  });

  it('needs the platform secret for teachers, and says so', async () => {
    const bare = await startDirectory({ ETALE_SECRET: '' });
    try {
      await bare.import('official-schools', SCHOOLS);
      await expect(bare.import('roster', `${HEADER}\n${SCHOOL};CP;CP;24;t1\n`, YEAR)).rejects.toMatchObject({
        code: 'directory.secret_missing',
      });
      const runs = await bare.database.query<{ state: string }[]>('select state from import_run order by id');
      expect(runs).toEqual([{ state: 'done' }, { state: 'refused' }]);
    } finally {
      await bare.app.close();
    }
  });

  it('closes the run of a process that died, and not that of one that lives', async () => {
    await directory.database.query(
      `insert into import_run (kind, file_name, is_dry_run, state, requested_by, started_at)
       values ('roster', 'a', false, 'running', 'x', now() - interval '1 hour'), ('roster', 'b', false, 'running', 'x', now() - interval '1 hour')`,
    );
    const alive = directory.database.createQueryRunner();
    await alive.startTransaction();
    await alive.query(`select pg_advisory_xact_lock(2, -(select id from import_run where file_name = 'b'))`);
    await roster([`${SCHOOL};CP;CP;24;`]);
    await alive.rollbackTransaction();
    await alive.release();
    const runs = await directory.database.query<object[]>(
      `select file_name, state, report #>> '{refusal,code}' as code from import_run where file_name in ('a', 'b') order by 1`,
    );
    expect(runs).toEqual([
      { file_name: 'a', state: 'refused', code: 'interrupted' },
      { file_name: 'b', state: 'running', code: null },
    ]);
  });
});
