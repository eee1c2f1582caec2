import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ACCESS_RULES, reachOf } from './access.rules';
import { NotAllowedError, SignInNeededError } from './access.errors';
import { LOOPBACK_OPERATOR } from './actor';
import type { GuardedRequest } from './current-actor';

/** The key under which @ApiOperation keeps what it was given. */
const API_OPERATION = 'swagger/apiOperation';

/** The name of an operation as the OpenAPI file has it. */
function operationIdOf(context: ExecutionContext): string {
  const handler = context.getHandler();
  const operation = Reflect.getMetadata(API_OPERATION, handler) as { operationId?: string } | undefined;
  return operation?.operationId ?? handler.name;
}

/** Stands before every operation: finds who asks and applies the table of access.rules.ts. */
@Injectable()
export class AccessGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const actor = LOOPBACK_OPERATOR;
    request.actor = actor;
    const operationId = operationIdOf(context);
    const rule = ACCESS_RULES[operationId];
    if (!rule || reachOf(actor, rule) === '-') {
      if (actor.role === 'visitor') throw new SignInNeededError();
      throw new NotAllowedError(actor.role, operationId);
    }
    return true;
  }
}
