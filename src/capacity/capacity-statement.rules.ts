import { isZone } from '../common/civil-time';
import { CELL_SECONDS, CELLS_PER_DAY } from '../kernel/cell-grid';
import type { BackgroundCurve } from './background.rules';
import type { CapacityStep, Regulation } from './capacity.rules';
import { CapacityInputError } from './capacity.errors';

const MOST_THOUSANDTHS = 1e12;
const LARGEST_COUNT = 2_147_483_647;

/** The half-open range of cells whose capacity may have changed; null: without bound on that side. */
export interface CapacityChange {
  platformId: number;
  firstCell: number | null;
  endCell: number | null;
}

/** From a step's instant to the next step's: what its coming or going changes. */
export function rangeOfStep(platformId: number, startsAt: Date, steps: readonly { startsAt: Date }[]): CapacityChange {
  const next = steps.find((step) => step.startsAt > startsAt);
  return { platformId, firstCell: cellBefore(startsAt), endCell: next ? cellAfter(next.startsAt) : null };
}

/** The cells that a regulation touches. */
export function rangeOfRegulation(platformId: number, span: { startsAt: Date; endsAt: Date }): CapacityChange {
  return { platformId, firstCell: cellBefore(span.startsAt), endCell: cellAfter(span.endsAt) };
}

const cellBefore = (instant: Date): number => Math.floor(instant.getTime() / 1000 / CELL_SECONDS);
const cellAfter = (instant: Date): number => Math.ceil(instant.getTime() / 1000 / CELL_SECONDS);

/** Refuses a platform whose zone or headroom cannot be, or that has two portals of one name. */
export function checkPlatform(statement: {
  timeZone: string;
  headroomPerMille?: number | undefined;
  portals?: { name: string }[] | undefined;
}): void {
  const { timeZone, headroomPerMille = 0, portals } = statement;
  if (!isZone(timeZone))
    throw new CapacityInputError(`${JSON.stringify(timeZone)} is not a time zone, such as Europe/Paris.`);
  if (!(Number.isInteger(headroomPerMille) && headroomPerMille >= 0 && headroomPerMille <= 900))
    throw new CapacityInputError(`headroomPerMille must be a whole number from 0 to 900, not ${headroomPerMille}.`);
  const names = portals?.map(({ name }) => name) ?? [];
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined)
    throw new CapacityInputError(`Two portals are called ${JSON.stringify(repeated)}; each has a name of its own.`);
}

/** Refuses a change without a reason. */
export function checkReason(reason: string): void {
  if (reason.trim() === '') throw new CapacityInputError('Each change of capacity states its reason.');
}

/** Refuses a step that declares nothing: a capacity of 0 would only be a regulation without an end. */
export function checkStep({ concurrentSessions, loginsPerMinute }: CapacityStep): void {
  for (const [name, value] of Object.entries({ concurrentSessions, loginsPerMinute }))
    if (!(Number.isInteger(value) && value > 0 && value <= LARGEST_COUNT))
      throw new CapacityInputError(`${name} must be a whole number of at least 1, not ${value}.`);
}

/** Refuses a regulation that ends before it starts, or leaves less than nothing or more than all. */
export function checkRegulation({ startsAt, endsAt, sessionsPerMille, loginsPerMille }: Regulation): void {
  if (endsAt <= startsAt) throw new CapacityInputError('A regulation must end after it starts.');
  for (const [name, value] of Object.entries({ sessionsPerMille, loginsPerMille }))
    if (!(Number.isInteger(value) && value >= 0 && value <= 1000))
      throw new CapacityInputError(`${name} must be a whole number from 0 to 1000, not ${value}.`);
}

/** Refuses a background that is not 288 whole thousandths in both limits. */
export function checkCurve(row: BackgroundCurve & { departmentId: number; dayType: string }): void {
  for (const curve of [row.sessionsThousandths, row.loginsThousandths])
    if (
      curve.length !== CELLS_PER_DAY ||
      !curve.every((value) => Number.isInteger(value) && value >= 0 && value <= MOST_THOUSANDTHS)
    )
      throw new CapacityInputError(
        `The background of department ${row.departmentId} (${row.dayType}) must have ${CELLS_PER_DAY} whole thousandths, none below 0.`,
      );
}
