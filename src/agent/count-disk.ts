import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CountBatch } from './gate-counts';
import type { KeptQuota } from './gate-quota';

const FILE = /^([0-9a-f-]{36})\.json$/;

/** Counts that the service has not taken, one file a batch: what an agent that is killed has not yet sent; and what it had left of its quotas. */
export class CountDisk {
  private readonly folder: string;
  private readonly quotaFile: string;

  constructor(folder: string) {
    this.folder = join(folder, 'counts');
    this.quotaFile = join(folder, 'quota.json');
  }

  /** Writes batches and quotas as they are now and removes what was taken. @throws the file system's error */
  async write(batches: readonly CountBatch[], taken: readonly string[], quota: KeptQuota): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(`${this.quotaFile}.new`, JSON.stringify({ cell: quota.cell, left: quota.left }), { mode: 0o600 });
    await rename(`${this.quotaFile}.new`, this.quotaFile);
    for (const batch of batches) {
      const file = join(this.folder, `${batch.batchId}.json`);
      await writeFile(`${file}.new`, JSON.stringify(batch), { mode: 0o600 });
      await rename(`${file}.new`, file);
    }
    for (const batchId of taken) await rm(join(this.folder, `${batchId}.json`), { force: true });
  }

  /** What was left of the quotas; undefined where it cannot be read. */
  async readQuota(): Promise<KeptQuota | undefined> {
    try {
      const { cell, left } = JSON.parse(await readFile(this.quotaFile, 'utf8')) as KeptQuota;
      const isWhole = [cell, left.walkInCount, left.walkInWholeCount, left.keptCount, left.urgentCount].every(
        Number.isSafeInteger,
      );
      return isWhole ? { cell, left } : undefined;
    } catch {
      return undefined;
    }
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
