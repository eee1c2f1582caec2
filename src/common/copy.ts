import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
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
  return escape(String(value));
}

function arrayLiteral(values: readonly unknown[]): string {
  return `{${values.map((v) => (v === null || v === undefined ? 'NULL' : typeof v === 'number' ? String(v) : `"${String(v).replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;
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
export async function copyIn(
  tx: EntityManager,
  target: string,
  rows: Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]>,
): Promise<void> {
  const client = (await tx.queryRunner!.connect()) as ClientBase;
  await pipeline(Readable.from(lines(rows)), client.query(copyFrom(`copy ${target} from stdin`)));
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
