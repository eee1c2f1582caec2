import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { ACTIVITIES, AUDIENCES } from '../campaign/window-kind';
import type { LoadModel } from '../campaign/window-rule';
import { NotFoundError } from '../common/domain-error';
import { CELL_MINUTES, cellOfSeconds, LOAD_SCALE } from '../kernel/cell-grid';
import type { LedgerState, LedgerWindow } from '../plan/sequencer.rules';
import { Sequencer } from '../plan/sequencer.service';
import { type Displacement, displacementOf, NOT_WISHED } from '../plan/displacement.rules';
import { ZonedInstants } from '../plan/zoned-instants';
import type {
  AvailabilityDto,
  AvailabilityQuery,
  AvailableStartDto,
  EstablishmentAvailabilityQuery,
} from './booking.dto';
import { BookingRefused } from './booking.errors';
import { BookingFactsService } from './booking-facts.service';
import { needsOf } from './booking-needs.rules';
import type { BookingOwner, OwnerDay } from './booking-owner';
import { cellOfStart, isOf, unmovable, verdictOf } from './place.rules';
import { brokenRule } from './rule-limit.rules';
import { profileOfLength } from './window-profile.rules';

const DAY_MINUTES = 1440;
/** An id that no window has. */
const NO_WINDOW = 0;

/** What a day still offers: every start with its verdict, from the ledger and the windows of this moment. */
@Injectable()
export class AvailabilityService {
  private readonly instants = new ZonedInstants();

  constructor(
    private readonly facts: BookingFactsService,
    private readonly sequencer: Sequencer,
  ) {}

  /** @throws NotFoundError, BookingRefused */
  async ofClass(_actor: Actor, classId: number, query: AvailabilityQuery, now = new Date()): Promise<AvailabilityDto> {
    return this.read(await this.facts.ownerOfClass(classId, query.date), query, now);
  }

  /** @throws NotFoundError, BookingRefused */
  async ofEstablishment(
    _actor: Actor,
    uai: string,
    query: EstablishmentAvailabilityQuery,
    now = new Date(),
  ): Promise<AvailabilityDto> {
    return this.read(await this.facts.ownerOfEstablishment(uai, query.audience, query.date), query, now);
  }

  private async read(owner: BookingOwner, query: AvailabilityQuery, now: Date): Promise<AvailabilityDto> {
    const day = owner.days.get(query.date)!;
    const moved = query.windowId === undefined ? [] : await this.facts.windows([query.windowId]);
    const needs = needsOf({ kind: 'add', targets: [], isSeries: false, profileId: 0 }, [owner], moved);
    const { state, revision } = await this.sequencer.peek(owner.platformId, [needs]);
    const before = this.movedWindow(state, owner, query.windowId);
    const asked = query.minutes === undefined ? undefined : query.minutes / CELL_MINUTES;
    if (asked !== undefined && !Number.isInteger(asked)) {
      throw new BookingRefused('off_grid', 'unprocessable', 'A window lasts whole five minutes.', {
        minutes: query.minutes,
      });
    }
    const cellCount = asked ?? before?.cellCount ?? owner.rule.windowCells;
    const headcount = before?.headcount ?? (await this.headcountOf(state, owner, day));
    const model = before?.cellCount === cellCount ? undefined : await this.facts.loadModel(owner);
    const template = templateOf(state, owner, day, before, cellCount, headcount, model);
    const others = [...state.windows()].filter(({ windowId }) => windowId !== template.windowId);
    const isBeyondRule = brokenRule([{ before, after: template, owner, day }], state, []) !== undefined;
    const nowCell = cellOfSeconds(now.getTime() / 1000);
    const stays = before ? unmovable(before, nowCell) : undefined;
    const starts: AvailableStartDto[] = [];
    for (let minute = 0; minute + cellCount * CELL_MINUTES <= DAY_MINUTES; minute += CELL_MINUTES) {
      const startCell = cellOfStart(day, minute, owner.timeZone);
      const after = { ...template, startCell };
      const { verdict, room } = verdictOf(state, owner, day, minute, before, after, others, nowCell, isBeyondRule);
      const startsAt = this.instants.of(startCell, owner.timeZone);
      starts.push({
        startsAt,
        startCell,
        verdict: stays ?? verdict,
        roomSessions: Math.floor(room.sessions / LOAD_SCALE),
        roomLogins: Math.floor(room.logins / LOAD_SCALE),
        ...(before ? this.fromWish(before, startsAt, startCell, owner) : fromNearestWish(day, minute)),
      });
    }
    const { timeZone, planId } = owner;
    return { date: day.date, timeZone, minutes: cellCount * CELL_MINUTES, planId, revision, starts };
  }

  /** An audience of an establishment is as large as its windows say: those of the day, else the nearest of the plan, else as the allocation counts it. */
  private async headcountOf(state: LedgerState, owner: BookingOwner, { date }: OwnerDay): Promise<number> {
    if (owner.classId !== null) return owner.headcount;
    for (const window of state.windows()) {
      if (window.classId === null && AUDIENCES[window.audience] === owner.audience) return window.headcount;
    }
    return this.facts.audienceHeadcount(owner, date);
  }

  private fromWish(
    window: LedgerWindow,
    startsAt: string,
    startCell: number,
    { timeZone }: BookingOwner,
  ): Displacement {
    const { wishCell } = window;
    return displacementOf(
      startsAt,
      startCell,
      wishCell === null ? null : this.instants.of(wishCell, timeZone),
      wishCell,
    );
  }

  private movedWindow(state: LedgerState, owner: BookingOwner, windowId: number | undefined): LedgerWindow | null {
    if (windowId === undefined) return null;
    const window = state.window(windowId);
    if (!window) throw new NotFoundError('window', windowId);
    if (!isOf(owner, window))
      throw new BookingRefused('other_class', 'conflict', `Window ${windowId} belongs to somebody else.`);
    return window;
  }
}

/** The window that is tried at each start: the one that moves, else a new one; with a load profile of its length. */
function templateOf(
  state: LedgerState,
  owner: BookingOwner,
  day: OwnerDay,
  before: LedgerWindow | null,
  cellCount: number,
  headcount: number,
  model: LoadModel | undefined,
): LedgerWindow {
  if (before && model === undefined) return { ...before, date: day.date };
  const profile = profileOfLength(owner, state.plan(owner.planId)?.profiles ?? [], cellCount, model!);
  state.alsoProfile(owner.planId, profile);
  return {
    windowId: before?.windowId ?? NO_WINDOW,
    planId: owner.planId,
    establishmentId: owner.establishmentId,
    departmentId: owner.departmentId,
    classId: owner.classId,
    audience: AUDIENCES.indexOf(owner.audience),
    activity: ACTIVITIES.indexOf(owner.activity),
    origin: 0,
    cellCount,
    ordinal: 0,
    profileId: profile.profileId,
    date: day.date,
    startCell: day.firstCell,
    wishCell: null,
    headcount,
    teacherKeyId: before?.teacherKeyId ?? owner.soleTeacherKeyId,
    seriesId: null,
    revision: 0,
  };
}

/** Where no window moves: from the nearest wished hour of the day. */
function fromNearestWish(day: OwnerDay, minute: number): Displacement {
  const nearest = [...day.wishedMinutes].sort((a, b) => Math.abs(minute - a) - Math.abs(minute - b))[0];
  return nearest === undefined ? NOT_WISHED : { displacementDays: 0, displacementMinutes: minute - nearest };
}
