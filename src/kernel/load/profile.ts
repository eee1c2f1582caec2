import { CELL_MINUTES, DRAIN_CELLS, LEAD_CELLS } from '../cell-grid';

/** How the visitors of one kind of window (audience, level group, activity) behave. Shares are whole per mille. */
export interface LoadParameters {
  /** Share of the headcount that comes at all, per mille (may pass 1000: two parent accounts per pupil). */
  participationPerMille: number;
  /**
   * `burst`: arrivals per cell from cell -1, sum 1000, whatever the length. `spread`: `earlyPerMille` in cell -1,
   * `firstPerMille` in cell 0, the rest evenly over the cells after it.
   */
  arrival:
    | { shape: 'burst'; perMille: readonly number[] }
    | { shape: 'spread'; earlyPerMille: number; firstPerMille: number };
  /** Share still active k cells after arrival, per mille, not rising, starting at 1000; `toEnd`: everybody stays to the end. */
  stay: 'toEnd' | readonly number[];
  /** Of those who leave, the share that logs out; the others idle until the time-out, per mille. */
  logOutPerMille: number;
  /** Minutes after which the platform cuts an idle session. */
  idleMinutes: number;
}

/** Expected presence that one window causes, cell by cell; index 0 is cell -1 of the window, the last is cell `windowCells` + 1. */
export interface LoadProfile {
  windowCells: number;
  /** Sessions open at any time in the cell, per mille of the expected visitors. */
  sessionsPerMille: Int32Array;
  /** Log-ins in the cell, per mille of the expected visitors; sums to 1000. */
  loginsPerMille: Int32Array;
}

/** Load parameters or a window length that describe no possible behaviour. */
export class LoadParametersInvalid extends Error {
  constructor(problem: string) {
    super(`load parameters: ${problem}`);
    this.name = 'LoadParametersInvalid';
  }
}

export const profileCells = (windowCells: number): number => windowCells + LEAD_CELLS + DRAIN_CELLS;
export const idleCells = (idleMinutes: number): number => Math.ceil(idleMinutes / CELL_MINUTES);

/** A year of cells: far beyond any window or idle time-out, it only keeps sums exact. */
const MOST_CELLS = 105_120;
/** Headcount x participation per mille above which a sum of loads could leave the exact whole numbers. */
const MOST_PARTICIPATION_PER_MILLE = 100_000;

/**
 * The load profile of a window of `windowCells` cells: log-ins and sessions per cell from cell -1 to the second cell after
 * its end, in whole per mille of those who come. A session counts in every cell that it touches; who leaves without
 * logging out counts for the idle time-out; nothing outlives the end by more than ten minutes. Sessions are rounded up.
 *
 * @throws LoadParametersInvalid
 */
export function buildProfile(parameters: LoadParameters, windowCells: number): LoadProfile {
  checkLoadParameters(parameters);
  if (!Number.isInteger(windowCells) || windowCells < 1 || windowCells > MOST_CELLS) {
    throw new LoadParametersInvalid(
      `a window lasts a whole number of cells from 1 to ${MOST_CELLS}, not ${windowCells}`,
    );
  }
  const cells = profileCells(windowCells);
  const loginsPerMille = arrivals(parameters.arrival, windowCells, cells);
  const present =
    parameters.stay === 'toEnd'
      ? (arrived: number, cell: number) => presentToEnd(parameters, windowCells + LEAD_CELLS - arrived, cell - arrived)
      : presenceTable(parameters, parameters.stay, cells);
  const sessionsPerMille = new Int32Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    // per mille of arrivals x millionths present: below 1000 x 10^6, exact
    let billionths = 0;
    for (let arrived = 0; arrived <= cell; arrived++) {
      const share = loginsPerMille[arrived]!;
      if (share > 0) billionths += share * present(arrived, cell);
    }
    sessionsPerMille[cell] = Math.min(1000, Math.ceil(billionths / 1_000_000));
  }
  return { windowCells, sessionsPerMille, loginsPerMille };
}

/** Load of a window in a cell, in whole thousandths: ceil(headcount x participation per mille x profile per mille / 1000). */
export function windowLoad(headcountTimesParticipation: number, profilePerMille: number): number {
  return Math.ceil((headcountTimesParticipation * profilePerMille) / 1000);
}

/** Refuses shares that are no whole per mille, bursts that do not sum to 1000, rising survival tables. @throws LoadParametersInvalid */
export function checkLoadParameters(parameters: LoadParameters): void {
  share('participation', parameters.participationPerMille, MOST_PARTICIPATION_PER_MILLE);
  share('log-out share', parameters.logOutPerMille, 1000);
  const { arrival, stay, idleMinutes } = parameters;
  if (!(idleMinutes >= 0 && idleMinutes <= MOST_CELLS * CELL_MINUTES)) {
    throw new LoadParametersInvalid(`idle minutes must be zero or more, not ${idleMinutes}`);
  }
  if (arrival.shape === 'burst') {
    let sum = 0;
    for (const perMille of arrival.perMille) {
      share('arrival share', perMille, 1000);
      sum += perMille;
    }
    if (sum !== 1000) throw new LoadParametersInvalid(`arrival shares sum to ${sum}, not to 1000`);
  } else {
    share('early share', arrival.earlyPerMille, 1000);
    share('first share', arrival.firstPerMille, 1000);
    if (arrival.earlyPerMille + arrival.firstPerMille > 1000) {
      throw new LoadParametersInvalid('early and first arrivals together pass 1000');
    }
  }
  if (stay === 'toEnd') return;
  if (stay[0] !== 1000) throw new LoadParametersInvalid('a survival table starts at 1000');
  for (let k = 1; k < stay.length; k++) {
    share('survival share', stay[k]!, 1000);
    if (stay[k]! > stay[k - 1]!) throw new LoadParametersInvalid('a survival table never rises');
  }
}

function share(name: string, perMille: number, most: number): void {
  if (!Number.isInteger(perMille) || perMille < 0 || perMille > most) {
    throw new LoadParametersInvalid(`${name} must be a whole per mille from 0 to ${most}, not ${perMille}`);
  }
}

function arrivals(arrival: LoadParameters['arrival'], windowCells: number, cells: number): Int32Array {
  const perMille = new Int32Array(cells);
  const lastEntry = windowCells + LEAD_CELLS - 1;
  if (arrival.shape === 'burst') {
    arrival.perMille.forEach((arriving, k) => (perMille[Math.min(k, lastEntry)]! += arriving));
    return perMille;
  }
  perMille[0] = arrival.earlyPerMille;
  perMille[LEAD_CELLS] = arrival.firstPerMille;
  const rest = 1000 - arrival.earlyPerMille - arrival.firstPerMille;
  const even = windowCells - 1;
  if (even === 0) {
    perMille[LEAD_CELLS] += rest;
    return perMille;
  }
  // equal shares have equal remainders: the earliest cells take the thousandths that are left
  for (let k = 0; k < even; k++) perMille[LEAD_CELLS + 1 + k] = Math.floor(rest / even) + (k < rest % even ? 1 : 0);
  return perMille;
}

/** Millionths present `after` cells after an arrival that has `untilEnd` cells of window before it. */
function presentToEnd(parameters: LoadParameters, untilEnd: number, after: number): number {
  if (after < untilEnd) return 1_000_000;
  return after < untilEnd + idleCells(parameters.idleMinutes) ? (1000 - parameters.logOutPerMille) * 1000 : 0;
}

function presenceTable(
  parameters: LoadParameters,
  stay: readonly number[],
  cells: number,
): (arrived: number, cell: number) => number {
  const idle = idleCells(parameters.idleMinutes);
  const millionths = new Float64Array(cells);
  const active = (after: number) => stay[after] ?? 0;
  for (let after = 0; after < cells; after++) {
    // who left in the last `idle` cells and did not log out still has a session
    const leftWhileIdle = active(Math.max(0, after - idle)) - active(after);
    millionths[after] = active(after) * 1000 + leftWhileIdle * (1000 - parameters.logOutPerMille);
  }
  return (arrived, cell) => millionths[cell - arrived]!;
}
