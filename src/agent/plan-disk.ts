import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JWK } from 'jose';
import type { SignedBytes } from './held-plan';

/** What a restart without the service needs. */
export interface KeptPlan {
  edition: number;
  keys: JWK[];
  passKeys: { kid: string; secret: string; signsFrom: string; verifiesUntil: string }[];
  bundle: SignedBytes;
  deltas: SignedBytes[];
}

interface PlanFile extends Omit<KeptPlan, 'bundle' | 'deltas'> {
  bundle: { bytes: string; signature: string };
  deltas: { bytes: string; signature: string }[];
}

/**
 * The agent's folder: one file that is written beside and renamed, so that it is the old one or the new one. The one before stays,
 * for the day on which the newest is damaged.
 */
export class PlanDisk {
  private readonly file: string;
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly folder: string) {
    this.file = join(folder, 'plan.json');
  }

  /** Where a plan may lie, the newest first. */
  get files(): string[] {
    return [this.file, `${this.file}.before`];
  }

  /** Writes one after the other. @throws the file system's error: the caller goes on in memory */
  write(kept: KeptPlan): Promise<void> {
    const turn = this.last.then(() => this.replace(kept));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async replace({ bundle, deltas, ...rest }: KeptPlan): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const textOf = ({ bytes, signature }: SignedBytes) => ({ bytes: bytes.toString('utf8'), signature });
    const text = JSON.stringify({ ...rest, bundle: textOf(bundle), deltas: deltas.map(textOf) } satisfies PlanFile);
    // pass keys are in it: nobody else reads it
    const beside = await open(`${this.file}.new`, 'w', 0o600);
    try {
      await beside.writeFile(text);
      await beside.sync();
    } finally {
      await beside.close();
    }
    await rm(`${this.file}.before`, { force: true });
    // a file system without links has no plan before
    await link(this.file, `${this.file}.before`).catch(() => undefined);
    await rename(`${this.file}.new`, this.file);
  }

  /** What one of the files holds; nothing where there is none. @throws SyntaxError where it is damaged */
  async read(file: string): Promise<KeptPlan | undefined> {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const { bundle, deltas, ...rest } = JSON.parse(text) as PlanFile;
    const signed = (kept: { bytes: string; signature: string }) => ({
      bytes: Buffer.from(kept.bytes, 'utf8'),
      signature: kept.signature,
    });
    return { ...rest, bundle: signed(bundle), deltas: deltas.map(signed) };
  }
}
