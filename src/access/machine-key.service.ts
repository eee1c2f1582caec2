import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../audit/audit-entry';
import { inTransaction } from '../common/database';
import { DomainError, NotFoundError } from '../common/domain-error';
import { decodeCursor, pageOf } from '../common/keyset';
import type { Actor, KeyScope } from './actor';
import type { MachineKeyDto, MachineKeyPageDto, MadeMachineKeyDto } from './machine-key.dto';
import { MachineKeyStore, type MachineKeyRow } from './machine-key.store';
import { newSecret } from './secret.rules';

const PREFIX_LENGTH = 12;
const HOUR_MILLISECONDS = 3_600_000;

/** Makes, replaces and ends the keys of machines. */
@Injectable()
export class MachineKeyService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly keys: MachineKeyStore,
  ) {}

  /** A new key; its secret is in this answer and nowhere else. @throws NotFoundError, DomainError */
  async make(
    actor: Actor,
    request: { name: string; scopes: readonly KeyScope[]; platformId?: number; days: number },
    now: Date,
  ): Promise<MadeMachineKeyDto> {
    const { platformId } = request;
    if (platformId === undefined && request.scopes.includes('gateway'))
      throw new DomainError('key.platform_needed', 'unprocessable', 'The key of a gateway names its platform.');
    if (platformId !== undefined && !(await this.keys.platformExists(platformId)))
      throw new NotFoundError('platform', platformId);
    const expiresAt = new Date(now.getTime() + request.days * 24 * HOUR_MILLISECONDS);
    return inTransaction(this.database, (tx) =>
      this.add(tx, actor, 'key.make', { ...request, platformId: platformId ?? null, expiresAt }),
    );
  }

  /** A new secret for the same use; the old one ends after the overlap. @throws NotFoundError, DomainError */
  async rotate(actor: Actor, id: number, overlapHours: number, now: Date): Promise<MadeMachineKeyDto> {
    const old = await this.keys.find(id);
    if (!old) throw new NotFoundError('key', id);
    if (old.revokedAt !== null || old.expiresAt <= now)
      throw new DomainError('key.ended', 'conflict', 'The key has ended: make a new one.');
    const length = old.expiresAt.getTime() - old.createdAt.getTime();
    return inTransaction(this.database, async (tx) => {
      const made = await this.add(tx, actor, 'key.rotate', { ...old, expiresAt: new Date(now.getTime() + length) }, id);
      await this.keys.end(tx, id, new Date(now.getTime() + overlapHours * HOUR_MILLISECONDS));
      return made;
    });
  }

  /** Ends a key at once; again: changes nothing. @throws NotFoundError */
  async revoke(actor: Actor, id: number, now: Date): Promise<void> {
    const key = await this.keys.find(id);
    if (!key) throw new NotFoundError('key', id);
    await inTransaction(this.database, async (tx) => {
      await this.keys.end(tx, id, now);
      const { name, platformId } = key;
      await recordAudit(tx, actor, { action: 'key.revoke', key: id, platformId, before: { name } });
    });
  }

  /** Whether a secret opens a scope of a platform now. */
  async opens(secret: string, scope: KeyScope, platformId: number): Promise<boolean> {
    const key = await this.keys.use(secret);
    return key !== undefined && key.scopes.includes(scope) && key.platformId === platformId;
  }

  async list(_actor: Actor, limit: number, cursor?: string): Promise<MachineKeyPageDto> {
    const afterId = cursor === undefined ? 0 : (decodeCursor(cursor, ['number'])[0] as number);
    const page = pageOf(await this.keys.list(afterId, limit + 1), limit, ({ id }) => [id]);
    return { ...page, items: page.items.map(dtoOf) };
  }

  private async add(
    tx: EntityManager,
    actor: Actor,
    action: 'key.make' | 'key.rotate',
    key: { name: string; scopes: readonly KeyScope[]; platformId: number | null; expiresAt: Date },
    replacesId?: number,
  ): Promise<MadeMachineKeyDto> {
    const secret = `etale_${newSecret()}`;
    const row = await this.keys.add(tx, {
      name: key.name,
      scopes: key.scopes,
      platformId: key.platformId,
      expiresAt: key.expiresAt,
      secret,
      prefix: secret.slice(0, PREFIX_LENGTH),
      createdBy: actor.subject,
    });
    const { name, scopes, platformId, expiresAt } = key;
    // never the secret, nor its hash
    const after = { name, scopes, expiresAt, ...(replacesId !== undefined && { replacesId }) };
    await recordAudit(tx, actor, { action, key: row.id, platformId, after });
    return { ...dtoOf(row), secret };
  }
}

function dtoOf({ createdAt, expiresAt, lastUsedAt, revokedAt, ...key }: MachineKeyRow): MachineKeyDto {
  return {
    ...key,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
