import { DateTime } from 'luxon';
import { ACTIVITIES, AUDIENCES } from '../campaign/window-kind';
import { type Language, withFirstOfMonth } from '../common/language.rules';
import { secondsOfCell } from '../kernel/cell-grid';

/** Whom a window is for, as families and teachers read it. */
export interface WindowSubject {
  classCode: string | null;
  audience: number;
  activity: number;
}

/** Of pupils whose class a roster has taken away since the plan was published. */
const OWN = {
  fr: { relatives: 'des parents', staff: 'des personnels', pupils: "d'une classe supprimée" },
  en: { relatives: 'parents', staff: 'staff', pupils: 'a class that is gone' },
} as const;

/** What a window is called: `Créneau de connexion 6A`. */
export function titleOf({ classCode, audience, activity }: WindowSubject, language: Language): string {
  const isLive = ACTIVITIES[activity] === 'live';
  if (classCode !== null) {
    if (language === 'fr') return `${isLive ? 'Classe en direct' : 'Créneau de connexion'} ${classCode}`;
    return `${isLive ? 'Live class' : 'Connection window'} ${classCode}`;
  }
  const whose = OWN[language][AUDIENCES[audience]!];
  return language === 'fr' ? `Créneau de connexion ${whose}` : `Connection window of ${whose}`;
}

const at = (cell: number, zone: string, language: Language): DateTime =>
  DateTime.fromSeconds(secondsOfCell(cell), { zone }).setLocale(language === 'fr' ? 'fr-FR' : 'en-GB');

/** A clock time: `8 h 25`, `08:25`. */
export function clockOf(cell: number, zone: string, language: Language): string {
  return at(cell, zone, language).toFormat(language === 'fr' ? "H 'h' mm" : 'HH:mm');
}

/** A date: `mardi 8 décembre 2026`. */
export function dateOf(cell: number, zone: string, language: Language): string {
  return withFirstOfMonth(at(cell, zone, language).toFormat('cccc d MMMM yyyy'), language);
}

/** A place in time: `mardi 8 décembre 2026 de 9 h 00 à 9 h 30`. */
export function placeTextOf(startCell: number, cellCount: number, zone: string, language: Language): string {
  const [from, to] = [clockOf(startCell, zone, language), clockOf(startCell + cellCount, zone, language)];
  const date = dateOf(startCell, zone, language);
  return language === 'fr' ? `${date} de ${from} à ${to}` : `${date} from ${from} to ${to}`;
}
