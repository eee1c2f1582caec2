import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ProofDifferences } from '../plan/proof-differences';
import { WebhookStore } from './webhook.store';

/** Alerts whoever is told of a platform that its proof does not hold. */
@Injectable()
export class ProofAlert implements OnModuleInit {
  constructor(
    private readonly differences: ProofDifferences,
    private readonly webhooks: WebhookStore,
  ) {}

  onModuleInit(): void {
    this.differences.add((tx, { platformId, ...facts }) =>
      this.webhooks.post(tx, platformId, 'etale.proof.difference', facts, new Date()),
    );
  }
}
