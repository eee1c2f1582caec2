import { Injectable } from '@nestjs/common';
import { ChangeListeners } from '../common/change-listeners';

/**
 * Days that open or close: types of days change, and with them the background of platforms. They are of all platforms, whose locks
 * nobody takes together, so that who follows notes it in the transaction and does it after its commit, one platform at a time.
 */
@Injectable()
export class CalendarChanges extends ChangeListeners<{ reason: 'exception' | 'holidays' }> {
  private readonly followers: (() => Promise<void>)[] = [];

  addFollower(follow: () => Promise<void>): void {
    this.followers.push(follow);
  }

  /** After the commit of a change that was told. */
  async committed(): Promise<void> {
    for (const follow of this.followers) await follow();
  }
}
