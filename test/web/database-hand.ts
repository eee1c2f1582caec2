import { DataSource } from 'typeorm';
import { databaseOptions } from '../../src/common/database';

/** Asks or changes the database of a service that runs: what only another hand or time would bring about. */
export async function query<T>(databaseUrl: string, sql: string, parameters: unknown[] = []): Promise<T> {
  const database = await new DataSource(databaseOptions(databaseUrl, 1)).initialize();
  try {
    return await database.query<T>(sql, parameters);
  } finally {
    await database.destroy();
  }
}

/** Does something while no cell of a stretch of the first platform has any room left. */
export async function withoutRoom(
  databaseUrl: string,
  from: number,
  to: number,
  act: () => Promise<void>,
): Promise<void> {
  const cells = await query<{ cell: number; limit: number }[]>(
    databaseUrl,
    'select cell, session_limit as limit from ledger_cell where platform_id = 1 and cell between $1 and $2',
    [from, to],
  );
  await query(
    databaseUrl,
    'update ledger_cell set session_limit = 0 where platform_id = 1 and cell between $1 and $2',
    [from, to],
  );
  try {
    await act();
  } finally {
    await query(
      databaseUrl,
      `update ledger_cell l set session_limit = u.before from unnest($1::int[], $2::bigint[]) as u (cell, before)
        where l.platform_id = 1 and l.cell = u.cell`,
      [cells.map(({ cell }) => cell), cells.map(({ limit }) => limit)],
    );
  }
}
