import type { Audience } from '../campaign/window-kind';
import { SentencesDto } from './plan-certificate.dto';

/** Starts that each cause shuts in the plan as it is; several may shut one. */
export class ShutStartsDto {
  /** A cell is full of sessions. */
  sessions!: number;
  /** A cell is full of log-ins. */
  logins!: number;
  /** Another window of the class, or its gap. */
  class!: number;
  /** A window of a class or group with the same pupils. */
  group!: number;
  /** Another live window of the teacher. */
  teacher!: number;
  /** The limit of simultaneous windows of the establishment. */
  site!: number;
  /** The window of a neighbouring establishment, less than fifteen minutes away. */
  neighbour!: number;
}

/** Why a window has no place. */
export class WhyUnplacedDto {
  /** Starts that hours and closed times leave it. */
  startCount!: number;
  /** Further starts of its hours that closed times take. */
  closedStartCount!: number;
  /** What shuts how many of the former. */
  shut!: ShutStartsDto;
  /** The same in a sentence. */
  sentence!: SentencesDto;
}

/** A window that could not be given. */
export class UnplacedDto {
  /** The establishment. */
  uai!: string;
  /** Number of the class; null for a window of the whole establishment. */
  classId!: number | null;
  /** Code of the class. */
  classCode!: string | null;
  /** Who it would have been for. */
  audience!: Audience;
  /** Its civil date. */
  date!: string;
  /** Why there is no place. */
  reason!: string;
  /** Sessions by which the worst cell of its best start would have to grow. */
  neededSessions!: number;
  /** Log-ins per five minutes by which the worst cell of its best start would have to grow. */
  neededLogins!: number;
  /** What kept it from each of its starts; null in plans of earlier versions. */
  why!: WhyUnplacedDto | null;
}

/** A page of windows that could not be given. */
export class UnplacedPageDto {
  /** The windows. */
  items!: UnplacedDto[];
  /** Ask with it for the next page; null on the last one. */
  nextCursor!: string | null;
}
