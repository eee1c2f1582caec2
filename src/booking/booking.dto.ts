import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsInt, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { IsCivilDate, IsInstant } from '../common/wire-time';
import { WindowPlaceDto } from '../plan/plan-change.dto';
import type { Verdict } from './place.rules';

export const OPERATIONS = ['move', 'add', 'release', 'swap'] as const;
/** Audiences whose windows are an establishment's own. */
export const OWN_AUDIENCES = ['relatives', 'staff'] as const;
const UAI = /^[0-9]{7}[A-Z]$/;
const LARGEST_ID = 9_007_199_254_740_991;

/** What anybody says of a change: on which dates of a series it is not, and why. */
export class StatedChange {
  /** Dates of the series that stay as they are. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(70)
  @IsCivilDate({ each: true })
  @MaxLength(10, { each: true })
  exceptDates?: string[];

  /** Why, for the record; no person's name. */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(300)
  reason?: string;
}

/** For whom a change is wished. */
export class ChangeRequest extends StatedChange {
  /** The class to add a window for; with a window: the class that it must belong to. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  classId?: number;

  /** Instead of a class: the establishment for whose relatives or staff a window is added. */
  @MayBeLeftOut()
  @IsString()
  @Matches(UAI)
  uai?: string;

  /** Whose window is added there. */
  @MayBeLeftOut()
  @IsIn(OWN_AUDIENCES)
  audience?: (typeof OWN_AUDIENCES)[number];
}

/** A change that is wished, of one window or of a series, all of it or nothing. */
export class BookingRequest extends ChangeRequest {
  /** `move` a window, `add` one for a class or for an establishment's relatives or staff, `release` one, or `swap` two. */
  @IsIn(OPERATIONS)
  operation!: (typeof OPERATIONS)[number];

  /** The window to move, release or swap; If-Match names its revision. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(LARGEST_ID)
  windowId?: number;

  /** The window to swap with. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(LARGEST_ID)
  withWindowId?: number;

  /** The revision at which the window to swap with was read. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(LARGEST_ID)
  withRevision?: number;

  /** Where to move or add: the first instant of the window, on whole five minutes. */
  @MayBeLeftOut()
  @IsInstant()
  startsAt?: string;

  /** Of a series: all of its later dates too, at the same local hour; of a window to add: the same weekday to the campaign's end; of two windows to swap: all pairs that lie as far apart. */
  @MayBeLeftOut()
  @IsBoolean()
  isSeries?: boolean;
}

/** What a booking changed of a window. */
export class BookedChangeDto {
  /** `move`, `add` or `release`. */
  kind!: 'move' | 'add' | 'release';
  /** Revision of the platform that the change became: the window's own from now on. */
  revision!: number;
  /** The window. */
  windowId!: number;
  /** Where it stood; null where it is new. */
  before!: WindowPlaceDto | null;
  /** Where it stands; null where it was released. */
  after!: WindowPlaceDto | null;
}

/** A booking that was made. */
export class BookingDto {
  /** Names the booking: what `undo` takes. */
  id!: string;
  /** The operation; `undo` of an earlier booking. */
  operation!: (typeof OPERATIONS)[number] | 'undo';
  /** The plan that it changed. */
  planId!: number;
  /** Epoch of the platform's revisions. */
  epoch!: number;
  /** Why. */
  reason!: string;
  /** Every window that changed, in the order of their revisions, which follow each other without a gap. */
  changes!: BookedChangeDto[];
}

/** What is asked of a day. */
export class AvailabilityQuery {
  /** The establishment's civil date. */
  @IsCivilDate()
  date!: string;

  /** Length of the window; default: what the campaign's rule says. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(5)
  @Max(240)
  minutes?: number;

  /** The window that would move: its own place counts as free. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LARGEST_ID)
  windowId?: number;
}

/** The same for an audience of an establishment. */
export class EstablishmentAvailabilityQuery extends AvailabilityQuery {
  /** Whose windows. */
  @IsIn(OWN_AUDIENCES)
  audience!: (typeof OWN_AUDIENCES)[number];
}

/** A start of the day. */
export class AvailableStartDto {
  /** First instant of the window, with the offset of the establishment's zone. */
  startsAt!: string;
  /** The same in cells of five minutes since 1970-01-01T00:00:00Z. */
  startCell!: number;
  /** `free`, `tight` (under a twentieth left), `full`, `class_conflict`, `teacher_conflict`, `establishment_full` (as many windows at once as its line takes), `rule_limit` (the campaign gives no window more on the day, or in its week), `too_late`, `outside_hours` or `closed`; of a window that may not change itself `fixed` or `frozen`, at every start. */
  verdict!: Verdict;
  /** Sessions left in the fullest cell once the window stands here; below zero where it is full. */
  roomSessions!: number;
  /** Log-ins left in the fullest five minutes, the same. */
  roomLogins!: number;
  /** Days from the wished date, positive when later; null where nothing was wished. */
  displacementDays!: number | null;
  /** Minutes by the clock from the wished start, positive when later, whatever the days; null where nothing was wished. */
  displacementMinutes!: number | null;
}

/** Every start of a day. */
export class AvailabilityDto {
  /** The civil date. */
  date!: string;
  /** IANA time zone of the establishment. */
  timeZone!: string;
  /** Length of the window. */
  minutes!: number;
  /** The plan that it would stand in. */
  planId!: number;
  /** Revision of the platform at which it was read. */
  revision!: number;
  /** The starts in order, one every five minutes. */
  starts!: AvailableStartDto[];
}
