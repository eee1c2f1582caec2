/** Where a visit is counted: the window that let in, or its owner outside every window, and the day. */
export interface StayPlace {
  audience: 'pupils' | 'relatives' | 'staff' | 'school';
  ownerId: number;
  startCell: number | null;
  onDate: string;
}

/** Of so many visitors one is watched, by the draw of the pass: a mean needs no more, and every page asks here. */
const ONE_OF = 4;
const MINUTE_SECONDS = 60;

interface Stay {
  place: StayPlace;
  /** Unix seconds of the admission and of the last page. */
  from: number;
  last: number;
  /** Over unless a page is asked for before. */
  ends: number;
}

/**
 * How long visitors stay whom this agent let in, from the admission to their last page here. A visit is over when its holder was not
 * seen for the idle minutes; who comes back after them begins another one.
 */
export class Stays {
  private readonly open = new Map<number, Stay>();
  /** Draws of those whose visits may be over in a minute. */
  private readonly due = new Map<number, number[]>();

  constructor(private readonly onEnd: (place: StayPlace, seconds: number) => void) {}

  /** Somebody was let in. @param now Unix seconds */
  letIn(draw: number, now: number, idleMinutes: number, place: StayPlace): void {
    if (draw % ONE_OF !== 0) return;
    const stay = this.open.get(draw);
    // let in again while inside: the visit goes on
    if (stay && stay.ends > now) return this.goOn(stay, now, idleMinutes);
    if (stay) this.end(draw, stay);
    this.begin(draw, { place, from: now, last: now, ends: now + idleMinutes * MINUTE_SECONDS });
  }

  /** A page was asked for. @param now Unix seconds */
  seen(draw: number, now: number, idleMinutes: number): void {
    if (draw % ONE_OF !== 0) return;
    const stay = this.open.get(draw);
    if (!stay) return;
    if (stay.ends > now) return this.goOn(stay, now, idleMinutes);
    this.end(draw, stay);
    this.begin(draw, { place: stay.place, from: now, last: now, ends: now + idleMinutes * MINUTE_SECONDS });
  }

  /** Ends the visits that are over. @param now Unix seconds */
  endBefore(now: number): void {
    const minute = Math.floor(now / MINUTE_SECONDS);
    for (const [dueAt, draws] of this.due) {
      if (dueAt > minute) continue;
      this.due.delete(dueAt);
      for (const draw of draws) {
        const stay = this.open.get(draw);
        if (!stay) continue;
        if (stay.ends <= now) this.end(draw, stay);
        else this.look(draw, stay);
      }
    }
  }

  private begin(draw: number, stay: Stay): void {
    this.open.set(draw, stay);
    this.look(draw, stay);
  }

  private goOn(stay: Stay, now: number, idleMinutes: number): void {
    stay.last = now;
    stay.ends = now + idleMinutes * MINUTE_SECONDS;
  }

  private end(draw: number, { place, from, last }: Stay): void {
    this.open.delete(draw);
    this.onEnd(place, Math.round(last - from));
  }

  private look(draw: number, { ends }: Stay): void {
    const minute = Math.floor(ends / MINUTE_SECONDS) + 1;
    const draws = this.due.get(minute);
    if (draws) draws.push(draw);
    else this.due.set(minute, [draw]);
  }
}
