import { DomainError } from '../common/domain-error';

export class SignInNeededError extends DomainError {
  constructor() {
    super(
      'access.sign_in_needed',
      'unauthenticated',
      'This is not public: sign in at /sign-in, or send a key (Authorization: Bearer etale_...).',
    );
  }
}

export class NotAllowedError extends DomainError {
  constructor(role: string, operationId: string) {
    super('access.not_allowed', 'forbidden', `The role ${role} may not ask for ${operationId}.`, { role, operationId });
  }
}

export class KeyInvalidError extends DomainError {
  constructor() {
    super('access.key_invalid', 'unauthenticated', 'The key is not known, or it has expired or was revoked.');
  }
}

export class CrossSiteError extends DomainError {
  constructor() {
    super('access.cross_site', 'forbidden', 'A change with a session must come from the pages of this service.');
  }
}

export class SignInFailedError extends DomainError {
  constructor(why: string) {
    super('access.sign_in_failed', 'invalid', `Signing in did not succeed: ${why}.`);
  }
}

export class SignInNotConfiguredError extends DomainError {
  constructor() {
    super('access.sign_in_not_configured', 'unavailable', 'No provider of identities is set up here: set OIDC_ISSUER.');
  }
}

export class TooManyRequestsError extends DomainError {
  constructor(retryAfterSeconds: number) {
    super(
      'access.too_many_requests',
      'too_many',
      `Too many requests within a minute: ask again in ${retryAfterSeconds} s. The RateLimit headers say what is left.`,
      { retryAfterSeconds },
    );
  }
}
