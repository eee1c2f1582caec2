import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { KeyScope } from './actor';
import { sha256 } from './secret.rules';

export interface MachineKeyRow {
  id: number;
  name: string;
  prefix: string;
  scopes: KeyScope[];
  platformId: number | null;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

const FIELDS = `id, name, prefix, scopes, platform_id as "platformId", created_by as "createdBy", created_at as "createdAt",
  expires_at as "expiresAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt"`;

/** Keys of machines: the hash of each secret, never the secret. */
@Injectable()
export class MachineKeyStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async add(
    tx: EntityManager,
    key: {
      name: string;
      secret: string;
      prefix: string;
      scopes: readonly KeyScope[];
      platformId: number | null;
      createdBy: string;
      expiresAt: Date;
    },
  ): Promise<MachineKeyRow> {
    const [row] = await tx.query<MachineKeyRow[]>(
      `insert into machine_key (name, secret_sha256, prefix, scopes, platform_id, created_by, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7) returning ${FIELDS}`,
      [key.name, sha256(key.secret), key.prefix, key.scopes, key.platformId, key.createdBy, key.expiresAt],
    );
    return row!;
  }

  /** The live key of a secret; its use is noted once a minute at most. */
  async use(secret: string): Promise<MachineKeyRow | undefined> {
    const [row] = await this.database.query<MachineKeyRow[]>(
      `with used as (update machine_key set last_used_at = now()
         where secret_sha256 = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute'))
       select ${FIELDS} from machine_key where secret_sha256 = $1 and revoked_at is null and expires_at > now()`,
      [sha256(secret)],
    );
    return row;
  }

  list(afterId: number, count: number): Promise<MachineKeyRow[]> {
    return this.database.query(`select ${FIELDS} from machine_key where id > $1 order by id limit $2`, [
      afterId,
      count,
    ]);
  }

  async find(id: number): Promise<MachineKeyRow | undefined> {
    const [row] = await this.database.query<MachineKeyRow[]>(`select ${FIELDS} from machine_key where id = $1`, [id]);
    return row;
  }

  /** Ends a key at once or at an instant, whichever comes first. */
  async end(tx: EntityManager, id: number, at: Date): Promise<void> {
    await tx.query(
      `update machine_key set expires_at = least(expires_at, $2),
         revoked_at = case when $2 <= now() then coalesce(revoked_at, now()) else revoked_at end where id = $1`,
      [id, at],
    );
  }

  async platformExists(platformId: number): Promise<boolean> {
    return (await this.database.query<unknown[]>('select 1 from platform where id = $1', [platformId])).length > 0;
  }
}
