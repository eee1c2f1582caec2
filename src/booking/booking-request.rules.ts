import { hash } from 'node:crypto';
import { type Actor, answersFor } from '../access/actor';
import type { LedgerState } from '../plan/sequencer.rules';
import type { BookingRequest } from './booking.dto';
import { BookingRefused } from './booking.errors';
import type { Operation, SeenRevisions } from './booking-operation';
import type { FoundWindow } from './booking-owner';
import type { HeldChangeDto } from './hold.dto';

type Field = Exclude<keyof BookingRequest, 'operation'>;
/** Which fields an operation needs and may have. */
const FIELDS: Record<BookingRequest['operation'], { needed: readonly Field[]; allowed: readonly Field[] }> = {
  move: { needed: ['windowId', 'startsAt'], allowed: ['classId', 'isSeries', 'exceptDates', 'reason'] },
  add: { needed: ['classId', 'startsAt'], allowed: ['isSeries', 'exceptDates', 'reason'] },
  release: { needed: ['windowId'], allowed: ['classId', 'isSeries', 'exceptDates', 'reason'] },
  swap: {
    needed: ['windowId', 'withWindowId', 'withRevision'],
    allowed: ['classId', 'isSeries', 'exceptDates', 'reason'],
  },
};
/** Who adds a window says for whom: a class, or an audience of an establishment. */
const ADD_FOR_AUDIENCE = { ...FIELDS.add, needed: ['uai', 'audience', 'startsAt'] as readonly Field[] };
const ALL: readonly Field[] = [
  'windowId',
  'withWindowId',
  'withRevision',
  'classId',
  'uai',
  'audience',
  'startsAt',
  'isSeries',
  'exceptDates',
  'reason',
];

/** Refuses a request whose fields do not belong to its operation. @throws BookingRefused */
export function checkFields(request: BookingRequest): void {
  const isForAudience = request.operation === 'add' && (request.uai !== undefined || request.audience !== undefined);
  const { needed, allowed } = isForAudience ? ADD_FOR_AUDIENCE : FIELDS[request.operation];
  const missing = needed.filter((field) => request[field] === undefined);
  const strange = ALL.filter(
    (field) => request[field] !== undefined && !needed.includes(field) && !allowed.includes(field),
  );
  if (missing.length + strange.length > 0) {
    const problems = [
      ...missing.map((field) => `${field} is missing`),
      ...strange.map((field) => `${field} has no place`),
    ];
    throw new BookingRefused('fields', 'invalid', `For ${request.operation}: ${problems.join('; ')}.`, {
      missing,
      strange,
    });
  }
  if (request.exceptDates && !request.isSeries) {
    throw new BookingRefused('fields', 'invalid', 'Only a series has exceptions.', { strange: ['exceptDates'] });
  }
  if (request.operation === 'swap' && request.windowId === request.withWindowId) {
    throw new BookingRefused('fields', 'invalid', 'A window cannot be swapped with itself.', {
      strange: ['withWindowId'],
    });
  }
}

/** @throws BookingRefused where the actor does not answer for all of the establishments */
export function checkOwn(actor: Actor, owners: readonly { uai: string }[]): void {
  const strange = owners.find(({ uai }) => !answersFor(actor, uai));
  if (!strange) return;
  const { uai } = strange;
  throw new BookingRefused('not_own', 'forbidden', `This is for ${uai} to decide.`, { uai });
}

/** The same of a swap, which may be proposed to the other side. @throws BookingRefused */
export function checkConsent(actor: Actor, operation: Operation, owners: readonly { uai: string }[]): void {
  if (operation.kind !== 'swap') return checkOwn(actor, owners);
  checkOwn(actor, owners.slice(0, 1));
  const other = owners.find(({ uai }) => !answersFor(actor, uai));
  if (!other) return;
  const message = `${other.uai} has to agree: propose it with POST /v1/swaps.`;
  throw new BookingRefused('consent_needed', 'conflict', message, { uai: other.uai });
}

/** The same of an undo, for which who booked may ask; what two sides agreed on needs both of them again. @throws BookingRefused */
export function checkUndo(actor: Actor, bookedBy: string, owners: readonly { uai: string }[]): void {
  const others = owners.filter(({ uai }) => !answersFor(actor, uai));
  if (others.length > 0 && others.length < owners.length) {
    const { uai } = others[0]!;
    const message = `${uai} agreed to it and has to agree again: propose to swap back with POST /v1/swaps.`;
    throw new BookingRefused('consent_needed', 'conflict', message, { uai });
  }
  if (bookedBy !== actor.subject) {
    throw new BookingRefused('not_own', 'conflict', 'Only who made a booking can take it back.');
  }
  checkOwn(actor, owners);
}

/** The key of a request. @throws BookingRefused where it is missing or no text of 1 to 200 printable characters */
export function keyOf(header: string | undefined): string {
  if (header === undefined || header === '') {
    throw new BookingRefused(
      'key_missing',
      'invalid',
      'An Idempotency-Key header is needed, drawn anew for each booking.',
    );
  }
  if (!/^[\x21-\x7e]{1,200}$/.test(header)) {
    throw new BookingRefused(
      'key_invalid',
      'invalid',
      'An Idempotency-Key has 1 to 200 printable characters without spaces.',
    );
  }
  return header;
}

/** The revision that If-Match names. @throws BookingRefused where it is missing or names none */
export function revisionOf(header: string | undefined): number {
  if (header === undefined || header === '') {
    throw new BookingRefused(
      'if_match_missing',
      'precondition_required',
      'An If-Match header with the revision of the window is needed.',
    );
  }
  const match = /^"(\d{1,15})"$/.exec(header.trim());
  if (!match) {
    throw new BookingRefused(
      'if_match_invalid',
      'invalid',
      'If-Match is the revision of the window in quotes, such as "12".',
    );
  }
  return Number(match[1]);
}

/** The same for the same request, whatever the order of its fields, at any depth. */
export function payloadSha256(parts: Record<string, unknown>): Buffer {
  return hash('sha256', JSON.stringify(sorted(parts)), 'buffer');
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]) => [name, sorted(part)]));
}

/**
 * Whether the windows of an operation are those that somebody decided on and still stand where they did, whatever was published since: a
 * series may have lost one meanwhile, or got one back. @throws BookingRefused
 */
export function checkUnmoved(
  state: LedgerState,
  operation: Operation,
  changes: readonly Pick<HeldChangeDto, 'windowId' | 'before'>[],
): void {
  const targets = 'targets' in operation ? operation.targets : [];
  const changing = new Set(targets.flatMap(({ windowId }) => windowId ?? []));
  for (const { windowId, before } of changes) {
    if (windowId === null || !before) continue;
    const present = state.window(windowId);
    const isChanging = changing.delete(windowId);
    if (!isChanging || present?.startCell !== before.startCell) throw movedSince(windowId, present?.startCell ?? null);
  }
  for (const windowId of changing) throw movedSince(windowId, state.window(windowId)?.startCell ?? null);
}

/**
 * Whether the windows of a series, of which If-Match names one alone, stand as they did when it was put together: a date that somebody else
 * has booked meanwhile is his. Whoever decides asks about one that is gone, and about the one that is named. @throws BookingRefused
 */
export function checkSinceRead(
  state: LedgerState,
  { windows, seen }: { windows: readonly FoundWindow[]; seen: SeenRevisions },
): void {
  for (const { windowId, planId, startCell, seriesId } of windows) {
    const present = state.window(windowId);
    // another plan that is in force is said by itself
    if (!present || present.planId !== planId || seen.has(windowId)) continue;
    if (present.startCell !== startCell || present.seriesId !== seriesId) throw movedSince(windowId, present.startCell);
  }
}

/** Of a window that somebody decided on, and that stands elsewhere now, or (null) nowhere, or that left its series or came back to it. */
export function movedSince(windowId: number, startCell: number | null): BookingRefused {
  const facts = { windowId, startCell };
  return new BookingRefused(
    'moved_since',
    'conflict',
    `Window ${windowId} was moved or released since, or its series is another.`,
    facts,
  );
}
