import type { Campaign } from '../campaign/campaign.entity';
import type { CompiledRule } from '../campaign/compiled-rule';
import { weekdayOf } from '../common/civil-time';
import type { AssembledEstablishment, DayWish } from './assembled-rows';
import type { CivilGrid } from './civil-grid';
import { type DayGroup, dayGroups } from './day-groups';
import type { InternedLists } from './interned-lists';

const NO_DAYS: ReadonlySet<number> = new Set();
/** A deal of weekly windows over up to seven days repeats after so many ids. */
const ROTATIONS = 420;

/** Days of one choice of starts, with what all of their demands have in common. */
export interface PreparedGroup extends DayGroup {
  block: number;
  occurrenceSet: number;
  localDays: readonly number[];
}

/** The day groups of classes and establishments; those of one calendar and rule are made once. */
export class PreparedGroups {
  private readonly firstWeekday: number;
  private readonly firstLocalDay: number;
  private readonly made = new Map<string, PreparedGroup[]>();
  private readonly calendars = new Map<Uint8Array, number>();

  constructor(
    private readonly campaign: Campaign,
    private readonly rules: readonly CompiledRule[],
    private readonly grids: readonly CivilGrid[],
    private readonly occurrences: InternedLists,
  ) {
    this.firstWeekday = weekdayOf(campaign.startsOn);
    this.firstLocalDay = Date.parse(campaign.startsOn) / 86_400_000;
  }

  of(
    compiled: CompiledRule,
    { openHalves, grid }: AssembledEstablishment,
    ownerId: number,
    wishes: readonly DayWish[],
  ): PreparedGroup[] {
    const { firstWeekday, campaign } = this;
    const calendar = { compiled, openHalves, firstWeekday, grid, keepsSameHours: campaign.keepsSameHours };
    const dated = wishes.flatMap(({ day }) => (day === null ? [] : [day]));
    const prepare = (group: DayGroup) => this.prepared(group, grid);
    if (dated.length > 0) return dayGroups(calendar, ownerId, new Set(dated)).map(prepare);
    let calendarIndex = this.calendars.get(openHalves);
    if (calendarIndex === undefined) this.calendars.set(openHalves, (calendarIndex = this.calendars.size));
    const rotation = compiled.rule.windowsPerWeek === null ? 0 : ownerId % ROTATIONS;
    const key = `${calendarIndex} ${this.rules.indexOf(compiled)} ${this.grids.indexOf(grid)} ${rotation}`;
    let groups = this.made.get(key);
    if (!groups) this.made.set(key, (groups = dayGroups(calendar, rotation, NO_DAYS).map(prepare)));
    return groups;
  }

  private prepared(group: DayGroup, grid: CivilGrid): PreparedGroup {
    const first = grid.cellOf(group.days[0]!, 0);
    return {
      ...group,
      // series of a weekday and their exceptions share a block, so that gaps and limits hold between them
      block: this.campaign.keepsSameHours ? (group.weekday - this.firstWeekday + 7) % 7 : group.days[0]!,
      // all days of a series are regular, but those beyond a change of the clock stand an hour nearer or farther
      occurrenceSet: this.occurrences.indexOf(group.days.map((day) => grid.cellOf(day, 0) - first)),
      localDays: group.days.map((day) => this.firstLocalDay + day),
    };
  }
}
