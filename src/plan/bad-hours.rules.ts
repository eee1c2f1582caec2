/**
 * Hours that nobody likes to learn at, in local minutes of the day: a window has a *bad hour* when it begins before 8:30, ends after
 * 17:30, or begins in the lunch hour, from 12:00 to before 13:30. The only place that says so.
 */
export const BAD_HOURS = { beforeMinute: 510, afterMinute: 1050, lunchFromMinute: 720, lunchToMinute: 810 } as const;

/** What it says, for readers of the sheet. */
export const BAD_HOURS_TEXT = 'begins before 08:30, ends after 17:30, or begins from 12:00 to before 13:30, local time';

/** The same as an SQL condition over two expressions: local minute of the start, minutes of the window. */
export const badHourCondition = (startMinute: string, windowMinutes: string): string =>
  `(${startMinute} < ${BAD_HOURS.beforeMinute} or ${startMinute} + ${windowMinutes} > ${BAD_HOURS.afterMinute}
    or (${startMinute} >= ${BAD_HOURS.lunchFromMinute} and ${startMinute} < ${BAD_HOURS.lunchToMinute}))`;
