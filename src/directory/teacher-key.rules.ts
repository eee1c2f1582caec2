import { createHmac } from 'node:crypto';
import { DomainError } from '../common/domain-error';

class SecretMissingError extends DomainError {
  constructor() {
    super(
      'directory.secret_missing',
      'unprocessable',
      'Teacher keys are hashed with a platform secret: set ETALE_SECRET (32 characters or more).',
    );
  }
}

/**
 * The hash of a teacher key: HMAC-SHA-256 of its scope and text, 32 bytes. The scope is the establishment, so that the same
 * text in two schools says nothing, unless the teacher is declared shared. Throws SecretMissingError without a secret.
 */
export function teacherHash(secret: string | undefined, scopeUai: string | null, teacher: string): Buffer {
  if (secret === undefined) throw new SecretMissingError();
  return createHmac('sha256', secret)
    .update(scopeUai ?? 'shared')
    .update('\0')
    .update(teacher.normalize('NFC').trim().toLowerCase())
    .digest();
}
