import { DomainError } from '../common/domain-error';

/** A list of wishes that cannot be kept: the code says why, `index` which of them. */
export class WishRefused extends DomainError {
  constructor(code: string, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(`wish.${code}`, 'unprocessable', message, facts);
  }
}

/** The campaign is not open for wishes now. */
export class WishPeriodClosed extends DomainError {
  constructor(phase: 'not_open' | 'closed', opensAt: Date | null, closesAt: Date | null) {
    super(
      `wish.${phase}`,
      'conflict',
      phase === 'closed'
        ? `Wishes closed at ${closesAt?.toISOString()}: only the operator may still write them, with a \`lateReason\`.`
        : `Wishes open at ${opensAt?.toISOString()}: until then only the operator may write them, with a \`lateReason\`.`,
      { opensAt: opensAt?.toISOString() ?? null, closesAt: closesAt?.toISOString() ?? null },
    );
  }
}

/** A decision about a fixed window that nobody waits for. */
export class FixedWindowNotPending extends DomainError {
  constructor(wishId: number, approval: string) {
    super('wish.not_pending', 'conflict', `Fixed window ${wishId} does not wait for a decision: it is ${approval}.`, {
      approval,
    });
  }
}

/** Somebody has changed the wishes since they were read: the ETag of If-Match is that of another list. */
export class WishesStale extends DomainError {
  constructor(etag: string) {
    super('wish.stale', 'precondition_failed', 'The wishes have changed since they were read: read them again.', {
      etag,
    });
  }
}
