/** Most keys of one read. */
const MOST_KEYS = 256;

interface Asked<K, V> {
  key: K;
  resolve: (value: V) => void;
  reject: (error: unknown) => void;
}

/**
 * Reads for a crowd: whoever asks while a read is under way is answered by the next one, all of them at once. Nothing is remembered, so
 * nothing can be out of date; who asks alone waits for nobody.
 *
 * `read` gives one value for each key, in their order.
 */
export class GatheredRead<K, V> {
  private waiting: Asked<K, V>[] = [];
  private isRunning = false;

  constructor(private readonly read: (keys: K[]) => Promise<readonly V[]>) {}

  get(key: K): Promise<V> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, resolve, reject });
      if (!this.isRunning) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    // whoever asks in the same turn of the event loop comes along
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const asked = this.waiting.splice(0, MOST_KEYS);
      try {
        const values = await this.read(asked.map(({ key }) => key));
        asked.forEach(({ resolve }, i) => resolve(values[i]!));
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.isRunning = false;
  }
}
