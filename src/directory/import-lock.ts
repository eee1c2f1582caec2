import type { EntityManager } from 'typeorm';
import { advisoryLock } from '../common/database';

/** The key of the one lock of all imports that write the directory; keys of single runs are negative. */
const DIRECTORY = 0;

/** Waits until no other import writes the directory. Taken after a file has been read, so that a slow sender keeps nobody out. */
export async function lockDirectory(tx: EntityManager): Promise<void> {
  await advisoryLock(tx, 'import', DIRECTORY);
}

/** Shows until the end of the transaction that the run is alive. */
export async function lockRun(tx: EntityManager, runId: number): Promise<void> {
  await advisoryLock(tx, 'import', -runId);
}
