import { DomainError } from './domain-error';

/** A page of a list and the cursor of the next one; the cursor is opaque to callers. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export class CursorError extends DomainError {
  constructor() {
    super('page.cursor_invalid', 'invalid', 'The cursor is not one that this list gave; start again without it.');
  }
}

/** The sort key of the last item, as an opaque text. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The sort key back, or a clear refusal; `shape` says what each part must be. */
export function decodeCursor(cursor: string, shape: readonly ('string' | 'number')[]): (string | number)[] {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw new CursorError();
  }
  if (!Array.isArray(key) || key.length !== shape.length || !key.every((part, i) => typeof part === shape[i]))
    throw new CursorError();
  return key as (string | number)[];
}

/** Cuts a list that was asked for with one item too many into a page. */
export function pageOf<T>(rows: T[], size: number, keyOf: (row: T) => readonly (string | number)[]): Page<T> {
  if (rows.length <= size) return { items: rows, nextCursor: null };
  const items = rows.slice(0, size);
  return { items, nextCursor: encodeCursor(keyOf(items[size - 1]!)) };
}
