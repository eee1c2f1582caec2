import { Injectable } from '@nestjs/common';
import { ChangeListeners } from '../common/change-listeners';

/** Establishments that have just been put on a platform, from another one or from none. */
export interface PlatformMove {
  platformId: number;
  establishmentIds: readonly number[];
}

/** Who holds something of these establishments on the platform that they leave refuses the move by throwing. */
@Injectable()
export class PlatformMoves extends ChangeListeners<PlatformMove> {}
