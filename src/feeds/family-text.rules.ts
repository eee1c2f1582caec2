import { DateTime } from 'luxon';
import { ACTIVITIES, AUDIENCES } from '../campaign/window-kind';
import { secondsOfCell } from '../kernel/cell-grid';

export const LANGUAGES = ['fr', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Whom a window is for, as families and teachers read it. */
export interface WindowSubject {
  classCode: string | null;
  audience: number;
  activity: number;
}

/** The language that is asked for: by parameter, else the first known one of Accept-Language, else French. */
export function languageOf(asked: Language | undefined, acceptLanguage: string | undefined): Language {
  if (asked) return asked;
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = parameters
        .find((parameter) => parameter.trim().startsWith('q='))
        ?.trim()
        .slice(2);
      return { tag: tag.slice(0, 2).toLowerCase(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return LANGUAGES.find((language) => wanted.find(({ tag }) => (LANGUAGES as readonly string[]).includes(tag))?.tag === language) ?? 'fr'; // prettier-ignore
}

/** What a window is called: `Créneau de connexion 6A`. */
export function titleOf({ classCode, audience, activity }: WindowSubject, language: Language): string {
  const isLive = ACTIVITIES[activity] === 'live';
  if (classCode !== null) {
    if (language === 'fr') return `${isLive ? 'Classe en direct' : 'Créneau de connexion'} ${classCode}`;
    return `${isLive ? 'Live class' : 'Connection window'} ${classCode}`;
  }
  const isRelatives = AUDIENCES[audience] === 'relatives';
  if (language === 'fr') return `Créneau de connexion des ${isRelatives ? 'parents' : 'personnels'}`;
  return `Connection window of ${isRelatives ? 'parents' : 'staff'}`;
}

const at = (cell: number, zone: string, language: Language): DateTime =>
  DateTime.fromSeconds(secondsOfCell(cell), { zone }).setLocale(language === 'fr' ? 'fr-FR' : 'en-GB');

/** A clock time: `8 h 25`, `08:25`. */
export function clockOf(cell: number, zone: string, language: Language): string {
  return at(cell, zone, language).toFormat(language === 'fr' ? "H 'h' mm" : 'HH:mm');
}

/** A date: `mardi 8 décembre 2026`. */
export function dateOf(cell: number, zone: string, language: Language): string {
  return at(cell, zone, language).toFormat('cccc d MMMM yyyy');
}

/** A place in time: `mardi 8 décembre 2026 de 9 h 00 à 9 h 30`. */
export function placeTextOf(startCell: number, cellCount: number, zone: string, language: Language): string {
  const [from, to] = [clockOf(startCell, zone, language), clockOf(startCell + cellCount, zone, language)];
  const date = dateOf(startCell, zone, language);
  return language === 'fr' ? `${date} de ${from} à ${to}` : `${date} from ${from} to ${to}`;
}
