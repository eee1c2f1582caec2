import { isDeepStrictEqual } from 'node:util';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { CursorError, decodeCursor, type Page, pageOf } from '../common/keyset';
import { JobRunner } from '../jobs/job-runner.service';
import { LedgerStore, type LedgerDifference, type Revision } from './ledger.store';
import { ProofDifferences } from './proof-differences';
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
 * Recomputes what is planned from the windows: of every platform each night, which is kept, and on demand, which is kept where it says
 * something new. A difference is logged as an error, counted in the metrics, listed with the platform's proofs and told to the rooms
 * above (`ProofDifferences`), which alert; it stops nothing by itself.
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
    private readonly differences: ProofDifferences,
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
    return this.atOneMoment(async (tx) => {
      const proof = await this.read(tx, platformId);
      const [last] = await this.store.list(platformId, 0, undefined, tx);
      if (isNews(proof, last)) await this.keep(tx, proof, true);
      return proof;
    });
  }

  /** Proves every platform that has revisions, and keeps what was found. */
  async proveAll(): Promise<void> {
    for (const platformId of await this.store.provedPlatforms()) {
      await this.atOneMoment(async (tx) => {
        await this.keep(tx, await this.read(tx, platformId), false);
      });
    }
  }

  /** Keeps a proof, and alerts where it found something. */
  private async keep(tx: EntityManager, proof: LedgerProof, isOnDemand: boolean): Promise<void> {
    const { platformId, epoch, revision } = proof;
    const found = keptOf(proof);
    const proofId = await this.store.keep(tx, { platformId, epoch, revision, isOnDemand, ...found });
    const { cellDifferenceCount: differenceCount, windowDifferenceCount } = found;
    if (differenceCount + windowDifferenceCount === 0) return;
    this.logger.error(
      `Platform ${platformId} at revision ${revision} of epoch ${epoch}: the ledger differs from its windows in ${differenceCount} cells, and ${windowDifferenceCount} windows from their changes. See /v1/platforms/${platformId}/proofs.`,
    );
    await this.differences.tell(tx, {
      platformId,
      proofId,
      epoch,
      revision,
      differenceCount,
      windowDifferenceCount,
      isOnDemand,
    });
  }

  /** The proofs that were kept, the latest first. @throws CursorError */
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

function keptOf({
  differences,
  windowDifferences,
}: LedgerProof): Pick<KeptProof, 'cellDifferenceCount' | 'windowDifferenceCount' | 'differences'> {
  return {
    cellDifferenceCount: differences.length,
    windowDifferenceCount: windowDifferences.length,
    differences: { cells: differences.slice(0, MOST_KEPT), windows: windowDifferences.slice(0, MOST_KEPT) },
  };
}

/** Whether a proof that somebody asked for says what nobody knows: another difference than the last that was kept, or none any more. */
function isNews(proof: LedgerProof, last: KeptProof | undefined): boolean {
  const found = keptOf(proof);
  const known = last && {
    cellDifferenceCount: last.cellDifferenceCount,
    windowDifferenceCount: last.windowDifferenceCount,
    differences: last.differences,
  };
  if (found.cellDifferenceCount + found.windowDifferenceCount === 0) {
    return known !== undefined && known.cellDifferenceCount + known.windowDifferenceCount > 0;
  }
  return !isDeepStrictEqual(known, JSON.parse(JSON.stringify(found)));
}
