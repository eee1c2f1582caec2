import type { Campaign } from '../campaign/campaign.entity';
import {
  compileRule,
  type CompiledRule,
  ruleOfAudience,
  ruleOfLevels,
  type MinuteRange,
} from '../campaign/compiled-rule';
import { ACTIVITIES, AUDIENCES, type Audience, ORIGINS } from '../campaign/window-kind';
import { minuteOfClock, weekdayOf } from '../common/civil-time';
import { type Level, type LevelGroup, levelGroupOf } from '../directory/level';
import { CELL_MINUTES, DRAIN_CELLS, LEAD_CELLS } from '../kernel/cell-grid';
import { emptyCurve, type LoadCurve } from '../kernel/load/curve';
import { type ClassMemory, NO_MEMORY, type PlanMemory } from '../plan/plan-memory';
import { wishesOfDay } from '../wish/wish-precedence.rules';
import { CandidateSets } from './candidate-sets';
import type { CivilGrid } from './civil-grid';
import { type DayGroup, dayGroups } from './day-groups';
import { type DayWindow, dayWindows } from './day-windows.rules';
import { DemandColumns, emptyDemandRow } from './demand-columns';
import { int32Column } from './growing-column';
import { InternedLists } from './interned-lists';
import { addLateComers, type DayVisitors } from './late-comers.rules';
import { letterHours } from './letter-hours.rules';
import { LetterRangeTable } from './letter-ranges';
import { ProfileTable } from './profile-table';

/** An establishment that takes part. */
export interface AssembledEstablishment {
  establishmentId: number;
  departmentId: number;
  isFirstDegree: boolean;
  /** Open halves per day of the campaign. */
  openHalves: Uint8Array;
  grid: CivilGrid;
  /** Most windows of its classes at once, 0 for no limit. */
  simultaneousWindowLimit: number;
  wishes: readonly EstablishmentDayWish[];
}

/** A class that takes part, as it is streamed from the database. */
export interface AssembledClass {
  classId: number;
  isGroup: boolean;
  levels: Level[];
  headcount: number;
  /** Key of its teacher where it has exactly one. */
  soleTeacherKeyId: number | null;
  wishes: readonly DayWish[];
}

/** A wish with its day of the campaign, or its weekday. */
export interface DayWish {
  kind: 'wished' | 'closed' | 'fixed';
  weekday: number | null;
  day: number | null;
  startMinute: number;
  endMinute: number | null;
  teacherKeyId: number | null;
}

/** A wish for a whole establishment. */
export interface EstablishmentDayWish extends DayWish {
  audience: Audience;
}

/** Expected visitors of one kind per day of the campaign: sums of headcount x participation per mille. */
interface ExpectedVisitors {
  audience: Audience;
  levelGroup: LevelGroup | null;
  scales: Float64Array;
}

const NO_DAYS: ReadonlySet<number> = new Set();
const SITE_UNITS_OF_A_CLASS = 1;
const ALLOCATED = ORIGINS.indexOf('allocated');
const FIXED = ORIGINS.indexOf('fixed');

/** Days of one choice of starts, with what all of their demands have in common. */
interface PreparedGroup extends DayGroup {
  block: number;
  occurrenceSet: number;
  localDays: readonly number[];
}

/** Who comes into the windows of one class, or of one audience of an establishment. */
interface DemandVisitors {
  scale: number;
  profileId: number;
  classIndex: number;
  classId: number;
  headcount: number;
  /** What the letter by level would give them. */
  letter: MinuteRange | undefined;
  memory: ClassMemory;
}

/**
 * Turns establishments and classes, one after the other, into the demands of an allocation problem. Pure: what it is given in
 * the same order gives the same columns.
 */
export class ProblemBuilder {
  readonly demands = new DemandColumns();
  readonly profiles: ProfileTable;
  readonly candidates: CandidateSets;
  readonly occurrences = new InternedLists();
  readonly letters: LetterRangeTable;
  /** Ids of the classes in the order of their dense index. */
  readonly classIds = int32Column();
  /** Cells that any window of the campaign, or its late comers, can load. */
  readonly originCell: number;
  readonly cellCount: number;

  private readonly rules: CompiledRule[];
  private readonly firstWeekday: number;
  private readonly firstLocalDay: number;
  private readonly groups = new Map<string, PreparedGroup[]>();
  /** Written again for each demand: millions of short-lived objects cost more than all the rest. */
  private readonly row = emptyDemandRow();
  private readonly calendars = new Map<Uint8Array, number>();
  private readonly visitors = new Map<CivilGrid, Map<string, ExpectedVisitors>>();
  /** Classes with a window and a memory of earlier weeks. */
  private readonly remembered = new Map<number, ClassMemory>();
  private pupilCount = 0;

  constructor(
    private readonly campaign: Campaign,
    private readonly parentAccountLevels: ReadonlySet<string>,
    private readonly grids: readonly CivilGrid[],
    private readonly memory: ReadonlyMap<number, ClassMemory>,
  ) {
    this.originCell = Math.min(...grids.map(({ firstCell }) => firstCell)) - LEAD_CELLS;
    this.cellCount = Math.max(...grids.map(({ endCell }) => endCell)) + DRAIN_CELLS - this.originCell;
    this.rules = campaign.rules.windows.map(compileRule);
    this.firstWeekday = weekdayOf(campaign.startsOn);
    this.firstLocalDay = Date.parse(campaign.startsOn) / 86_400_000;
    this.profiles = new ProfileTable(campaign.loadModel);
    this.candidates = new CandidateSets(this.originCell);
    this.letters = new LetterRangeTable(this.originCell);
  }

  /** All demands of a class of the establishment with this dense index. */
  addClass(establishment: AssembledEstablishment, establishmentIndex: number, row: AssembledClass): void {
    const classIndex = this.classIds.length;
    this.classIds.push(row.classId);
    if (!row.isGroup) this.pupilCount += row.headcount;
    const compiled = ruleOfLevels(this.rules, row.levels);
    if (!compiled) return;
    // pupils without accounts of their own come through their parents, whatever their age
    const levelGroup = row.levels.every((level) => this.parentAccountLevels.has(level))
      ? 'pre_elementary'
      : levelGroupOf(row.levels);
    const { activity } = compiled.rule;
    const profile = this.profiles.of('pupils', levelGroup, activity, compiled.windowCells);
    const scale = row.headcount * profile.participationPerMille;
    const { headcount, classId } = row;
    const letter = letterHours(row.levels);
    const memory = this.memory.get(classId) ?? NO_MEMORY;
    const visitors = { scale, profileId: profile.profileId, classIndex, classId, headcount, letter, memory };
    const { grid } = establishment;
    const ofAll = establishment.wishes.filter(({ audience }) => audience === 'pupils');
    // a group has only the windows that it states, but is closed when its establishment is
    const whole = row.isGroup ? ofAll.filter(({ kind }) => kind === 'closed') : ofAll;
    for (const group of this.groupsOf(compiled, establishment, classId, [...row.wishes, ...whole])) {
      const { weekday, openHalves, windowCount } = group;
      const ofDay = wishesOfDay<DayWish>(row.wishes, whole, isOn(group));
      const closed = closedRanges(ofDay);
      const windows = dayWindows(
        { rule: compiled, weekday, openHalves, windowCount, isGroup: row.isGroup },
        statedStarts(ofDay),
      );
      for (let ordinal = 0; ordinal < windows.length; ordinal++) {
        const window = windows[ordinal]!;
        const fixedMinute = window.isFixed ? window.wishMinute : null;
        const candidateSet = this.candidates.setOf({
          rule: compiled,
          grid,
          day: group.days[0]!,
          weekday,
          openHalves,
          closed,
          fixedMinute,
        });
        const teacherKeyId = window.teacherKeyId ?? row.soleTeacherKeyId ?? -1;
        this.addDemand(
          establishment,
          establishmentIndex,
          compiled,
          group,
          candidateSet,
          window,
          ordinal,
          visitors,
          teacherKeyId,
        );
      }
      if (windows.length > 0 && memory !== NO_MEMORY) this.remembered.set(classId, memory);
      if (windows.length > 0 && !row.isGroup) this.expect(grid, group.days, 'pupils', levelGroup, scale);
    }
  }

  /** The windows of an establishment's own audiences; call it when all of its classes were added. */
  endEstablishment(establishment: AssembledEstablishment, establishmentIndex: number): void {
    const { relativeAccountsPerThousandPupils, staffPerThousandPupils } = this.campaign.loadModel;
    const staff = establishment.isFirstDegree
      ? staffPerThousandPupils.firstDegree
      : staffPerThousandPupils.secondDegree;
    for (const [audience, perThousandPupils] of [
      ['relatives', relativeAccountsPerThousandPupils],
      ['staff', staff],
    ] as const) {
      const compiled = ruleOfAudience(this.rules, audience);
      const headcount = Math.ceil((this.pupilCount * perThousandPupils) / 1000);
      if (!compiled || headcount === 0) continue;
      const profile = this.profiles.of(audience, null, compiled.rule.activity, compiled.windowCells);
      const scale = headcount * profile.participationPerMille;
      const visitors = {
        scale,
        profileId: profile.profileId,
        classIndex: -1,
        classId: -1,
        headcount,
        letter: undefined,
        memory: NO_MEMORY,
      };
      const { grid } = establishment;
      const wishes = establishment.wishes.filter((wish) => wish.audience === audience);
      for (const group of this.groupsOf(compiled, establishment, establishment.establishmentId, wishes)) {
        const { weekday, openHalves, windowCount } = group;
        const ofDay = wishesOfDay<DayWish>(wishes, [], isOn(group));
        const closed = closedRanges(ofDay);
        const windows = dayWindows(
          { rule: compiled, weekday, openHalves, windowCount, isGroup: false },
          statedStarts(ofDay),
        );
        const day = group.days[0]!;
        windows.forEach((window, ordinal) => {
          const fixedMinute = window.isFixed ? window.wishMinute : null;
          const candidateSet = this.candidates.setOf({
            rule: compiled,
            grid,
            day,
            weekday,
            openHalves,
            closed,
            fixedMinute,
          });
          this.addDemand(
            establishment,
            establishmentIndex,
            compiled,
            group,
            candidateSet,
            window,
            ordinal,
            visitors,
            -1,
          );
        });
        // staff always enter: nobody of them has to come back in the evening
        if (audience === 'relatives') this.expect(grid, group.days, audience, null, scale);
      }
    }
    this.pupilCount = 0;
  }

  /** What the evening catch-up keeps free: see late-comers.rules.ts. */
  reserved(): LoadCurve {
    const curve = emptyCurve(this.originCell, this.cellCount);
    const { catchUp, loadModel } = this.campaign;
    if (!catchUp) return curve;
    for (const [grid, byKind] of this.visitors) {
      for (let day = 0; day < grid.dayCount; day++) {
        const from = grid.cellOf(day, minuteOfClock(catchUp.from)!);
        const to = grid.cellOf(day, minuteOfClock(catchUp.to)!);
        if (from < 0 || to <= from) continue;
        const visitors: DayVisitors[] = [...byKind.values()].map(({ scales, ...kind }) => ({
          ...kind,
          scale: scales[day]!,
        }));
        addLateComers(curve, visitors, loadModel, catchUp.missedPerMille, from, to - from);
      }
    }
    return curve;
  }

  /** What the demands remember of earlier weeks. */
  planMemory(): PlanMemory {
    const memories = [...this.remembered.values()];
    return {
      classId: Int32Array.from(this.remembered.keys()),
      weight: Float64Array.from(memories, ({ weight }) => weight),
      limitMinutes: Int32Array.from(memories, ({ limitMinutes }) => limitMinutes ?? -1),
    };
  }

  private addDemand(
    { establishmentId, departmentId, grid }: AssembledEstablishment,
    establishment: number,
    compiled: CompiledRule,
    group: PreparedGroup,
    candidateSet: number,
    { wishMinute, isFixed }: DayWindow,
    ordinal: number,
    visitors: DemandVisitors,
    teacherKeyId: number,
  ): void {
    const { row } = this;
    row.block = group.block;
    row.windowCells = compiled.windowCells;
    row.scale = visitors.scale;
    row.profileId = visitors.profileId;
    row.occurrenceSet = group.occurrenceSet;
    row.wish = wishMinute === null ? -1 : this.wishCell(grid, group.days[0]!, wishMinute, candidateSet);
    const { weight, limitMinutes } = visitors.memory;
    row.weight = weight;
    row.freeCandidateSet = candidateSet;
    row.candidateSet =
      limitMinutes === null || row.wish < 0
        ? candidateSet
        : this.candidates.near(candidateSet, row.wish, limitMinutes / CELL_MINUTES);
    row.classIndex = visitors.classIndex;
    row.establishment = establishment;
    row.gapCells = compiled.gapCells;
    row.siteUnits = visitors.classIndex < 0 ? 0 : SITE_UNITS_OF_A_CLASS;
    row.establishmentId = establishmentId;
    row.departmentId = departmentId;
    row.classId = visitors.classId;
    row.audience = AUDIENCES.indexOf(compiled.rule.audience);
    row.activity = ACTIVITIES.indexOf(compiled.rule.activity);
    row.origin = isFixed ? FIXED : ALLOCATED;
    row.ordinal = ordinal;
    row.headcount = visitors.headcount;
    row.teacherKeyId = teacherKeyId;
    row.letterRange = this.letters.rangeOf(visitors.letter, grid, group.days[0]!);
    row.isSeries = group.isSeries;
    row.localDays = group.localDays;
    this.demands.add(row);
  }

  /** A wish that the day's hours or closed times refuse counts from the nearest start that can be had. */
  private wishCell(grid: CivilGrid, day: number, minute: number, candidateSet: number): number {
    const cell = grid.cellOf(day, 0) + Math.floor(minute / CELL_MINUTES);
    const exact = grid.cellOf(day, minute);
    return this.candidates.lists.nearest(candidateSet, (exact < 0 ? cell : exact) - this.originCell) ?? -1;
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

  private groupsOf(
    compiled: CompiledRule,
    { openHalves, grid }: AssembledEstablishment,
    classId: number,
    wishes: readonly DayWish[],
  ): PreparedGroup[] {
    const { firstWeekday, campaign } = this;
    const calendar = { compiled, openHalves, firstWeekday, grid, keepsSameHours: campaign.keepsSameHours };
    const dated = wishes.flatMap(({ day }) => (day === null ? [] : [day]));
    const prepare = (group: DayGroup) => this.prepared(group, grid);
    if (dated.length > 0) return dayGroups(calendar, classId, new Set(dated)).map(prepare);
    let calendarIndex = this.calendars.get(openHalves);
    if (calendarIndex === undefined) this.calendars.set(openHalves, (calendarIndex = this.calendars.size));
    // a deal of weekly windows over up to seven days repeats after 420 ids
    const rotation = compiled.rule.windowsPerWeek === null ? 0 : classId % 420;
    const key = `${calendarIndex} ${this.rules.indexOf(compiled)} ${this.grids.indexOf(grid)} ${rotation}`;
    let groups = this.groups.get(key);
    if (!groups) this.groups.set(key, (groups = dayGroups(calendar, rotation, NO_DAYS).map(prepare)));
    return groups;
  }

  private expect(
    grid: CivilGrid,
    days: readonly number[],
    audience: Audience,
    levelGroup: LevelGroup | null,
    scale: number,
  ): void {
    let byKind = this.visitors.get(grid);
    if (!byKind) this.visitors.set(grid, (byKind = new Map<string, ExpectedVisitors>()));
    const key = `${audience} ${levelGroup}`;
    let kind = byKind.get(key);
    if (!kind) byKind.set(key, (kind = { audience, levelGroup, scales: new Float64Array(grid.dayCount) }));
    for (const day of days) kind.scales[day]! += scale;
  }
}

/** Whether a wish is about the days of a group; a date with wishes of its own is a group of its own. */
const isOn =
  ({ weekday, days }: DayGroup) =>
  (wish: DayWish): boolean =>
    wish.day === null ? wish.weekday === weekday : wish.day === days[0];

const statedStarts = (wishes: readonly DayWish[]) =>
  wishes.filter((wish): wish is DayWish & { kind: 'wished' | 'fixed' } => wish.kind !== 'closed');

function closedRanges(wishes: readonly DayWish[]): MinuteRange[] {
  return wishes
    .filter(({ kind }) => kind === 'closed')
    .map(({ startMinute, endMinute }) => ({ fromMinute: startMinute, toMinute: endMinute! }))
    .sort((a, b) => a.fromMinute - b.fromMinute);
}
