import { type Change, isMoved, mayMove, roomFor, windowsOf } from './change';
import { fits, lift, stand } from './incumbent';
import { isFree, lookAround } from './look-around';

/** How far from the home of a window somebody may stand who is asked to leave in its place, in cells. */
const REACH_CELLS = 12;

/**
 * Fewer pupils move, and no more windows: a window goes home, and in its place one leaves that is of a class that moves anyway (pupils
 * count once, whatever the number of their windows). Windows of whole establishments are left alone.
 *
 * @param stay where each may stay, -1 for those who must go, @param pupils of the class of each demand
 */
export function sparePupils(change: Change, stay: Int32Array, pupils: Int32Array): void {
  const { incumbent, before } = change;
  const { demandClass } = incumbent.problem;
  const movedOfClass = new Map<number, number>();
  const away: number[] = [];
  for (let i = 0; i < stay.length; i++) {
    if (before[i]! < 0 || demandClass[i]! < 0 || incumbent.starts[i]! < 0 || !isMoved(change, i)) continue;
    movedOfClass.set(demandClass[i]!, (movedOfClass.get(demandClass[i]!) ?? 0) + 1);
    if (stay[i]! >= 0 && mayMove(change, i)) away.push(i);
  }
  /** Of classes that move, those windows that stand at home, by where. */
  const atHome = new Map<number, number[]>();
  for (let j = 0; j < stay.length; j++) {
    if (stay[j]! < 0 || !movedOfClass.has(demandClass[j]!) || isMoved(change, j) || !mayMove(change, j)) continue;
    const there = atHome.get(before[j]!);
    if (there) there.push(j);
    else atHome.set(before[j]!, [j]);
  }
  const moves = (j: number): boolean => movedOfClass.has(demandClass[j]!) && !isMoved(change, j);
  for (const i of away.sort((a, b) => pupils[b]! - pupils[a]! || a - b)) {
    change.watch();
    const classId = demandClass[i]!;
    if (movedOfClass.get(classId) !== 1) continue;
    for (let start = before[i]! - REACH_CELLS; start <= before[i]! + REACH_CELLS; start++) {
      const mate = atHome
        .get(start)
        ?.find(
          (j) =>
            demandClass[j] !== classId &&
            moves(j) &&
            windowsOf(change, j) <= windowsOf(change, i) &&
            changesPlaces(change, i, j),
        );
      if (mate === undefined) continue;
      movedOfClass.delete(classId);
      if (isMoved(change, mate)) movedOfClass.set(demandClass[mate]!, movedOfClass.get(demandClass[mate]!)! + 1);
      break;
    }
  }
}

/** Lets i go home and j leave, where that breaks nothing; else both stay where they stand. */
function changesPlaces(change: Change, i: number, j: number): boolean {
  const { incumbent } = change;
  const home = change.before[i]!;
  const [from, other] = [lift(incumbent, i), lift(incumbent, j)];
  if (fits(incumbent, i, home) && (lookAround(incumbent, i), isFree(incumbent, i, home))) {
    stand(incumbent, i, home);
    const start = roomFor(change, j);
    if (start >= 0) {
      stand(incumbent, j, start);
      return true;
    }
    lift(incumbent, i);
  }
  stand(incumbent, j, other);
  stand(incumbent, i, from);
  return false;
}
