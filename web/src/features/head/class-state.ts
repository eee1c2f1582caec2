import type { Schema } from '../../shared/api';
import type { WaitingEntry, Window } from './data';

export const STATES = ['accepted', 'to_look_at', 'conflict', 'waiting', 'proposed'] as const;
export type ClassState = (typeof STATES)[number];

/** A window further than this from its wish is worth a look. */
const LOOK_MINUTES = 25;

/** How a class stands: two windows at once, waiting for a place, far from its wishes, accepted by its head, or proposed. */
export function stateOf(
  classId: number,
  windows: readonly Window[],
  proposal: Schema<'EstablishmentProposalDto'> | null | undefined,
  waiting: readonly WaitingEntry[],
): ClassState {
  const own = windows.filter((window) => window.classId === classId).toSorted((a, b) => a.startCell - b.startCell);
  const overlaps = own.some((window, i) => i > 0 && own[i - 1]!.startCell + own[i - 1]!.cellCount > window.startCell);
  if (overlaps) return 'conflict';
  if (waiting.some((entry) => entry.classId === classId || own.some(({ id }) => id === entry.windowId)))
    return 'waiting';
  const answer = currentAnswerOf(classId, proposal);
  if (answer === 'accept') return 'accepted';
  if (answer === 'change') return 'to_look_at';
  const isFar = own.some(
    ({ displacementDays, displacementMinutes }) =>
      (displacementDays ?? 0) !== 0 || Math.abs(displacementMinutes ?? 0) > LOOK_MINUTES,
  );
  return isFar ? 'to_look_at' : 'proposed';
}

function currentAnswerOf(classId: number, proposal: Schema<'EstablishmentProposalDto'> | null | undefined) {
  const current = proposal?.answers.filter(({ isCurrent }) => isCurrent) ?? [];
  const own = current.find((answer) => answer.classId === classId) ?? current.find((answer) => answer.classId === null);
  return own?.verdict;
}
