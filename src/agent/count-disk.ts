import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CountBatch } from './gate-counts';

const FILE = /^([0-9a-f-]{36})\.json$/;

/** Counts that the service has not taken, one file a batch: what an agent that is killed has not yet sent. */
export class CountDisk {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = join(folder, 'counts');
  }

  /** Writes batches as they are now and removes those that were taken. @throws the file system's error */
  async write(batches: readonly CountBatch[], taken: readonly string[]): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    for (const batch of batches) {
      const file = join(this.folder, `${batch.batchId}.json`);
      await writeFile(`${file}.new`, JSON.stringify(batch), { mode: 0o600 });
      await rename(`${file}.new`, file);
    }
    for (const batchId of taken) await rm(join(this.folder, `${batchId}.json`), { force: true });
  }

  /** What was kept; a file that cannot be read is left out. */
  async read(): Promise<CountBatch[]> {
    const names = await readdir(this.folder).catch(() => []);
    const batches: CountBatch[] = [];
    for (const name of names.filter((one) => FILE.test(one)).sort()) {
      try {
        batches.push(JSON.parse(await readFile(join(this.folder, name), 'utf8')) as CountBatch);
      } catch {
        // counts of some seconds; the rest goes on
      }
    }
    return batches;
  }
}
