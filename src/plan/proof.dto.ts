import { LedgerDifferenceDto } from './plan.dto';
import { WINDOW_DIFFERENCE_KINDS } from './proof.store';

/** Where windows and changes of a platform do not agree. */
export class WindowDifferenceDto {
  /**
   * `unlike_last_change`: the window is not as its last change left it; `without_change`: it says that it changed at a revision that did
   * not change it; `broken_chain`: a change began elsewhere than the one before had ended; `window_count`: windows of the plan are missing
   * or too many; `revision_gap`: the revisions of the platform are not 1..n.
   */
  kind!: (typeof WINDOW_DIFFERENCE_KINDS)[number];
  /** The plan; null for the revisions of a platform. */
  planId!: number | null;
  /** The window; null where it is no single one. */
  windowId!: number | null;
  /** The revision at which it shows; null where it is none. */
  revision!: number | null;
}

/** Whether the ledger of a platform is what its published windows add up to, and these what the numbered changes make of them. */
export class ProofDto {
  /** The platform. */
  platformId!: number;
  /** Its published plans, whose windows were added up. */
  planIds!: number[];
  /** Epoch of the state that was proved. */
  epoch!: number;
  /** Revision of the state that was proved. */
  revision!: number;
  /** True where nothing differs. */
  isProved!: boolean;
  /** Cells that differ. */
  differenceCount!: number;
  /** The first of them, at most a hundred. */
  differences!: LedgerDifferenceDto[];
  /** Windows that are not what the changes make of them. */
  windowDifferenceCount!: number;
  /** The first of them, at most a hundred. */
  windowDifferences!: WindowDifferenceDto[];
  /** Cells whose load is over the limit since the capacity fell. */
  overfullCellCount!: number;
}

/** What a proof found that was kept: each nightly one, and those on demand that said something new. */
export class KeptProofDto {
  /** Number of the proof. */
  id!: number;
  /** When it was made. */
  provedAt!: string;
  /** True where somebody asked for it, false for a nightly one. */
  isOnDemand!: boolean;
  /** Epoch of the state that was proved. */
  epoch!: number;
  /** Revision of the state that was proved. */
  revision!: number;
  /** True where nothing differed. */
  isProved!: boolean;
  /** Cells that differed. */
  differenceCount!: number;
  /** The first of them, at most a hundred. */
  differences!: LedgerDifferenceDto[];
  /** Windows that were not what the changes make of them. */
  windowDifferenceCount!: number;
  /** The first of them, at most a hundred. */
  windowDifferences!: WindowDifferenceDto[];
}

/** A page of kept proofs. */
export class KeptProofPageDto {
  /** The proofs, the latest first. */
  items!: KeptProofDto[];
  /** Ask with it for the next page; null on the last one. */
  nextCursor!: string | null;
}
