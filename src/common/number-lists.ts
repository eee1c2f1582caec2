/** smallint[], integer[] and bigint[]. */
export const INTEGER_LIST_TYPES: readonly number[] = [1005, 1007, 1016];

/**
 * Lists of numbers among the values of a statement as PostgreSQL writes them, anything else as it was. The driver would put a list together
 * number by number, the quotes of each escaped, and a plan's load is thousands of them.
 */
export function withNumberLists(values: readonly unknown[]): unknown[] {
  return values.map((value) => (isNumberList(value) ? `{${value.map((number) => number ?? 'NULL').join()}}` : value));
}

function isNumberList(value: unknown): value is (number | null)[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number' || one === null);
}

/** What PostgreSQL tells of a list of whole numbers; undefined of one of lists, or one that does not begin at 1. */
export function integerListOf(text: string): (number | null)[] | undefined {
  if (!text.startsWith('{') || text.startsWith('{{')) return undefined;
  return JSON.parse(`[${text.slice(1, -1).replaceAll('NULL', 'null')}]`) as (number | null)[];
}
