import { Injectable } from '@nestjs/common';
import { ChangeListeners } from '../common/change-listeners';

/** Days that open or close: types of days change, and with them the background of platforms. */
@Injectable()
export class CalendarChanges extends ChangeListeners<{ reason: 'exception' | 'holidays' }> {}
