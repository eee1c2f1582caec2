import { allowedStarts, type CompiledRule, type MinuteRange } from '../campaign/compiled-rule';
import type { CivilGrid } from './civil-grid';
import { InternedLists } from './interned-lists';

/** Where the window of a class may start on a day. */
export interface CandidateQuestion {
  rule: CompiledRule;
  grid: CivilGrid;
  /** Day of the campaign. */
  day: number;
  weekday: number;
  openHalves: number;
  closed: readonly MinuteRange[];
  /** The only start that is wanted, null for all. */
  fixedMinute: number | null;
}

/** Allowed starts as cells from the origin; the same set of starts is kept once, whoever asks. */
export class CandidateSets {
  readonly lists = new InternedLists();
  private readonly starts = new Map<CompiledRule, Map<number, number[]>>();
  private readonly known = new Map<CivilGrid, Map<CompiledRule, Map<number, number>>>();

  constructor(private readonly originCell: number) {}

  /** The number of the set that answers. */
  setOf(question: CandidateQuestion): number {
    const { rule, grid, day, openHalves, closed, fixedMinute } = question;
    if (closed.length > 0 || fixedMinute !== null) return this.build(question);
    // the ordinary question is asked for every window: answered from memory
    const byRule = entry(this.known, grid, () => new Map<CompiledRule, Map<number, number>>());
    const byDay = entry(byRule, rule, () => new Map<number, number>());
    return entry(byDay, day * 4 + openHalves, () => this.build(question));
  }

  /** Those of a set that are no further than `cells` from `at`. */
  near(set: number, at: number, cells: number): number {
    return this.lists.indexOf(this.lists.listOf(set).filter((start) => Math.abs(start - at) <= cells));
  }

  private build({ rule, grid, day, weekday, openHalves, closed, fixedMinute }: CandidateQuestion): number {
    const { windowMinutes } = rule.rule;
    let minutes = entry(
      entry(this.starts, rule, () => new Map<number, number[]>()),
      weekday * 4 + openHalves,
      () => allowedStarts(rule, weekday, openHalves),
    );
    if (closed.length > 0) {
      const isClear = (start: number) =>
        closed.every(({ fromMinute, toMinute }) => start >= toMinute || start + windowMinutes <= fromMinute);
      minutes = minutes.filter(isClear);
    }
    if (fixedMinute !== null) minutes = minutes.filter((start) => start === fixedMinute);
    return this.lists.indexOf(grid.cellsOf(day, minutes, windowMinutes).map((cell) => cell - this.originCell));
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
