export const HOLIDAY_ZONES = [
  'A',
  'B',
  'C',
  'Corse',
  'Guadeloupe',
  'Saint-Martin',
  'Saint-Barthélemy',
  'Martinique',
  'Guyane',
  'Réunion',
  'Mayotte',
  'Saint-Pierre-et-Miquelon',
  'Nouvelle-Calédonie',
  'Polynésie',
  'Wallis-et-Futuna',
] as const;
/** Where school holidays are the same: the three zones of the mainland, Corsica, each territory overseas. */
export type HolidayZone = (typeof HOLIDAY_ZONES)[number];

/** Departments of the academies of each zone since 2016; Corsica and overseas are zones of their own. */
const MAINLAND: Record<'A' | 'B' | 'C', string> = {
  A: '01 03 07 15 16 17 19 21 23 24 25 26 33 38 39 40 42 43 47 58 63 64 69 70 71 73 74 79 86 87 89 90',
  B: '02 04 05 06 08 10 13 14 18 22 27 28 29 35 36 37 41 44 45 49 50 51 52 53 54 55 56 57 59 60 61 62 67 68 72 76 80 83 84 85 88',
  C: '09 11 12 30 31 32 34 46 48 65 66 75 77 78 81 82 91 92 93 94 95',
};
interface Overseas {
  zone: HolidayZone;
  timeZone: string;
  /** Code of its public holidays. */
  publicHolidays: string;
}
const OVERSEAS: Record<string, Overseas> = {
  '971': { zone: 'Guadeloupe', timeZone: 'America/Guadeloupe', publicHolidays: 'GP' },
  '972': { zone: 'Martinique', timeZone: 'America/Martinique', publicHolidays: 'MQ' },
  '973': { zone: 'Guyane', timeZone: 'America/Cayenne', publicHolidays: 'GF' },
  '974': { zone: 'Réunion', timeZone: 'Indian/Reunion', publicHolidays: 'RE' },
  '975': { zone: 'Saint-Pierre-et-Miquelon', timeZone: 'America/Miquelon', publicHolidays: 'PM' },
  '976': { zone: 'Mayotte', timeZone: 'Indian/Mayotte', publicHolidays: 'YT' },
  '977': { zone: 'Saint-Barthélemy', timeZone: 'America/St_Barthelemy', publicHolidays: 'BL' },
  '978': { zone: 'Saint-Martin', timeZone: 'America/Marigot', publicHolidays: 'MF' },
  '986': { zone: 'Wallis-et-Futuna', timeZone: 'Pacific/Wallis', publicHolidays: 'WF' },
  '987': { zone: 'Polynésie', timeZone: 'Pacific/Tahiti', publicHolidays: 'PF' },
  '988': { zone: 'Nouvelle-Calédonie', timeZone: 'Pacific/Noumea', publicHolidays: 'NC' },
};
/** Alsace and Moselle keep Good Friday and the day after Christmas. */
const LOCAL_LAW = new Set(['57', '67', '68']);

const ZONE_OF_DEPARTMENT = new Map<string, HolidayZone>([
  ...(Object.entries(MAINLAND) as [HolidayZone, string][]).flatMap(([zone, numbers]) =>
    numbers.split(' ').map((number): [string, HolidayZone] => [number, zone]),
  ),
  ['2A', 'Corse'],
  ['2B', 'Corse'],
  ...Object.entries(OVERSEAS).map(([number, { zone }]): [string, HolidayZone] => [number, zone]),
]);

/** The number of a department however its code is spelt (`059`, `59`, `D059`, `02A`): two digits, 2A, 2B or three. */
export function departmentNumberOf(territoryCode: string): string {
  const tail = /(\d{2,3}|\d{1,2}[AB])$/i.exec(territoryCode)?.[1]?.toUpperCase() ?? territoryCode;
  return tail.length === 3 && tail.startsWith('0') ? tail.slice(1) : tail;
}

/** The school holiday zone of a department (`59` -> B), undefined for a number that is no department. */
export function holidayZoneOfDepartment(departmentNumber: string): HolidayZone | undefined {
  return ZONE_OF_DEPARTMENT.get(departmentNumber);
}

/** The IANA time zone of a department, undefined for a number that is no department. */
export function timeZoneOfDepartment(departmentNumber: string): string | undefined {
  return (
    OVERSEAS[departmentNumber]?.timeZone ?? (ZONE_OF_DEPARTMENT.has(departmentNumber) ? 'Europe/Paris' : undefined)
  );
}

/** The time zone in which the civil dates of a holiday zone count. */
export function timeZoneOfHolidayZone(zone: HolidayZone): string {
  return Object.values(OVERSEAS).find((place) => place.zone === zone)?.timeZone ?? 'Europe/Paris';
}

/** Code of the public holidays kept in a department: a country overseas, `FR-67` in Alsace and Moselle, else `FR`. */
export function publicHolidayRegionOf(departmentNumber: string): string {
  return (
    OVERSEAS[departmentNumber]?.publicHolidays ?? (LOCAL_LAW.has(departmentNumber) ? `FR-${departmentNumber}` : 'FR')
  );
}
