import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { recordAudit, THE_SERVICE } from '../audit/audit-entry';
import type { Config } from '../common/config';
import { inTransaction } from '../common/database';
import { CONFIG } from '../common/database.module';
import { JobRunner } from '../jobs/job-runner.service';
import { retentionRules } from './retention.rules';

/** An hour after the proof of the night. */
const NIGHTLY = '0 3 * * *';

/** Removes what has been kept long enough, each night; what went is told in the audit trail as numbers. */
@Injectable()
export class RetentionService implements OnModuleInit {
  private readonly logger = new Logger(RetentionService.name);

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    private readonly jobs: JobRunner,
  ) {}

  onModuleInit(): void {
    this.jobs.registerNightly({
      kind: 'retention',
      schedule: NIGHTLY,
      run: () => this.removeOld().then(() => undefined),
    });
  }

  /** How many rows of each table went; each table in a transaction of its own, so that one failure keeps the others clean. */
  async removeOld(): Promise<Record<string, number>> {
    const removed: Record<string, number> = {};
    for (const { thing, days, statement } of retentionRules(this.config.auditDays)) {
      removed[thing] = await inTransaction(this.database, async (tx) => {
        const [row] = await tx.query<{ removed: number }[]>(statement, [days]);
        const removedCount = row!.removed;
        if (removedCount > 0) {
          await recordAudit(tx, THE_SERVICE, { action: 'retention.remove', key: thing, after: { removedCount, days } });
        }
        return removedCount;
      });
    }
    this.logger.log(`retention: ${JSON.stringify(removed)}`);
    return removed;
  }
}
