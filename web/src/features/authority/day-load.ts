import { civilDateOf, civilHourOf } from '../../shared/format';
import type { Schema } from '../../shared/api';
import type { Baselines, LoadCurve, Resource } from './data';

/** The whole load of the platform in five minutes of a day, and what bounds it; in sessions, or log-ins of five minutes. */
export interface DayPoint {
  at: number;
  /** `HH:MM` of the platform. */
  hour: string;
  planned: number;
  background: number;
  /** Capacity less headroom. */
  limit: number;
  capacity: number;
  everybodyAtWish: number | undefined;
  letterByLevel: number | undefined;
  /** As it was measured. */
  observed?: number;
  /** The same by another plan of the campaign. */
  compared?: number;
  /** What the windows of the territory that is looked at have in it. */
  ofTerritory?: number;
  /** By the sliders. */
  simulated: number | undefined;
  simulatedLimit: number;
}

export interface WhatIf {
  /** Per cent that the capacity loses. */
  capacityCut: number;
  /** Per cent of the expected participation. */
  participation: number;
  /** Per cent of the people who keep to their windows; the others come at the hour that they wished. */
  adherence: number;
}

export const NOTHING_CHANGED: WhatIf = { capacityCut: 0, participation: 100, adherence: 100 };

export const isChanged = ({ capacityCut, participation, adherence }: WhatIf): boolean =>
  capacityCut !== 0 || participation !== 100 || adherence !== 100;

/**
 * Every step of a curve as whole load: windows, background and the platform's other plans. What is simulated is
 * participation x (adherence x planned + (1 - adherence) x everybody at the wished hour) + what has no window.
 */
export function pointsOf(
  curve: LoadCurve,
  baselines: Baselines | null | undefined,
  resource: Resource,
  whatIf: WhatIf,
): DayPoint[] {
  const figures = curve[resource];
  const start = new Date(curve.startsAt).getTime();
  const shift = baselines ? (new Date(baselines.startsAt).getTime() - start) / (curve.stepMinutes * 60_000) : 0;
  const [participation, adherence] = [whatIf.participation / 100, whatIf.adherence / 100];
  return Array.from({ length: curve.stepCount }, (_, i) => {
    const at = start + i * curve.stepMinutes * 60_000;
    const windows = figures.planned[i] ?? 0;
    const rest = (figures.background?.[i] ?? 0) + (figures.otherPlans?.[i] ?? 0);
    const capacity = figures.capacity?.[i] ?? 0;
    const limit = capacity - (figures.headroom?.[i] ?? 0);
    const wish = baselines?.everybodyAtWish[resource][i - shift];
    const letter = baselines?.letterByLevel[resource][i - shift];
    const others = wish ?? windows;
    return {
      at,
      hour: civilHourOf(new Date(at), curve.timeZone),
      planned: windows + rest,
      background: rest,
      limit,
      capacity,
      everybodyAtWish: wish === undefined ? undefined : wish + rest,
      letterByLevel: letter === undefined ? undefined : letter + rest,
      simulated: isChanged(whatIf)
        ? participation * (adherence * windows + (1 - adherence) * others) + rest
        : undefined,
      simulatedLimit: limit * (1 - whatIf.capacityCut / 100),
    };
  });
}

export const ofDay = (points: readonly DayPoint[], date: string, timeZone: string): DayPoint[] =>
  points.filter(({ at }) => civilDateOf(new Date(at), timeZone) === date);

/** The points of a day with what was measured of the platform at the same time. */
export function withObserved(
  points: DayPoint[],
  day: Schema<'MeasuredDayDto'> | undefined,
  resource: Resource,
): DayPoint[] {
  if (!day) return points;
  const start = Date.parse(day.startsAt);
  return points.map((point) => {
    const observed = day[resource][(point.at - start) / (day.stepMinutes * 60_000)];
    return observed === undefined || observed === null ? point : { ...point, observed };
  });
}

/** The points of a day with the windows' load of another curve at the same time, with what it says of those who have no window. */
export function withCurve(
  points: DayPoint[],
  name: 'compared' | 'ofTerritory',
  curve: LoadCurve | undefined,
  resource: Resource,
): DayPoint[] {
  if (!curve) return points;
  const start = Date.parse(curve.startsAt);
  const { planned, background, otherPlans } = curve[resource];
  return points.map((point) => {
    const step = (point.at - start) / (curve.stepMinutes * 60_000);
    const load = planned[step];
    return load === undefined
      ? point
      : { ...point, [name]: load + (background?.[step] ?? 0) + (otherPlans?.[step] ?? 0) };
  });
}

/** The step where a load is largest against a bound. */
export function peakOf(
  points: readonly DayPoint[],
  load: (point: DayPoint) => number,
  bound: (point: DayPoint) => number,
) {
  let peak: { at: number; ratio: number; load: number } | undefined;
  for (const point of points) {
    const limit = bound(point);
    if (limit <= 0) continue;
    const ratio = load(point) / limit;
    if (!peak || ratio > peak.ratio) peak = { at: point.at, ratio, load: load(point) };
  }
  return peak;
}
