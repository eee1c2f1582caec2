import { DomainError } from '../common/domain-error';

/** A list of wishes that cannot be kept: the code says why, `index` which of them. */
export class WishRefused extends DomainError {
  constructor(code: string, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(`wish.${code}`, 'unprocessable', message, facts);
  }
}
