import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { inTransaction } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import { checkedUai } from './uai.errors';
import type { WindowLimitDto } from './window-limit.dto';
import { WindowLimitStore } from './window-limit.store';

/** How many windows of classes an establishment takes at once: a fact of its line, which allocations keep. */
@Injectable()
export class WindowLimitService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly store: WindowLimitStore,
  ) {}

  /** @throws UaiError, NotFoundError */
  async set(actor: Actor, uaiText: string, simultaneousWindowLimit: number | null): Promise<WindowLimitDto> {
    const uai = checkedUai(uaiText);
    return inTransaction(this.database, async (tx) => {
      const known = await this.store.lock(tx, uai);
      if (!known) throw new NotFoundError('establishment', uai);
      if (known.simultaneousWindowLimit !== simultaneousWindowLimit) {
        await this.store.set(tx, uai, simultaneousWindowLimit);
        const { platformId, ...before } = known;
        await recordAudit(tx, actor, {
          action: 'establishment.limit_windows',
          key: uai,
          platformId,
          uai,
          before,
          after: { simultaneousWindowLimit },
        });
      }
      return { uai, simultaneousWindowLimit };
    });
  }
}
