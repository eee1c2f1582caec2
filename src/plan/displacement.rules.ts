import { CELL_MINUTES } from '../kernel/cell-grid';

const MILLISECONDS_PER_DAY = 86_400_000;

/** How far a window stands from its wish: days of the calendar, and minutes by the clock. Both positive when later. */
export interface Displacement {
  displacementDays: number | null;
  displacementMinutes: number | null;
}

export const NOT_WISHED: Displacement = { displacementDays: null, displacementMinutes: null };

/** The same hour of the next day is one day and no minutes. Both instants as written with the offset of the establishment's zone. */
export function displacementOf(
  startsAt: string,
  startCell: number,
  wishedAt: string | null,
  wishCell: number | null,
): Displacement {
  if (wishedAt === null || wishCell === null) return NOT_WISHED;
  const [on, wishedOn] = [startsAt.slice(0, 10), wishedAt.slice(0, 10)];
  if (on === wishedOn) return { displacementDays: 0, displacementMinutes: (startCell - wishCell) * CELL_MINUTES };
  return {
    displacementDays: Math.round((Date.parse(on) - Date.parse(wishedOn)) / MILLISECONDS_PER_DAY),
    displacementMinutes: minuteOf(startsAt) - minuteOf(wishedAt),
  };
}

const minuteOf = (instant: string): number => Number(instant.slice(11, 13)) * 60 + Number(instant.slice(14, 16));
