import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { CalendarService } from '../calendar/calendar.service';
import { instantOfCell } from '../common/civil-time';
import { advisoryLock, sqlFailure } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import { decodeCursor, pageOf, type Page } from '../common/keyset';
import type { PageQuery } from '../common/page-query.dto';
import { CELLS_PER_DAY, secondsOfCell } from '../kernel/cell-grid';
import {
  backgroundRowsOf,
  layBackground,
  localDayGrid,
  type BackgroundRow,
  type DepartmentBackground,
} from './background.rules';
import type { CapacityCells } from './capacity-cells';
import { CapacityChanges } from './capacity-changes';
import { type CurveQuery, curveRangeOf } from './capacity-curve.rules';
import { CapacityStepEntity } from './capacity-step.entity';
import { CapacityInputError, CapacityStepExistsError, PlatformExistsError } from './capacity.errors';
import { capacityCells, pointsOf, type CapacityPoints, type CapacityStep } from './capacity.rules';
import {
  checkCurve,
  checkPlatform,
  checkReason,
  checkStep,
  rangeOfStep,
  type CapacityChange,
} from './capacity-statement.rules';
import { CapacityStore } from './capacity.store';
import { CapacityWork } from './capacity-work';
import { DEFAULT_PAGE_SIZE, instantPage } from './instant-page';
import { PlatformStore, type Platform, type PlatformStatement } from './platform.store';
import { RegulationEntity } from './regulation.entity';

/** Capacity over time as columns, one entry per point. */
export interface CapacityCurve {
  platformId: number;
  timeZone: string;
  startsAt: string;
  stepMinutes: number;
  pointCount: number;
  sessions: CapacityPoints;
  logins: CapacityPoints;
}

const LONGEST_READ_CELLS = 790 * CELLS_PER_DAY;

/** Platforms with their capacity: declared, left by regulations, and taken by those who have no window. */
@Injectable()
export class CapacityService {
  constructor(
    private readonly platformStore: PlatformStore,
    private readonly store: CapacityStore,
    private readonly calendar: CalendarService,
    private readonly changes: CapacityChanges,
    private readonly work: CapacityWork,
  ) {}

  /** What a platform can bear in each cell of a range. Give `tx` to read what the same transaction has changed. */
  async cells(platformId: number, firstCell: number, cellCount: number, tx?: EntityManager): Promise<CapacityCells> {
    if (!(cellCount >= 0 && cellCount <= LONGEST_READ_CELLS))
      throw new CapacityInputError(`Between 0 and ${LONGEST_READ_CELLS} cells can be read at once, not ${cellCount}.`);
    const platform = await this.platform(platformId, tx);
    const between = {
      startsAt: new Date(secondsOfCell(firstCell) * 1000),
      endsAt: new Date(secondsOfCell(firstCell + cellCount) * 1000),
    };
    const steps = await this.store.steps(platformId, tx);
    const regulations = await this.store.regulations(platformId, between, tx);
    const cells = capacityCells(steps, regulations, platform.headroomPerMille, firstCell, cellCount);
    const background = await this.store.background(platformId, tx);
    if (background.size === 0 || cellCount === 0) return cells;
    const grid = localDayGrid(firstCell, cellCount, platform.timeZone);
    const dayTypes = await this.calendar.dayTypes([...background.keys()], grid.firstOn, grid.lastOn, tx);
    const columns = { sessions: cells.backgroundSessions, logins: cells.backgroundLogins };
    for (const [departmentId, curves] of background) layBackground(columns, grid, dayTypes.get(departmentId)!, curves);
    return cells;
  }

  /** Capacity as a curve, by default the seven days from today's midnight of the platform. */
  async curve(_actor: Actor, platformId: number, asked: CurveQuery, now: Date): Promise<CapacityCurve> {
    const { timeZone } = await this.platform(platformId);
    const { firstCell, cellCount, stepMinutes, cellsPerPoint } = curveRangeOf(asked, timeZone, now);
    return {
      platformId,
      timeZone,
      startsAt: instantOfCell(firstCell),
      stepMinutes,
      pointCount: Math.ceil(cellCount / cellsPerPoint),
      ...pointsOf(await this.cells(platformId, firstCell, cellCount), cellsPerPoint),
    };
  }

  /** A platform with its portals; 404 for an unknown one. */
  async platform(platformId: number, tx?: EntityManager): Promise<Platform> {
    const platform = await this.platformStore.find(platformId, tx);
    if (!platform) throw new NotFoundError('platform', platformId);
    return platform;
  }

  async platforms(_actor: Actor, page: PageQuery): Promise<Page<Platform>> {
    const { limit = DEFAULT_PAGE_SIZE } = page;
    const after = page.cursor === undefined ? 0 : (decodeCursor(page.cursor, ['number'])[0] as number);
    return pageOf(await this.platformStore.list(after, limit + 1), limit, (platform) => [platform.id]);
  }

  /** Registers a platform; a code that is taken is refused (409). */
  async createPlatform(actor: Actor, statement: PlatformStatement): Promise<Platform> {
    checkPlatform(statement);
    try {
      return await this.work.within(undefined, async (tx) => {
        const platform = await this.platformStore.insert(tx, statement);
        await recordAudit(tx, actor, {
          action: 'platform.create',
          key: platform.id,
          platformId: platform.id,
          after: statement,
        });
        return platform;
      });
    } catch (error) {
      if (sqlFailure(error).constraint === 'platform_code_key') throw new PlatformExistsError(statement.code);
      throw error;
    }
  }

  /** Makes the platform of this code what is stated, new or not; what is left out keeps its value. */
  async ensurePlatform(actor: Actor, statement: PlatformStatement, tx?: EntityManager): Promise<Platform> {
    checkPlatform(statement);
    return this.work.within(tx, async (within) => {
      const known = await this.platformStore.findByCode(statement.code, within);
      const before = known && { ...known };
      if (known) await advisoryLock(within, 'platform', known.id);
      const platform = known
        ? await this.platformStore.update(within, known, statement)
        : await this.platformStore.insert(within, statement);
      await recordAudit(within, actor, {
        action: known ? 'platform.change' : 'platform.create',
        key: platform.id,
        platformId: platform.id,
        before,
        after: statement,
      });
      if (!known) return platform;
      await this.changes.tell(within, { platformId: known.id, firstCell: null, endCell: null });
      return platform;
    });
  }

  /** Declared steps, the earliest first. */
  async steps(_actor: Actor, platformId: number, page: PageQuery): Promise<Page<CapacityStepEntity>> {
    await this.platform(platformId);
    return instantPage(page, (after, count) => this.store.stepPage(platformId, after, count));
  }

  /** Declares a capacity from an instant on; a second step at the same instant is refused (409). */
  async addStep(
    actor: Actor,
    platformId: number,
    step: CapacityStep & { reason: string },
    tx?: EntityManager,
  ): Promise<CapacityChange & { id: number }> {
    const { startsAt, concurrentSessions, loginsPerMinute, reason } = step;
    checkStep(step);
    checkReason(reason);
    return this.work.onPlatform(platformId, tx, async (within) => {
      const repository = within.getRepository(CapacityStepEntity);
      const others = await this.store.steps(platformId, within);
      if (others.some((other) => other.startsAt.getTime() === startsAt.getTime()))
        throw new CapacityStepExistsError(startsAt);
      const { id } = await repository.save(
        repository.create({ platformId, startsAt, concurrentSessions, loginsPerMinute, reason }),
      );
      await recordAudit(within, actor, {
        action: 'capacity_step.add',
        key: id,
        platformId,
        after: { startsAt, concurrentSessions, loginsPerMinute },
        reason,
      });
      return { id, ...rangeOfStep(platformId, startsAt, others) };
    });
  }

  async deleteStep(actor: Actor, platformId: number, stepId: number, tx?: EntityManager): Promise<CapacityChange> {
    return this.work.onPlatform(platformId, tx, async (within) => {
      const steps = await this.store.steps(platformId, within);
      const step = steps.find(({ id }) => id === stepId);
      if (!step) throw new NotFoundError('capacity_step', stepId);
      await within.getRepository(CapacityStepEntity).delete({ id: stepId });
      await recordAudit(within, actor, { action: 'capacity_step.delete', key: stepId, platformId, before: step });
      return rangeOfStep(platformId, step.startsAt, steps);
    });
  }

  /** What is announced of a platform: all its steps, the earliest first, and the regulations that touch a stretch of time. */
  async announced(
    platformId: number,
    between: { startsAt: Date; endsAt: Date },
  ): Promise<{ steps: CapacityStepEntity[]; regulations: RegulationEntity[] }> {
    const steps = await this.store.steps(platformId);
    return { steps, regulations: await this.store.regulations(platformId, between) };
  }

  /** Replaces the background of the departments that have rows; the others keep theirs. */
  async setBackground(
    actor: Actor,
    platformId: number,
    rows: readonly BackgroundRow[],
    tx?: EntityManager,
  ): Promise<CapacityChange> {
    return this.replaceBackground(actor, platformId, new Set(rows.map((row) => row.departmentId)), rows, tx);
  }

  /** The same from counted curves or numbers of people; a department with an empty list of curves loses its background. */
  async stateBackground(
    actor: Actor,
    platformId: number,
    departments: readonly DepartmentBackground[],
  ): Promise<CapacityChange> {
    const rows = departments.flatMap((department) => {
      const stated = backgroundRowsOf(department);
      if (!stated)
        throw new CapacityInputError(`State either peopleCount or curves for department ${department.departmentId}.`);
      return stated;
    });
    return this.replaceBackground(
      actor,
      platformId,
      new Set(departments.map(({ departmentId }) => departmentId)),
      rows,
    );
  }

  private replaceBackground(
    actor: Actor,
    platformId: number,
    departmentIds: ReadonlySet<number>,
    rows: readonly BackgroundRow[],
    tx?: EntityManager,
  ): Promise<CapacityChange> {
    for (const row of rows) checkCurve(row);
    if (new Set(rows.map((row) => `${row.departmentId} ${row.dayType}`)).size < rows.length)
      throw new CapacityInputError('A department has one background per type of day; one is stated twice.');
    return this.work.onPlatform(platformId, tx, async (within) => {
      const [missing] = await this.store.missingDepartments(within, [...departmentIds]);
      if (missing !== undefined) throw new NotFoundError('department', missing);
      await this.store.replaceBackground(within, platformId, [...departmentIds], rows);
      // curves of a day are long: which departments got others is told, the curves themselves are stored once
      await recordAudit(within, actor, {
        action: 'background.replace',
        key: platformId,
        platformId,
        after: { departmentIds: [...departmentIds], dayTypes: [...new Set(rows.map(({ dayType }) => dayType))] },
      });
      return { platformId, firstCell: null, endCell: null };
    });
  }
}
