import { Injectable } from '@nestjs/common';
import { ChangeListeners } from '../common/change-listeners';
import type { CapacityChange } from './capacity-statement.rules';

/** Steps, regulations, headroom or background of a platform that changed, with the cells that this may concern. */
@Injectable()
export class CapacityChanges extends ChangeListeners<CapacityChange> {}
