import type { ApprovalStanding } from '../campaign/campaign-approval.store';
import { instantOfCell } from '../common/civil-time';
import { counted } from '../common/counted';
import { DomainError } from '../common/domain-error';

/** A cell with its load and its limit, in whole thousandths. */
export interface OverfullCell {
  cell: number;
  sessions: number;
  sessionLimit: number;
  logins: number;
  loginLimit: number;
}

const MOST_NAMED = 20;

/** The first cells of a refusal as callers read them: sessions and logins of the five minutes, not thousandths. */
function named(cells: readonly OverfullCell[]): object {
  return {
    cellCount: cells.length,
    cells: cells.slice(0, MOST_NAMED).map((cell) => ({
      cell: cell.cell,
      at: instantOfCell(cell.cell),
      sessions: cell.sessions / 1000,
      sessionLimit: cell.sessionLimit / 1000,
      logins: cell.logins / 1000,
      loginLimit: cell.loginLimit / 1000,
    })),
  };
}

/** Columns or profiles of a draft that do not fit together. */
export class PlanColumnsInvalid extends DomainError {
  constructor(problem: string) {
    super('plan.columns_invalid', 'unprocessable', `The columns of the plan do not fit together: ${problem}.`);
  }
}

/** The allocation's own checker found violations: such a plan is never stored. */
export class PlanViolations extends DomainError {
  constructor(violationCounts: Record<string, number>) {
    super('plan.violations', 'unprocessable', 'The checker found violations in the plan.', { violationCounts });
  }
}

export class PlanOverLimit extends DomainError {
  constructor(cells: readonly OverfullCell[]) {
    super(
      'plan.over_limit',
      'unprocessable',
      `The plan goes over the limit in ${counted(cells.length, 'cell')}, first at ${instantOfCell(cells[0]!.cell)}.`,
      { ...named(cells) },
    );
  }
}

/** Somebody would be in two windows at once. */
export class PlanOverlap extends DomainError {
  constructor(who: 'class' | 'group' | 'teacher', windowIds: readonly [number, number], overlapCount: number) {
    super(
      `plan.${who}_twice`,
      'unprocessable',
      `A ${who} is in two windows at once: ${windowIds[0]} and ${windowIds[1]}, and ${overlapCount - 1} other pairs.`,
      { windowIds, overlapCount },
    );
  }
}

export class PlanWindowOutside extends DomainError {
  constructor(cell: number) {
    super(
      'plan.window_outside',
      'unprocessable',
      `The plan has load at ${instantOfCell(cell)}, outside the cells that it was computed for.`,
      { cell },
    );
  }
}

export class PlanNotADraft extends DomainError {
  constructor(planId: number, state: string) {
    super('plan.not_a_draft', 'conflict', `Plan ${planId} is ${state}; only a draft can be published or deleted.`, {
      state,
    });
  }
}

export class PlanNotPublished extends DomainError {
  constructor(planId: number, state: string) {
    super('plan.not_published', 'conflict', `Plan ${planId} is ${state}: it is not in force.`, {
      state,
    });
  }
}

export class PlanNothingToRollBack extends DomainError {
  constructor(planId: number) {
    super(
      'plan.nothing_to_roll_back',
      'conflict',
      `Plan ${planId} is the first one that its campaign published: there is none to go back to.`,
    );
  }
}

/** Another plan of the campaign was published since the draft read the platform. */
export class PlanStaleBase extends DomainError {
  constructor(planId: number, baseRevision: number, publishedRevision: number) {
    super(
      'plan.stale_base',
      'conflict',
      `Plan ${planId} was computed at revision ${baseRevision}, but its campaign was published again at revision ${publishedRevision}; allocate again.`,
      { baseRevision, publishedRevision },
    );
  }
}

/** Who follows changes has read more than there is: of another platform, or before a restore. What came since would never reach him. */
export class PlanRevisionUnknown extends DomainError {
  constructor(after: number, epoch: number, revision: number) {
    super(
      'plan.revision_unknown',
      'conflict',
      `Revision ${after} is newer than the present one, ${revision} of epoch ${epoch}; read the windows again and follow them from there.`,
      { after, epoch, revision },
    );
  }
}

/** Authorities that were to be asked about the campaign have not approved it. */
export class PlanApprovalMissing extends DomainError {
  constructor(planId: number, standing: readonly ApprovalStanding[]) {
    const count = (of: (row: ApprovalStanding) => number): number => standing.reduce((sum, row) => sum + of(row), 0);
    const [waiting, refused] = [count((row) => row.waitingCount), count((row) => row.refusedCount)];
    super(
      'plan.approval_missing',
      'conflict',
      `Plan ${planId} is of a campaign that needs the approval of the authorities: ${waiting} establishments wait for it, to ${refused} it was refused.`,
      { waitingCount: waiting, refusedCount: refused, standing: standing.slice(0, 20) },
    );
  }
}

/** Windows that people are in, or were, would stand elsewhere; or new ones would have begun before anybody hears of them. */
export class PlanBegunWindowsMoved extends DomainError {
  constructor(planId: number, windowCount: number) {
    super(
      'plan.begun_windows_moved',
      'conflict',
      `Plan ${planId} would move or remove ${counted(windowCount, 'window')} already begun, or put any at a time that is past; replan again.`,
      { windowCount },
    );
  }
}

/** Bookings of the live plan that the new one cannot keep where they are. */
export class PlanBookingsInTheWay extends DomainError {
  constructor(planId: number, windowIds: readonly number[], why: string) {
    super(
      'plan.bookings_in_the_way',
      'conflict',
      `Plan ${planId} cannot keep ${counted(windowIds.length, 'booked window')} in place (${why}); allocate again.`,
      { windowIds: windowIds.slice(0, MOST_NAMED), windowCount: windowIds.length },
    );
  }
}

/** A head's hold that keeps room which a plan would need. */
export interface HoldInTheWay {
  holdId: string;
  uai: string;
  expiresAt: Date;
}

/** The ledger refuses the plan: other plans, a smaller capacity or holds of heads stand in its way. */
export class PlanOverCapacity extends DomainError {
  constructor(
    readonly overfull: readonly OverfullCell[],
    holds: readonly HoldInTheWay[] = [],
  ) {
    const until = holds[0]?.expiresAt.toISOString();
    const what = until
      ? `${counted(holds.length, 'hold')} ${holds.length === 1 ? 'keeps' : 'keep'} room there, the last one until ${until}: try again then, or allocate again.`
      : 'allocate again.';
    super(
      'plan.over_capacity',
      'conflict',
      `The capacity that is left does not hold the plan in ${counted(overfull.length, 'cell')}; ${what}`,
      {
        ...named(overfull),
        ...(until && {
          holdCount: holds.length,
          holds: holds
            .slice(0, MOST_NAMED)
            .map(({ holdId, uai, expiresAt }) => ({ holdId, uai, expiresAt: expiresAt.toISOString() })),
        }),
      },
    );
  }
}

/** Establishments are on another platform than the one that the plan is for. */
export class PlanEstablishmentsMoved extends DomainError {
  constructor(planId: number, uais: readonly string[]) {
    super(
      'plan.establishments_moved',
      'conflict',
      `Plan ${planId} has windows of establishments that are on another platform (${uais.join(', ')} ...); allocate again.`,
      { uais },
    );
  }
}

/** Establishments that are to leave a platform have windows there still. */
export class EstablishmentHasWindows extends DomainError {
  constructor(holders: readonly { uai: string; planId: number; windowCount: number }[]) {
    const { uai, planId } = holders[0]!;
    super(
      'establishment.has_windows',
      'conflict',
      `${holders.length === 1 ? uai : `${holders.length} establishments, the first ${uai},`}` +
        ` ${holders.length === 1 ? 'has' : 'have'} windows from today on in a published plan of another platform (plan ${planId}):` +
        ' publish a plan there without them, or move them when its campaign has ended.',
      { establishmentCount: holders.length, establishments: holders.slice(0, MOST_NAMED) },
    );
  }
}

export class PlansNotComparable extends DomainError {
  constructor() {
    super('plan.not_comparable', 'unprocessable', 'Only two different plans of one campaign can be compared.');
  }
}

/** A class key that no mapping import brought; says what the ENT does with such a visitor. */
export class ClassKeyUnknown extends DomainError {
  constructor(classKey: string, uai: string | null) {
    super(
      'window.class_key_unknown',
      'not_found',
      `No class has the key ${JSON.stringify(classKey)}. Its visitors are never refused flatly: use the windows of their level` +
        ` (${uai ? `/v1/establishments/${uai}/windows` : '/v1/establishments/{uai}/windows'}), else the walk-in quota;` +
        ' import the mapping of class keys to name it.',
      { classKey, uai, fallback: ['level_windows', 'walk_in_quota'] },
    );
  }
}

/** A draft that heads are, or were, asked about: their answers belong to it. */
export class PlanProposed extends DomainError {
  constructor(planId: number) {
    super('plan.proposed', 'conflict', `Plan ${planId} was proposed to heads: it stays with their answers.`, {
      planId,
    });
  }
}
