import { csvLineOf, CSV_HEADER, windowOf, type WindowRow } from './window-wire.rules';
import { ZonedInstants } from './zoned-instants';

const instants = new ZonedInstants();
const cell = (iso: string): number => Date.parse(iso) / 300_000;
const row = (fields: Partial<WindowRow> = {}): WindowRow => ({
  id: 7,
  planId: 3,
  revision: 0,
  seriesId: null,
  uai: '0590001A',
  departmentCode: '59',
  classId: 4,
  classCode: '6A',
  audience: 0,
  activity: 0,
  origin: 0,
  date: '2026-12-07',
  startCell: cell('2026-12-07T08:00Z'),
  cellCount: 6,
  timeZone: 'Europe/Paris',
  wishCell: null,
  headcount: 25,
  profileId: 1,
  establishmentId: 9,
  teacherKeyId: 12,
  ...fields,
});

describe('a window on the wire', () => {
  it('has the offset of its establishment, overseas and on the days that the clock changes', () => {
    const reunion = windowOf(row({ timeZone: 'Indian/Reunion' }), 5, instants);
    expect(reunion).toMatchObject({ startsAt: '2026-12-07T12:00:00+04:00', endsAt: '2026-12-07T12:30:00+04:00' });
    const change = windowOf(row({ startCell: cell('2027-03-28T00:45Z') }), 5, instants);
    expect(change).toMatchObject({
      startsAt: '2027-03-28T01:45:00+01:00',
      endsAt: '2027-03-28T03:15:00+02:00',
      entryOpensAt: '2027-03-28T01:40:00+01:00',
    });
  });

  it('has the revision of its own last change, else that of its plan, and none in a draft', () => {
    expect(windowOf(row(), 5, instants).revision).toBe(5);
    expect(windowOf(row({ revision: 8 }), 5, instants).revision).toBe(8);
    expect(windowOf(row({ revision: 2 }), 5, instants).revision).toBe(5);
    expect(windowOf(row(), null, instants).revision).toBeNull();
  });

  it('says how far it is from its wish, earlier being negative', () => {
    const wishCell = cell('2026-12-07T09:00Z');
    expect(windowOf(row({ wishCell }), 5, instants)).toMatchObject({
      displacementMinutes: -60,
      wishedAt: '2026-12-07T10:00:00+01:00',
    });
    expect(windowOf(row(), 5, instants)).toMatchObject({ displacementMinutes: null, wishedAt: null });
  });

  it('tells the teacher of a live window to who checks a plan, and to nobody else', () => {
    const live = row({ activity: 1 });
    expect(windowOf(live, 5, instants, true).teacherKeyId).toBe(12);
    expect(windowOf(live, 5, instants).teacherKeyId).toBeNull();
    expect(windowOf(row(), 5, instants, true).teacherKeyId).toBeNull();
  });

  it('fills every column of the CSV, and lets no class code be a formula or split a line', () => {
    const columnCount = CSV_HEADER.split(';').length;
    const line = (classCode: string | null): string => csvLineOf(windowOf(row({ classCode }), 5, instants));
    expect(line('6A').split(';')).toHaveLength(columnCount);
    expect(line(null).split(';')).toHaveLength(columnCount);
    expect(line('6A')).toContain(';4;6A;élèves;accès libre;attribué;2026-12-07;2026-12-07T09:00:00+01:00;');
    expect(line('=1+1')).toContain(";'=1+1;");
    expect(line('a;"b"')).toContain(';"a;""b""";');
  });
});
