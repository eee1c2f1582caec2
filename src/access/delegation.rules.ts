import { DomainError, NotFoundError } from '../common/domain-error';
import type { Actor } from './actor';

/** A school year and its summer: who is still the deputy then is named again. */
export const LONGEST_DELEGATION_DAYS = 366;
/** Deputies of one establishment at a time; more is a mistake, or somebody who hands out what is his. */
export const MOST_DEPUTIES = 20;
const DAY_MILLISECONDS = 86_400_000;

/** The UAI of an address as it is stored; a text that is none names no establishment. @throws NotFoundError */
export function uaiOf(text: string): string {
  if (!/^\d{7}[a-zA-Z]$/.test(text)) throw new NotFoundError('establishment', text);
  return text.toUpperCase();
}

/** Who was handed an establishment does not hand it on: only its head, his inspector and the operator name deputies. */
export function checkMayName({ delegatedUais }: Pick<Actor, 'delegatedUais'>, uai: string): void {
  if (delegatedUais?.includes(uai))
    throw new DomainError('delegation.deputy', 'forbidden', 'A deputy does not name deputies: ask the head.', { uai });
}

/** When a delegation runs; at once where `startsAt` is none or over. @throws DomainError (422) for one that is over, ends before it begins, or lasts too long */
export function delegationTime(
  { startsAt, endsAt }: { startsAt?: Date | undefined; endsAt: Date },
  now: Date,
): { startsAt: Date | undefined; endsAt: Date } {
  const later = startsAt !== undefined && startsAt > now ? startsAt : undefined;
  if (endsAt <= (later ?? now))
    throw new DomainError('delegation.time', 'unprocessable', 'A delegation ends after it begins, and after now.');
  if (endsAt.getTime() - now.getTime() > LONGEST_DELEGATION_DAYS * DAY_MILLISECONDS)
    throw new DomainError(
      'delegation.too_long',
      'unprocessable',
      `A delegation ends within ${LONGEST_DELEGATION_DAYS} days from now; name the deputy again then.`,
      { longestDays: LONGEST_DELEGATION_DAYS },
    );
  return { startsAt: later, endsAt };
}
