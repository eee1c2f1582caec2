import type { Progress } from '../common/progress';

const WRITE_INTERVAL_MILLISECONDS = 500;

/** Writes the latest progress at most twice a second, one write at a time, whatever the number of reports. */
export class ProgressWriter {
  private latest: Progress | undefined;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private hasEnded = false;

  /** `write` handles its own failures. */
  constructor(private readonly write: (progress: Progress) => Promise<void>) {}

  note(progress: Progress): void {
    if (this.hasEnded) return;
    this.latest = progress;
    if (this.timer) return;
    this.put();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.latest) this.note(this.latest);
    }, WRITE_INTERVAL_MILLISECONDS);
  }

  /** Writes the last word and stops; resolves when no write is under way any more. */
  async end(): Promise<void> {
    this.hasEnded = true;
    clearTimeout(this.timer);
    this.put();
    await this.writing;
  }

  private put(): void {
    const progress = this.latest;
    if (!progress) return;
    this.latest = undefined;
    this.writing = this.writing.then(() => this.write(progress));
  }
}
