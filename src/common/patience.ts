/**
 * For transactions that give up where somebody holds a lock for long: runs the whole of one again. Between two attempts it has no
 * connection, and with others alike it never has more than a few at once: what waits for one lock keeps nobody from the others.
 */
export class Patience {
  private count = 0;
  private readonly waiting: (() => void)[] = [];

  /**
   * @param most attempts of those who wait already that may run at once, each with a connection
   * @param isHeld whether a transaction failed because somebody holds the lock
   */
  constructor(
    private readonly most: number,
    private readonly isHeld: (error: unknown) => boolean,
  ) {}

  async run<T>(transaction: () => Promise<T>): Promise<T> {
    for (let isFirst = true; ; isFirst = false) {
      if (!isFirst) await this.enter();
      try {
        return await transaction();
      } catch (error) {
        if (!this.isHeld(error)) throw error;
      } finally {
        if (!isFirst) this.leave();
      }
    }
  }

  private async enter(): Promise<void> {
    if (this.count < this.most) this.count++;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.count--;
  }
}
