import { DateTime } from 'luxon';
import { addDays, cellOfCivil, minuteOfClock } from '../common/civil-time';
import { CELL_SECONDS } from '../kernel/cell-grid';
import type { RelativesHours } from './protection-step';

/** A time in Unix seconds, half open. */
export interface Span {
  from: number;
  to: number;
}

/** The hours of each day that a step from `startsAt` until `endsAt` touches, in a time zone; what lies outside the step is cut off. */
export function openSpans({ from, to }: RelativesHours, startsAt: Date, endsAt: Date, timeZone: string): Span[] {
  const [first, last] = [startsAt.getTime() / 1000, endsAt.getTime() / 1000];
  const secondsAt = (date: string, clock: string) => cellOfCivil(date, minuteOfClock(clock)!, timeZone) * CELL_SECONDS;
  const spans: Span[] = [];
  for (let date = DateTime.fromJSDate(startsAt, { zone: timeZone }).toISODate()!; ; date = addDays(date, 1)) {
    const opening = secondsAt(date, from);
    // midnight of the next day: 24:00 is no time of its own where the clock changes
    const closing = to === '24:00' ? secondsAt(addDays(date, 1), '00:00') : secondsAt(date, to);
    if (opening >= last) return spans;
    if (closing > first) spans.push({ from: Math.max(first, opening), to: Math.min(last, closing) });
  }
}

/** What is left of a step between its hours: there relatives wait. */
export function deferredSpans(hours: RelativesHours | null, startsAt: Date, endsAt: Date, timeZone: string): Span[] {
  const last = endsAt.getTime() / 1000;
  const spans: Span[] = [];
  let from = startsAt.getTime() / 1000;
  for (const open of hours ? openSpans(hours, startsAt, endsAt, timeZone) : []) {
    if (open.from > from) spans.push({ from, to: open.from });
    from = open.to;
  }
  return from < last ? [...spans, { from, to: last }] : spans;
}
