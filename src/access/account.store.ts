import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Role, TerritoryScope } from './actor';

export type AccountRole = Exclude<Role, 'visitor' | 'machine'>;

/** What somebody may do and where. */
export interface Grant {
  role: AccountRole;
  uais: readonly string[];
  territories: readonly TerritoryScope[];
}

export interface AccountRow {
  id: number;
  issuer: string;
  subject: string;
  role: AccountRole | null;
  uais: string[];
  territories: TerritoryScope[];
  origin: 'claims' | 'granted';
  createdAt: Date;
  lastSignedInAt: Date | null;
}

const FIELDS = `id, issuer, subject, role, uais, territories, origin, created_at as "createdAt",
  last_signed_in_at as "lastSignedInAt"`;

/** Accounts: issuer, subject, role and scope, and nothing else about a person. */
@Injectable()
export class AccountStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The account after a sign-in: what the claims say now, unless an operator granted a role. */
  async signedIn(issuer: string, subject: string, claimed: Grant | undefined): Promise<AccountRow> {
    const [row] = await this.database.query<AccountRow[]>(
      `insert into account as a (issuer, subject, role, uais, territories, origin, last_signed_in_at)
       values ($1, $2, $3, $4, $5, 'claims', now())
       on conflict on constraint account_key do update set last_signed_in_at = now(),
         role = case a.origin when 'granted' then a.role else excluded.role end,
         uais = case a.origin when 'granted' then a.uais else excluded.uais end,
         territories = case a.origin when 'granted' then a.territories else excluded.territories end
       returning ${FIELDS}`,
      [issuer, subject, claimed?.role ?? null, claimed?.uais ?? [], JSON.stringify(claimed?.territories ?? [])],
    );
    return row!;
  }

  /** Gives somebody a role by hand; sessions that are open have it at their next request. */
  async grant(
    issuer: string,
    subject: string,
    { role, uais, territories }: Grant,
    tx: EntityManager = this.database.manager,
  ): Promise<AccountRow> {
    const [row] = await tx.query<AccountRow[]>(
      `insert into account (issuer, subject, role, uais, territories, origin) values ($1, $2, $3, $4, $5, 'granted')
       on conflict on constraint account_key do update set role = excluded.role, uais = excluded.uais,
         territories = excluded.territories, origin = 'granted'
       returning ${FIELDS}`,
      [issuer, subject, role, uais, JSON.stringify(territories)],
    );
    return row!;
  }
}
