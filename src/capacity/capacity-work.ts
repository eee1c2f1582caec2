import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { advisoryLock, inTransaction } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import { CapacityChanges } from './capacity-changes';
import type { CapacityChange } from './capacity-statement.rules';
import { PlatformStore } from './platform.store';

/** Transactions that change what a platform can bear. */
@Injectable()
export class CapacityWork {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly platforms: PlatformStore,
    private readonly changes: CapacityChanges,
  ) {}

  /** Changes of one platform wait for each other, and for publications and bookings on it; who listens follows at once. @throws NotFoundError */
  onPlatform<T extends CapacityChange>(
    platformId: number,
    tx: EntityManager | undefined,
    work: (tx: EntityManager) => Promise<T>,
  ): Promise<T> {
    return this.within(tx, async (within) => {
      await advisoryLock(within, 'platform', platformId);
      if (!(await this.platforms.find(platformId, within))) throw new NotFoundError('platform', platformId);
      const change = await work(within);
      await this.changes.tell(within, change);
      return change;
    });
  }

  /** In the transaction of who asks, where there is one. */
  within<T>(tx: EntityManager | undefined, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return tx ? work(tx) : inTransaction(this.database, work);
  }
}
