import type { EntityManager } from 'typeorm';
import { copyIn } from '../common/copy';

const BATCH_ROWS = 5000;

/**
 * Rows on their way into several temporary tables of one connection: a connection runs one COPY at a time, so rows are
 * gathered and written in turns, and memory holds one batch whatever the size of the file.
 */
export class ImportBatch<Target extends string> {
  private readonly rows = new Map<Target, unknown[][]>();
  private rowCount = 0;

  constructor(private readonly tx: EntityManager) {}

  async add(target: Target, row: unknown[]): Promise<void> {
    const rows = this.rows.get(target);
    if (rows) rows.push(row);
    else this.rows.set(target, [row]);
    if (++this.rowCount >= BATCH_ROWS) await this.flush();
  }

  async flush(): Promise<void> {
    for (const [target, rows] of this.rows) await copyIn(this.tx, target, rows);
    this.rows.clear();
    this.rowCount = 0;
  }
}

/** How many rows a statement that returns some of them touched. */
export async function touchedCount(tx: EntityManager, statement: string, parameters: unknown[] = []): Promise<number> {
  const [row] = await tx.query<{ count: number }[]>(
    `with touched as (${statement} returning 1) select count(*) as count from touched`,
    parameters,
  );
  return row!.count;
}
