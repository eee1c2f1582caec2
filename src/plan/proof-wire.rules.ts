import { instantOfCell } from '../common/civil-time';
import { LOAD_SCALE } from '../kernel/cell-grid';
import type { LedgerDifference } from './ledger.store';
import type { LedgerDifferenceDto } from './plan.dto';
import type { KeptProofDto, ProofDto } from './proof.dto';
import type { LedgerProof } from './proof.service';
import type { KeptProof } from './proof.store';

const MOST_NAMED = 100;

export function proofOf({ differences, windowDifferences, overfull, ...proof }: LedgerProof): ProofDto {
  return {
    ...proof,
    isProved: differences.length + windowDifferences.length === 0,
    differenceCount: differences.length,
    differences: differences.slice(0, MOST_NAMED).map(differenceOf),
    windowDifferenceCount: windowDifferences.length,
    windowDifferences: windowDifferences.slice(0, MOST_NAMED),
    overfullCellCount: overfull.length,
  };
}

export function keptProofOf(kept: KeptProof): KeptProofDto {
  return {
    id: kept.id,
    provedAt: kept.provedAt.toISOString(),
    epoch: kept.epoch,
    revision: kept.revision,
    isOnDemand: kept.isOnDemand,
    isProved: kept.cellDifferenceCount + kept.windowDifferenceCount === 0,
    differenceCount: kept.cellDifferenceCount,
    differences: kept.differences.cells.map(differenceOf),
    windowDifferenceCount: kept.windowDifferenceCount,
    windowDifferences: kept.differences.windows,
  };
}

const differenceOf = (difference: LedgerDifference): LedgerDifferenceDto => ({
  cell: difference.cell,
  at: instantOfCell(difference.cell),
  ledgerSessions: difference.ledgerSessions / LOAD_SCALE,
  windowSessions: difference.windowSessions / LOAD_SCALE,
  ledgerLogins: difference.ledgerLogins / LOAD_SCALE,
  windowLogins: difference.windowLogins / LOAD_SCALE,
});
