import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { addDays, civilOfCell, datesBetween, weekdayOf } from '../common/civil-time';
import { cellOfSeconds } from '../kernel/cell-grid';
import { PlanChangeStore } from '../plan/plan-change.store';
import { PlanReadService } from '../plan/plan-read.service';
import type { WindowChange } from '../plan/sequencer.rules';
import { Sequencer } from '../plan/sequencer.service';
import type { BookingRequest } from './booking.dto';
import { BookingRefused } from './booking.errors';
import { BookingFactsService } from './booking-facts.service';
import { needsOf } from './booking-needs.rules';
import { movedSince } from './booking-request.rules';
import type { Operation, Target } from './booking-operation';
import { checkAllowed } from './booking-operation.rules';
import type { BookingOwner, FoundWindow, WindowOwner } from './booking-owner';
import { checkHours, wantedPlace } from './place.rules';
import { profileOf } from './window-profile.rules';

const MILLISECONDS_PER_DAY = 86_400_000;

/** An operation ready for the sequencer. */
export interface Prepared {
  /** Whose platform and plan change. */
  owner: WindowOwner;
  owners: readonly WindowOwner[];
  operation: Operation;
  windows: readonly FoundWindow[];
  /** Revisions that the caller has seen, by window. */
  seen: Map<number, number>;
}

/** From what a head asks to an operation: looks everything up that seldom changes, before any lock. */
@Injectable()
export class BookingPreparation {
  constructor(
    private readonly facts: BookingFactsService,
    private readonly changes: PlanChangeStore,
    private readonly plans: PlanReadService,
    private readonly sequencer: Sequencer,
  ) {}

  /** What a request asks, with everything that does not change under the platform's lock. @throws BookingRefused, NotFoundError */
  prepare(actor: Actor, request: BookingRequest, revision: number | undefined): Promise<Prepared> {
    return this.prepared(actor, request, revision, true);
  }

  /** The same for a request of earlier: a date that it excepted may have left the series since. @throws BookingRefused, NotFoundError */
  prepareAgain(actor: Actor, request: BookingRequest): Promise<Prepared> {
    return this.prepared(actor, request, undefined, false);
  }

  /** Refuses to wait for what no room could make possible. @throws BookingRefused */
  async checkWaitable({ owner, owners, operation, windows }: Prepared, now: Date): Promise<void> {
    if (operation.kind !== 'move' && operation.kind !== 'add') throw new Error(`nobody waits for a ${operation.kind}`);
    const needs = { ...needsOf(operation, owners, windows), newWindowCount: 0 };
    checkAllowed(operation, (await this.sequencer.peek(owner.platformId, [needs])).state, now);
  }

  private async prepared(
    actor: Actor,
    request: BookingRequest,
    revision: number | undefined,
    isNew: boolean,
  ): Promise<Prepared> {
    if (request.operation === 'add') return this.add(actor, request, isNew);
    const ids = [request.windowId!, ...(request.withWindowId === undefined ? [] : [request.withWindowId])];
    const [window, other] = isNew ? await this.facts.windows(ids) : await this.standing(ids);
    if (request.classId !== undefined && window!.classId !== request.classId) {
      throw new BookingRefused('other_class', 'conflict', `Window ${window!.windowId} belongs to another class.`, {
        classId: window!.classId,
      });
    }
    const seen = new Map(revision === undefined ? [] : [[window!.windowId, revision]]);
    if (request.operation === 'swap') {
      if (revision !== undefined) seen.set(other!.windowId, request.withRevision!);
      return this.swap(await this.pairs(request, window!, other!, isNew), seen);
    }
    const series = request.isSeries ? await this.facts.series(window!) : [window!];
    if (isNew) checkExceptions(request.exceptDates, datesOf(series));
    const windows = withoutExceptions(series, request.exceptDates);
    if (request.operation === 'release') {
      const owner = await this.facts.giverOfWindow(window!, datesOf(windows));
      const operation: Operation = { kind: 'release', windowIds: windows.map(({ windowId }) => windowId) };
      return { owner, owners: [owner], operation, windows, seen };
    }
    return this.move(request, window!, windows, seen, isNew);
  }

  /** Windows of a request of earlier, in the order asked. @throws BookingRefused where one was released meanwhile */
  private async standing(windowIds: readonly number[]): Promise<FoundWindow[]> {
    const found = await this.facts.standing(windowIds);
    return windowIds.map((id) => {
      const window = found.get(id);
      if (!window) throw movedSince(id, null);
      return window;
    });
  }

  private async move(
    request: BookingRequest,
    window: FoundWindow,
    windows: readonly FoundWindow[],
    seen: Map<number, number>,
    isNew: boolean,
  ): Promise<Prepared> {
    const { date, startMinute } = wantedPlace(new Date(request.startsAt!), window.cellCount, window.timeZone);
    if (request.isSeries && date !== window.date) {
      if (!isNew) throw movedSince(window.windowId, window.startCell);
      throw new BookingRefused('series_date', 'unprocessable', 'A series moves to another hour of its own dates.', {
        date: window.date,
      });
    }
    const dates = request.isSeries ? datesOf(windows) : [date];
    const owner = await this.facts.ownerOfWindow(window, [...dates, ...datesOf(windows)]);
    const targets = windows.map((moved): Target => {
      const day = owner.days.get(request.isSeries ? moved.date : date)!;
      return { owner, windowId: moved.windowId, day, startMinute, cellCount: moved.cellCount };
    });
    targets.forEach(checkHours);
    const operation: Operation = {
      kind: 'move',
      targets,
      ...(await this.seriesOf(request.isSeries ?? false, windows)),
    };
    return { owner, owners: [owner], operation, windows, seen };
  }

  private async add(actor: Actor, request: BookingRequest, isNew: boolean): Promise<Prepared> {
    const startsAt = new Date(request.startsAt!);
    const near = await this.ownerToBe(request, startsAt);
    const cellCount = near.rule.windowCells;
    const { date, startMinute } = wantedPlace(startsAt, cellCount, near.timeZone);
    const dates = request.isSeries
      ? datesBetween(date, near.campaign.endsOn).filter((on) => weekdayOf(on) === weekdayOf(date))
      : [date];
    if (isNew) checkExceptions(request.exceptDates, dates);
    const kept = checkNotEmpty(dates.filter((on) => !request.exceptDates?.includes(on)));
    const owner = { ...(await this.facts.withDays(near, kept)), headcount: near.headcount };
    const days = [...owner.days.values()].filter(({ openHalves }) => !request.isSeries || openHalves !== 0);
    if (days.length === 0) {
      throw new BookingRefused('closed', 'unprocessable', 'The establishment is closed on every date of the series.', {
        date: kept[0]!,
      });
    }
    const targets = days.map((day): Target => ({ owner, windowId: null, day, startMinute, cellCount }));
    targets.forEach(checkHours);
    const profileId = await this.profileId(actor, owner, cellCount);
    const operation: Operation = { kind: 'add', targets, isSeries: request.isSeries ?? false, profileId };
    return { owner, owners: [owner], operation, windows: [], seen: new Map() };
  }

  /** Who is to have the window, as large as it is where nobody books it. @throws BookingRefused where it is nobody */
  private async ownerToBe({ classId, uai, audience }: BookingRequest, startsAt: Date): Promise<BookingOwner> {
    if (classId !== undefined) return this.facts.ownerOfClass(classId, startsAt);
    const owner = await this.facts.ownerOfEstablishment(uai!, audience!, startsAt);
    const on = civilOfCell(cellOfSeconds(startsAt.getTime() / 1000), owner.timeZone).on;
    const headcount = await this.facts.audienceHeadcount(owner, on);
    if (headcount > 0) return { ...owner, headcount };
    throw new BookingRefused('nobody', 'conflict', `${uai} has no ${audience!} whom the campaign expects.`, {
      audience,
    });
  }

  /** The windows to swap; of two series all dates that lie as far apart, from the given windows on. @throws BookingRefused */
  private async pairs(
    { isSeries, exceptDates }: BookingRequest,
    a: FoundWindow,
    b: FoundWindow,
    isNew: boolean,
  ): Promise<[FoundWindow, FoundWindow][]> {
    if (a.planId !== b.planId) {
      throw new BookingRefused('other_plan', 'conflict', 'Windows of two plans cannot be swapped.');
    }
    if (!isSeries) return [[a, b]];
    if (a.seriesId !== null && a.seriesId === b.seriesId && a.establishmentId === b.establishmentId) {
      throw new BookingRefused('same_series', 'unprocessable', 'Both windows are of one series: swap them alone.');
    }
    const daysBetween = (Date.parse(b.date) - Date.parse(a.date)) / MILLISECONDS_PER_DAY;
    const [seriesA, seriesB] = await Promise.all([this.facts.series(a), this.facts.series(b)]);
    if (isNew) checkExceptions(exceptDates, datesOf([...seriesA, ...seriesB]));
    const onDate = new Map(seriesB.map((window) => [window.date, window]));
    const pairs: [FoundWindow, FoundWindow][] = [];
    const withoutPartner: FoundWindow[] = [];
    for (const window of withoutExceptions(seriesA, exceptDates)) {
      const otherDate = addDays(window.date, daysBetween);
      const other = onDate.get(otherDate);
      onDate.delete(otherDate);
      if (exceptDates?.includes(otherDate)) continue;
      if (other) pairs.push([window, other]);
      else withoutPartner.push(window);
    }
    const isLeft = ({ date }: FoundWindow): boolean =>
      ![date, addDays(date, -daysBetween)].some((on) => exceptDates?.includes(on));
    withoutPartner.push(...[...onDate.values()].filter(isLeft));
    if (isNew) checkPartners(withoutPartner);
    return checkNotEmpty(pairs);
  }

  private async swap(pairs: readonly [FoundWindow, FoundWindow][], seen: Map<number, number>): Promise<Prepared> {
    const [a, b] = pairs[0]!;
    const windows = pairs.flat();
    const dates = datesOf(windows);
    const ofA = await this.facts.ownerOfWindow(a, dates);
    const ofB = await this.facts.ownerOfWindow(b, dates);
    const target = (owner: BookingOwner, window: FoundWindow, place: FoundWindow): Target => {
      const { on, minuteOfDay } = civilOfCell(place.startCell, owner.timeZone);
      const day = owner.days.get(on);
      if (!day) throw new BookingRefused('other_zone', 'unprocessable', 'The windows lie on different local dates.');
      return { owner, windowId: window.windowId, day, startMinute: minuteOfDay, cellCount: window.cellCount };
    };
    const targets = pairs.flatMap(([own, other]) => [target(ofA, own, other), target(ofB, other, own)]);
    targets.forEach(checkHours);
    const operation: Operation = { kind: 'swap', targets, ...(await this.seriesOf(pairs.length > 1, windows)) };
    return { owner: ofA, owners: [ofA, ofB], operation, windows, seen };
  }

  /** Whether windows go as a series, and then which of its windows stay: no name of theirs may be given to those that go. */
  private async seriesOf(
    isSeries: boolean,
    windows: readonly FoundWindow[],
  ): Promise<{ isSeries: boolean; stayingIds?: number[] }> {
    return isSeries ? { isSeries, stayingIds: await this.facts.leftBehind(windows) } : { isSeries };
  }

  /** What takes a booking back, in the plan in which its windows stand now: a publication since may have carried them over. */
  async undo(actor: Actor, bookingId: string, bookedPlanId: number): Promise<Prepared> {
    const done = await this.changes.ofBooking(bookingId);
    const standing = await this.facts.standing(done.flatMap(({ after }) => (after ? [after.windowId] : [])));
    const owners = new Map<number, BookingOwner>();
    const windows: FoundWindow[] = [];
    const { campaignId } = await this.plans.plan(actor, bookedPlanId);
    const planInForce = (await this.planInForce(actor, campaignId)) ?? bookedPlanId;
    for (const { before, after, timeZone } of done) {
      const place = (before ?? after)!;
      const planId = standing.get(place.windowId)?.planId ?? planInForce;
      const window: FoundWindow = { ...place, planId, campaignId, timeZone: timeZone! };
      const dates = [before?.date, after?.date].filter((date) => date !== undefined);
      owners.set(window.windowId, await this.facts.ownerOfWindow(window, dates));
      windows.push(window);
    }
    const all = [...owners.values()];
    const present = await Promise.all(done.map((change) => this.inPlan(actor, change, owners)));
    return {
      owner: all[0]!,
      owners: all,
      operation: { kind: 'undo', done: present, owners },
      windows,
      seen: new Map(),
    };
  }

  private async planInForce(actor: Actor, campaignId: number): Promise<number | undefined> {
    const { items } = await this.plans.list(actor, { campaign: campaignId, state: 'published', limit: 1 });
    return items[0]?.id;
  }

  /** A change that took a window away, as what brings it back into the plan that is in force now: it weighs as the windows there. @throws BookingRefused */
  private async inPlan(
    actor: Actor,
    { before, after }: WindowChange,
    owners: ReadonlyMap<number, BookingOwner>,
  ): Promise<WindowChange> {
    const owner = before && owners.get(before.windowId)!;
    if (!owner || after || owner.planId === before.planId) return { before, after };
    const profileId = await this.profileId(actor, owner, before.cellCount);
    const headcount = owner.classId === null ? await this.facts.audienceHeadcount(owner, before.date) : owner.headcount;
    return { before: { ...before, planId: owner.planId, profileId, headcount }, after };
  }

  private async profileId(actor: Actor, owner: BookingOwner, cellCount: number): Promise<number> {
    const { profiles } = await this.plans.loadParameters(actor, owner.planId);
    return profileOf(owner, profiles, cellCount).profileId;
  }
}

/** @throws BookingRefused where one excepts a date that would not change anyway: it is a slip, and the date that was meant would change */
function checkExceptions(exceptDates: readonly string[] = [], dates: readonly string[]): void {
  const strange = exceptDates.filter((date) => !dates.includes(date));
  if (strange.length === 0) return;
  const message = `Not among the dates that would change: ${strange.join(', ')}.`;
  throw new BookingRefused('not_in_series', 'unprocessable', message, { dates: strange });
}

/** @throws BookingRefused where a date of one series has none in the other: who swaps series must not find one left behind */
function checkPartners(withoutPartner: readonly FoundWindow[]): void {
  if (withoutPartner.length === 0) return;
  const dates = [...new Set(datesOf(withoutPartner))].sort();
  const message = `The other series has no window to swap with on ${dates.join(', ')}: except these dates, or swap them alone.`;
  throw new BookingRefused('no_partner', 'conflict', message, { dates });
}

const datesOf = (windows: readonly FoundWindow[]): string[] => windows.map(({ date }) => date);

function withoutExceptions(windows: readonly FoundWindow[], exceptDates: readonly string[] = []): FoundWindow[] {
  const kept = windows.filter(({ date }) => !exceptDates.includes(date));
  return checkNotEmpty(kept);
}

function checkNotEmpty<T>(kept: T[]): T[] {
  if (kept.length === 0) throw new BookingRefused('no_date_left', 'unprocessable', 'The exceptions leave no date.');
  return kept;
}
