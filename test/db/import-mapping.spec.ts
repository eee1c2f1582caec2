import { checkLetterOf } from '../../src/directory/uai.rules';
import { startDirectory, type DirectoryContext } from './directory-context';

const uaiOf = (digits: string): string => digits + checkLetterOf(digits);
const SCHOOL = uaiOf('0620001');
const COLLEGE = uaiOf('0620002');
const YEAR = { schoolYear: '2026-2027' };

describe('the import of the keys of the ENT', () => {
  let directory: DirectoryContext;
  const mapping = (lines: string[], options = {}) =>
    directory.import('mapping', ['uai;structure_external_id;class_code;class_name', ...lines, ''].join('\n'), {
      ...YEAR,
      ...options,
    });
  const keys = () =>
    directory.database.query<{ uai: string; code: string; key: string | null }[]>(
      `select e.uai, c.code, e.structure_external_id || '$' || coalesce(c.ent_class_name, c.code) as key
       from class c join establishment e on e.id = c.establishment_id order by e.uai, c.code`,
    );

  beforeEach(async () => {
    directory ??= await startDirectory();
    await directory.database.query('truncate establishment, import_run restart identity cascade');
    await directory.database.query(`
      insert into territory (code, kind, name) values ('R32', 'region', 'Hauts-de-France') on conflict do nothing;
      insert into establishment (uai, name, kind, sector, department_id, commune_name, time_zone, holiday_zone, open_half_days, source)
      select uai, 'x', kind, 'public', (select min(id) from territory), 'Arras', 'Europe/Paris', 'B', 975, 'test'
      from (values ('${SCHOOL}', 'primaire'), ('${COLLEGE}', 'college')) as given (uai, kind)`);
    await directory.import(
      'roster',
      `uai;classe;niveau;effectif\n${SCHOOL};CP;CP;24\n${SCHOOL};CE1;CE1;24\n${COLLEGE};6A;6e;25\n${COLLEGE};6B;6e;25\n`,
      YEAR,
    );
  });
  afterAll(() => directory.app.close());

  it('brings structures and class names together, and changes nothing the second time', async () => {
    const lines = [`${COLLEGE};1234;6A;6EME A`, `${COLLEGE};1234;6B;6B`, `${SCHOOL};567;;`];
    const report = await mapping(lines);
    expect(report).toMatchObject({
      establishments: { updatedCount: 2 },
      classes: { updatedCount: 1 },
      figures: { unmatchedLineCount: 0, unmatchedClassCount: 2 },
    });
    expect(await keys()).toEqual([
      { uai: SCHOOL, code: 'CE1', key: '567$CE1' },
      { uai: SCHOOL, code: 'CP', key: '567$CP' },
      { uai: COLLEGE, code: '6A', key: '1234$6EME A' },
      { uai: COLLEGE, code: '6B', key: '1234$6B' },
    ]);
    expect(await mapping(lines)).toMatchObject({ changeCount: 0 });
  });

  it('reports what stays unmatched on both sides', async () => {
    const report = await mapping([`${COLLEGE};1234;6A;6EME A`, `${COLLEGE};1234;6Z;6EME Z`]);
    expect(report.lines.map(({ lineNumber, severity, code }) => [lineNumber, severity, code])).toEqual([
      [3, 'noted', 'class_unmatched'],
      [0, 'noted', 'class_without_line'],
    ]);
    expect(report.lines[1]!.message).toContain('6B');
    expect(report.figures).toEqual({ unmatchedLineCount: 1, unmatchedClassCount: 1 });
  });

  it('refuses lines that would make a key mean two things, or keep a name', async () => {
    const report = await mapping([
      `${COLLEGE};1234;6A;6EME A`,
      `${COLLEGE};1234;6A;6EME X`,
      `${COLLEGE};1234;6B;6EME A`,
      `${COLLEGE};9999;6B;6EME B`,
      `${SCHOOL};1234;CP;CP`,
      `${SCHOOL};567;CP;CP Durandière`,
      `${SCHOOL};567;CE1;CE1 de Mme Durandière`,
      `${SCHOOL};5$67;CE1;CE1`,
      `${SCHOOL};567;CE1;`,
      `${uaiOf('0629999')};8;A;A`,
    ]);
    expect(
      report.lines
        .filter(({ severity }) => severity === 'refused')
        .map(({ lineNumber, code }) => [lineNumber, code])
        .sort(),
    ).toEqual(
      [
        [10, 'class_incomplete'],
        [11, 'uai_unknown'],
        [3, 'class_repeated'],
        [4, 'class_name_repeated'],
        [5, 'structure_conflict'],
        [6, 'structure_taken'],
        [7, 'class_name_personal'],
        [8, 'class_name_personal'],
        [9, 'structure_invalid'],
      ].sort(),
    );
    const stored = await directory.database.query<object[]>('select * from import_run, import_line, class');
    expect(JSON.stringify([report, stored])).not.toContain('Durandi');
  });

  it('lets two establishments exchange their structures', async () => {
    await mapping([`${COLLEGE};1;;`, `${SCHOOL};2;;`]);
    const report = await mapping([`${COLLEGE};2;;`, `${SCHOOL};1;;`]);
    expect(report).toMatchObject({ refusedLineCount: 0, establishments: { updatedCount: 2 } });
    expect((await keys()).map(({ key }) => key)).toEqual(['1$CE1', '1$CP', '2$6A', '2$6B']);
    expect((await mapping([`${COLLEGE};1;;`])).lines[0]).toMatchObject({ code: 'structure_taken' });
  });
});

describe('the import of the national directory', () => {
  let directory: DirectoryContext;
  beforeAll(async () => {
    directory = await startDirectory();
  });
  afterAll(() => directory.app.close());

  it('completes known establishments, names them, leaves the others out, and is not undone by the headcount files', async () => {
    const pro = JSON.stringify([
      {
        rentree_scolaire: '2026',
        numero_d_etablissement: SCHOOL,
        patronyme: "D'ART",
        secteur_d_enseignement_lib_l: 'SECTEUR PUBLIC',
        commune_d_implantation: '62041',
        commune_d_implantation_lib_l: 'ARRAS',
        mef_bcp_11: '23810033007',
        mef_bcp_11_lib_l: '2NDPRO ARTS',
        mef_bcp_6: '238100',
        nombre_d_eleves_total: 61,
      },
    ]);
    expect(await directory.import('official-lycees-pro', pro)).toMatchObject({
      classes: { createdCount: 3 },
      pupilCount: 61,
    });
    const csv = [
      'Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Telephone;Code_departement;latitude;longitude;libelle_nature',
      `${SCHOOL};Lycée des métiers d'art;Lycée;03 21 00 00 00;062;50.29;2.77;LYCEE ENSEIGNT GENERAL ET TECHNOLOGIQUE`,
      `${uaiOf('0620777')};Centre d'information;Autre;;062;50.3;2.8;CIO`,
      `${COLLEGE};x;Collège;;062;97;2.8;COLLEGE`,
      `${SCHOOL};Again;Lycée;;062;50.29;2.77;LYCEE`,
      `0620001A;x;Lycée;;062;50.29;2.77;LYCEE`,
    ].join('\r\n');
    const report = await directory.import('official-directory', csv);
    expect(report).toMatchObject({
      establishments: { updatedCount: 1, unchangedCount: 0 },
      figures: { unknownEstablishmentCount: 1 },
    });
    expect(report.lines.map(({ lineNumber, code }) => [lineNumber, code])).toEqual([
      [4, 'position_invalid'],
      [6, SCHOOL.endsWith('A') ? 'uai_repeated' : 'uai_check_letter'],
      [5, 'uai_repeated'],
    ]);
    const read = () =>
      directory.database.query<object[]>(
        'select name, kind, telephone, latitude, longitude, source from establishment',
      );
    const completed = [
      {
        name: "Lycée des métiers d'art",
        kind: 'lycee_gt',
        telephone: '03 21 00 00 00',
        latitude: 50.29,
        longitude: 2.77,
        source: 'official-directory',
      },
    ];
    expect(await read()).toEqual(completed);
    expect(await directory.import('official-directory', csv)).toMatchObject({ changeCount: 0 });
    expect(await directory.import('official-lycees-pro', pro)).toMatchObject({ changeCount: 0 });
    expect(await read()).toEqual(completed);
  });
});
