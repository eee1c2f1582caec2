import { CELL_SECONDS, DRAIN_CELLS, LEAD_CELLS } from '../cell-grid';
import type { BundleChange, BundleContent, BundleWindow } from './bundle-content';

/** A bundle or a change that contradicts itself; a gateway keeps what it has. */
export class BundleInvalid extends Error {
  constructor(problem: string) {
    super(`bundle: ${problem}`);
    this.name = 'BundleInvalid';
  }
}

/**
 * A bundle made ready for decisions: owners are the classes, then the establishments for their relatives, then the
 * establishments for their staff; windows lie in columns, those that deltas have changed beside them.
 */
export interface GatePlan {
  readonly content: BundleContent;
  readonly classCount: number;
  readonly establishmentCount: number;
  /** Windows of owner o: [windowOffset[o], windowOffset[o + 1]), by start. */
  readonly windowOffset: Int32Array;
  /** Entry opens (Unix seconds): five minutes before the start. */
  readonly windowEntryAt: Float64Array;
  /** Entry closes: the end of the window. */
  readonly windowEndAt: Float64Array;
  readonly windowIsLive: Uint8Array;
  /** 1 where `changed` holds the owner's windows. */
  readonly isChanged: Uint8Array;
  readonly changed: Map<number, readonly BundleWindow[]>;
  readonly classEstablishment: Int32Array;
  readonly classLevels: Int32Array;
  readonly classHasParentAccounts: Uint8Array;
  readonly classCampaigns: Int32Array;
  /** Classes of establishment e: [classOffset[e], classOffset[e + 1]). */
  readonly classOffset: Int32Array;
  readonly establishmentZone: Uint8Array;
  /** The zone of most establishments: the clock of whoever is unknown. */
  readonly commonZone: number;
  readonly establishmentDepartment: Int32Array;
  readonly relativesCampaigns: Int32Array;
  readonly classOf: ReadonlyMap<number, number>;
  readonly establishmentOf: ReadonlyMap<number, number>;
}

/** A window that is open late enough lets sessions drain: an admission by it ends then. */
export const DRAIN_SECONDS = DRAIN_CELLS * CELL_SECONDS;
const MOST_CAMPAIGNS = 31;

export const relativesOwner = (plan: GatePlan, establishment: number): number => plan.classCount + establishment;
export const staffOwner = (plan: GatePlan, establishment: number): number =>
  plan.classCount + plan.establishmentCount + establishment;

/** Compiles the columns of a bundle. @throws BundleInvalid where they do not fit each other */
export function gatePlanOf(content: BundleContent): GatePlan {
  const { classes, establishments, windows } = content;
  const classCount = sameLength('classes', classes);
  const establishmentCount = sameLength('establishments', establishments);
  const ownerCount = classCount + 2 * establishmentCount;
  if (windows.count.length !== ownerCount)
    throw new BundleInvalid(`${windows.count.length} owners of windows, not ${ownerCount}`);
  if (content.campaigns.length > MOST_CAMPAIGNS) throw new BundleInvalid('more campaigns than bits');
  const windowCount = sameLength('windows', {
    gap: windows.gap,
    cellCount: windows.cellCount,
    activity: windows.activity,
  });

  const plan: GatePlan = {
    content,
    classCount,
    establishmentCount,
    windowOffset: new Int32Array(ownerCount + 1),
    windowEntryAt: new Float64Array(windowCount),
    windowEndAt: new Float64Array(windowCount),
    windowIsLive: Uint8Array.from(windows.activity),
    isChanged: new Uint8Array(ownerCount),
    changed: new Map(),
    classEstablishment: Int32Array.from(classes.establishment),
    classLevels: Int32Array.from(classes.levels),
    classHasParentAccounts: Uint8Array.from(classes.hasParentAccounts),
    classCampaigns: Int32Array.from(classes.campaigns),
    classOffset: new Int32Array(establishmentCount + 1),
    establishmentZone: Uint8Array.from(establishments.zone),
    commonZone: mostFrequent(establishments.zone, content.zones.length),
    establishmentDepartment: Int32Array.from(establishments.department),
    relativesCampaigns: Int32Array.from(establishments.relativesCampaigns),
    classOf: new Map(classes.id.map((id, index) => [id, index])),
    establishmentOf: new Map(establishments.id.map((id, index) => [id, index])),
  };
  layClasses(plan);
  layWindows(plan);
  return plan;
}

/** The most frequent of the numbers below `count`, the first of several. */
function mostFrequent(numbers: ArrayLike<number>, count: number): number {
  const times = new Uint32Array(count);
  for (let i = 0; i < numbers.length; i++) times[numbers[i]!]!++;
  return Math.max(0, times.indexOf(times.reduce((most, own) => Math.max(most, own), 0)));
}

function layClasses({
  classEstablishment,
  classOffset,
  establishmentCount,
  establishmentZone,
  content,
}: GatePlan): void {
  for (let c = 0; c < classEstablishment.length; c++) {
    const establishment = classEstablishment[c]!;
    if (
      establishment < 0 ||
      establishment >= establishmentCount ||
      (c > 0 && establishment < classEstablishment[c - 1]!)
    ) {
      throw new BundleInvalid(`class ${c} stands in establishment ${establishment}`);
    }
    classOffset[establishment + 1]!++;
  }
  for (let e = 0; e < establishmentCount; e++) {
    classOffset[e + 1]! += classOffset[e]!;
    if (establishmentZone[e]! >= content.zones.length) throw new BundleInvalid(`establishment ${e} has no zone`);
  }
}

function layWindows(plan: GatePlan): void {
  const { count, gap, cellCount } = plan.content.windows;
  let next = 0;
  for (let owner = 0; owner < count.length; owner++) {
    plan.windowOffset[owner] = next;
    let cell = plan.content.firstCell;
    for (const end = next + count[owner]!; next < end; next++) {
      if (next >= gap.length) throw new BundleInvalid('fewer windows than are counted');
      cell += gap[next]!;
      plan.windowEntryAt[next] = entryAt(cell);
      plan.windowEndAt[next] = (cell + cellCount[next]!) * CELL_SECONDS;
    }
  }
  if (next !== gap.length) throw new BundleInvalid('more windows than are counted');
  plan.windowOffset[count.length] = next;
}

/** From here on a window that starts at `startCell` may be entered (Unix seconds). */
export const entryAt = (startCell: number): number => (startCell - LEAD_CELLS) * CELL_SECONDS;

/** The windows of an owner, by start, with every delta applied. */
export function windowsOfOwner(plan: GatePlan, owner: number): readonly BundleWindow[] {
  const changed = plan.changed.get(owner);
  if (changed) return changed;
  const windows: BundleWindow[] = [];
  for (let w = plan.windowOffset[owner]!; w < plan.windowOffset[owner + 1]!; w++) {
    const startCell = plan.windowEntryAt[w]! / CELL_SECONDS + LEAD_CELLS;
    windows.push([startCell, plan.windowEndAt[w]! / CELL_SECONDS - startCell, plan.windowIsLive[w]!]);
  }
  return windows;
}

/**
 * Applies the changes of a delta, all of them or none. Owners that the bundle does not know (a class made since) are
 * refused: the caller fetches a whole bundle.
 *
 * @throws BundleInvalid
 */
export function applyChanges(plan: GatePlan, changes: readonly BundleChange[]): void {
  const after = new Map<number, BundleWindow[]>();
  for (const { audience, ownerId, removes, adds } of changes) {
    const owner = ownerOf(plan, audience, ownerId);
    const windows = after.get(owner) ?? [...windowsOfOwner(plan, owner)];
    after.set(owner, windows);
    if (removes !== null) {
      const at = windows.findIndex(([startCell]) => startCell === removes);
      // a window that began before the bundle's days is not in it
      if (at >= 0) windows.splice(at, 1);
      else if (removes >= plan.content.firstCell && removes < plan.content.endCell) {
        throw new BundleInvalid(`no window of ${audience} ${ownerId} starts in cell ${removes}`);
      }
    }
    if (adds !== null && adds[0] >= plan.content.firstCell && adds[0] < plan.content.endCell) windows.push(adds);
    windows.sort((a, b) => a[0] - b[0]);
  }
  for (const [owner, windows] of after) {
    plan.changed.set(owner, windows);
    plan.isChanged[owner] = 1;
  }
}

function ownerOf(plan: GatePlan, audience: BundleChange['audience'], ownerId: number): number {
  const index = audience === 'pupils' ? plan.classOf.get(ownerId) : plan.establishmentOf.get(ownerId);
  if (index === undefined) throw new BundleInvalid(`${audience} ${ownerId} is not in the bundle`);
  if (audience === 'pupils') return index;
  return audience === 'relatives' ? relativesOwner(plan, index) : staffOwner(plan, index);
}

function sameLength(name: string, columns: object): number {
  const lengths = new Set(Object.values(columns).map((column: readonly unknown[]) => column.length));
  if (lengths.size !== 1) throw new BundleInvalid(`columns of ${name} differ in length`);
  return [...lengths][0]!;
}
