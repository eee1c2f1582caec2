import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

export interface DelegationRow {
  id: number;
  uai: string;
  issuer: string;
  subject: string;
  delegatedBy: string;
  startsAt: Date;
  endsAt: Date;
}

const FIELDS = `id, uai, issuer, subject, delegated_by as "delegatedBy", starts_at as "startsAt", ends_at as "endsAt"`;

/** Establishments that somebody answers for and has handed over for a time. */
@Injectable()
export class DelegationStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Holds the establishment until the transaction ends, so that its deputies are counted one after the other. */
  async holdEstablishment(tx: EntityManager, uai: string): Promise<boolean> {
    const rows = await tx.query<unknown[]>('select 1 from establishment where uai = $1 for no key update', [uai]);
    return rows.length > 0;
  }

  async establishmentExists(uai: string): Promise<boolean> {
    return (await this.database.query<unknown[]>('select 1 from establishment where uai = $1', [uai])).length > 0;
  }

  /** Those that run or will, of one establishment. */
  live(tx: EntityManager, uai: string): Promise<DelegationRow[]> {
    return tx.query(`select ${FIELDS} from delegation where uai = $1 and ends_at > now() order by id`, [uai]);
  }

  /** By the database's clock, which sessions are read by: without `startsAt` it runs at once. */
  async add(
    tx: EntityManager,
    row: Omit<DelegationRow, 'id' | 'startsAt'> & { startsAt: Date | undefined },
  ): Promise<DelegationRow> {
    const [added] = await tx.query<DelegationRow[]>(
      `insert into delegation (uai, issuer, subject, delegated_by, starts_at, ends_at) values ($1, $2, $3, $4, coalesce($5, now()), $6)
       returning ${FIELDS}`,
      [row.uai, row.issuer, row.subject, row.delegatedBy, row.startsAt ?? null, row.endsAt],
    );
    return added!;
  }

  /** Those of an establishment that are not over yet, the latest first. */
  page(uai: string, beforeId: number, count: number): Promise<DelegationRow[]> {
    return this.database.query(
      `select ${FIELDS} from delegation where uai = $1 and ends_at > now() and id < $2 order by id desc limit $3`,
      [uai, beforeId, count],
    );
  }

  /** One that is not over yet, held until the transaction ends. */
  async hold(tx: EntityManager, uai: string, id: number): Promise<DelegationRow | undefined> {
    const [row] = await tx.query<DelegationRow[]>(
      `select ${FIELDS} from delegation where uai = $1 and id = $2 and ends_at > now() for update`,
      [uai, id],
    );
    return row;
  }

  /** Ends one that runs; one that has not begun goes. */
  async end(tx: EntityManager, id: number): Promise<void> {
    await tx.query('delete from delegation where id = $1 and starts_at >= now()', [id]);
    await tx.query('update delegation set ends_at = now() where id = $1', [id]);
  }

  /** Whether somebody is a deputy now. */
  async isDeputy(issuer: string, subject: string): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      'select 1 from delegation where issuer = $1 and subject = $2 and starts_at <= now() and now() < ends_at limit 1',
      [issuer, subject],
    );
    return rows.length > 0;
  }
}
