import { DateTime } from 'luxon';
import { catchUpsOf } from '../gateway/bundle-content.rules';
import type { BundleCampaign } from '../gateway/bundle-facts.store';
import { CELL_SECONDS } from '../kernel/cell-grid';
import { LEAST_SPAN_SECONDS } from '../kernel/decision/day-admission';
import type { StepRow } from '../protection/protection.store';

/** What of a step decides whom it lets in. */
export type Shutting = Pick<StepRow, 'startsAt' | 'endsAt' | 'measures'>;

type Span = readonly [from: number, to: number];

/** A day (local midnights, Unix seconds) on which steps could leave somebody without an admission, for all that is known without the windows. */
export interface DoubtfulDay {
  zone: string;
  from: number;
  to: number;
  /** Times of it, each long enough for an admission, at which more than live windows let in. */
  gaps: Span[];
  /** Whether who has no way of their own on this day keeps the walk-in quota for long enough. */
  isQuotaLeft: boolean;
}

/**
 * Whether a step can leave a pupil without an admission at all: it lets in live windows only, or leaves nobody a place of the walk-in
 * quota. One place left in each five minutes is a way in, as long as the step lasts.
 */
export const mayShutOut = ({ measures }: Shutting, walkInPerCell: number): boolean =>
  measures.isLiveOnly || leavesNoWalkIn(measures, walkInPerCell);

const leavesNoWalkIn = ({ walkInPerMille }: Shutting['measures'], walkInPerCell: number): boolean =>
  walkInPerMille < 1000 && walkInPerCell * walkInPerMille < 1000;

/**
 * The days that steps touch on which somebody could be shut out, whomever the steps concern. Evening hours outside of the steps let
 * everybody in: a day with a quarter of an hour of them is in no doubt, whatever the windows.
 */
export function doubtfulDays(
  steps: readonly Shutting[],
  zones: readonly string[],
  campaigns: readonly BundleCampaign[],
  walkInPerCell: number,
): DoubtfulDay[] {
  const spansOf = (its: readonly Shutting[]): Span[] =>
    its.map(({ startsAt, endsAt }) => [Math.floor(startsAt.getTime() / 1000), Math.ceil(endsAt.getTime() / 1000)]);
  const liveOnly = spansOf(steps.filter(({ measures }) => measures.isLiveOnly));
  const noQuota = spansOf(steps.filter(({ measures }) => leavesNoWalkIn(measures, walkInPerCell)));
  return zones.flatMap((zone) =>
    daysOf([...liveOnly, ...noQuota], zone).flatMap(([from, to]) => {
      const gaps = outside(liveOnly, from, to);
      const evenings = campaigns
        .flatMap((campaign) => catchUpsOf(campaign, zone, 0, from / CELL_SECONDS, to / CELL_SECONDS))
        .map(({ startCell, endCell }): Span => [startCell * CELL_SECONDS, endCell * CELL_SECONDS]);
      if (evenings.some((evening) => gaps.some((gap) => isLongEnough(shared(evening, gap))))) return [];
      const isQuotaLeft = evenings.length === 0 && outside([...liveOnly, ...noQuota], from, to).length > 0;
      return [{ zone, from, to, gaps, isQuotaLeft }];
    }),
  );
}

/** Days on which the same windows are to be read: those that touch or overlap each other, in whatever zone, stand together. */
export function joinedDays(days: readonly DoubtfulDay[]): { startsAt: Date; endsAt: Date; days: DoubtfulDay[] }[] {
  const joined: { from: number; to: number; days: DoubtfulDay[] }[] = [];
  for (const day of [...days].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && day.from <= last.to) {
      last.to = Math.max(last.to, day.to);
      last.days.push(day);
    } else joined.push({ from: day.from, to: day.to, days: [day] });
  }
  return joined.map(({ from, to, days: its }) => ({
    startsAt: new Date(from * 1000),
    endsAt: new Date((to - 1) * 1000),
    days: its,
  }));
}

/** The local days that any of some spans touches, each once. */
function daysOf(spans: readonly Span[], zone: string): Span[] {
  const days = new Map<number, number>();
  for (const [from, to] of spans) {
    let day = DateTime.fromSeconds(from, { zone }).startOf('day');
    while (day.toSeconds() < to) {
      const next = day.plus({ days: 1 }).startOf('day');
      days.set(day.toSeconds(), next.toSeconds());
      day = next;
    }
  }
  return [...days];
}

/** What some spans leave of [from, to), where it is long enough for an admission. */
function outside(spans: readonly Span[], from: number, to: number): Span[] {
  const left: Span[] = [];
  let at = from;
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    left.push([at, Math.min(start, to)]);
    at = Math.max(at, end);
  }
  left.push([at, to]);
  return left.filter(isLongEnough);
}

const shared = (a: Span, b: Span): Span => [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
const isLongEnough = ([from, to]: Span): boolean => to - from >= LEAST_SPAN_SECONDS;
