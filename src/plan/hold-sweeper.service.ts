import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { NOTHING_NEEDED, NOTHING_TO_REMEMBER } from './sequencer';
import { Sequencer } from './sequencer.service';

const LOOK_INTERVAL_MILLISECONDS = 2000;
const SWEEPER: Actor = Object.freeze({ role: 'machine', subject: 'hold-sweeper' });

/**
 * Gives the room of expired holds back where nobody comes by who would find them gone: every batch of the sequencer ends those of
 * its platform, so an empty one is all that it takes. Every replica looks; the platform's lock sees to it that one finds them.
 */
@Injectable()
export class HoldSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(HoldSweeper.name);
  private look: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly sequencer: Sequencer,
  ) {}

  onApplicationBootstrap(): void {
    this.look = setInterval(() => {
      // the database may be away, or not migrated yet: the next look finds what this one missed
      this.sweeping ??= this.sweep()
        .catch((error: unknown) => this.logger.debug(error))
        .finally(() => (this.sweeping = undefined));
    }, LOOK_INTERVAL_MILLISECONDS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.look);
    await this.sweeping;
  }

  /** Ends every hold that has expired. */
  async sweep(): Promise<void> {
    const platforms = await this.database.query<{ id: number }[]>(
      `select distinct platform_id as id from hold where state = 'held' and expires_at <= $1`,
      [new Date()],
    );
    for (const { id: platformId } of platforms) {
      await this.sequencer.submit({
        id: randomUUID(),
        platformId,
        actor: SWEEPER,
        reason: '',
        needs: NOTHING_NEEDED,
        journal: NOTHING_TO_REMEMBER,
        decide: () => ({ changes: [], holds: [] }),
      });
    }
  }
}
