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
