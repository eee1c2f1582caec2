import { SHUT_CAUSES, type ShutCause } from '../kernel/allocation/shut-starts';
import type { Sentences } from './plan-saving.rules';

/** What kept a window from every start. */
export interface UnplacedFacts {
  /** Starts that hours and closed times leave it. */
  startCount: number;
  /** Further starts of its hours that closed times take. */
  closedStartCount: number;
  /** Starts that each cause shuts; several may shut one. */
  shut: Readonly<Record<ShutCause, number>>;
}

const FRENCH: Record<ShutCause, string> = {
  sessions: 'où la plateforme est pleine',
  logins: 'où trop de connexions arriveraient ensemble',
  class: 'pris par un autre créneau de la classe ou trop près de lui',
  group: 'où une partie de ses élèves a un autre créneau',
  teacher: 'où l’enseignant a une autre classe en direct',
  site: 'où l’établissement a déjà assez de classes connectées',
  neighbour: 'trop près du créneau d’un établissement voisin',
};
const ENGLISH: Record<ShutCause, string> = {
  sessions: 'when the platform is full',
  logins: 'when too many would log in together',
  class: 'taken by another window of the class, or too near to it',
  group: 'when some of its pupils have another window',
  teacher: 'when the teacher has another live class',
  site: 'when the school has enough classes connected already',
  neighbour: 'too near to the window of a neighbouring school',
};

/** Why a window has no place, as a head understands it, the most frequent cause first. */
export function unplacedSentences({ startCount, closedStartCount, shut }: UnplacedFacts): Sentences {
  if (startCount === 0) {
    return closedStartCount === 0
      ? {
          fr: 'Les heures permises ne laissent aucun début possible ce jour-là.',
          en: 'The allowed hours leave no start on that day.',
        }
      : {
          fr: `Des temps fermés occupent ${closedStartCount === 1 ? 'le seul début possible' : `les ${closedStartCount} débuts possibles`} de ce jour-là.`,
          en: `Closed times take ${closedStartCount === 1 ? 'the only start' : `all ${closedStartCount} starts`} of that day.`,
        };
  }
  const causes = SHUT_CAUSES.filter((cause) => shut[cause] > 0).sort((a, b) => shut[b] - shut[a]);
  const list = (words: Record<ShutCause, string>): string =>
    causes.map((cause) => `${shut[cause]} ${words[cause]}`).join(', ');
  const isOneClosed = closedStartCount === 1;
  const closedFr = isOneClosed
    ? ' (un autre est dans un temps fermé)'
    : ` (${closedStartCount} autres sont dans un temps fermé)`;
  const closedEn = isOneClosed
    ? ' (another one lies in a closed time)'
    : ` (${closedStartCount} others lie in a closed time)`;
  const besides = (words: string): string => (closedStartCount > 0 ? words : '');
  return startCount === 1
    ? {
        fr: `Son seul début possible${besides(closedFr)} n’était pas libre\u00A0: ${list(FRENCH)}.`,
        en: `Its only possible start${besides(closedEn)} was not free: ${list(ENGLISH)}.`,
      }
    : {
        fr: `Aucun de ses ${startCount} débuts possibles${besides(closedFr)} n’était libre\u00A0: ${list(FRENCH)}.`,
        en: `None of its ${startCount} possible starts${besides(closedEn)} was free: ${list(ENGLISH)}.`,
      };
}
