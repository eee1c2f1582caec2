import type { CivilDate } from '../common/civil-time';
import type { HolidayZone } from './holiday-zone.rules';

/** A stretch without school: from its first day off to the day before the return. */
export interface HolidayPeriod {
  holidayZone: HolidayZone;
  /** `2026-2027`; the calendar year (`2026`) where the school year is one. */
  schoolYear: string;
  label: string;
  firstDayOffOn: CivilDate;
  /** The day of return: the first day that is open again. */
  resumeOn: CivilDate;
}

type Zone = 'A' | 'B' | 'C';
type Dates = [label: string, firstDayOffOn: CivilDate, resumeOn: CivilDate];

/** Dates that the three zones share, then those of their own, as the ministry published them for the mainland. */
const PUBLISHED: Record<string, { shared: Dates[]; own: Record<Zone, Dates[]> }> = {
  '2025-2026': {
    shared: [
      ['Vacances de la Toussaint', '2025-10-18', '2025-11-03'],
      ['Vacances de Noël', '2025-12-20', '2026-01-05'],
      ["Pont de l'Ascension", '2026-05-15', '2026-05-16'],
      ["Vacances d'Été", '2026-07-04', '2026-09-01'],
    ],
    own: {
      A: [
        ["Vacances d'Hiver", '2026-02-07', '2026-02-23'],
        ['Vacances de Printemps', '2026-04-04', '2026-04-20'],
      ],
      B: [
        ["Vacances d'Hiver", '2026-02-14', '2026-03-02'],
        ['Vacances de Printemps', '2026-04-11', '2026-04-27'],
      ],
      C: [
        ["Vacances d'Hiver", '2026-02-21', '2026-03-09'],
        ['Vacances de Printemps', '2026-04-18', '2026-05-04'],
      ],
    },
  },
  '2026-2027': {
    shared: [
      ['Vacances de la Toussaint', '2026-10-17', '2026-11-02'],
      ['Vacances de Noël', '2026-12-19', '2027-01-04'],
      ["Pont de l'Ascension", '2027-05-07', '2027-05-08'],
      ["Vacances d'Été", '2027-07-03', '2027-09-01'],
    ],
    own: {
      A: [
        ["Vacances d'Hiver", '2027-02-13', '2027-03-01'],
        ['Vacances de Printemps', '2027-04-10', '2027-04-26'],
      ],
      B: [
        ["Vacances d'Hiver", '2027-02-20', '2027-03-08'],
        ['Vacances de Printemps', '2027-04-17', '2027-05-03'],
      ],
      C: [
        ["Vacances d'Hiver", '2027-02-06', '2027-02-22'],
        ['Vacances de Printemps', '2027-04-03', '2027-04-19'],
      ],
    },
  },
};

/** School years whose mainland dates need no import. */
export const BUILT_IN_SCHOOL_YEARS: readonly string[] = Object.keys(PUBLISHED);

/** School holidays known without an import; a zone's imported school year takes the place of the built-in one. */
export const BUILT_IN_HOLIDAYS: readonly HolidayPeriod[] = Object.entries(PUBLISHED).flatMap(
  ([schoolYear, { shared, own }]) =>
    (['A', 'B', 'C'] as const).flatMap((holidayZone) =>
      [...shared, ...own[holidayZone]]
        .map(([label, firstDayOffOn, resumeOn]) => ({ holidayZone, schoolYear, label, firstDayOffOn, resumeOn }))
        .sort((a, b) => a.firstDayOffOn.localeCompare(b.firstDayOffOn)),
    ),
);
