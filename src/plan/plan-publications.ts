import { Injectable } from '@nestjs/common';
import { ChangeListeners } from '../common/change-listeners';

/** Plans of a platform that come into force; a listener that refuses keeps them from it. */
@Injectable()
export class PlanPublications extends ChangeListeners<{ platformId: number; planId: number }> {}
