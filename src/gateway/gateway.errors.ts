import { DomainError } from '../common/domain-error';

export class NoBundleYet extends DomainError {
  constructor(platformId: number) {
    super('gateway.no_bundle', 'unavailable', 'The platform has no bundle yet: publish a plan, or try again shortly.', {
      platformId,
    });
  }
}

/** The deltas that a gateway asks for do not lead on from what it runs: it fetches the whole bundle. */
export class DeltaGap extends DomainError {
  constructor(after: string) {
    super('gateway.gap', 'gone', `No deltas lead on from ${after}: fetch the whole bundle.`, { after });
  }
}

export class EpochChanged extends DomainError {
  constructor(epoch: number) {
    super('gateway.epoch_changed', 'gone', `Epoch ${epoch} is in force: fetch the whole bundle.`, { epoch });
  }
}

export class RevisionUnknown extends DomainError {
  constructor(after: string, epoch: number, revision: number) {
    super('gateway.revision_unknown', 'conflict', `${after} is newer than what is published.`, {
      after,
      epoch,
      revision,
    });
  }
}

/** No gateway guards an establishment that stands on no platform. */
export class NoPlatform extends DomainError {
  constructor(uai: string) {
    super('gateway.no_platform', 'conflict', 'The establishment belongs to no platform.', { uai });
  }
}
