import { CELL_MINUTES } from '../cell-grid';
import { type DayEstimate, jackknife } from './ratio';

/** Sessions of the whole platform at the end of each minute of a day, and the log-ins within it of each kind of visit. */
export interface MeasuredDay {
  sessions: Float64Array;
  logins: readonly Float64Array[];
}

/**
 * How long visits of a kind last: share still active k cells after the log-in, per mille, `longer` by a factor that is known and by the
 * stretch that is looked for; or a survival by the minute, which is not stretched.
 */
export type VisitKind = { perMille: readonly number[]; longer: number } | { byMinute: Float64Array };

export interface StayEstimate {
  /** Factor on how long visits last that are not bound to the end of a window. */
  stretch: DayEstimate;
  /** Of those who leave, the share that logs out. */
  logOutRatio: DayEstimate;
  /** Root of the mean squared difference between sessions measured and explained, against their mean. */
  residualRatio: number;
}

const LEAST_STRETCH = 0.2;
const MOST_STRETCH = 5;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const NARROW = 1e-3;

/** Share still active after each minute: the table read between its cells, stretched. */
export function activeByMinute(perMille: readonly number[], stretch: number, minutes: number): Float64Array {
  return Float64Array.from({ length: minutes }, (_, minute) => {
    // the middle of the minute
    const at = (minute + 0.5) / CELL_MINUTES / stretch;
    const k = Math.floor(at);
    const [from, to] = [(perMille[k] ?? 0) / 1000, (perMille[k + 1] ?? 0) / 1000];
    return from + (to - from) * (at - k);
  });
}

/** The table of a stretched stay, per mille by cell, as a load model keeps it. */
export function stretchedStay(perMille: readonly number[], stretch: number): number[] {
  const table: number[] = [];
  for (let cell = 0; ; cell++) {
    const at = cell / stretch;
    const k = Math.floor(at);
    const [from, to] = [perMille[k] ?? 0, perMille[k + 1] ?? 0];
    const share = Math.round(from + (to - from) * (at - k));
    if (share <= 0 || k >= perMille.length) return table;
    table.push(share);
  }
}

/** Minutes for which visitors are active on average whose share that is still active k cells after the log-in is a table, per mille. */
export function meanActiveMinutes(perMille: readonly number[]): number {
  return perMille.reduce((sum, share, k) => sum + ((share + (perMille[k + 1] ?? 0)) / 2000) * CELL_MINUTES, 0);
}

/** Who comes in a cell of a window (0: the one before its start) and stays to its end: share still there by the minute. */
export function toEndByMinute(offset: number, windowCells: number): Float64Array {
  const most = windowCells + 1 - offset;
  // they come at any time of the cell
  return Float64Array.from({ length: most * CELL_MINUTES }, (_, minute) =>
    Math.min(1, Math.max(0, most - (minute + 0.5) / CELL_MINUTES)),
  );
}

/**
 * How long visits last and how many log out, from sessions and log-ins by the minute. Sessions are the log-ins before, each still active
 * or idle: S(t) = sum over kinds and j of L(t - j) x [A(j) + (1 - o) x (A(j - idle) - A(j))], where A is the share still active after j
 * minutes and o the share that logs out (Little's law says the same of the means). For each stretch of A the best o is a linear least
 * squares; the stretch is found by golden section. Undefined where nothing was measured.
 */
export function stayEstimate(
  days: readonly MeasuredDay[],
  kinds: readonly VisitKind[],
  idleMinutes: number,
): StayEstimate | undefined {
  const has = (column: Float64Array): boolean => column.some((count) => count > 0);
  const measured = days.filter(({ logins, sessions }) => logins.some(has) && has(sessions));
  if (measured.length === 0) return undefined;
  const isStretchable = kinds.some((kind, k) => 'perMille' in kind && measured.some(({ logins }) => has(logins[k]!)));
  const fit = (some: readonly MeasuredDay[]) => best(some, kinds, idleMinutes, isStretchable);
  const whole = fit(measured);
  const without = measured.length < 2 ? [] : measured.map((_, left) => fit(measured.filter((_day, k) => k !== left)));
  const stretches = without.map(({ stretch }) => stretch);
  const logOuts = without.map(({ idling }) => 1 - idling);
  return {
    stretch: jackknife(whole.stretch, stretches),
    logOutRatio: jackknife(1 - whole.idling, logOuts),
    residualRatio: whole.residualRatio,
  };
}

interface Fit {
  stretch: number;
  /** Share of those who leave that idles until the time-out. */
  idling: number;
  residualRatio: number;
}

const FIRST_TRIES = 9;

function best(
  days: readonly MeasuredDay[],
  kinds: readonly VisitKind[],
  idleMinutes: number,
  isStretchable: boolean,
): Fit {
  const at = (logarithm: number) => fitAt(days, kinds, idleMinutes, Math.exp(logarithm));
  if (!isStretchable) return at(0);
  const [lowest, highest] = [Math.log(LEAST_STRETCH), Math.log(MOST_STRETCH)];
  const width = (highest - lowest) / (FIRST_TRIES - 1);
  // about where the least lies, before it is closed in on: there may be more than one
  const tried = Array.from({ length: FIRST_TRIES }, (_, k) => at(lowest + width * k).residualRatio);
  const least = tried.indexOf(Math.min(...tried));
  let low = lowest + width * Math.max(0, least - 1);
  let high = lowest + width * Math.min(FIRST_TRIES - 1, least + 1);
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [ofLeft, ofRight] = [at(left), at(right)];
  while (high - low > NARROW) {
    if (ofLeft.residualRatio < ofRight.residualRatio) {
      [high, right, ofRight] = [right, left, ofLeft];
      left = high - GOLDEN * (high - low);
      ofLeft = at(left);
    } else {
      [low, left, ofLeft] = [left, right, ofRight];
      right = low + GOLDEN * (high - low);
      ofRight = at(right);
    }
  }
  return ofLeft.residualRatio < ofRight.residualRatio ? ofLeft : ofRight;
}

function fitAt(days: readonly MeasuredDay[], kinds: readonly VisitKind[], idleMinutes: number, stretch: number): Fit {
  const laws = kinds.map((kind) => {
    const lags = lagsOf(kind, stretch) + idleMinutes;
    const active = new Float64Array(lags);
    active.set('perMille' in kind ? activeByMinute(kind.perMille, stretch * kind.longer, lags) : kind.byMinute);
    const idle = Float64Array.from(active, (share, j) => (j < idleMinutes ? 1 : active[j - idleMinutes]!) - share);
    return { active, idle };
  });
  let [crossed, squared] = [0, 0];
  const parts = days.map(({ sessions, logins }) => {
    const [base, idling] = [new Float64Array(sessions.length), new Float64Array(sessions.length)];
    laws.forEach(({ active, idle }, k) => {
      convolve(logins[k]!, active, base);
      convolve(logins[k]!, idle, idling);
    });
    for (let t = 0; t < sessions.length; t++) {
      crossed += (sessions[t]! - base[t]!) * idling[t]!;
      squared += idling[t]! * idling[t]!;
    }
    return { sessions, base, idling };
  });
  const share = squared === 0 ? 0 : Math.min(1, Math.max(0, crossed / squared));
  let [squares, sum, count] = [0, 0, 0];
  for (const { sessions, base, idling } of parts) {
    for (let t = 0; t < sessions.length; t++) {
      squares += (sessions[t]! - base[t]! - share * idling[t]!) ** 2;
      sum += sessions[t]!;
    }
    count += sessions.length;
  }
  return { stretch, idling: share, residualRatio: Math.sqrt(squares / count) / (sum / count) };
}

const lagsOf = (kind: VisitKind, stretch: number): number =>
  'perMille' in kind ? Math.ceil(kind.perMille.length * CELL_MINUTES * stretch * kind.longer) : kind.byMinute.length;

/** Adds to `sessions` what log-ins leave of themselves minute by minute. */
function convolve(logins: Float64Array, share: Float64Array, sessions: Float64Array): void {
  for (let from = 0; from < logins.length; from++) {
    const count = logins[from]!;
    if (count === 0) continue;
    const most = Math.min(share.length, logins.length - from);
    for (let j = 0; j < most; j++) sessions[from + j]! += count * share[j]!;
  }
}
