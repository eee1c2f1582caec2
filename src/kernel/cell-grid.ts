/** A cell is five minutes of absolute time: the unit of every load figure. */
export const CELL_SECONDS = 300;
export const CELL_MINUTES = 5;
export const CELLS_PER_HOUR = 12;
export const CELLS_PER_DAY = 288;

/** Entry to a window opens this many cells before its start: a profile begins at cell -1 of its window. */
export const LEAD_CELLS = 1;
/** Sessions drain for ten minutes after the end of a window: a profile ends two cells after it. */
export const DRAIN_CELLS = 2;

/** Loads and limits are whole thousandths of a session (or of a login). */
export const LOAD_SCALE = 1000;

/** The cell that holds an instant given in Unix seconds. */
export function cellOfSeconds(unixSeconds: number): number {
  return Math.floor(unixSeconds / CELL_SECONDS);
}

/** The first Unix second of a cell. */
export function secondsOfCell(cell: number): number {
  return cell * CELL_SECONDS;
}
