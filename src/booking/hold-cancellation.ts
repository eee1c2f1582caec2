import { randomUUID } from 'node:crypto';
import type { Actor } from '../access/actor';
import { NOTHING_NEEDED, NOTHING_TO_REMEMBER, type SequencedRequest } from '../plan/sequencer';
import { liveHold } from './hold.rules';

/** Gives the room of a live hold back; changes no window. */
export function holdCancellation(actor: Actor, platformId: number, holdId: string): SequencedRequest {
  return {
    id: randomUUID(),
    platformId,
    actor,
    reason: '',
    needs: { ...NOTHING_NEEDED, holdIds: [holdId] },
    journal: NOTHING_TO_REMEMBER,
    decide: (state) => ({ changes: [], holds: [{ ended: liveHold(state, holdId), as: 'cancelled' }] }),
  };
}
