import { Injectable, StreamableFile } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { BAD_HOURS_TEXT } from './bad-hours.rules';
import { fairnessCsv, fairnessGroupOf } from './fairness-wire.rules';
import { CELL_PRICE_UNITS, LOCAL_LAWS, LOCAL_PRICE_UNITS, type PlanPrices } from './plan-evidence';
import type { FairnessDto, LocalPricesDto, PlanPricesDto, ShortfallDto } from './plan-evidence.dto';
import { PlanFairnessStore } from './plan-fairness.store';
import { PlanLoadStore } from './plan-load.store';
import { PlanMemoryStore } from './plan-memory.store';
import { PlanCaseStore } from './plan-case.store';
import { PlanPriceStore } from './plan-price.store';
import { PlanShortfallStore } from './plan-shortfall.store';
import { PlanStore } from './plan.store';
import { shortCells } from './shortfall.rules';

const MOST_CELLS = 500;

/** What a plan shows beside its windows: prices, fairness, and what it lacks. */
@Injectable()
export class PlanEvidenceService {
  constructor(
    private readonly plans: PlanStore,
    private readonly stored: PlanPriceStore,
    private readonly sheets: PlanFairnessStore,
    private readonly loads: PlanLoadStore,
    private readonly memories: PlanMemoryStore,
    private readonly missing: PlanShortfallStore,
    private readonly cases: PlanCaseStore,
  ) {}

  /** @throws NotFoundError */
  async prices(_actor: Actor, planId: number): Promise<PlanPricesDto> {
    await this.plans.find(planId);
    const prices = await this.stored.find(planId);
    return {
      planId,
      firstCell: prices.firstCell,
      cellCount: prices.objectiveSessions.length,
      cellPriceUnits: CELL_PRICE_UNITS,
      sessions: Array.from(prices.objectiveSessions),
      logins: Array.from(prices.objectiveLogins),
      peakSessions: Array.from(prices.peakSessions),
      peakLogins: Array.from(prices.peakLogins),
      localPriceCount: prices.localPrice.length,
      local: await this.localPrices(prices),
      memory: await this.memories.find(planId),
    };
  }

  /** The case, as a file. @throws NotFoundError */
  async caseFile(_actor: Actor, planId: number): Promise<StreamableFile> {
    await this.plans.find(planId);
    return new StreamableFile(await this.cases.file(planId), {
      type: 'application/gzip',
      disposition: `attachment; filename="plan-${planId}-case.ndjson.gz"`,
    });
  }

  private async localPrices({ localLaw, localOwnerId, localCell, localPrice }: PlanPrices): Promise<LocalPricesDto> {
    const law = Array.from(localLaw, (index) => LOCAL_LAWS[index]!);
    const siteIds = [...new Set(localOwnerId.filter((_, row) => law[row] === 'site'))];
    const placeOf = new Map(siteIds.map((id, place) => [id, place]));
    return {
      priceUnits: LOCAL_PRICE_UNITS,
      law,
      owner: Array.from(localOwnerId, (id, row) => (law[row] === 'site' ? placeOf.get(id)! : id)),
      cell: Array.from(localCell),
      price: Array.from(localPrice),
      sites: await this.stored.sites(siteIds),
    };
  }

  /** @throws NotFoundError */
  async fairness(_actor: Actor, planId: number): Promise<FairnessDto> {
    await this.plans.find(planId);
    const rows = await this.sheets.rows(planId);
    return { planId, badHours: BAD_HOURS_TEXT, groups: rows.map(fairnessGroupOf) };
  }

  /** The sheet for a spreadsheet. @throws NotFoundError */
  async fairnessFile(actor: Actor, planId: number): Promise<StreamableFile> {
    const { groups } = await this.fairness(actor, planId);
    return new StreamableFile(Buffer.from(fairnessCsv(groups)), {
      type: 'text/csv; charset=utf-8; header=present',
      disposition: `attachment; filename="plan-${planId}-fairness.csv"`,
    });
  }

  /** @throws NotFoundError */
  async shortfall(_actor: Actor, planId: number): Promise<ShortfallDto> {
    const { unplacedCount } = await this.plans.find(planId);
    const { peakLowerBoundRatio, missingCapacity, relaxations } = await this.plans.certificate(planId);
    const isProvenImpossible = peakLowerBoundRatio > 1;
    const cells = isProvenImpossible
      ? shortCells(await this.stored.find(planId), await this.loads.curve(planId), peakLowerBoundRatio)
      : [];
    return {
      planId,
      isComplete: unplacedCount === 0,
      unplacedCount,
      leastCapacityRatio: peakLowerBoundRatio,
      isProvenImpossible,
      cells: cells.slice(0, MOST_CELLS),
      omittedCellCount: Math.max(0, cells.length - MOST_CELLS),
      missingCapacity: missingCapacity ?? null,
      relaxations: relaxations ?? [],
      reasons: await this.missing.reasons(planId),
    };
  }
}
