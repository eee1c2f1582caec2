/** The longest idle time that an operator may set (minutes); who was not seen for longer is forgotten some time after. */
const LONGEST_IDLE_MINUTES = 240;

/**
 * The sessions of visitors whom this agent let in, by the draws of their passes. Each ends when its holder was not seen for the
 * idle minutes. A visitor whom another agent let in is that agent's to count, so that the sums of several agents count nobody twice.
 */
export class OpenSessions {
  private lately = new Map<number, number>();
  private before = new Map<number, number>();
  /** How many end at the begin of a minute. */
  private readonly endCounts = new Map<number, number>();
  private rotatedAt: number | undefined;

  /** Somebody was let in. @param minute whole minutes since 1970 @returns whether that begins a session: none of the same holder runs */
  begin(draw: number, minute: number, idleMinutes: number): boolean {
    const ends = this.endOf(draw);
    this.put(draw, ends, minute + idleMinutes + 1);
    return ends === undefined || ends <= minute;
  }

  /** A pass was shown. @returns whether its holder's session had ended, and begins again; a holder who was not let in here has none */
  seen(draw: number, minute: number, idleMinutes: number): boolean {
    const ends = this.endOf(draw);
    if (ends === undefined || ends === minute + idleMinutes + 1) return false;
    this.put(draw, ends, minute + idleMinutes + 1);
    return ends <= minute;
  }

  /** Sessions that are open at the end of a minute; minutes before it are asked for no more. */
  countAt(minute: number): number {
    let count = 0;
    for (const [ends, its] of this.endCounts) {
      if (ends > minute) count += its;
      else this.endCounts.delete(ends);
    }
    this.rotatedAt ??= minute;
    if (minute - this.rotatedAt > LONGEST_IDLE_MINUTES) {
      this.before = this.lately;
      this.lately = new Map();
      this.rotatedAt = minute;
    }
    return count;
  }

  private endOf(draw: number): number | undefined {
    return this.lately.get(draw) ?? this.before.get(draw);
  }

  private put(draw: number, before: number | undefined, ends: number): void {
    const left = before === undefined ? undefined : this.endCounts.get(before);
    if (left !== undefined) this.endCounts.set(before!, left - 1);
    this.endCounts.set(ends, (this.endCounts.get(ends) ?? 0) + 1);
    this.lately.set(draw, ends);
  }
}
