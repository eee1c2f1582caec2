import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What an agent has let in from its room, by cell: a restart within a cell gives no place twice. */
export class RoomDisk {
  private readonly file: string;

  constructor(private readonly folder: string) {
    this.file = join(folder, 'room.json');
  }

  /** @throws the file system's error */
  async write(admitted: ReadonlyMap<number, number>): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(`${this.file}.new`, JSON.stringify([...admitted]), { mode: 0o600 });
    await rename(`${this.file}.new`, this.file);
  }

  /** What was kept; nothing where it cannot be read. */
  async read(): Promise<Map<number, number>> {
    try {
      const pairs = JSON.parse(await readFile(this.file, 'utf8')) as unknown;
      if (!Array.isArray(pairs)) return new Map();
      return new Map(
        pairs.filter(
          (pair): pair is [number, number] =>
            Array.isArray(pair) && pair.length === 2 && pair.every(Number.isSafeInteger),
        ),
      );
    } catch {
      return new Map();
    }
  }
}
