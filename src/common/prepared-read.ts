import type { Client } from 'pg';
import type { DataSource } from 'typeorm';

/**
 * A read that the database plans once for each connection, for questions that come hundreds of times a second: there the planning
 * costs as much as the reading. `name` belongs to the text for ever.
 */
export async function preparedRead<T>(
  database: DataSource,
  name: string,
  text: string,
  values: unknown[],
): Promise<T[]> {
  const runner = database.createQueryRunner();
  try {
    const client = (await runner.connect()) as Client;
    return (await client.query({ name, text, values })).rows as T[];
  } finally {
    await runner.release();
  }
}
