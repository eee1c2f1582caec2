import { DomainError } from '../common/domain-error';

/** A campaign of which nothing can be allocated. */
export class NothingToAllocate extends DomainError {
  constructor(campaignId: number, why: 'nobody_concerned' | 'no_window') {
    super(
      `load.${why}`,
      'unprocessable',
      why === 'nobody_concerned'
        ? `No class takes part in campaign ${campaignId}: see its territories, kinds, levels, school year and platform.`
        : `Nobody has a window in campaign ${campaignId}: no rule is for the classes that take part, or no day is open.`,
    );
  }
}
