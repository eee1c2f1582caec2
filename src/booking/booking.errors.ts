import { DomainError, type ErrorKind } from '../common/domain-error';

/** A booking that cannot be made, with what stands in its way and what could be had instead. */
export class BookingRefused extends DomainError {
  constructor(what: string, kind: ErrorKind, message: string, facts: Record<string, unknown> = {}) {
    super(`booking.${what}`, kind, message, facts);
  }
}
