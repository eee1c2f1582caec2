import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { recordAudit } from '../audit/audit-entry';
import { inTransaction } from '../common/database';
import { type AccountRow, AccountStore, type Grant } from './account.store';
import type { Actor } from './actor';

/** Gives people roles by hand. */
@Injectable()
export class AccountService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly accounts: AccountStore,
  ) {}

  /** From now on, whatever the provider's claims say; sessions that are open have it at their next request. */
  grant(actor: Actor, issuer: string, subject: string, grant: Grant): Promise<AccountRow> {
    return inTransaction(this.database, async (tx) => {
      const granted = await this.accounts.grant(issuer, subject, grant, tx);
      await recordAudit(tx, actor, { action: 'account.grant', key: granted.id, after: grant });
      return granted;
    });
  }
}
