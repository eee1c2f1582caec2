import { DomainError } from '../common/domain-error';

/** A proposal or an answer that cannot be followed: the code says why. */
export class ProposalRefused extends DomainError {
  constructor(code: string, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(`proposal.${code}`, 'unprocessable', message, facts);
  }
}

export class PlanSupersededError extends DomainError {
  constructor(planId: number) {
    super(
      'proposal.plan_superseded',
      'conflict',
      `Plan ${planId} was superseded: propose the one that took its place.`,
      {
        planId,
      },
    );
  }
}

/** The time for answers is over: silence has accepted. */
export class AnswersClosed extends DomainError {
  constructor(answersUntil: Date) {
    super(
      'proposal.closed',
      'conflict',
      `Answers closed at ${answersUntil.toISOString()}: who had not answered has accepted. Only the operator may still answer, with a \`lateReason\`.`,
      { answersUntil: answersUntil.toISOString() },
    );
  }
}

/** Another plan was proposed while the answer was on its way. */
export class ProposalSuperseded extends DomainError {
  constructor() {
    super('proposal.superseded', 'conflict', 'Another plan has been proposed meanwhile: read it before you answer.');
  }
}

/** A link that answers nothing (any more). */
export class AnswerLinkUnusable extends DomainError {
  constructor(why: 'unknown' | 'expired' | 'revoked') {
    super(
      `answer_link.${why}`,
      'not_found',
      why === 'unknown'
        ? 'There is no such link.'
        : `The link was ${why === 'expired' ? 'valid until its expiry' : 'revoked'}.`,
    );
  }
}
