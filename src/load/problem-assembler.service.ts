import { Injectable } from '@nestjs/common';
import { CalendarService } from '../calendar/calendar.service';
import type { Campaign } from '../campaign/campaign.entity';
import { CampaignStore } from '../campaign/campaign.store';
import type { CampaignRules } from '../campaign/window-rule';
import { CapacityService } from '../capacity/capacity.service';
import { datesBetween } from '../common/civil-time';
import { NotFoundError } from '../common/domain-error';
import { type OnProgress, unheard } from '../common/progress';
import type { AllocationProblem } from '../kernel/allocation/problem';
import { FIRST_DEGREE_KINDS } from '../directory/establishment-kind.rules';
import { checkProblem } from '../kernel/allocation/check-problem';
import { CELL_MINUTES } from '../kernel/cell-grid';
import { LedgerService } from '../plan/ledger.service';
import type { PlanCells } from '../plan/plan-draft';
import type { ClassMemory } from '../plan/plan-memory';
import type { AssembledProblem } from './assembled-problem';
import { CivilGrid } from './civil-grid';
import { ClassConflicts, ClassIndex, type ConflictLists } from './class-conflicts';
import { NothingToAllocate } from './load.errors';
import { MemoryStore } from './memory.store';
import { nearestEstablishments, type NeighbourLists } from './nearest-establishments';
import type { AssembledEstablishment, DayWish } from './assembled-rows';
import { ProblemBuilder } from './problem-builder';
import { type EstablishmentPlace, ProblemRowsStore } from './problem-rows.store';
import { startsOfWindow, type WantedWindow, type WindowSite, type WindowStarts } from './window-starts';

/** Relatives of brothers and sisters: windows of establishments near each other do not begin together. */
const NEIGHBOUR_COUNT = 3;
const NEIGHBOUR_SPACING_MINUTES = 15;

const NO_MEMORIES: ReadonlyMap<number, ClassMemory> = new Map();

/** A wish as it counts, null where it does not. */
export type WishChange = (wish: DayWish) => DayWish | null;

/** Some establishments of a campaign, with other wishes. */
interface PosedPart {
  ids: ReadonlySet<number>;
  change: WishChange;
}

const changed =
  ({ change }: PosedPart) =>
  <Row extends { wishes: readonly DayWish[] }>(row: Row): Row => ({
    ...row,
    wishes: row.wishes.flatMap((wish) => {
      const changedWish = change(wish);
      return changedWish ? [{ ...wish, ...changedWish }] : [];
    }),
  });

/** Facts and rules of a campaign become the columns of an allocation problem. */
@Injectable()
export class ProblemAssembler {
  constructor(
    private readonly campaigns: CampaignStore,
    private readonly rows: ProblemRowsStore,
    private readonly calendar: CalendarService,
    private readonly capacity: CapacityService,
    private readonly ledger: LedgerService,
    private readonly memory: MemoryStore,
  ) {}

  /**
   * The problem of a campaign as of now. What `onProgress` throws ends the work.
   *
   * @throws NotFoundError, NothingToAllocate (422)
   */
  async assemble(campaignId: number, onProgress: OnProgress): Promise<AssembledProblem> {
    const campaign = await this.campaigns.find(campaignId);
    if (!campaign) throw new NotFoundError('campaign', campaignId);
    return this.pose(campaign, onProgress);
  }

  /**
   * The columns that a campaign would have by other rules; undefined where `relax` leaves its rules as they are.
   *
   * @throws NotFoundError, NothingToAllocate (422)
   */
  async relaxed(
    campaignId: number,
    relax: (rules: CampaignRules) => CampaignRules | undefined,
  ): Promise<AllocationProblem | undefined> {
    const campaign = await this.campaigns.find(campaignId);
    if (!campaign) throw new NotFoundError('campaign', campaignId);
    const rules = relax(campaign.rules);
    return rules && (await this.pose({ ...campaign, rules }, unheard)).problem;
  }

  /**
   * The columns of some establishments alone, by other rules and without the wishes that `change` drops; undefined where nothing is left of
   * them or `relax` leaves the rules as they are. What earlier weeks are owed is not in it.
   *
   * @throws NotFoundError
   */
  async ofEstablishments(
    campaignId: number,
    ids: ReadonlySet<number>,
    relax: (rules: CampaignRules) => CampaignRules | undefined,
    change: WishChange = (wish) => wish,
  ): Promise<AllocationProblem | undefined> {
    const campaign = await this.campaigns.find(campaignId);
    if (!campaign) throw new NotFoundError('campaign', campaignId);
    const rules = relax(campaign.rules);
    if (!rules) return undefined;
    try {
      return (await this.pose({ ...campaign, rules }, unheard, { ids, change })).problem;
    } catch (error) {
      if (error instanceof NothingToAllocate) return undefined;
      throw error;
    }
  }

  private async pose(campaign: Campaign, onProgress: OnProgress, part?: PosedPart): Promise<AssembledProblem> {
    const campaignId = campaign.id;
    // read first: whatever changes from here on makes the draft's base stale, and publishing sees it
    const { epoch, revision } = await this.ledger.revision(campaign.platformId);
    const all = await this.rows.establishments(campaign);
    const places = part ? all.filter(({ establishmentId }) => part.ids.has(establishmentId)).map(changed(part)) : all;
    if (places.length === 0) throw new NothingToAllocate(campaignId, 'nobody_concerned');

    const { builder, establishments } = await this.build(
      campaign,
      places,
      part ? NO_MEMORIES : await this.memory.before(campaign),
      onProgress,
      undefined,
      part,
    );
    if (builder.demands.count === 0) throw new NothingToAllocate(campaignId, 'no_window');

    const classIds = builder.classIds.take();
    const conflicts = await this.conflictsOf(campaign, classIds);
    const cells = await this.cellsOf(campaign, builder);
    const demands = builder.demands.take();
    const candidates = builder.candidates.lists.take();
    const occurrences = builder.occurrences.take();
    const near = neighboursOf(campaign, places);
    const problem: AllocationProblem = {
      originCell: builder.originCell,
      cellCount: builder.cellCount,
      ...limitsOf(cells),
      ...builder.profiles.columns(),
      candidateOffset: candidates.offset,
      candidateCell: candidates.values,
      occurrenceOffset: occurrences.offset,
      occurrenceShift: occurrences.values,
      ...demands.problem,
      classCount: classIds.length,
      classConflictOffset: conflicts.offset,
      classConflict: conflicts.conflict,
      establishmentCount: establishments.length,
      establishmentSiteLimit: Int32Array.from(establishments, ({ simultaneousWindowLimit }) => simultaneousWindowLimit),
      neighbourOffset: near.offset,
      neighbour: near.neighbour,
      neighbourSpacingCells: NEIGHBOUR_SPACING_MINUTES / CELL_MINUTES,
    };
    checkProblem(problem);
    return {
      campaignId,
      platformId: campaign.platformId,
      baseEpoch: epoch,
      baseRevision: revision,
      problem,
      identity: demands.identity,
      profiles: builder.profiles.profiles,
      cells,
      letter: builder.letters.take(),
      memory: builder.planMemory(),
      limited: demands.limited,
    };
  }

  /**
   * Where a window of one establishment may start, by the same rules and facts as an allocation of the campaign would have it now;
   * undefined where it would have no such window any more. What a plan remembers of earlier weeks is not in it.
   *
   * @throws NotFoundError
   */
  async startsOf(campaignId: number, wanted: WantedWindow): Promise<(WindowStarts & WindowSite) | undefined> {
    const campaign = await this.campaigns.find(campaignId);
    if (!campaign) throw new NotFoundError('campaign', campaignId);
    const { establishmentId } = wanted;
    // who is near an establishment is only known among all of them, and matters to its own windows alone
    const isOwn = wanted.classId < 0;
    const around = await this.rows.establishments(campaign, isOwn ? undefined : establishmentId);
    const at = around.findIndex((place) => place.establishmentId === establishmentId);
    const place = around[at];
    if (!place) return undefined;
    const { builder } = await this.build(campaign, [place], NO_MEMORIES, unheard, establishmentId);
    const starts = startsOfWindow(builder, wanted);
    const { offset, neighbour } = neighboursOf(campaign, around);
    return (
      starts && {
        ...starts,
        siteLimit: place.simultaneousWindowLimit ?? 0,
        neighbourIds: Array.from(neighbour.subarray(offset[at], offset[at + 1]), (k) => around[k]!.establishmentId),
        spacingCells: NEIGHBOUR_SPACING_MINUTES / CELL_MINUTES,
      }
    );
  }

  /** The demands of the establishments at these places. */
  private async build(
    campaign: Campaign,
    places: readonly EstablishmentPlace[],
    memory: ReadonlyMap<number, ClassMemory>,
    onProgress: OnProgress,
    only?: number,
    part?: PosedPart,
  ): Promise<{ builder: ProblemBuilder; establishments: AssembledEstablishment[] }> {
    const platform = await this.capacity.platform(campaign.platformId);
    const establishments = await this.establishmentsOf(campaign, places);
    const grids = [...new Set(establishments.map(({ grid }) => grid))];
    const builder = new ProblemBuilder(campaign, new Set(platform.parentAccountLevels), grids, memory);
    await this.addClasses(campaign, builder, establishments, onProgress, only, part);
    return { builder, establishments };
  }

  private async establishmentsOf(
    campaign: Campaign,
    places: readonly EstablishmentPlace[],
  ): Promise<AssembledEstablishment[]> {
    const openHalves = await this.calendar.openDays(places, campaign.startsOn, campaign.endsOn);
    const dayCount = datesBetween(campaign.startsOn, campaign.endsOn).length;
    const grids = new Map<string, CivilGrid>();
    return places.map((place, i) => {
      let grid = grids.get(place.timeZone);
      if (!grid) grids.set(place.timeZone, (grid = new CivilGrid(place.timeZone, campaign.startsOn, dayCount)));
      return {
        establishmentId: place.establishmentId,
        departmentId: place.departmentId,
        isFirstDegree: FIRST_DEGREE_KINDS.includes(place.kind),
        openHalves: openHalves[i]!,
        grid,
        simultaneousWindowLimit: place.simultaneousWindowLimit ?? 0,
        wishes: place.wishes,
      };
    });
  }

  /** Streams the classes through the builder; establishments and classes come in the same order. */
  private async addClasses(
    campaign: Campaign,
    builder: ProblemBuilder,
    establishments: readonly AssembledEstablishment[],
    onProgress: OnProgress,
    only: number | undefined,
    part: PosedPart | undefined,
  ): Promise<void> {
    let at = 0;
    for await (const batch of this.rows.classes(campaign, only)) {
      for (const row of batch) {
        while (at < establishments.length && establishments[at]!.establishmentId < row.establishmentId) {
          builder.endEstablishment(establishments[at]!, at);
          at++;
        }
        // an establishment that came between the two reads waits for the next allocation
        if (establishments[at]?.establishmentId === row.establishmentId)
          builder.addClass(establishments[at]!, at, part ? changed(part)(row) : row);
      }
      onProgress({ phase: 'assemble', doneCount: at, totalCount: establishments.length });
    }
    for (; at < establishments.length; at++) builder.endEstablishment(establishments[at]!, at);
    onProgress({ phase: 'assemble', doneCount: at, totalCount: establishments.length });
  }

  private async conflictsOf(campaign: Campaign, classIds: Int32Array): Promise<ConflictLists> {
    const conflicts = new ClassConflicts(classIds.length);
    const index = new ClassIndex(classIds);
    for await (const batch of this.rows.groupSources(campaign)) {
      for (const { sourceClassId, groupId, optionSet } of batch) {
        conflicts.add(sourceClassId, index.of(sourceClassId), index.of(groupId), optionSet);
      }
    }
    return conflicts.take();
  }

  private async cellsOf(campaign: Campaign, builder: ProblemBuilder): Promise<PlanCells> {
    const { originCell: firstCell, cellCount } = builder;
    const capacity = await this.capacity.cells(campaign.platformId, firstCell, cellCount);
    const others = await this.ledger.otherPlans(campaign.platformId, campaign.id, firstCell, cellCount);
    const reserved = builder.reserved();
    return {
      firstCell,
      cellCount,
      capacitySessions: capacity.effectiveSessions,
      capacityLogins: capacity.effectiveLogins,
      headroomSessions: capacity.headroomSessions,
      headroomLogins: capacity.headroomLogins,
      backgroundSessions: capacity.backgroundSessions,
      backgroundLogins: capacity.backgroundLogins,
      reservedSessions: reserved.sessions,
      reservedLogins: reserved.logins,
      otherSessions: others.sessions,
      otherLogins: others.logins,
    };
  }
}

/** What is left of each cell for the windows of this plan: capacity less headroom, background, reserve and other plans, never below 0. */
function limitsOf(cells: PlanCells): Pick<AllocationProblem, 'sessionLimit' | 'loginLimit'> {
  return {
    sessionLimit: cells.capacitySessions.map((capacity, k) =>
      Math.max(
        0,
        capacity -
          cells.headroomSessions[k]! -
          cells.backgroundSessions[k]! -
          cells.reservedSessions[k]! -
          cells.otherSessions[k]!,
      ),
    ),
    loginLimit: cells.capacityLogins.map((capacity, k) =>
      Math.max(
        0,
        capacity -
          cells.headroomLogins[k]! -
          cells.backgroundLogins[k]! -
          cells.reservedLogins[k]! -
          cells.otherLogins[k]!,
      ),
    ),
  };
}

/** Neighbours matter where establishments have windows of their own. */
function neighboursOf(campaign: Campaign, places: readonly EstablishmentPlace[]): NeighbourLists {
  if (campaign.rules.windows.every(({ audience }) => audience === 'pupils')) {
    return { offset: new Int32Array(places.length + 1), neighbour: new Int32Array(0) };
  }
  return nearestEstablishments(
    Float64Array.from(places, ({ latitude }) => latitude ?? NaN),
    Float64Array.from(places, ({ longitude }) => longitude ?? NaN),
    NEIGHBOUR_COUNT,
  );
}
