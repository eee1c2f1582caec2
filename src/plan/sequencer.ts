import type { EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import type { DomainError } from '../common/domain-error';
import type { Revision } from './ledger.store';
import type { Decision, HoldChange, LedgerState, WindowChange } from './sequencer.rules';

/** What of the published windows and of the ledger a request is decided on. */
export interface SequencerNeeds {
  windowIds: readonly number[];
  /** All windows of these owners that start in [firstCell, endCell) of them. */
  classIds: readonly number[];
  establishmentIds: readonly number[];
  /** With those of their classes. */
  wholeEstablishmentIds?: readonly number[];
  teacherKeyIds: readonly number[];
  firstCell: number;
  endCell: number;
  /** Half-open ranges of cells of the ledger. */
  cellRanges: readonly (readonly [firstCell: number, endCell: number])[];
  newWindowCount: number;
  /** These holds, and all live ones of these establishments. */
  holdIds?: readonly string[];
  holderIds?: readonly number[];
}

/** A wish to change published windows of one platform, all of it or nothing. */
export interface SequencedRequest {
  /** Names the changes that it makes; drawn by whoever asks. */
  id: string;
  platformId: number;
  actor: Actor;
  reason: string;
  needs: SequencerNeeds;
  journal: SequencerJournal;
  /** What it gives back is everybody's, whoever waits for it: they were served. */
  isAfterServing?: boolean;
  /** The windows and holds that change. Pure: it may run again. @throws DomainError to refuse */
  decide(state: LedgerState, now: Date): Decision;
}

/** Needs of a request that decides on holds alone. */
export const NOTHING_NEEDED: SequencerNeeds = {
  windowIds: [],
  classIds: [],
  establishmentIds: [],
  teacherKeyIds: [],
  firstCell: 0,
  endCell: 0,
  cellRanges: [],
  newWindowCount: 0,
};

/** A change with the number that it got. */
export interface NumberedChange extends WindowChange {
  revision: number;
}

/** What became of a request. */
export type SequencedOutcome =
  | { kind: 'accepted'; epoch: number; changes: NumberedChange[]; holds: readonly HoldChange[] }
  /** With what it was decided on, where it was decided now: its batch, as it left the ledger. */
  | { kind: 'refused'; error: DomainError; state?: LedgerState }
  /** Answered before by the same request. */
  | { kind: 'repeated'; answer: unknown };

export interface Settled {
  request: SequencedRequest;
  outcome: SequencedOutcome;
}

/** Remembers requests and their answers in the transaction of their changes. */
export interface SequencerJournal {
  /** Answers to requests of the batch that were answered before, by request id; a DomainError refuses the request. */
  answered(tx: EntityManager, requests: readonly SequencedRequest[]): Promise<Map<string, SequencedOutcome>>;
  record(tx: EntityManager, settled: readonly Settled[], revision: Revision): Promise<void>;
  /** Whether `record` asks all of its statements before it waits for the first: then the commit leaves with them. */
  leavesAtOnce(settled: readonly Settled[]): boolean;
}

/** For requests that nobody repeats and that leave nothing but what they change. */
export const NOTHING_TO_REMEMBER: SequencerJournal = {
  answered: () => Promise.resolve(new Map()),
  record: () => Promise.resolve(),
  leavesAtOnce: () => true,
};
