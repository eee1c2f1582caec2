import { comesForChildren } from '../kernel/decision/decide';
import { PUPIL, REASON, RELATIVE, STAFF } from '../kernel/decision/visitor';
import type { Judged } from './gate';
import type { PlanInForce } from './held-plan';
import { HELD_RANK } from './room-store';

/** Relatives of the youngest come for their children, as these. Who is held back by a step stands behind all. */
export function rankOf({ plan }: PlanInForce, { visitor, decision }: Judged): number {
  if (decision.reason === REASON.relativesWait || decision.reason === REASON.liveOnly) return HELD_RANK;
  if (visitor.profile === PUPIL || visitor.profile === STAFF) return 0;
  if (visitor.profile === RELATIVE) return comesForChildren(plan, visitor) ? 0 : 2;
  return 1;
}
