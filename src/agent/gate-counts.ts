import { randomUUID } from 'node:crypto';
import { DateTime } from 'luxon';
import { cellOfSeconds, secondsOfCell } from '../kernel/cell-grid';
import { entryAt, relativesOwner, windowsOfOwner, type GatePlan } from '../kernel/decision/gate-plan';
import {
  ADMIT,
  CHOSEN,
  COUNTED_PROFILES,
  REASON,
  REFUSE,
  RELATIVE,
  STAFF,
  type Decision,
  type Visitor,
} from '../kernel/decision/visitor';
import type { StayPlace } from './stays';
import { increase, OpenRows, type CellCount, type Counted, type WindowCount } from './open-rows';

export interface CountBatch {
  /** The same batch sent twice counts once. */
  batchId: string;
  windows: WindowCount[];
  cells: CellCount[];
}

/** What the device's own pass says of what was counted already. */
export interface CountedBefore {
  isAdmittedToday: boolean;
  /** Told the same, to wait or refused. */
  isToldToday: boolean;
}

const MOST_BATCHES = 40;

/** Counts what the gate did until the service has taken it; bounded, however long the service is away. */
export class GateCounts {
  private open = new OpenRows();
  private readonly waiting: CountBatch[] = [];
  /** The open rows are a batch from their first one on: what a killed agent had sent and finds on its disk again counts once. */
  private openId: string = randomUUID();
  /** Batches that have changed, and that were taken, since they were last kept on disk. */
  private changed = new Set<string>();
  private gone: string[] = [];
  private droppedAttempts = 0;
  private date = { cell: -1, byZone: new Map<string, string>() };
  /** Since the start of this process. `passes` asked with a pass that was still good: nothing was decided. */
  readonly total = { attempts: 0, passes: 0, admitted: 0, deferred: 0, refused: 0, wouldRefuse: 0 };

  /** @returns where it counted, undefined where nobody knows the school */
  add(plan: GatePlan, visitor: Visitor, decision: Decision, before: CountedBefore, now: number): StayPlace | undefined {
    const step: Counted = { admitted: 0, deferred: 0, refused: 0, attempts: 1, wouldRefuse: 0 };
    if (decision.kind === ADMIT) step.admitted = before.isAdmittedToday ? 0 : 1;
    else if (!before.isToldToday) step[decision.kind === REFUSE ? 'refused' : 'deferred'] = 1;
    if (decision.kind === ADMIT && decision.enforcedKind !== ADMIT) step.wouldRefuse = 1;
    const { total } = this;
    total.attempts++;
    total.wouldRefuse += step.wouldRefuse;
    total[decision.kind === ADMIT ? 'admitted' : decision.kind === REFUSE ? 'refused' : 'deferred']++;
    if (this.open.isFull) this.close();
    if (this.open.isFull) {
      this.droppedAttempts++;
      return undefined;
    }
    const school =
      visitor.classes.length > 0 ? plan.classEstablishment[visitor.classes[0]!]! : visitor.establishments[0];
    this.changed.add(this.openId);
    this.addCell(plan, visitor, school, now, step);
    return school === undefined ? undefined : this.addWindow(plan, visitor, decision, school, now, step);
  }

  /** A visit is over that was counted at a place. */
  addStay({ audience, ownerId, startCell, onDate }: StayPlace, seconds: number): void {
    if (this.open.isFull) this.close();
    if (this.open.isFull) return;
    this.changed.add(this.openId);
    const row = this.open.windowRow(audience, ownerId, startCell, onDate);
    row.ended++;
    row.staySeconds += seconds;
  }

  private addCell(plan: GatePlan, visitor: Visitor, school: number | undefined, now: number, step: Counted): void {
    let levels = visitor.levels;
    for (const c of visitor.classes) levels |= plan.classLevels[c]!;
    const level = levels === 0 ? null : 31 - Math.clz32(levels & -levels);
    const department = school === undefined ? '' : plan.content.departments[plan.establishmentDepartment[school]!]!;
    const cell = cellOfSeconds(now);
    const profile = visitor.knownBy === CHOSEN ? COUNTED_PROFILES.indexOf('chosen') : visitor.profile;
    // a bundle may say no kinds
    const { kinds, establishments } = plan.content;
    const kind = school === undefined ? null : (kinds?.[establishments.kind?.[school] ?? -1] ?? null);
    increase(this.open.cellRow(cell, department, kind, level, profile), step);
  }

  private addWindow(
    plan: GatePlan,
    visitor: Visitor,
    decision: Decision,
    school: number,
    now: number,
    step: Counted,
  ): StayPlace | undefined {
    const { content } = plan;
    const cameByLevel = decision.kind === ADMIT && decision.reason === REASON.levelWindow;
    const onDate = this.dateOf(plan, school, now);
    const isByRelatives =
      visitor.profile === RELATIVE && !visitor.classes.some((c) => plan.classHasParentAccounts[c] === 1);
    if (!isByRelatives && visitor.classes.length === 0) {
      if (visitor.profile === STAFF) return undefined;
      const row = this.open.windowRow(
        'school',
        content.establishments.id[school]!,
        cameByLevel ? cellOfSeconds(now) : null,
        onDate,
      );
      increase(row, step);
      return row;
    }
    const owners = isByRelatives ? [relativesOwner(plan, school)] : visitor.classes;
    // who waits is counted with the window that comes; who is in, with the one that is open, whatever let in
    const awaited = decision.kind === ADMIT ? 0 : decision.opensAt;
    let owner = owners[0]!;
    let startCell = cameByLevel ? cellOfSeconds(now) : null;
    // a class that was only chosen shows nothing: not that its window was kept either
    for (const o of visitor.knownBy === CHOSEN ? [] : owners) {
      const its = windowsOfOwner(plan, o).find(([start, cells]) =>
        awaited > 0 ? entryAt(start) === awaited : entryAt(start) <= now && now < secondsOfCell(start + cells),
      );
      if (its) [owner, startCell] = [o, its[0]];
      if (its) break;
    }
    const isClass = owner < plan.classCount;
    const ownerId = isClass ? content.classes.id[owner]! : content.establishments.id[school]!;
    const audience = isClass ? 'pupils' : 'relatives';
    const row = this.open.windowRow(audience, ownerId, startCell, onDate);
    increase(row, step);
    return row;
  }

  private dateOf({ content, establishmentZone }: GatePlan, school: number, now: number): string {
    const cell = cellOfSeconds(now);
    if (this.date.cell !== cell) this.date = { cell, byZone: new Map() };
    const zone = content.zones[establishmentZone[school]!]!.name;
    const known = this.date.byZone.get(zone) ?? DateTime.fromSeconds(now, { zone }).toISODate()!;
    this.date.byZone.set(zone, known);
    return known;
  }

  /** Closes the present rows into a batch that is kept until it was taken; where too many are kept, they stay open. */
  private close(): void {
    if (this.open.rowCount === 0 || this.waiting.length >= MOST_BATCHES) return;
    this.waiting.push(this.openBatch);
    this.openId = randomUUID();
    this.open = new OpenRows();
  }

  /** The oldest batch that the service has not taken; the present rows where there is none. */
  oldest(): CountBatch | undefined {
    if (this.waiting.length === 0) this.close();
    return this.waiting[0];
  }

  /** The oldest batch will never be taken: it makes way for those behind it, and its attempts are told as dropped. */
  dropped(batchId: string): void {
    if (this.waiting[0]?.batchId !== batchId) return;
    this.droppedAttempts += this.waiting[0].cells.reduce((sum, { attempts }) => sum + attempts, 0);
    this.taken(batchId);
  }

  taken(batchId: string): void {
    if (this.waiting[0]?.batchId !== batchId) return;
    this.waiting.shift();
    this.changed.delete(batchId);
    this.gone.push(batchId);
  }

  private get openBatch(): CountBatch {
    return { batchId: this.openId, windows: this.open.windows, cells: this.open.cells };
  }

  /** What a disk has to write and to remove to hold what is not sent yet; asked again, only what has changed since. */
  toKeep(): { batches: CountBatch[]; taken: string[] } {
    const batches = [...this.waiting, this.openBatch].filter(({ batchId }) => this.changed.has(batchId));
    const { gone: taken } = this;
    this.changed = new Set();
    this.gone = [];
    return { batches, taken };
  }

  /** What could not be kept is kept the next time. */
  notKept({ batches, taken }: { batches: readonly CountBatch[]; taken: readonly string[] }): void {
    for (const { batchId } of batches) this.changed.add(batchId);
    this.gone.push(...taken);
  }

  /** Takes what an earlier process had not sent. */
  restore(batches: readonly CountBatch[]): void {
    this.waiting.unshift(...batches.slice(-MOST_BATCHES));
  }

  get kept(): { batchCount: number; openRowCount: number; droppedAttempts: number } {
    return { batchCount: this.waiting.length, openRowCount: this.open.rowCount, droppedAttempts: this.droppedAttempts };
  }
}
