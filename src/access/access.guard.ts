import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { NotFoundError } from '../common/domain-error';
import { NotAllowedError, SignInNeededError } from './access.errors';
import { ACCESS_RULES, isOpenToAll, reachOf, type AccessRule, type Reach } from './access.rules';
import type { Actor } from './actor';
import type { GuardedRequest } from './current-actor';
import { IdentityService, VISITOR } from './identity.service';
import { ScopeStore } from './scope.store';

/** The key under which @ApiOperation keeps what it was given. */
const API_OPERATION = 'swagger/apiOperation';
const LARGEST_ID = 9_007_199_254_740_991;

/** The name of an operation as the OpenAPI file has it. */
function operationIdOf(context: ExecutionContext): string {
  const handler = context.getHandler();
  const operation = Reflect.getMetadata(API_OPERATION, handler) as { operationId?: string } | undefined;
  return operation?.operationId ?? handler.name;
}

/** Stands before every operation: finds who asks and applies the table of access.rules.ts. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly identity: IdentityService,
    private readonly scopes: ScopeStore,
  ) {}

  /** @throws SignInNeededError, NotAllowedError, NotFoundError for what exists outside the caller's scope */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const operationId = operationIdOf(context);
    const rule = ACCESS_RULES[operationId];
    // what everybody may read costs no look at who reads it, and goes on without the database; a key is held to its scopes
    const isPublic = rule && isOpenToAll(rule) && request.headers.authorization === undefined;
    const actor = isPublic ? VISITOR : await this.identity.actorOf(request);
    request.actor = actor;
    const reach = rule ? reachOf(actor, rule) : '-';
    if (!rule || reach === '-') {
      if (actor.role === 'visitor') throw new SignInNeededError();
      throw new NotAllowedError(actor.role, operationId);
    }
    if (reach !== 'all') await this.checkTarget(actor, reach, rule, request.params as Record<string, string>);
    return true;
  }

  /** What is outside the scope answers as if it did not exist; what cannot be an id is left to the operation to refuse. */
  private async checkTarget(
    actor: Actor,
    reach: Reach,
    { target }: AccessRule,
    parameters: Record<string, string>,
  ): Promise<void> {
    if (target === undefined || target === 'service') return;
    const [thing, name] = target.split(':') as ['establishment' | 'class' | 'plan' | 'window', string];
    const key = parameters[name] ?? '';
    const id = /^[1-9]\d{0,15}$/.test(key) && Number(key) <= LARGEST_ID ? Number(key) : undefined;
    if (thing === 'establishment') {
      if (/^\d{7}[a-zA-Z]$/.test(key) && !(await this.scopes.reachesEstablishment(actor, key)))
        throw new NotFoundError(thing, key.toUpperCase());
      return;
    }
    if (id === undefined || (thing !== 'window' && id > 2_147_483_647)) return;
    const reaches =
      thing === 'plan'
        ? reach !== 'published' || (await this.scopes.isPublished(id))
        : thing === 'class'
          ? await this.scopes.reachesClass(actor, id)
          : await this.scopes.reachesWindow(actor, id);
    if (!reaches) throw new NotFoundError(thing, id);
  }
}
