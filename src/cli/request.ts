import { type Type, ValidationPipe, type ValidationError } from '@nestjs/common';
import { DomainError } from '../common/domain-error';

/** A command's options as the request that they stand for, with the same bounds as over HTTP. */
export async function validated<T extends object>(metatype: Type<T>, request: object): Promise<T> {
  const pipe = new ValidationPipe({
    transform: true,
    exceptionFactory: (errors) => new DomainError('request.invalid', 'invalid', errors.flatMap(problemsOf).join('; ')),
  });
  return (await pipe.transform(request, { type: 'body', metatype })) as T;
}

function problemsOf(error: ValidationError): string[] {
  return [...Object.values(error.constraints ?? {}), ...(error.children ?? []).flatMap(problemsOf)];
}
