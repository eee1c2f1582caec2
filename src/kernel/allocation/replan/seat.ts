import { type Change, fullest, isInTrouble, isMoved, mayMove, roomFor, startsOf, windowsOf } from './change';
import { lift, mayLoad, stand, visitLoading } from './incumbent';
import { isFree, lookAround } from './look-around';

/** What a cell between a newcomer and its wish, or between one pushed aside and where it stood, squared, weighs against one moved window. */
const NEWCOMER_JUMP_COST = 1e-4;
/** Starts at which somebody is pushed aside, the cheapest first, and windows pushed aside for one. */
const PUSH_STARTS = 8;
const MOST_PUSHED = 6;
const PUSH_TRIES = 24;
/** Windows looked at for one to push aside: a platform has ten thousand in a cell. */
const MOST_ASKED = 100;
/** Of those of one kind, size and start so many: where the first finds nowhere to go the others seldom do, and there are other kinds to ask. */
const ALIKE_ASKED = 1;
/** Whoever has moved already is asked before all others: it counts as moved anyhow. */
const MOVED_WORTH = 1e12;

/**
 * Gives newcomers (a school, a class more, a class that was cut in two) their windows in a plan that stands, without solving anything
 * again: each near its wish where there is room, and where nothing has room as few others as possible are pushed aside, not far. No cell
 * is passed. Gives those that found no place.
 */
export function seatNewcomers(change: Change, newcomers: readonly number[]): number[] {
  const { incumbent, before } = change;
  const { demandWish, demandWeight } = incumbent.problem;
  change.costAt = (i, start) => {
    const near = before[i]! >= 0 ? before[i]! : demandWish[i]!;
    const weight = before[i]! >= 0 ? 1 : demandWeight[i]!;
    const away = near < 0 ? 0 : weight * (start - near) * (start - near);
    return NEWCOMER_JUMP_COST * (away + fullest(incumbent, i, start) ** 6);
  };
  return seatAll(change, newcomers);
}

/** Undoes what seating did: newcomers stand nowhere again, and whoever was pushed aside where it stood. */
export function takeBack(change: Change, newcomers: readonly number[]): void {
  const { incumbent } = change;
  for (const i of newcomers) if (incumbent.starts[i]! >= 0) lift(incumbent, i);
  const homes = new Map<number, number>();
  // whoever was pushed twice goes back to where it was first
  for (const { demand, from } of change.pushed) if (!homes.has(demand)) homes.set(demand, from);
  for (const i of newcomers) homes.delete(i);
  for (const i of homes.keys()) lift(incumbent, i);
  for (const [i, start] of homes) stand(incumbent, i, start);
  change.pushed.length = 0;
  change.roomOfKind.length = 0;
}

/**
 * Seats demands that stand nowhere: whoever finds room, large ones first, then the others by pushing; gives those that found no place
 * even so.
 */
export function seatAll(change: Change, homeless: readonly number[]): number[] {
  const { demandScale } = change.incumbent.problem;
  const largeFirst = [...homeless].sort((a, b) => demandScale[b]! - demandScale[a]! || a - b);
  const withoutRoom = largeFirst.filter((i) => !seat(change, i));
  return withoutRoom.filter((i) => !seat(change, i) && !pushIn(change, i));
}

function seat(change: Change, i: number): boolean {
  change.watch();
  const start = roomFor(change, i);
  if (start >= 0) stand(change.incumbent, i, start);
  return start >= 0;
}

/** Who might go out of the way, and what each is worth asking; 0 for who was asked. */
interface Near {
  found: number[];
  worth: number[];
}

/** Demands that went out of the way: where each stood, and where it stands. */
type Pushed = { demand: number; from: number; to: number }[];

/**
 * Puts demand i where it would pass a limit, and moves up to six others out of its cells, each to a start with room: of the starts
 * that cost least, the one that takes the fewest moves.
 */
export function pushIn(change: Change, i: number): boolean {
  const { incumbent } = change;
  lookAround(incumbent, i);
  const starts = Array.from(startsOf(incumbent, i))
    .filter((start) => isFree(incumbent, i, start))
    .map((start) => ({ start, cost: change.costAt(i, start) + passedAt(change, i, start) }))
    .sort((a, b) => a.cost - b.cost || a.start - b.start)
    .slice(0, PUSH_STARTS);
  let best: { start: number; pushed: Pushed } | null = null;
  let fewest = Infinity;
  for (const { start } of starts) {
    stand(incumbent, i, start);
    const pushed: Pushed = [];
    const budget = { tries: PUSH_TRIES };
    let near = neighboursInTrouble(change, i, ALIKE_ASKED);
    let isNear = true;
    let isWhole = false;
    let count = 0;
    while (isInTrouble(change, i) && pushed.length < MOST_PUSHED && count < fewest) {
      if (!pushOneAside(change, near, pushed, budget)) {
        // others may be in the way of what is over by now; if not, those alike are asked too
        if (budget.tries <= 0 || (isNear && isWhole)) break;
        isWhole = isNear;
        near = neighboursInTrouble(change, i, isWhole ? Infinity : ALIKE_ASKED);
        isNear = true;
        continue;
      }
      isNear = false;
      const { demand, from } = pushed[pushed.length - 1]!;
      if (from === change.before[demand]) count += windowsOf(change, demand);
    }
    if (!isInTrouble(change, i) && count < fewest) {
      best = { start, pushed };
      fewest = count;
    }
    for (const { demand, from } of [...pushed].reverse()) {
      lift(incumbent, demand);
      stand(incumbent, demand, from);
    }
    lift(incumbent, i);
    if (fewest <= 1) break;
  }
  if (!best) return false;
  stand(incumbent, i, best.start);
  for (const { demand, from, to } of best.pushed) {
    lift(incumbent, demand);
    stand(incumbent, demand, to);
    change.pushed.push({ demand, from });
  }
  return true;
}

/** Moves one of `near` (its worth is looked up again: cells are less over by now) to a start with room; false where none goes. */
function pushOneAside(change: Change, near: Near, pushed: Pushed, budget: { tries: number }): boolean {
  const { incumbent } = change;
  const { demandScale } = incumbent.problem;
  const { found, worth } = near;
  for (let k = 0; k < found.length; k++) if (worth[k]! > 0) worth[k] = worthOf(change, found[k]!);
  while (budget.tries > 0) {
    let best = -1;
    for (let k = 0; k < found.length; k++) {
      if (worth[k]! <= 0) continue;
      const ahead = best < 0 ? 1 : worth[k]! - worth[best]! || demandScale[found[best]!]! - demandScale[found[k]!]!;
      if (ahead > 0 || (ahead === 0 && found[k]! < found[best]!)) best = k;
    }
    if (best < 0) return false;
    worth[best] = 0;
    const j = found[best]!;
    // what was seen may be taken by now
    if (demandScale[j]! > roomOfKind(change, incumbent.demandKind[j]!)) continue;
    budget.tries--;
    const old = lift(incumbent, j);
    const elsewhere = roomFor(change, j);
    stand(incumbent, j, elsewhere >= 0 ? elsewhere : old);
    if (elsewhere >= 0) {
      pushed.push({ demand: j, from: old, to: elsewhere });
      return true;
    }
    change.roomOfKind[incumbent.demandKind[j]!] = undefined;
  }
  return false;
}

/** By how many times its own load demand i would pass the limits at `start`: how many like it would have to go. */
function passedAt({ incumbent, sessionAllowed, loginAllowed }: Change, i: number, start: number): number {
  const { problem, shifts, sessionLoad, loginLoad } = incumbent;
  const profile = problem.demandProfile[i]!;
  const scale = Math.max(1, problem.demandScale[i]! / 1000);
  let worst = 0;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    let cell = start + shift - 1;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
      const sessions = problem.profileSessionsPerMille[k]! * scale;
      const logins = problem.profileLoginsPerMille[k]! * scale;
      if (sessions > 0)
        worst = Math.max(worst, (sessionLoad[cell]! + sessions - sessionAllowed[cell]!) / (1000 * scale));
      if (logins > 0) worst = Math.max(worst, (loginLoad[cell]! + logins - loginAllowed[cell]!) / (1000 * scale));
    }
  }
  return worst;
}

/** Largest scale for which some start of a kind has room, conflicts aside. On a full day most kinds have none: they need not be tried. */
function roomOfKind({ incumbent, roomOfKind: known }: Change, kind: number): number {
  const { problem, shifts, sessionLoad, loginLoad, kinds, candidates } = incumbent;
  const before = known[kind];
  if (before !== undefined) return before;
  const { profile, occurrences, candidates: set } = kinds[kind]!;
  let most = 0;
  for (const start of candidates[set]!) {
    let room = Infinity;
    for (const shift of shifts[occurrences]!) {
      let cell = start + shift - 1;
      for (
        let k = problem.profileOffset[profile]!;
        k < problem.profileOffset[profile + 1]! && room > most;
        k++, cell++
      ) {
        const sessions = problem.profileSessionsPerMille[k]!;
        const logins = problem.profileLoginsPerMille[k]!;
        if (sessions > 0) room = Math.min(room, (problem.sessionLimit[cell]! - sessionLoad[cell]!) / sessions);
        if (logins > 0) room = Math.min(room, (problem.loginLimit[cell]! - loginLoad[cell]!) / logins);
      }
    }
    most = Math.max(most, room);
  }
  return (known[kind] = 1000 * most);
}

/**
 * Those who share a cell that is over with demand i and may move, and what each is worth asking: whoever has moved already most, then
 * whose leaving relieves most.
 */
function neighboursInTrouble(change: Change, i: number, mostAlike: number): Near {
  const { incumbent, sessionAllowed, loginAllowed } = change;
  const { problem, shifts, starts, sessionLoad, loginLoad } = incumbent;
  const profile = problem.demandProfile[i]!;
  const cells = problem.profileOffset[profile + 1]! - problem.profileOffset[profile]!;
  const found: number[] = [];
  const worth: number[] = [];
  const isSeries = shifts.length > 1;
  const ask = (j: number) => {
    if (j === i || !mayMove(change, j) || (isSeries && found.includes(j))) return false;
    const worthAsking = worthOf(change, j);
    if (worthAsking > 0) worth[found.push(j) - 1] = worthAsking;
    return found.length >= MOST_ASKED;
  };
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    const isOver = (cell: number) =>
      sessionLoad[cell]! > sessionAllowed[cell]! || loginLoad[cell]! > loginAllowed[cell]!;
    let from = starts[i]! + shift - 1;
    let to = from + cells;
    while (from < to && !isOver(from)) from++;
    while (to > from && !isOver(to - 1)) to--;
    if (from === to) continue;
    for (let kind = 0; kind < incumbent.kinds.length && found.length < MOST_ASKED; kind++) {
      if (!mayLoad(incumbent, kind, from, to)) continue;
      const room = roomOfKind(change, kind);
      if (room >= 1) visitLoading(incumbent, kind, room, mostAlike, from, to, ask);
    }
  }
  return { found, worth };
}

function worthOf(change: Change, j: number): number {
  const relieved = relief(change, j);
  return relieved > 0 && isMoved(change, j) ? relieved + MOVED_WORTH : relieved;
}

/** How much of what is over would go with demand i, in thousandths. */
function relief({ incumbent, sessionAllowed, loginAllowed }: Change, i: number): number {
  const { problem, shifts, starts, sessionLoad, loginLoad } = incumbent;
  const profile = problem.demandProfile[i]!;
  const scale = problem.demandScale[i]! / 1000;
  let sum = 0;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    let cell = starts[i]! + shift - 1;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
      const sessions = sessionLoad[cell]! - sessionAllowed[cell]!;
      const logins = loginLoad[cell]! - loginAllowed[cell]!;
      if (sessions > 0) sum += Math.min(sessions, problem.profileSessionsPerMille[k]! * scale);
      if (logins > 0) sum += Math.min(logins, problem.profileLoginsPerMille[k]! * scale);
    }
  }
  return sum;
}
