import { PRICE_UNIT } from './bound';
import { LOCAL_PRICE_UNIT } from './local-prices';
import type { AllocationProblem, ObjectivePrices, Starts } from './problem';
import { CLASS_LAW, SITE_LAW, siteCapacity, siteShares, TEACHER_LAW } from './site-shares';

/** What a start costs a demand, in displacement cost (weighted cells squared). */
export interface StartCost {
  /** Cell from the origin. */
  start: number;
  moved: number;
  /** Price of the cells that the window would load: what its place is worth to all the others. */
  sessions: number;
  logins: number;
  /** Price of the teacher, the class and the site for the cells that it would hold. */
  local: number;
  total: number;
}

export interface Explanation {
  wish: number;
  /** Null where the wished start is not allowed at all. */
  atWish: StartCost | null;
  /** Null where the demand stayed without a window. */
  given: StartCost | null;
  /** The three cheapest other starts under the cap, cheapest first. */
  alternatives: StartCost[];
  /**
   * By how much the given start is dearer than the cheapest one. Summed over all demands, with the price of what is left of the
   * limits, it is the gap between the objective and the joint lower bound.
   */
  excess: number;
}

/** Explains windows from the prices of a plan's certificate; the figures of all of them add up to its gap. */
export class Explainer {
  private readonly local = new Map<number, { cell: number; price: number }[]>();
  /** The law in whole shares that a site has a price on. */
  private readonly roundedLaw = new Map<number, number>();

  constructor(
    private readonly problem: AllocationProblem,
    private readonly starts: Starts,
    private readonly displacementCapCells: number,
    private readonly prices: ObjectivePrices,
  ) {
    for (let row = 0; row < prices.localPrice.length; row++) {
      const key = prices.localOwner[row]! * MOST_LAWS + prices.localLaw[row]!;
      if (prices.localLaw[row]! > SITE_LAW) this.roundedLaw.set(prices.localOwner[row]!, prices.localLaw[row]!);
      const entry = { cell: prices.localCell[row]!, price: prices.localPrice[row]! * LOCAL_PRICE_UNIT };
      const rows = this.local.get(key);
      if (rows) rows.push(entry);
      else this.local.set(key, [entry]);
    }
  }

  explain(i: number): Explanation {
    const { problem } = this;
    const wish = problem.demandWish[i]!;
    const set = problem.demandCandidates[i]!;
    const open = problem.candidateCell
      .subarray(problem.candidateOffset[set], problem.candidateOffset[set + 1])
      .filter((start) => this.isOpen(i, start));
    const away = (start: number) => (wish < 0 ? 0 : Math.abs(start - wish));
    const nearest = open.reduce((least, start) => Math.min(least, away(start)), Infinity);
    const reach = Math.max(this.displacementCapCells, nearest);
    const costs = Array.from(
      open.filter((start) => away(start) <= reach),
      (start) => this.costOf(i, start, false),
    );
    costs.sort((a, b) => a.total - b.total || a.start - b.start);
    const stands = this.starts[i]!;
    const given = stands < 0 ? null : this.costOf(i, stands, true);
    return {
      wish,
      atWish: wish >= 0 && open.includes(wish) ? this.costOf(i, wish, false) : null,
      given,
      alternatives: costs.filter(({ start }) => start !== stands).slice(0, 3),
      excess: given && costs[0] ? given.total - costs[0].total : 0,
    };
  }

  /** The demands that wished a start at which they would have shared cells with the wish of demand i: who else wanted them. */
  rivals(i: number): Int32Array {
    const { demandWish, demandCells } = this.problem;
    const wish = demandWish[i]!;
    if (wish < 0) return new Int32Array(0);
    const others: number[] = [];
    for (let j = 0; j < demandWish.length; j++) {
      const other = demandWish[j]!;
      if (j !== i && other >= 0 && other < wish + demandCells[i]! && wish < other + demandCells[j]!) others.push(j);
    }
    return Int32Array.from(others);
  }

  /** Price of what the plan leaves of the limits, cells and local laws together. */
  priceOfRoom(sessionLoad: Float64Array, loginLoad: Float64Array): number {
    const { problem, prices } = this;
    let room = 0;
    for (let c = 0; c < problem.cellCount; c++) {
      if (prices.sessions[c]! > 0)
        room += prices.sessions[c]! * PRICE_UNIT * (problem.sessionLimit[c]! - sessionLoad[c]!);
      if (prices.logins[c]! > 0) room += prices.logins[c]! * PRICE_UNIT * (problem.loginLimit[c]! - loginLoad[c]!);
    }
    for (let row = 0; row < prices.localPrice.length; row++) {
      const [law, owner] = [prices.localLaw[row]!, prices.localOwner[row]!];
      const limit = law < SITE_LAW ? 1 : siteCapacity(problem.establishmentSiteLimit[owner]!, law);
      room += prices.localPrice[row]! * LOCAL_PRICE_UNIT * limit;
    }
    for (let i = 0; i < problem.demandCount; i++) if (this.starts[i]! >= 0) room -= this.localOf(i, this.starts[i]!);
    return room;
  }

  /** `exact`: with loads rounded up to whole thousandths, as the plan carries them; otherwise as the bound counts them. */
  private costOf(i: number, start: number, exact: boolean): StartCost {
    const { problem, prices } = this;
    const wish = problem.demandWish[i]!;
    const scale = problem.demandScale[i]!;
    const lump = (perMille: number) => (exact ? Math.ceil((scale * perMille) / 1000) : (scale * perMille) / 1000);
    let sessions = 0;
    let logins = 0;
    this.forEachCell(i, start, (cell, k) => {
      sessions += lump(problem.profileSessionsPerMille[k]!) * prices.sessions[cell]! * PRICE_UNIT;
      logins += lump(problem.profileLoginsPerMille[k]!) * prices.logins[cell]! * PRICE_UNIT;
    });
    const moved = wish < 0 ? 0 : problem.demandWeight[i]! * (start - wish) ** 2;
    const local = this.localOf(i, start);
    return { start, moved, sessions, logins, local, total: moved + sessions + logins + local };
  }

  private localOf(i: number, start: number): number {
    const { problem } = this;
    if (problem.demandWish[i]! < 0) return 0;
    const cells = problem.demandCells[i]!;
    const establishment = problem.demandEstablishment[i]!;
    const units = problem.demandSiteUnits[i]!;
    const limit = problem.establishmentSiteLimit[establishment]!;
    const rounded = this.roundedLaw.get(establishment);
    const held = (owner: number, law: number, length: number) => {
      let sum = 0;
      for (const { cell, price } of this.local.get(owner * MOST_LAWS + law) ?? []) {
        if (cell >= start && cell < start + length) sum += price;
      }
      return sum;
    };
    return (
      (problem.demandTeacher[i]! < 0 ? 0 : held(problem.demandTeacher[i]!, TEACHER_LAW, cells)) +
      (problem.demandClass[i]! < 0 ? 0 : held(problem.demandClass[i]!, CLASS_LAW, cells + problem.demandGapCells[i]!)) +
      units * held(establishment, SITE_LAW, cells) +
      (rounded === undefined ? 0 : siteShares(units, limit, rounded) * held(establishment, rounded, cells))
    );
  }

  private isOpen(i: number, start: number): boolean {
    const { problem } = this;
    let open = true;
    this.forEachCell(i, start, (cell, k) => {
      if (problem.profileSessionsPerMille[k]! > 0 && problem.sessionLimit[cell]! <= 0) open = false;
      if (problem.profileLoginsPerMille[k]! > 0 && problem.loginLimit[cell]! <= 0) open = false;
    });
    return open;
  }

  private forEachCell(i: number, start: number, visit: (cell: number, k: number) => void): void {
    const { problem } = this;
    const profile = problem.demandProfile[i]!;
    const occurrences = problem.demandOccurrences[i]!;
    for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
      let cell = start + problem.occurrenceShift[o]! - 1;
      for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++)
        visit(cell, k);
    }
  }
}

const MOST_LAWS = 256;
