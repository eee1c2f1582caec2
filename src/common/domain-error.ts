/** What went wrong, as HTTP and exit codes understand it. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'unprocessable'
  | 'not_found'
  | 'conflict'
  | 'gone'
  | 'precondition_failed'
  | 'precondition_required'
  | 'too_large'
  | 'unsupported'
  | 'too_many'
  | 'unavailable';

/** A refusal that the caller can act upon: a stable code, a kind, a sentence, and the facts behind it. */
export class DomainError extends Error {
  constructor(
    /** `<feature>.<what>`, never changed once published. */
    readonly code: string,
    readonly kind: ErrorKind,
    message: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    // a crowd is refused hundreds of times a second: the code says what happened, and nobody reads where
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = new.target.name;
  }
}

export class NotFoundError extends DomainError {
  constructor(thing: string, key: string | number) {
    super(`${thing}.not_found`, 'not_found', `No ${thing.replaceAll('_', ' ')} ${JSON.stringify(String(key))}.`);
  }
}
