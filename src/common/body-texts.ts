/**
 * The property of a body whose text no column of the database can hold: with NUL, or with half of a pair of UTF-16; undefined where there
 * is none. Names of properties count too. Bodies that are streams are none of its business.
 */
export function unstorableProperty(body: unknown): string | undefined {
  const open: [name: string, value: unknown][] = [['body', body]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [name, value] = next;
    if (typeof value === 'string' && !isStorable(value)) return name;
    if (Array.isArray(value)) for (const item of value) open.push([name, item]);
    else if (isRecord(value)) {
      for (const [key, item] of Object.entries(value)) {
        if (!isStorable(key)) return name;
        open.push([key, item]);
      }
    }
  }
  return undefined;
}

const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** An object as parsers make it, whatever its prototype is. */
function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
