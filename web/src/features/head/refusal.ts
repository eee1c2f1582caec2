import { Problem, type Schema } from '../../shared/api';
import { civilDateOf } from '../../shared/format';
import type { Window } from './data';

/** A start that is possible where the wanted one is not. */
export interface Alternative {
  startsAt: string;
  verdict: 'free' | 'tight';
  minutesFromWanted: number;
  daysFromWanted: number;
}

/** A window that stands where one is wanted, and could take its place. */
export interface Partner {
  windowId: number;
  revision: number;
  uai: string;
  establishmentName: string;
  /** Null for a window of the whole establishment. */
  classCode: string | null;
  startsAt: string;
  isOwn: boolean;
}

export type Wanted = Schema<'BookingRequest'> & { operation: 'move' | 'add'; startsAt: string };

/** What a booking is about, as it is told: whose window, the window itself where it stands already. */
export interface Subject {
  whose: string;
  timeZone: string;
  window?: Window;
}

/** A start that was refused: for whom, what was wanted, what stands in the way, and what to do instead. */
export interface Refusal extends Subject {
  wanted: Wanted;
  /** Why, as the API refused it. */
  error: Problem;
  /** Of a series the dates on which the platform is full, the first ones where there are many. */
  fullDates: string[];
  alternatives: Alternative[];
  partners: Partner[];
}

/** What a refused placing says instead; undefined for every other error. */
export function refusalOf(error: unknown, subject: Subject, wanted: Wanted): Refusal | undefined {
  if (!(error instanceof Problem) || error.status !== 409) return undefined;
  const {
    cells = [],
    alternatives = [],
    swapPartners = [],
  } = error.facts as {
    cells?: { at: string }[];
    alternatives?: Alternative[];
    swapPartners?: Partner[];
  };
  const fullDates = wanted.isSeries ? [...new Set(cells.map(({ at }) => civilDateOf(at, subject.timeZone)))] : [];
  return { ...subject, wanted, error, fullDates, alternatives, partners: swapPartners };
}

/** The same of a swap instead of what was wanted; undefined too where it names no other way: those that are shown still stand. */
export const swapRefusalOf = (error: unknown, subject: Subject, wanted: Wanted): Refusal | undefined =>
  error instanceof Problem && 'alternatives' in error.facts ? refusalOf(error, subject, wanted) : undefined;

export const isPlacing = (body: Schema<'BookingRequest'>): body is Wanted =>
  (body.operation === 'move' || body.operation === 'add') && body.startsAt !== undefined;

/** The same at another start. One of another day is told of a single date alone: no series begins there, and nothing is left out of it. */
export function wantedAt({ exceptDates, ...wanted }: Wanted, { startsAt, daysFromWanted }: Alternative): Wanted {
  if (daysFromWanted !== 0) return { ...wanted, startsAt, isSeries: false };
  return { ...wanted, startsAt, ...(exceptDates && { exceptDates }) };
}

/** The same but for the dates on which the platform is full. */
export const wantedWithout = (wanted: Wanted, fullDates: readonly string[]): Wanted => ({
  ...wanted,
  exceptDates: [...(wanted.exceptDates ?? []), ...fullDates],
});
