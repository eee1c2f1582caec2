import type { Actor } from '../access/actor';
import {
  type NumberedChange,
  type SequencedRequest,
  type SequencerJournal,
  type SequencerNeeds,
} from '../plan/sequencer';
import { type Decision, kindOfChange, type LedgerState } from '../plan/sequencer.rules';
import { placeOf } from '../plan/plan-change.service';
import type { ZonedInstants } from '../plan/zoned-instants';
import type { BookingDto } from './booking.dto';
import { decideBooking, type Operation, type SeenRevisions } from './booking-operation.rules';

/** What names a request, so that it is answered once. */
export interface RequestKey {
  subject: string;
  key: string;
  payloadSha256: Buffer;
}

/** A booking on its way through the sequencer. */
export class BookingWork implements SequencedRequest {
  constructor(
    readonly id: string,
    readonly platformId: number,
    readonly planId: number,
    readonly actor: Actor,
    readonly reason: string,
    readonly key: RequestKey,
    readonly operation: Operation,
    readonly undoesBookingId: string | null,
    private readonly seen: SeenRevisions,
    /** Zone of each establishment that takes part. */
    private readonly timeZoneOf: ReadonlyMap<number, string>,
    readonly needs: SequencerNeeds,
    readonly journal: SequencerJournal,
  ) {}

  decide(state: LedgerState, now: Date): Decision {
    return { changes: decideBooking(this.operation, this.planId, this.seen, state, now), holds: [] };
  }

  answer(epoch: number, changes: readonly NumberedChange[], instants: ZonedInstants): BookingDto {
    return {
      id: this.id,
      operation: this.operation.kind,
      planId: this.planId,
      epoch,
      reason: this.reason,
      changes: changes.map(({ before, after, revision }) => {
        const { windowId, establishmentId } = (after ?? before)!;
        const zone = this.timeZoneOf.get(establishmentId) ?? 'UTC';
        return {
          kind: kindOfChange({ before, after }),
          revision,
          windowId,
          before: before && placeOf(before, zone, instants),
          after: after && placeOf(after, zone, instants),
        };
      }),
    };
  }
}
