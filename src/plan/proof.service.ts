import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { CursorError, decodeCursor, type Page, pageOf } from '../common/keyset';
import { JobRunner } from '../jobs/job-runner.service';
import { LedgerStore, type LedgerDifference, type Revision } from './ledger.store';
import { type OverfullCell, PlanNotPublished } from './plan.errors';
import { PlanStore } from './plan.store';
import { type KeptProof, ProofStore, type WindowDifference } from './proof.store';

/** Whether ledger, windows and changes of a platform say the same. */
export interface LedgerProof extends Revision {
  platformId: number;
  planIds: number[];
  /** Cells in which the ledger is not what windows and live holds add up to. */
  differences: LedgerDifference[];
  /** Windows that are not what the changes make of them. */
  windowDifferences: WindowDifference[];
  overfull: OverfullCell[];
}

/** At three in the morning in winter, in Paris; the database proves itself when nobody books. */
const NIGHTLY = '0 2 * * *';
const MOST_KEPT = 100;
// cells are 4-byte integers
const FIRST_CELL = -2_147_483_648;
const END_CELL = 2_147_483_647;

/**
 * Recomputes what is planned from the windows: on demand, and of every platform each night, which is kept. A difference is logged as an
 * error, counted in the metrics and listed with the platform's proofs; it stops nothing by itself.
 */
@Injectable()
export class ProofService implements OnModuleInit {
  private readonly logger = new Logger(ProofService.name);

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly ledger: LedgerStore,
    private readonly plans: PlanStore,
    private readonly store: ProofStore,
    private readonly jobs: JobRunner,
  ) {}

  onModuleInit(): void {
    this.jobs.registerNightly({ kind: 'ledger_proof', schedule: NIGHTLY, run: () => this.proveAll() });
  }

  /**
   * Adds up the windows of the plan's platform again, and its live holds, and folds its changes.
   *
   * @throws NotFoundError, PlanNotPublished
   */
  async prove(_actor: Actor, planId: number): Promise<LedgerProof> {
    const { platformId, state } = await this.plans.find(planId);
    if (state !== 'published') throw new PlanNotPublished(planId, state);
    return this.atOneMoment((tx) => this.read(tx, platformId));
  }

  /** Proves every platform that has revisions, and keeps what was found. */
  async proveAll(): Promise<void> {
    for (const platformId of await this.store.provedPlatforms()) {
      await this.atOneMoment(async (tx) => {
        const proof = await this.read(tx, platformId);
        const { epoch, revision, differences, windowDifferences } = proof;
        const counts = {
          cellDifferenceCount: differences.length,
          windowDifferenceCount: windowDifferences.length,
        };
        const first = { cells: differences.slice(0, MOST_KEPT), windows: windowDifferences.slice(0, MOST_KEPT) };
        await this.store.keep(tx, { platformId, epoch, revision, ...counts, differences: first });
        if (differences.length + windowDifferences.length > 0) {
          this.logger.error(
            `Platform ${platformId} at revision ${revision} of epoch ${epoch}: the ledger differs from its windows in ${differences.length} cells, and ${windowDifferences.length} windows from their changes. See /v1/platforms/${platformId}/proofs.`,
          );
        }
      });
    }
  }

  /** The proofs of the nights, the latest first. @throws CursorError */
  async list(
    _actor: Actor,
    platformId: number,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<KeptProof>> {
    const before = cursor === undefined ? undefined : Number(decodeCursor(cursor, ['number'])[0]);
    if (before !== undefined && !Number.isSafeInteger(before)) throw new CursorError();
    return pageOf(await this.store.list(platformId, limit, before), limit, ({ id }) => [id]);
  }

  /** One snapshot for revision, windows and ledger: a booking or a publication meanwhile must not look like a difference. */
  private atOneMoment<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction('REPEATABLE READ', work);
  }

  private async read(tx: EntityManager, platformId: number): Promise<LedgerProof> {
    const planIds = await this.ledger.publishedPlans(platformId, undefined, undefined, tx);
    const differences = await this.ledger.differences(tx, platformId, planIds);
    const windowDifferences = await this.store.revisionGaps(tx, platformId);
    for (const planId of planIds) windowDifferences.push(...(await this.store.windowDifferences(tx, planId)));
    const overfull = await this.ledger.overfullCells(tx, platformId, FIRST_CELL, END_CELL);
    const revision = await this.ledger.revision(platformId, tx);
    return { ...revision, platformId, planIds, differences, windowDifferences, overfull };
  }
}
