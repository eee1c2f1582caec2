import type { ErrorKind } from '../common/domain-error';
import type { Progress } from '../common/progress';
import type { AssembledProblem } from '../load/assembled-problem';
import type { PlanDraft } from '../plan/plan-draft';

/** Where the windows of the published plan stand, and who of them stays whatever happens. */
export interface ReplanRequest {
  publishedPlanId: number;
  before: Int32Array;
  isFrozen: Uint8Array;
  /** Whatever begins before is frozen, and nothing is put before. */
  frozenUntilCell: number;
}

/** What the thread is given; the columns of `assembled` are moved, not copied. */
export interface AllocationTask {
  assembled: AssembledProblem;
  seed: number;
  /** Change a published plan as little as possible instead of making one afresh. */
  replan?: ReplanRequest;
  /** Element 0 becomes 1 when the run must end; on shared memory, because a busy thread reads no messages. */
  cancelled: Int32Array;
}

/** What the thread says. */
export type AllocationMessage =
  | { type: 'progress'; progress: Progress }
  | { type: 'draft'; draft: PlanDraft }
  | {
      type: 'refused';
      code: string;
      kind: ErrorKind;
      message: string;
      facts: Readonly<Record<string, unknown>>;
    }
  | { type: 'cancelled' };

type Transferable = ArrayBuffer;

/** The memory behind the columns of a value, each once: what postMessage moves instead of copying. */
export function columnsOf(value: unknown, found = new Set<Transferable>()): Transferable[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) columnsOf(part, found);
  }
  return [...found];
}
