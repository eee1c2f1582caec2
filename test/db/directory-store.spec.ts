import type { ClassRow, EstablishmentRow } from '../../src/directory/directory-rows';
import { DirectoryStore } from '../../src/directory/directory.store';
import { checkLetterOf } from '../../src/directory/uai.rules';
import { startDirectory, type DirectoryContext } from './directory-context';

const uaiOf = (digits: string): string => digits + checkLetterOf(digits);
const establishment = (fields: Partial<EstablishmentRow>): EstablishmentRow => ({
  uai: uaiOf('0590001'),
  name: 'École',
  kind: 'primaire',
  sector: 'public',
  priorityEducation: 'none',
  departmentCode: '59',
  communeCode: null,
  communeName: 'Lille',
  latitude: null,
  longitude: null,
  telephone: null,
  structureExternalId: null,
  openHalfDays: 975,
  simultaneousWindowLimit: null,
  source: 'test',
  ...fields,
});
const division = (fields: Partial<ClassRow>): ClassRow => ({
  uai: uaiOf('0590001'),
  schoolYear: '2026-2027',
  code: 'CP',
  kind: 'division',
  levels: ['CP'],
  headcount: 24,
  entClassName: null,
  optionSet: null,
  isDerived: false,
  source: 'test',
  ...fields,
});

describe('writing the directory in bulk', () => {
  let directory: DirectoryContext;
  let store: DirectoryStore;
  beforeAll(async () => {
    directory = await startDirectory();
    store = directory.app.get(DirectoryStore);
  });
  afterAll(() => directory.app.close());

  it('makes territories with everything above them, once, whatever the spelling of their codes', async () => {
    const ids = await directory.database.transaction((tx) => store.ensureTerritories(tx, ['059', '974', '2A']));
    expect([...ids.keys()].sort()).toEqual(['2A', '59', '974', 'A09', 'A27', 'A28', 'R04', 'R32', 'R94']);
    const again = await directory.database.transaction((tx) => store.ensureTerritories(tx, ['59', '62']));
    expect(again.get('59')).toBe(ids.get('59'));
    expect(again.size).toBe(10);
    await expect(directory.database.transaction((tx) => store.ensureTerritories(tx, ['00']))).rejects.toMatchObject({
      code: 'directory.department_unknown',
    });
  });

  it('writes establishments, classes, groups and hashed teachers, with the zones of the department', async () => {
    const uai = uaiOf('9740001');
    const counts = await directory.database.transaction(async (tx) => [
      await store.insertEstablishments(tx, [
        establishment({}),
        establishment({ uai, departmentCode: '974', name: 'Tab\tand\\ "quotes"' }),
      ]),
      await store.insertClasses(tx, [
        division({}),
        division({ code: 'CE1' }),
        division({ code: 'G', kind: 'group', levels: ['CP', 'CE1'], optionSet: 'LV' }),
        division({ uai }),
      ]),
      await store.insertGroupSources(tx, [
        { uai: uaiOf('0590001'), schoolYear: '2026-2027', groupCode: 'G', classCode: 'CP' },
        { uai: uaiOf('0590001'), schoolYear: '2026-2027', groupCode: 'G', classCode: 'CE1' },
      ]),
      await store.insertClassTeachers(tx, [
        { uai: uaiOf('0590001'), schoolYear: '2026-2027', classCode: 'CP', teacher: 'Jane Roe', isShared: false },
        { uai, schoolYear: '2026-2027', classCode: 'CP', teacher: 'Jane Roe', isShared: false },
        { uai, schoolYear: '2026-2027', classCode: 'CP', teacher: 'John Doe', isShared: true },
        { uai: uaiOf('0590001'), schoolYear: '2026-2027', classCode: 'CE1', teacher: 'john doe ', isShared: true },
      ]),
    ]);
    expect(counts).toEqual([2, 4, 2, 4]);
    expect(
      await directory.database.query('select name, time_zone, holiday_zone from establishment where uai = $1', [uai]),
    ).toEqual([{ name: 'Tab\tand\\ "quotes"', time_zone: 'Indian/Reunion', holiday_zone: 'Réunion' }]);
    const keys = await directory.database.query<{ hash: Buffer; shared: boolean }[]>(
      'select hash, establishment_id is null as shared from teacher_key',
    );
    expect(keys).toHaveLength(3);
    expect(keys.filter(({ shared }) => shared)).toHaveLength(1);
    for (const { hash } of keys) expect(hash).toHaveLength(32);
  });

  it('refuses an establishment that is there already', async () => {
    await expect(
      directory.database.transaction((tx) => store.insertEstablishments(tx, [establishment({})])),
    ).rejects.toMatchObject({ driverError: { constraint: 'establishment_uai_key' } });
  });
});
