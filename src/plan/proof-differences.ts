import { Injectable } from '@nestjs/common';
import { ChangeListeners } from '../common/change-listeners';

/** What a kept proof found where ledger, windows and changes do not say the same. */
export interface ProofDifference {
  platformId: number;
  proofId: number;
  epoch: number;
  revision: number;
  differenceCount: number;
  windowDifferenceCount: number;
  isOnDemand: boolean;
}

/** Proofs that found a difference, told in the transaction that keeps them. */
@Injectable()
export class ProofDifferences extends ChangeListeners<ProofDifference> {}
