import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from './actor';

/** A request that the guard has let through. */
export type GuardedRequest = FastifyRequest & { actor?: Actor };

/** The actor of the request, as the guard found it. */
export const CurrentActor = createParamDecorator((_options: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<GuardedRequest>();
  if (!actor) throw new Error('no guard stands before this operation');
  return actor;
});
