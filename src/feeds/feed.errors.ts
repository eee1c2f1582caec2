import { DomainError } from '../common/domain-error';

export class FeedUnknown extends DomainError {
  constructor() {
    super('feed.not_found', 'not_found', 'No feed has this address; it may have been replaced by another one.');
  }
}

export class FeedExists extends DomainError {
  constructor() {
    super(
      'feed.exists',
      'conflict',
      'There is a feed already; its address is shown once. To give it another one, ask for its replacement.',
    );
  }
}
