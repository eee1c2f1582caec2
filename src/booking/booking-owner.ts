import type { CalendarPlace } from '../calendar/calendar-place';
import type { CompiledRule, MinuteRange } from '../campaign/compiled-rule';
import type { Activity, Audience } from '../campaign/window-kind';
import type { CivilDate } from '../common/civil-time';
import type { Level, LevelGroup } from '../directory/level';

/** A date of an owner, ready to be asked for many starts. */
export interface OwnerDay {
  date: CivilDate;
  /** 1 is Monday. */
  weekday: number;
  /** Open halves of the establishment (bits of the calendar). */
  openHalves: number;
  /** First cell of the date. */
  firstCell: number;
  /** Whether the clock does not change on the date: its cells are its minutes divided by five. */
  isRegular: boolean;
  closed: readonly MinuteRange[];
  /** Wished starts in local minutes. */
  wishedMinutes: readonly number[];
}

/** Whose windows a request changes: a class, even one that is no more, or an audience of an establishment; read before the platform's lock is taken. */
export interface WindowOwner {
  platformId: number;
  planId: number;
  classId: number | null;
  establishmentId: number;
  uai: string;
  timeZone: string;
  /** Classes that share pupils with this one. */
  conflictClassIds: readonly number[];
  /** Most windows of classes at once in the establishment; null for no limit, and for its own windows, which it does not count. */
  windowLimit: number | null;
  /** The teacher of the class where it has exactly one. */
  soleTeacherKeyId: number | null;
  /** Null of a class that is no more: nothing may be booked for it. */
  rule: CompiledRule | null;
  days: ReadonlyMap<CivilDate, OwnerDay>;
}

/** Whose windows are booked: who may be given a place. */
export interface BookingOwner extends WindowOwner {
  campaignId: number;
  departmentId: number;
  audience: Audience;
  /** As the load model groups them; null for relatives and staff. */
  levelGroup: LevelGroup | null;
  /** Of a class; an audience's is its windows' own (`BookingFactsService.audienceHeadcount`). */
  headcount: number;
  rule: CompiledRule;
  activity: Activity;
  campaign: { startsOn: CivilDate; endsOn: CivilDate };
}

/** A published window with its plan, before the platform's lock is taken. */
export interface FoundWindow {
  windowId: number;
  planId: number;
  campaignId: number;
  classId: number | null;
  establishmentId: number;
  audience: number;
  activity: number;
  cellCount: number;
  profileId: number;
  date: string;
  startCell: number;
  wishCell: number | null;
  headcount: number;
  teacherKeyId: number | null;
  seriesId: number | null;
  /** IANA zone of the establishment. */
  timeZone: string;
  /** What was read of its owner with it, where it was. */
  ownerFacts?: OwnerFacts;
}

/** A window that stands where somebody wants to, by the names that everybody may read. */
export interface PlaceHolder extends FoundWindow {
  establishmentName: string;
  /** Null for a window of the whole establishment. */
  classCode: string | null;
}

/** The establishment of an owner, and the class where it is one. */
export interface OwnerRow extends CalendarPlace {
  platformId: number;
  uai: string;
  classId: number | null;
  levels: Level[];
  headcount: number;
  conflictClassIds: number[];
  simultaneousWindowLimit: number | null;
  soleTeacherKeyId: number | null;
  /** Levels that come through their parents' accounts: read of a class alone, for which a window may be new. */
  parentAccountLevels?: string[];
  /** What the calendar was when this was read. */
  calendarVersion: string;
}

/** What was read of a window's owner together with it. */
export interface OwnerFacts {
  /** Null where the class of the window is none any more. */
  row: OwnerRow | null;
  stated: readonly StatedTime[];
}

export interface StatedTime {
  kind: 'wished' | 'closed';
  weekday: number | null;
  on: string | null;
  startMinute: number;
  endMinute: number | null;
  /** Of the class itself, not of its whole establishment. */
  isOwn: boolean;
}
