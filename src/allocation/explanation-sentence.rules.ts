import type { Origin } from '../campaign/window-kind';
import type { Sentences } from '../plan/plan-saving.rules';

/** What was in the way of a wish, as far as prices and the windows around it tell. */
export type Obstacle =
  | 'hours'
  | 'sessions'
  | 'logins'
  | 'teacher'
  | 'class'
  | 'site'
  | 'group'
  | 'neighbour'
  | 'room'
  | 'unknown';

/** What there is to tell; minutes of the local day. */
export interface ExplanationFacts {
  origin: Origin;
  wishedMinute: number | null;
  givenMinute: number;
  /** Positive where the window came later than it wished: days of the calendar, and minutes by the clock. Null without a wish. */
  displacementDays: number | null;
  displacementMinutes: number | null;
  obstacle: Obstacle;
  /** Whether the wished start is allowed and has room now, whatever was in the way when the plan was made. */
  isWishFree: boolean;
  rivalCount: number;
  /** Other starts that the laws allow and that have room, the best first. */
  freeMinutes: readonly number[];
}

/** 605 -> `10 h 05`, 600 -> `10 h`, with spaces that do not break. */
export function frenchTime(minute: number): string {
  const rest = minute % 60;
  return `${Math.floor(minute / 60)}\u00A0h${rest === 0 ? '' : `\u00A0${String(rest).padStart(2, '0')}`}`;
}

/** 605 -> `10:05`. */
const englishTime = (minute: number): string => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;

/** 125 -> `2 h 05`, 35 -> `35 minutes`. */
function frenchLength(minutes: number): string {
  return minutes < 60 ? `${minutes} minutes` : frenchTime(minutes);
}

function englishLength(minutes: number): string {
  if (minutes < 60) return `${minutes} minutes`;
  const rest = minutes % 60;
  const hours = Math.floor(minutes / 60);
  return `${hours} hour${hours === 1 ? '' : 's'}${rest === 0 ? '' : ` ${rest} minutes`}`;
}

const FRENCH_COUNT = new Intl.NumberFormat('fr-FR');
const ENGLISH_COUNT = new Intl.NumberFormat('en-GB');

const FRENCH_OBSTACLE: Record<Obstacle, (rivals: string) => string> = {
  hours: () => 'un créneau ne peut pas commencer à cette heure-là (heures permises ou temps fermé)',
  sessions: (rivals) => `la plateforme est alors pleine (${rivals})`,
  logins: (rivals) => `trop de connexions arriveraient alors ensemble (${rivals})`,
  teacher: () => 'l’enseignant a alors une autre classe en direct',
  class: () => 'la classe a alors un autre créneau',
  site: () => 'l’établissement a alors assez de classes connectées à la fois',
  group: () => 'une partie de ses élèves a alors un créneau avec une autre classe ou un groupe',
  neighbour: () => 'un établissement voisin reçoit à moins d’un quart d’heure de là',
  room: () => 'la place manquait alors pour une classe de cette taille',
  unknown: () => 'elle n’a pas pu être tenue',
};
const ENGLISH_OBSTACLE: Record<Obstacle, (rivals: string) => string> = {
  hours: () => 'no window may start at that time (allowed hours or a closed time)',
  sessions: (rivals) => `the platform is full then (${rivals})`,
  logins: (rivals) => `too many would log in together then (${rivals})`,
  teacher: () => 'the teacher has another live class then',
  class: () => 'the class has another window then',
  site: () => 'the school has enough classes connected at once then',
  group: () => 'some of its pupils have a window with another class or group then',
  neighbour: () => 'a neighbouring school has its window within a quarter of an hour',
  room: () => 'there was no room then for a class of this size',
  unknown: () => 'it could not be kept',
};

/** One sentence that a head understands, in French and English. */
export function explanationSentences(facts: ExplanationFacts): Sentences {
  const { origin, wishedMinute, givenMinute, displacementDays, displacementMinutes } = facts;
  const fr = frenchTime(givenMinute);
  const en = englishTime(givenMinute);
  if (origin === 'fixed') {
    return {
      fr: `L’heure de ${fr} a été imposée : elle n’a pas été déplacée.`,
      en: `The hour of ${en} was fixed: it was not moved.`,
    };
  }
  if (origin === 'booked') {
    return {
      fr: `L’heure de ${fr} a été réservée par l’établissement.`,
      en: `The hour of ${en} was booked by the school.`,
    };
  }
  if (wishedMinute === null) {
    return {
      fr: `Aucune heure n’était souhaitée : ${fr} est une heure où la plateforme est peu chargée.`,
      en: `No hour was wished: ${en} is one at which the platform is little used.`,
    };
  }
  if (displacementDays === 0 && displacementMinutes === 0) {
    return { fr: `L’heure souhaitée, ${fr}, a été accordée.`, en: `The wished hour, ${en}, was given.` };
  }
  return movedSentences(facts, wishedMinute);
}

function movedSentences(facts: ExplanationFacts, wishedMinute: number): Sentences {
  const { givenMinute, obstacle, rivalCount, freeMinutes } = facts;
  const [days, minutes] = [facts.displacementDays ?? 0, facts.displacementMinutes ?? 0];
  const many = rivalCount > 1;
  const rivalsFr = `${FRENCH_COUNT.format(rivalCount)} ${many ? 'autres créneaux la souhaitaient' : 'autre créneau la souhaitait'}`;
  const rivalsEn = `${ENGLISH_COUNT.format(rivalCount)} other ${many ? 'windows' : 'window'} wished it`;
  const away = (length: (minutes: number) => string, day: string, [later, earlier]: [string, string]): string =>
    [
      ...(days === 0 ? [] : [`${Math.abs(days)} ${day}${Math.abs(days) > 1 ? 's' : ''} ${days > 0 ? later : earlier}`]),
      ...(minutes === 0 ? [] : [`${length(Math.abs(minutes))} ${minutes > 0 ? later : earlier}`]),
    ].join(', ');
  const free = freeMinutes.length > 0;
  const list = (texts: readonly string[], or: string): string =>
    texts.length < 2 ? (texts[0] ?? '') : `${texts.slice(0, -1).join(', ')} ${or} ${texts.at(-1)!}`;
  const [frenchWish, englishWish] = [frenchTime(wishedMinute), englishTime(wishedMinute)];
  const [frenchFree, englishFree] = [list(freeMinutes.map(frenchTime), 'ou'), list(freeMinutes.map(englishTime), 'or')];
  const given = {
    fr: `le créneau commence à ${frenchTime(givenMinute)}, ${away(frenchLength, 'jour', ['plus tard', 'plus tôt'])}`,
    en: `the window starts at ${englishTime(givenMinute)}, ${away(englishLength, 'day', ['later', 'earlier'])}`,
  };
  // prices are those of the plan, room is that of now: capacity came back, or others left
  if (facts.isWishFree) {
    return {
      fr: `L’heure souhaitée, ${frenchWish}, n’a pas pu être accordée à la répartition : ${given.fr} ; il y a de la place à ${frenchWish} à présent${free ? `, comme à ${frenchFree}` : ''}.`,
      en: `The wished hour, ${englishWish}, could not be given when the plan was made: ${given.en}; there is room at ${englishWish} now${free ? `, as at ${englishFree}` : ''}.`,
    };
  }
  return {
    fr:
      `L’heure souhaitée était ${frenchWish}, mais ${FRENCH_OBSTACLE[obstacle](rivalsFr)} : ` +
      `${given.fr}${free ? ` ; il reste de la place à ${frenchFree}` : ''}.`,
    en:
      `The wished hour was ${englishWish}, but ${ENGLISH_OBSTACLE[obstacle](rivalsEn)}: ` +
      `${given.en}${free ? `; there is room left at ${englishFree}` : ''}.`,
  };
}
