import { CELL_MINUTES, CELL_SECONDS } from '../kernel/cell-grid';

/** Nearer than this a window stands on the day of its wish, whatever the hours of a campaign: only the others are looked up in a calendar. */
const SAME_DAY_CELLS = (6 * 60) / CELL_MINUTES;

/** Whether a window (a row of plan_window under this name, at an establishment `e`) stands on another day than it wished: SQL. */
export const isOnOtherDay = (window: string): string =>
  `case when abs(${window}.start_cell - ${window}.wish_cell) > ${SAME_DAY_CELLS}
        then (to_timestamp(${window}.wish_cell::bigint * ${CELL_SECONDS}) at time zone e.time_zone)::date <> ${window}.local_date
        else false end`;
