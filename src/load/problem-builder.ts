import type { Campaign } from '../campaign/campaign.entity';
import {
  compileRule,
  type CompiledRule,
  ruleOfAudience,
  ruleOfLevels,
  type MinuteRange,
} from '../campaign/compiled-rule';
import { audienceCount } from '../campaign/load-model.rules';
import { ACTIVITIES, AUDIENCES, ORIGINS } from '../campaign/window-kind';
import { levelGroupOf } from '../directory/level';
import { CELL_MINUTES, DRAIN_CELLS, LEAD_CELLS } from '../kernel/cell-grid';
import type { LoadCurve } from '../kernel/load/curve';
import { type ClassMemory, NO_MEMORY, type PlanMemory } from '../plan/plan-memory';
import { wishesOfDay } from '../wish/wish-precedence.rules';
import type { AssembledClass, AssembledEstablishment, DayWish } from './assembled-rows';
import { type CandidateQuestion, CandidateSets } from './candidate-sets';
import type { CivilGrid } from './civil-grid';
import type { DayGroup } from './day-groups';
import { type DayWindow, dayWindows } from './day-windows.rules';
import { DemandColumns, emptyDemandRow } from './demand-columns';
import { ExpectedVisitors } from './expected-visitors';
import { int32Column } from './growing-column';
import { InternedLists } from './interned-lists';
import { letterHours } from './letter-hours.rules';
import { LetterRangeTable } from './letter-ranges';
import { type PreparedGroup, PreparedGroups } from './prepared-groups';
import { ProfileTable } from './profile-table';

export const SITE_UNITS_OF_A_CLASS = 1;
const ALLOCATED = ORIGINS.indexOf('allocated');
const FIXED = ORIGINS.indexOf('fixed');

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
  private readonly groups: PreparedGroups;
  private readonly visitors = new ExpectedVisitors();
  /** Written again for each demand: millions of short-lived objects cost more than all the rest. */
  private readonly row = emptyDemandRow();
  /** Classes with a window and a memory of earlier weeks. */
  private readonly remembered = new Map<number, ClassMemory>();
  private pupilCount = 0;

  constructor(
    private readonly campaign: Campaign,
    private readonly parentAccountLevels: ReadonlySet<string>,
    grids: readonly CivilGrid[],
    private readonly memory: ReadonlyMap<number, ClassMemory>,
  ) {
    this.originCell = Math.min(...grids.map(({ firstCell }) => firstCell)) - LEAD_CELLS;
    this.cellCount = Math.max(...grids.map(({ endCell }) => endCell)) + DRAIN_CELLS - this.originCell;
    this.rules = campaign.rules.windows.map(compileRule);
    this.groups = new PreparedGroups(campaign, this.rules, grids, this.occurrences);
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
    for (const group of this.groups.of(compiled, establishment, classId, [...row.wishes, ...whole])) {
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
        const day = group.days[0]!;
        const candidateSet = this.startsOf({ rule: compiled, grid, day, weekday, openHalves, closed, fixedMinute });
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
      if (windows.length > 0 && !row.isGroup) this.visitors.add(grid, group.days, 'pupils', levelGroup, scale);
    }
  }

  /** The windows of an establishment's own audiences; call it when all of its classes were added. */
  endEstablishment(establishment: AssembledEstablishment, establishmentIndex: number): void {
    for (const audience of ['relatives', 'staff'] as const) {
      const compiled = ruleOfAudience(this.rules, audience);
      const headcount = audienceCount(this.campaign.loadModel, audience, this.pupilCount, establishment.isFirstDegree);
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
      for (const group of this.groups.of(compiled, establishment, establishment.establishmentId, wishes)) {
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
          const candidateSet = this.startsOf({ rule: compiled, grid, day, weekday, openHalves, closed, fixedMinute });
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
        if (audience === 'relatives') this.visitors.add(grid, group.days, audience, null, scale);
      }
    }
    this.pupilCount = 0;
  }

  /** What the evening catch-up keeps free of each cell. */
  reserved(): LoadCurve {
    return this.visitors.reserved(this.campaign, this.originCell, this.cellCount);
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

  /** The allowed starts of the next demand; how many more it would have without closed times goes into its row. */
  private startsOf(question: CandidateQuestion): number {
    const set = this.candidates.setOf(question);
    const { lists } = this.candidates;
    this.row.closedStartCount =
      question.closed.length === 0
        ? 0
        : lists.lengthOf(this.candidates.setOf({ ...question, closed: [] })) - lists.lengthOf(set);
    return set;
  }

  private addDemand(
    { establishmentId, departmentId, grid }: AssembledEstablishment,
    establishment: number,
    compiled: CompiledRule,
    group: PreparedGroup,
    candidateSet: number,
    { wishMinute, isStated, isFixed }: DayWindow,
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
    const asked = wishMinute === null ? -1 : this.cellOf(grid, group.days[0]!, wishMinute);
    const nearest = asked < 0 ? -1 : (this.candidates.lists.nearest(candidateSet, asked) ?? -1);
    // what somebody asked for is told as it was asked, also where the hours refuse it; nobody asked for an ordinary hour
    row.wish = isStated ? asked : nearest;
    const { weight, limitMinutes } = visitors.memory;
    row.weight = weight;
    row.freeCandidateSet = candidateSet;
    row.candidateSet =
      limitMinutes === null || nearest < 0
        ? candidateSet
        : this.candidates.near(candidateSet, nearest, limitMinutes / CELL_MINUTES);
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

  /** Cell from the origin of a local minute; of one that the clock skips, where it would be without the change. */
  private cellOf(grid: CivilGrid, day: number, minute: number): number {
    const exact = grid.cellOf(day, minute);
    return (exact < 0 ? grid.cellOf(day, 0) + Math.floor(minute / CELL_MINUTES) : exact) - this.originCell;
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
