import type { Audience } from '../campaign/window-kind';
import type { Level } from '../directory/level';
import type { CivilGrid } from './civil-grid';

/** An establishment that takes part. */
export interface AssembledEstablishment {
  establishmentId: number;
  departmentId: number;
  isFirstDegree: boolean;
  /** Open halves per day of the campaign. */
  openHalves: Uint8Array;
  grid: CivilGrid;
  /** Most windows of its classes at once, 0 for no limit. */
  simultaneousWindowLimit: number;
  wishes: readonly EstablishmentDayWish[];
}

/** A class that takes part, as it is streamed from the database. */
export interface AssembledClass {
  classId: number;
  isGroup: boolean;
  levels: Level[];
  headcount: number;
  /** Key of its teacher where it has exactly one. */
  soleTeacherKeyId: number | null;
  wishes: readonly DayWish[];
}

/** A wish with its day of the campaign, or its weekday. */
export interface DayWish {
  kind: 'wished' | 'closed' | 'fixed';
  weekday: number | null;
  day: number | null;
  startMinute: number;
  endMinute: number | null;
  teacherKeyId: number | null;
}

/** A wish for a whole establishment. */
export interface EstablishmentDayWish extends DayWish {
  audience: Audience;
}
