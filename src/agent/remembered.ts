/**
 * What was worked out for a text lately: at most two times `mostOfEach` entries. Those that nobody has asked for while as many
 * others came are forgotten; the rest stay, so that a full memory never begins again from nothing.
 */
export class Remembered<T> {
  private lately = new Map<string, T>();
  private before = new Map<string, T>();

  constructor(private readonly mostOfEach: number) {}

  get(text: string): T | undefined {
    const found = this.lately.get(text);
    if (found !== undefined) return found;
    const older = this.before.get(text);
    if (older !== undefined) this.keep(text, older);
    return older;
  }

  set(text: string, value: T): void {
    // a copy: what was cut out of a header would keep the whole header
    this.keep(Buffer.from(text).toString(), value);
  }

  private keep(text: string, value: T): void {
    if (this.lately.size >= this.mostOfEach) {
      this.before = this.lately;
      this.lately = new Map();
    }
    this.lately.set(text, value);
  }

  clear(): void {
    this.lately = new Map();
    this.before = new Map();
  }
}
