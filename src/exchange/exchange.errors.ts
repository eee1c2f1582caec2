import { DomainError, type ErrorKind } from '../common/domain-error';

/** A swap that cannot be proposed or settled. */
export class SwapRefused extends DomainError {
  constructor(what: string, kind: ErrorKind, message: string, facts: Record<string, unknown> = {}) {
    super(`swap.${what}`, kind, message, facts);
  }
}

/** A wish that cannot be put on the waiting list, or an entry that is over. */
export class WaitingRefused extends DomainError {
  constructor(what: string, kind: ErrorKind, message: string, facts: Record<string, unknown> = {}) {
    super(`waiting.${what}`, kind, message, facts);
  }
}
