import { kindOf } from '../campaign/load-model.rules';
import type { Behaviour } from '../campaign/window-rule';
import { type MeasuredDay, stayEstimate, toEndByMinute, type VisitKind } from '../kernel/calibration/stay';
import { CELL_MINUTES, CELL_SECONDS } from '../kernel/cell-grid';
import { type Arrivals, audienceOf } from './calibrated-arrivals.rules';
import type { FoundStay } from './calibration';
import type { CalibratedPlan, CameRow, MinuteMeasured } from './calibration-facts.store';

/** A day counts as measured when so many of the minutes between its first and its last one are. */
const LEAST_MEASURED_RATIO = 0.9;
const LEAST_MEASURED_MINUTES = 180;

/** What stays are read from. */
export interface StayFacts {
  plan: Pick<CalibratedPlan, 'loadModel' | 'profiles' | 'parentAccountLevels'>;
  /** First cells of the days, and the one after the last. */
  dayCells: readonly number[];
  came: readonly CameRow[];
  measured: readonly MinuteMeasured[];
}

/** Sessions and log-ins of the platform, told apart by what people came for as the counts tell it. */
/** @param longerOf by what factor visits of a kind are longer than the load model has them, as gateways watched them */
export function stayOf(
  { plan, dayCells, came, measured }: StayFacts,
  arrivals: Arrivals,
  longerOf: (behaviour: Behaviour) => number,
): FoundStay | null {
  const { behaviours } = plan.loadModel;
  const behaviourOf = new Map(behaviours.map((behaviour) => [kindOf(behaviour), behaviour]));
  const staff = behaviourOf.get('staff - open')!;
  const stretchable = (its: Behaviour): VisitKind => ({
    perMille: its.stay === 'toEnd' ? [1000] : its.stay,
    longer: longerOf(its),
  });
  const kinds: VisitKind[] = [];
  const ofCells: ReadonlyMap<number, number>[] = [];
  // who came outside the windows, by whose windows they would have been: all that the windows do not explain
  const outside = new Map<string, Map<number, number>>(
    ['pupils', 'relatives', 'staff'].map((audience) => [audience, new Map()]),
  );
  const all = new Map<number, number>();
  for (const { cell, came: count, ...row } of came) {
    const its = outside.get(audienceOf(row, plan.parentAccountLevels) ?? 'staff')!;
    its.set(cell, (its.get(cell) ?? 0) + count);
    all.set(cell, (all.get(cell) ?? 0) + count);
  }
  for (const profile of plan.profiles) {
    const behaviour = behaviourOf.get(kindOf(profile))!;
    const { stay } = behaviour;
    const rest = outside.get(profile.audience)!;
    arrivals.ofProfile(profile.profileId).forEach((ofCell, offset) => {
      kinds.push(stay === 'toEnd' ? { byMinute: toEndByMinute(offset, profile.windowCells) } : stretchable(behaviour));
      ofCells.push(ofCell);
      for (const [cell, count] of ofCell) rest.set(cell, Math.max(0, (rest.get(cell) ?? 0) - count));
    });
  }
  // they stay as those do whom no window ends, and as staff where there are none
  for (const [audience, ofCell] of outside) {
    const likely = behaviours.find(
      (one) =>
        one.stay !== 'toEnd' &&
        plan.profiles.some((profile) => profile.audience === audience && kindOf(profile) === kindOf(one)),
    );
    kinds.push(stretchable(likely ?? staff));
    ofCells.push(ofCell);
  }
  const days = dayCells.slice(0, -1).flatMap((firstCell, k): MeasuredDay[] => {
    const day = measuredDay(measured, firstCell, dayCells[k + 1]!);
    if (!day) return [];
    const left = Float64Array.from(day.logins);
    const logins = ofCells.map((ofCell) =>
      day.logins.map((count, minute) => {
        const cell = firstCell + Math.floor(minute / CELL_MINUTES);
        const part = count === 0 ? 0 : (count * (ofCell.get(cell) ?? 0)) / Math.max(1, all.get(cell) ?? 0);
        left[minute]! -= part;
        return part;
      }),
    );
    // whom no gateway counted
    return [{ sessions: day.sessions, logins: [...logins, left.map((count) => Math.max(0, count))] }];
  });
  kinds.push(stretchable(staff));
  const found = stayEstimate(days, kinds, staff.idleMinutes);
  if (!found) return null;
  const { stretch, logOutRatio, residualRatio } = found;
  return { stretch, logOut: logOutRatio, residualRatio, measuredDayCount: days.length };
}

/** Minutes that nobody reported are as the one before; a day with too many of them is none. */
function measuredDay(minutes: readonly MinuteMeasured[], firstCell: number, endCell: number) {
  const length = (endCell - firstCell) * CELL_MINUTES;
  const sessions = new Float64Array(length);
  const logins = new Float64Array(length);
  let [first, last, count] = [length, -1, 0];
  const known = new Uint8Array(length);
  for (const { at, sessions: open, logins: entered } of minutes) {
    const minute = Math.floor((at.getTime() / 1000 - firstCell * CELL_SECONDS) / 60);
    if (minute < 0 || minute >= length || open === null || entered === null) continue;
    sessions[minute] = open;
    logins[minute] = entered;
    known[minute] = 1;
    first = Math.min(first, minute);
    last = Math.max(last, minute);
    count++;
  }
  if (count < LEAST_MEASURED_MINUTES || count / (last - first + 1) < LEAST_MEASURED_RATIO) return undefined;
  for (let minute = first + 1; minute < last; minute++) {
    if (known[minute]) continue;
    sessions[minute] = sessions[minute - 1]!;
    logins[minute] = logins[minute - 1]!;
  }
  return { sessions, logins };
}
