import { checkLetterOf } from '../../src/directory/uai.rules';
import { startDirectory, type DirectoryContext } from './directory-context';

const uaiOf = (digits: string): string => digits + checkLetterOf(digits);
const SCHOOL = uaiOf('0800001');

/** A record of the first-degree file that is right unless a test says otherwise. */
const school = (fields: object = {}): object => ({
  rentree_scolaire: '2024',
  code_departement: '80',
  commune: 'AMIENS',
  numero_ecole: SCHOOL,
  denomination_principale: 'ECOLE PRIMAIRE PUBLIQUE',
  patronyme: 'DU CENTRE',
  secteur: 'PUBLIC',
  rep: '0',
  rep_plus: '0',
  nombre_total_classes: 2.0,
  nombre_total_eleves: 45.0,
  nombre_eleves_preelementaire_hors_ulis: 20.0,
  nombre_eleves_cp_hors_ulis: 25.0,
  nombre_eleves_ulis: 0.0,
  ...fields,
});

describe('official files that are wrong somewhere', () => {
  let directory: DirectoryContext;
  beforeAll(async () => {
    directory = await startDirectory();
  });
  afterAll(() => directory.app.close());
  const count = async (table: string): Promise<number> =>
    (await directory.database.query<{ count: number }[]>(`select count(*) as count from ${table}`))[0]!.count;

  it('have each wrong record refused with its rank, field and code, and the right ones imported', async () => {
    const report = await directory.import(
      'official-schools',
      JSON.stringify([
        school({ numero_ecole: `${SCHOOL.slice(0, 7)}${SCHOOL.endsWith('A') ? 'B' : 'A'}` }),
        school({ nombre_eleves_cp_hors_ulis: -25 }),
        school({ nombre_eleves_cp_hors_ulis: 2.5 }),
        school({ nombre_total_classes: 1e9 }),
        school({ nombre_total_eleves: 44 }),
        school({ nombre_total_eleves: 1200, nombre_eleves_cp_hors_ulis: 1180 }),
        school({ code_departement: '099' }),
        school({ rentree_scolaire: 'n/a' }),
        school({ numero_ecole: null }),
        school(),
        school({ patronyme: 'ENCORE' }),
        school({ numero_ecole: uaiOf('9740001'), code_departement: '974', commune: 'SAINT-DENIS' }),
      ]),
    );
    expect(report.lines.map(({ lineNumber, field, code }) => [lineNumber, field, code])).toEqual([
      [1, 'numero_ecole', 'uai_check_letter'],
      [2, 'nombre_eleves_cp_hors_ulis', 'headcount_negative'],
      [3, 'nombre_eleves_cp_hors_ulis', 'headcount_invalid'],
      [4, 'nombre_total_classes', 'headcount_too_large'],
      [5, 'nombre_total_eleves', 'headcount_inconsistent'],
      [6, 'nombre_total_eleves', 'headcount_too_large'],
      [7, 'code_departement', 'department_unknown'],
      [8, 'rentree_scolaire', 'school_year_invalid'],
      [9, 'numero_ecole', 'uai_missing'],
      [11, 'numero_ecole', 'uai_repeated'],
    ]);
    expect(report).toMatchObject({
      refusedLineCount: 10,
      recordCount: 12,
      establishments: { createdCount: 2 },
      pupilCount: 90,
    });
    const zones = await directory.database.query<object[]>(
      'select time_zone, holiday_zone from establishment order by uai',
    );
    expect(zones).toEqual([
      { time_zone: 'Europe/Paris', holiday_zone: 'B' },
      { time_zone: 'Indian/Reunion', holiday_zone: 'Réunion' },
    ]);
  });

  it('are refused as a whole when they are another file, end too early or hold something else, and write nothing', async () => {
    const before = [await count('establishment'), await count('class'), await count('territory')];
    const cases: [string, string][] = [
      ['format_mismatch', '[{"numero_college":"x"}]'],
      ['format_mismatch', 'uai;classe\n1;2\n'],
      ['json_truncated', JSON.stringify([school({ numero_ecole: uaiOf('0800002') })]).slice(0, -1)],
      ['json_invalid', `[${JSON.stringify(school({ numero_ecole: uaiOf('0800002') }))}, nothing]`],
      [
        'record_too_large',
        JSON.stringify([school({ numero_ecole: uaiOf('0800002') }), { numero_ecole: 'x'.repeat(1_100_000) }]),
      ],
      ['file_empty', '[]'],
      ['file_empty', ' \n '],
    ];
    for (const [code, text] of cases)
      expect((await directory.import('official-schools', text)).refusal).toMatchObject({ code });
    expect([await count('establishment'), await count('class'), await count('territory')]).toEqual(before);
    const runs = await directory.database.query<object[]>(
      `select distinct state from import_run where report ->> 'state' = 'refused'`,
    );
    expect(runs).toEqual([{ state: 'refused' }]);
  });

  it('keep the latest of several school years when another one is stated', async () => {
    const uai = uaiOf('0800003');
    const records = [
      school({ numero_ecole: uai, rentree_scolaire: '2023', nombre_total_classes: 3 }),
      school({ numero_ecole: uai }),
    ];
    const both = await directory.import('official-schools', JSON.stringify(records));
    expect(both).toMatchObject({ schoolYears: ['2023-2024', '2024-2025'], classes: { createdCount: 5 } });
    const stated = await directory.import('official-schools', JSON.stringify(records), { schoolYear: '2026-2027' });
    expect(stated).toMatchObject({
      schoolYears: ['2026-2027'],
      classes: { createdCount: 2 },
      figures: { recordOfOlderYearCount: 1 },
    });
  });

  it('adds up the pupils of one establishment over the files, whatever their order, and names it by its denomination', async () => {
    const uai = uaiOf('0800004');
    const college = JSON.stringify([
      {
        rentree_scolaire: '2024',
        numero_college: uai,
        denomination_principale: 'LYCEE POLYVALENT PRIVE',
        patronyme: 'SAINT REMI',
        secteur: 'PRIVE',
        code_dept: '80',
        code_commune: '80021',
        commune: 'AMIENS',
        rep: 0,
        rep0: 1,
        nombre_eleves_total: 60,
        nombre_total_de_6emes: 30,
        nombre_total_de_5emes: 30,
      },
    ]);
    const gt = JSON.stringify([
      {
        rentree_scolaire: '2024',
        numero_lycee: uai,
        denomination_principale: 'LYCEE POLYVALENT PRIVE',
        patronyme: 'SAINT-REMI',
        secteur: 'PRIVE',
        code_departement_pays: '080',
        code_commune: '80021',
        commune: 'AMIENS',
        nombre_d_eleves: 75,
        '2ndes_gt': 40,
        '2ndes_sthr': 5,
        '1eres_g': 20,
      },
    ]);
    const pro = JSON.stringify([
      {
        rentree_scolaire: '2024',
        numero_d_etablissement: uai,
        patronyme: 'ST REMI',
        secteur_d_enseignement_lib_l: 'SECTEUR PRIVE',
        commune_d_implantation: '80021',
        commune_d_implantation_lib_l: 'AMIENS',
        mef_bcp_11: '32211031408',
        mef_bcp_11_lib_l: '1BTS2 X',
        mef_bcp_6: '322110',
        nombre_d_eleves_total: 20,
      },
    ]);
    for (const [kind, text] of [
      ['official-lycees-pro', pro],
      ['official-lycees-gt', gt],
      ['official-colleges', college],
    ] as const)
      expect((await directory.import(kind, text)).refusedLineCount).toBe(0);
    const read = () =>
      directory.database.query<object[]>(
        `select e.name, e.kind, e.sector, e.priority_education, e.source, sum(c.headcount) as pupils, array_agg(c.code order by c.code) as codes
         from establishment e join class c on c.establishment_id = e.id where uai = $1 group by e.id`,
        [uai],
      );
    const expected = [
      {
        name: 'Lycée polyvalent privé Saint-Remi',
        kind: 'lycee_polyvalent',
        sector: 'private',
        priority_education: 'rep_plus',
        source: 'official-lycees-gt',
        pupils: 155,
        codes: ['1BTS2 X 32211031408', '1GT A', '2GT A', '2GT B', '5E A', '5E B', '6E A', '6E B', 'AUTRES A'],
      },
    ];
    expect(await read()).toEqual(expected);
    for (const [kind, text] of [
      ['official-colleges', college],
      ['official-lycees-pro', pro],
      ['official-lycees-gt', gt],
    ] as const)
      expect((await directory.import(kind, text)).changeCount).toBe(0);
    expect(await read()).toEqual(expected);
  });
});
