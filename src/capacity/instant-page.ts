import { CursorError, decodeCursor, pageOf, type Page } from '../common/keyset';
import type { PageQuery } from '../common/page-query.dto';
import { instantOf } from '../common/wire-time';

/** Where a page of rows that stand by instant, then id, begins. */
export type AfterInstant = { startsAt: Date; id: number } | undefined;

export const DEFAULT_PAGE_SIZE = 100;

/** A page of rows that stand by instant, then id; `read` gives so many of them. @throws CursorError */
export async function instantPage<T extends { startsAt: Date; id: number }>(
  { limit = DEFAULT_PAGE_SIZE, cursor }: PageQuery,
  read: (after: AfterInstant, count: number) => Promise<T[]>,
): Promise<Page<T>> {
  return pageOf(await read(afterOf(cursor), limit + 1), limit, (row) => [row.startsAt.toISOString(), row.id]);
}

function afterOf(cursor: string | undefined): AfterInstant {
  if (cursor === undefined) return undefined;
  const [startsAt, id] = decodeCursor(cursor, ['string', 'number']) as [string, number];
  const instant = instantOf(startsAt);
  if (!instant) throw new CursorError();
  return { startsAt: instant, id };
}
