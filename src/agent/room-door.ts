import { ADMIT, NOTHING_LEFT, SPENDS_WALK_IN } from '../kernel/decision/visitor';
import type { Gate, GateAnswer, GateRequest, Judged } from './gate';
import type { RoomPlace, WaitingRoom } from './waiting-room';

/** An answer of the gate, and the place in the line of who waits. */
export interface RoomAnswer {
  answer: GateAnswer;
  place?: RoomPlace | undefined;
}

/** The gate with the waiting room before it, where there is one. */
export class RoomDoor {
  constructor(
    private readonly gate: Gate,
    private readonly room: WaitingRoom | undefined,
  ) {}

  /** The gate's answer to a request, after the waiting room where there is one. */
  ask(request: GateRequest, ticket: string | undefined, isGiven: boolean): Promise<RoomAnswer> | RoomAnswer {
    const judged = this.room?.isOpen ? this.gate.judge(request) : undefined;
    if (!judged) return { answer: this.gate.ask(request) };
    const withoutQuota = () => this.gate.judge(request, NOTHING_LEFT)!;
    return this.withRoom(judged, ticket, isGiven, withoutQuota, (its) => this.gate.settle(its));
  }

  /** The same for the page, which counts and spends nothing unless the room lets in by it. */
  look(request: GateRequest, ticket: string | undefined): Promise<RoomAnswer> | RoomAnswer {
    const judged = this.room?.isOpen ? this.gate.judge(request) : undefined;
    if (!judged) return { answer: this.gate.tell(request) };
    const withoutQuota = () => this.gate.judge(request, NOTHING_LEFT)!;
    return this.withRoom(judged, ticket, true, withoutQuota, (its) => this.gate.told(its));
  }

  /**
   * The plan goes first: whose window it is never asks the room. Places of the walk-in quota are for those who stand first, so that
   * nobody walks past those who wait, but for whom none of those places is.
   */
  private async withRoom(
    judged: Judged,
    ticket: string | undefined,
    isGiven: boolean,
    withoutQuota: () => Judged,
    answerOf: (judged: Judged) => GateAnswer,
  ): Promise<RoomAnswer> {
    const room = this.room!;
    const walksIn = judged.decision.spends === SPENDS_WALK_IN;
    const waiting = walksIn ? withoutQuota() : judged;
    if (!room.isFor(waiting)) {
      // who has shown no class takes no ticket, and asks for a place behind all who wait
      if (walksIn) {
        const place = await room.visit(waiting, undefined, false, judged.decision.walkInCount);
        if (place?.kind !== 'walksIn') return { answer: answerOf(waiting) };
        room.walked(place.cell);
        return { answer: this.gate.settle(judged) };
      }
      if (ticket !== undefined && judged.decision.kind === ADMIT && !judged.isByPass)
        room.leave(ticket, judged.pass.draw);
      return { answer: answerOf(judged) };
    }
    const place = await room.visit(waiting, ticket, isGiven, walksIn ? judged.decision.walkInCount : 0);
    if (place?.kind === 'walksIn') {
      room.walked(place.cell);
      return { answer: this.gate.settle(judged) };
    }
    if (place?.kind === 'called') return { answer: this.gate.callIn(waiting, place.isAgain), place };
    return { answer: answerOf(waiting), place };
  }
}
