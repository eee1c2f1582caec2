import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import type { Client, ClientBase } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { DataSource, EntityManager } from 'typeorm';

const BATCH_CHARACTERS = 64 * 1024;

/** One value as PostgreSQL's text COPY wants it. */
function field(value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return escape(arrayLiteral(value));
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString('hex')}`;
  if (typeof value === 'object') return escape(JSON.stringify(value));
  return escape(value as string);
}

function arrayLiteral(values: readonly unknown[]): string {
  return `{${values.map((v) => (v === null || v === undefined ? 'NULL' : typeof v === 'number' ? String(v) : `"${String(v as string).replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;
}

function escape(text: string): string {
  return text.replace(/[\\\n\r\t]/g, (c) => (c === '\\' ? '\\\\' : c === '\n' ? '\\n' : c === '\r' ? '\\r' : '\\t'));
}

async function* lines(rows: Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let batch = '';
  for await (const row of rows) {
    for (let i = 0; i < row.length; i++) batch += (i === 0 ? '' : '\t') + field(row[i]);
    batch += '\n';
    if (batch.length > BATCH_CHARACTERS) {
      yield batch;
      batch = '';
    }
  }
  if (batch !== '') yield batch;
}

/**
 * COPY rows into `target` (`table (column, ...)`, trusted text) inside the caller's transaction.
 * A slow reader slows the writer down: memory stays at some batches whatever the number of rows.
 */
export function copyIn(
  tx: EntityManager,
  target: string,
  rows: Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]>,
): Promise<void> {
  return copyText(tx, target, lines(rows));
}

/** The same for whoever writes the lines of PostgreSQL's text COPY itself: chunks of whole lines, tabs between fields. */
export async function copyText(
  tx: EntityManager,
  target: string,
  chunks: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  const client = (await tx.queryRunner!.connect()) as ClientBase;
  await pipeline(Readable.from(chunks), client.query(copyFrom(`copy ${target} from stdin`)));
}

/**
 * COPY the rows of a query out as text, one chunk of whole or part lines at a time, on a connection of its own.
 * `query` is trusted text: COPY takes no parameters, so build it from numbers and constants only.
 */
export async function* copyOut(
  database: DataSource,
  query: string,
  format: 'csv' | 'text' = 'text',
): AsyncGenerator<Buffer> {
  const runner = database.createQueryRunner();
  const client = (await runner.connect()) as Client;
  let isComplete = false;
  try {
    const options = format === 'csv' ? '(format csv, header true)' : '(format text)';
    yield* client.query(copyTo(`copy (${query}) to stdout ${options}`)) as AsyncIterable<Buffer>;
    isComplete = true;
  } finally {
    // a connection left in the middle of a COPY serves nobody else: the pool drops one that was ended
    if (!isComplete) client.end().catch(() => undefined);
    await runner.release();
  }
}

/** The same on the connection of a transaction; read it to its end, or the transaction has no connection left. */
export async function* copyOutWithin(tx: EntityManager, query: string): AsyncGenerator<Buffer> {
  const client = (await tx.queryRunner!.connect()) as Client;
  yield* client.query(copyTo(`copy (${query}) to stdout (format text)`)) as AsyncIterable<Buffer>;
}

/** The fields of copied lines, many lines at a time; `null` where the database has none. */
export async function* copiedRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<(string | null)[][]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const complete = (rest + decoder.write(chunk)).split('\n');
    rest = complete.pop()!;
    yield complete.map((line) => line.split('\t').map(unescape));
  }
}

const ESCAPED: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function unescape(text: string): string | null {
  if (!text.includes('\\')) return text;
  return text === '\\N' ? null : text.replace(/\\(.)/g, (_, c: string) => ESCAPED[c] ?? c);
}
