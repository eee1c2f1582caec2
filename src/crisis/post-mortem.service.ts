import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { addDays, cellOfCivil, civilOfCell } from '../common/civil-time';
import { inTransaction } from '../common/database';
import { DomainError, NotFoundError } from '../common/domain-error';
import { CursorError, decodeCursor, pageOf, type Page } from '../common/keyset';
import { shown } from '../gateway/observed.rules';
import { CELL_MINUTES, CELL_SECONDS, cellOfSeconds } from '../kernel/cell-grid';
import { COUNTED_PROFILES } from '../kernel/decision/visitor';
import type { StepRow } from '../protection/protection.store';
import { RequestSimulationDto, VariantRequestDto } from '../simulation/simulation.dto';
import { SimulationService } from '../simulation/simulation.service';
import type { KeptVariant } from '../simulation/simulation.store';
import type { CrowdCounts, PostMortemFacts, WrittenCause } from './post-mortem';
import { causesOf, causesWith } from './post-mortem.rules';
import { type CountedPlace, PostMortemFactsStore } from './post-mortem-facts.store';
import { PostMortemSources } from './post-mortem-sources.service';
import { believedPerMille, replayAdherencesOf, simulatedAdherencesOf } from './replay-adherence.rules';
import { StepAuthority } from './step-authority.service';
import { triedStepsOf } from './tried-steps.rules';
import { type PostMortemHead, type PostMortemRow, PostMortemStore } from './post-mortem.store';

export const MOST_DAYS = 7;
/** The day with the steps that were in force; the name of its variant. */
export const AS_IT_WAS = 'as_it_was';
const WITHOUT_STEPS = 'without_steps';
const WITHOUT_PLAN = 'without_plan';

export interface PostMortemView {
  row: PostMortemRow;
  /** Null while the day is being simulated, or where nothing is published. */
  variants: KeptVariant[] | null;
}

export interface PostMortemAsked {
  firstDate: string;
  lastDate?: string | undefined;
  variants: VariantRequestDto[];
}

/** What happened on a bad morning: found once, simulated again, then written on by people. */
@Injectable()
export class PostMortemService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly store: PostMortemStore,
    private readonly facts: PostMortemFactsStore,
    private readonly sources: PostMortemSources,
    private readonly simulations: SimulationService,
    private readonly authority: StepAuthority,
  ) {}

  /** @throws NotFoundError, NotConcerned, DomainError */
  async make(actor: Actor, platformId: number, asked: PostMortemAsked, now: Date): Promise<number> {
    const firstOn = asked.firstDate;
    const lastOn = asked.lastDate ?? firstOn;
    if (lastOn < firstOn || lastOn > addDays(firstOn, MOST_DAYS - 1))
      throw new DomainError(
        'post_mortem.days_invalid',
        'unprocessable',
        `From one to ${MOST_DAYS} days, the first one first.`,
      );
    const { timeZone } = await this.sources.capacity.platform(platformId);
    // it tells of the whole platform, and another region's authority has no say in that
    await this.authority.hold(this.database.manager, actor, platformId, []);
    const firstCell = cellOfCivil(firstOn, 0, timeZone);
    const endCell = cellOfCivil(addDays(lastOn, 1), 0, timeZone);
    const at = (cell: number) => new Date(cell * CELL_SECONDS * 1000);
    if (at(firstCell) > now)
      throw new DomainError('post_mortem.days_invalid', 'unprocessable', 'These days have not begun.');
    const steps = await this.sources.steps(platformId, at(firstCell), at(endCell));
    const facts = await this.find(platformId, { firstOn, lastOn, firstCell, endCell, timeZone }, steps, now);
    const replayedOn = worstDay(facts, firstOn, timeZone);
    const request = await this.replay(actor, platformId, replayedOn, timeZone, steps, asked.variants, now);
    facts.hasWaitingRoom = request.hasWaitingRoom;
    const counted = await this.facts.adherences(platformId, replayedOn);
    const [admitted, inWindow] = [
      counted.reduce((sum, its) => sum + its.admitted, 0),
      counted.reduce((sum, its) => sum + its.admittedInWindow, 0),
    ];
    facts.adherence = admitted === 0 ? null : inWindow / admitted;
    facts.assumedAdherencePerMille = believedPerMille(counted);
    facts.replayAdherences = replayAdherencesOf(counted);
    request.adherences = simulatedAdherencesOf(facts.replayAdherences);
    const simulationId = await this.simulations.request(actor, request).catch((error: unknown) => {
      // a morning without a plan has nothing to simulate, and is told of all the same
      if (error instanceof DomainError && error.code === 'simulation.nothing_published') return null;
      throw error;
    });
    return inTransaction(this.database, async (tx) => {
      const row = { platformId, firstOn, lastOn, replayedOn, simulationId, facts, causes: causesOf(facts) };
      const id = await this.store.insert(tx, row, actor.subject, now);
      await recordAudit(tx, actor, {
        action: 'post_mortem.make',
        key: id,
        platformId,
        after: { firstOn, lastOn, replayedOn, simulationId },
      });
      return id;
    });
  }

  /** @throws NotFoundError */
  async read(actor: Actor, platformId: number, id: number): Promise<PostMortemView> {
    const row = await this.store.find(platformId, id);
    if (!row) throw new NotFoundError('post-mortem', id);
    const variants = row.simulationId === null ? null : (await this.simulations.read(actor, row.simulationId)).variants;
    return { row, variants };
  }

  /** @throws NotFoundError, CursorError */
  async list(
    platformId: number,
    { limit = 100, cursor }: { limit?: number | undefined; cursor?: string | undefined },
  ): Promise<Page<PostMortemHead>> {
    await this.sources.capacity.platform(platformId);
    const beforeId = cursor === undefined ? null : (decodeCursor(cursor, ['number'])[0] as number);
    if (beforeId !== null && !(Number.isInteger(beforeId) && Math.abs(beforeId) < 2 ** 31)) throw new CursorError();
    return pageOf(await this.store.page(platformId, beforeId, limit + 1), limit, ({ id }) => [id]);
  }

  /** Writes what people found and agreed. @throws NotFoundError, NotConcerned, DomainError where somebody else has written meanwhile */
  async write(
    actor: Actor,
    platformId: number,
    id: number,
    {
      revision,
      ...words
    }: Pick<PostMortemRow, 'revision' | 'summary' | 'improvements'> & { causes: readonly WrittenCause[] },
    now: Date,
  ): Promise<PostMortemView> {
    await inTransaction(this.database, async (tx) => {
      const before = await this.store.find(platformId, id, tx);
      if (!before) throw new NotFoundError('post-mortem', id);
      await this.authority.hold(tx, actor, platformId, []);
      const written = { ...words, causes: causesWith(before.causes, words.causes) };
      if (!(await this.store.write(tx, id, revision, written, now)))
        throw new DomainError('post_mortem.changed', 'conflict', 'Somebody else has written meanwhile: read it again.');
      const { summary, causes, improvements } = before;
      await recordAudit(tx, actor, {
        action: 'post_mortem.write',
        key: id,
        platformId,
        before: { summary, causes, improvements },
        after: written,
      });
    });
    return this.read(actor, platformId, id);
  }

  private async find(
    platformId: number,
    {
      firstOn,
      lastOn,
      firstCell,
      endCell,
      timeZone,
    }: { firstOn: string; lastOn: string; firstCell: number; endCell: number; timeZone: string },
    steps: readonly StepRow[],
    now: Date,
  ): Promise<PostMortemFacts> {
    const cellCount = endCell - firstCell;
    const at = (cell: number) => new Date(cell * CELL_SECONDS * 1000);
    // of a day that is not over nobody is missed whose window is still to come
    const places = await this.facts.places(
      platformId,
      firstOn,
      lastOn,
      Math.min(endCell, cellOfSeconds(now.getTime() / 1000)),
    );
    const column = <T, Row extends { cell: number }>(rows: readonly Row[], none: T, of: (row: Row) => T): T[] => {
      const all = Array<T>(cellCount).fill(none);
      for (const row of rows) all[row.cell - firstCell] = of(row);
      return all;
    };
    const counted = await this.facts.cells(platformId, firstCell, endCell);
    const planned = await this.facts.planned(platformId, firstCell, endCell);
    const measured = await this.facts.measured(platformId, firstCell, endCell);
    const { sessionLimit, loginLimit } = await this.sources.limits(platformId, firstCell, cellCount);
    const minutes = await this.sources.failingMinutes(platformId, firstCell, endCell, sessionLimit, loginLimit);
    const sums = sumOf(places);
    return {
      timeZone,
      firstCell,
      // what is to begin or end later was not done yet
      timeline: await this.sources.timeline(platformId, at(firstCell), now < at(endCell) ? now : at(endCell), steps),
      curves: {
        sessionLimit,
        loginLimit,
        plannedSessions: column(planned, 0, ({ sessions }) => sessions),
        plannedLogins: column(planned, 0, ({ logins }) => logins),
        measuredSessions: column<number | null, (typeof measured)[number]>(measured, null, ({ sessions }) => sessions),
        measuredLogins: column<number | null, (typeof measured)[number]>(measured, null, ({ loginsPerMinute }) =>
          loginsPerMinute === null ? null : loginsPerMinute * CELL_MINUTES,
        ),
        attempts: column(counted, 0, ({ attempts }) => attempts),
        admitted: column(counted, 0, ({ admitted }) => admitted),
        deferred: column(counted, 0, ({ deferred }) => deferred),
        refused: column(counted, 0, ({ refused }) => refused),
      },
      totals: { ...countsOf(sums), admittedInWindow: shown(sums.admittedInWindow) },
      territories: groupedBy(places, ({ department }) => department).map(([territory, sum]) => ({
        territory,
        ...countsOf(sum),
      })),
      kinds: groupedBy(places, ({ kind }) => kind).map(([kind, sum]) => ({ kind, ...countsOf(sum) })),
      profiles: (await this.facts.profiles(platformId, firstCell, endCell)).map(({ profile, ...counts }) => ({
        profile: COUNTED_PROFILES[profile]!,
        ...countsOf({ ...counts, expected: 0 }),
        expected: null,
      })),
      assumedAdherencePerMille: null,
      overPlannedCellCount: planned.filter(({ isOver }) => isOver).length,
      capacityCutCount: await this.facts.capacityCutCount(platformId, at(firstCell), at(endCell)),
      ...minutes,
    };
  }

  private async replay(
    actor: Actor,
    platformId: number,
    date: string,
    timeZone: string,
    steps: readonly StepRow[],
    asked: readonly VariantRequestDto[],
    now: Date,
  ): Promise<RequestSimulationDto> {
    const [from, to] = [date, addDays(date, 1)].map(
      (on) => new Date(cellOfCivil(on, 0, timeZone) * CELL_SECONDS * 1000),
    ) as [Date, Date];
    const settings = await this.sources.settingsAt(actor, platformId, to, now);
    const tried = triedStepsOf(steps, from, to);
    const { count, hasRoom } = await this.sources.crisis.agents(platformId, from);
    const variants = [
      { name: AS_IT_WAS, isUnplanned: false, steps: tried },
      ...(tried.length > 0 ? [{ name: WITHOUT_STEPS, isUnplanned: false, steps: [] }] : []),
      { name: WITHOUT_PLAN, isUnplanned: true, steps: [] },
      ...asked,
    ];
    return Object.assign(new RequestSimulationDto(), {
      platformId,
      date,
      isEnforced: settings.posture === 'enforced',
      walkInPerCell: settings.walkInPerCell * Math.max(1, count),
      hasWaitingRoom: hasRoom,
      variants,
    });
  }
}

type Sum = Omit<CountedPlace, 'department' | 'kind'>;

function sumOf(places: readonly CountedPlace[]): Sum {
  const sum: Sum = { expected: 0, admitted: 0, admittedInWindow: 0, deferred: 0, refused: 0, attempts: 0 };
  for (const place of places) for (const name of Object.keys(sum) as (keyof Sum)[]) sum[name] += place[name];
  return sum;
}

function groupedBy(places: readonly CountedPlace[], keyOf: (place: CountedPlace) => string): [string, Sum][] {
  const groups = new Map<string, CountedPlace[]>();
  for (const place of places) groups.set(keyOf(place), [...(groups.get(keyOf(place)) ?? []), place]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, its]) => [key, sumOf(its)]);
}

/** Nothing below five people. */
function countsOf({ expected, admitted, deferred, refused, attempts }: Omit<Sum, 'admittedInWindow'>): CrowdCounts {
  return {
    expected: shown(expected),
    admitted: shown(admitted),
    deferred: shown(deferred),
    refused: shown(refused),
    attempts: shown(attempts),
  };
}

/** The day of most attempts; the first one where nothing was counted. */
function worstDay({ curves, firstCell }: PostMortemFacts, firstOn: string, timeZone: string): string {
  const byDay = new Map<string, number>();
  curves.attempts.forEach((attempts, k) => {
    const { on } = civilOfCell(firstCell + k, timeZone);
    byDay.set(on, (byDay.get(on) ?? 0) + attempts);
  });
  let [worst, most] = [firstOn, 0];
  for (const [on, attempts] of byDay) if (attempts > most) [worst, most] = [on, attempts];
  return worst;
}
