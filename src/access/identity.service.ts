import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import { CrossSiteError, KeyInvalidError } from './access.errors';
import type { Actor, TerritoryScope } from './actor';
import { sessionCookieName } from './cookie.rules';
import { MachineKeyStore } from './machine-key.store';
import { ScopeStore } from './scope.store';
import { SessionStore, type SessionRow } from './session.store';

export const VISITOR: Actor = Object.freeze({ role: 'visitor', subject: 'visitor' });
const BEARER = /^Bearer (etale_[A-Za-z0-9_-]{43})$/;
const RESOLVED_MILLISECONDS = 60_000;
const MOST_RESOLVED = 1000;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Finds who sends a request: the key of a machine, the session of a person, or nobody that is known. */
@Injectable()
export class IdentityService {
  private readonly resolved = new Map<string, { uais: readonly string[]; until: number }>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly sessions: SessionStore,
    private readonly keys: MachineKeyStore,
    private readonly scopes: ScopeStore,
  ) {}

  /** @throws KeyInvalidError, CrossSiteError */
  async actorOf(request: FastifyRequest): Promise<Actor> {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.machineOf(authorization);
    const sessionId = request.cookies[sessionCookieName(this.config)];
    const session = sessionId === undefined ? undefined : await this.sessions.find(sessionId);
    if (!session) return VISITOR;
    if (!READS.has(request.method) && !this.comesFromUs(request)) throw new CrossSiteError();
    return this.personOf(session);
  }

  /** The establishments of a scope; schools that come or go are seen within a minute, another grant at once. */
  private async uaisOf(uais: readonly string[], territories: readonly TerritoryScope[]): Promise<readonly string[]> {
    const key = JSON.stringify([uais, territories]);
    const known = this.resolved.get(key);
    if (known && known.until > Date.now()) return known.uais;
    if (this.resolved.size >= MOST_RESOLVED) this.resolved.clear();
    const found = await this.scopes.uaisOf(uais, territories);
    this.resolved.set(key, { uais: found, until: Date.now() + RESOLVED_MILLISECONDS });
    return found;
  }

  private async machineOf(authorization: string): Promise<Actor> {
    const secret = BEARER.exec(authorization)?.[1];
    const key = secret === undefined ? undefined : await this.keys.use(secret);
    if (!key) throw new KeyInvalidError();
    return {
      role: 'machine',
      subject: `key:${key.id}`,
      keyScopes: key.scopes,
      ...(key.platformId === null ? {} : { platformId: key.platformId }),
    };
  }

  private async personOf({ accountId, role, uais, territories, delegatedUais }: SessionRow): Promise<Actor> {
    const subject = `account:${accountId}`;
    // who was handed establishments and has no other role acts as their head
    const acting = role ?? (delegatedUais.length > 0 ? 'head' : 'visitor');
    if (acting === 'visitor') return { role: acting, subject };
    if (acting === 'head') {
      const handedOver = delegatedUais.filter((uai) => !uais.includes(uai));
      return { role: acting, subject, uais: [...uais, ...handedOver], delegatedUais: handedOver };
    }
    if (acting !== 'inspector' && acting !== 'authority') return { role: acting, subject };
    return { role: acting, subject, territories, uais: await this.uaisOf(uais, territories) };
  }

  /** A change that carries a cookie must come from our own pages: what the browser says of its origin, which pages cannot forge. */
  private comesFromUs({ headers, protocol, host }: FastifyRequest): boolean {
    const ours = this.config.publicUrl === undefined ? `${protocol}://${host}` : new URL(this.config.publicUrl).origin;
    if (headers.origin !== undefined) return headers.origin === ours;
    return headers['sec-fetch-site'] === 'same-origin';
  }
}
