import { DomainError } from '../common/domain-error';
import type { Invalid } from '../protection/ladder.rules';

const MOST_NAMED = 10;

const WHICH_AND_REMEDY = {
  step: ['this one', 'make it shorter or narrower, or give evening hours'],
  plan: ['this plan', 'end a step first, or give evening hours'],
  booking: ['this change', 'choose an hour that they leave open, or come back when they have ended'],
  settings: ['these settings', 'end a step first, or leave these pupils their way in'],
} as const;
export type WithoutAdmission = keyof typeof WHICH_AND_REMEDY;

/** Law 8: nobody is left without an admission for a whole day. */
export class PupilWithoutAdmission extends DomainError {
  /** @param what is refused: a step beside those in force, or a plan, a booking, settings of gateways under them */
  constructor(
    what: WithoutAdmission,
    classCount: number,
    examples: readonly { uai: string; class: string; day: string }[],
  ) {
    const [first] = examples;
    const [which, remedy] = WHICH_AND_REMEDY[what];
    super(
      'protection.pupil_without_admission',
      'conflict',
      `With the steps in force ${which} would leave the pupils of ${classCount} classes without any admission on a day` +
        `${first ? `, such as ${first.class} of ${first.uai} on ${first.day}` : ''}: ${remedy}.`,
      { classCount, examples },
    );
  }
}

/** The approval of somebody else is needed. */
export class SecondPersonNeeded extends DomainError {
  constructor() {
    super('protection.second_person_needed', 'conflict', 'Another person than the one who proposed it must approve.');
  }
}

/** Whoever answers for some departments decides for these. */
export class NotConcerned extends DomainError {
  constructor(departments: readonly string[]) {
    super(
      'protection.not_concerned',
      'conflict',
      `It concerns departments that you do not answer for: ${departments.slice(0, MOST_NAMED).join(', ')}${departments.length > MOST_NAMED ? ', ...' : ''}.`,
      { departments: departments.slice(0, MOST_NAMED) },
    );
  }
}

/** Half an hour alone is half an hour: the next one is somebody else's to allow. */
export class GlassProlonged extends DomainError {
  constructor() {
    super(
      'protection.glass_prolonged',
      'conflict',
      'You broke the glass within the last day, and nobody confirmed it: let another person approve this step, or confirm that one while it holds.',
    );
  }
}

/** What is approved, and what is replaced, is what was read. */
export class LadderChanged extends DomainError {
  /** @param changedAt when the rungs were set that are there now; null: nobody agreed on any */
  constructor(changedAt: Date | null) {
    super('protection.ladder_changed', 'conflict', 'Somebody has set other rungs meanwhile: read the ladder again.', {
      changedAt: changedAt?.toISOString() ?? null,
    });
  }
}

/** The same rung twice at once does nothing more, and two would have to be taken back. */
export class RungInForce extends DomainError {
  constructor(code: string, stepId: number) {
    super(
      'protection.rung_in_force',
      'conflict',
      `Rung ${JSON.stringify(code)} is in force at that time already, as step ${stepId}: take that one back first, or begin after its end.`,
      { rung: code, stepId },
    );
  }
}

export class StepOver extends DomainError {
  constructor(stepId: number, state: string) {
    super('protection.step_over', 'conflict', `Step ${stepId} is ${state}: nothing can be done to it any more.`, {
      stepId,
      state,
    });
  }
}

export class AlreadyApproved extends DomainError {
  constructor() {
    super('protection.already_approved', 'conflict', 'It has its approval already.');
  }
}

/** A step or a ladder that makes no sense; `facts` name the reason where a page can meet it. */
export class ProtectionInvalid extends DomainError {
  constructor(problem: string, facts: Partial<Invalid['facts']> = {}) {
    super('protection.invalid', 'unprocessable', problem, facts);
  }

  static because({ sentence, facts }: Invalid): ProtectionInvalid {
    return new ProtectionInvalid(sentence, facts);
  }

  /** @param rung the one that names it, where it is a ladder's */
  static ofTerritory(territory: string, rung?: string): ProtectionInvalid {
    return new ProtectionInvalid(`${territory} is no territory with departments.`, {
      reason: 'territory_unknown',
      territory,
      ...(rung !== undefined && { rung }),
    });
  }
}

/** What was to be approved is not proposed any more: the load has changed, or somebody has approved it. */
export class CapacityNoticeGone extends DomainError {
  constructor(kind: string) {
    super('capacity_notice.gone', 'conflict', `The service does not say now that the declared capacity is ${kind}.`, {
      kind,
    });
  }
}

/** There is no ladder, or no such rung on it. */
export class RungUnknown extends DomainError {
  constructor(code: string) {
    super('protection.rung_unknown', 'unprocessable', `The platform's ladder has no rung ${JSON.stringify(code)}.`);
  }
}
