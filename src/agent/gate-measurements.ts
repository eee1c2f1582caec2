import { createHistogram } from 'node:perf_hooks';
import { OpenSessions } from './open-sessions';
import { type StayPlace, Stays } from './stays';
import type { EntAnswer } from './proxy-log.rules';

/** What this agent measured in a minute, as POST /v1/platforms/{id}/measurements takes it. */
export interface GateMeasurement {
  measuredAt: string;
  sessions: number;
  loginsPerMinute: number;
  /** 95th percentile; left out, as all that follows, where the proxy told too little. */
  latencyMilliseconds?: number;
  errorsPerMille?: number;
  requestCount?: number;
}

const MINUTE_SECONDS = 60;
/** Of fewer answers a percentile and a share of errors say nothing. */
const LEAST_ANSWERS = 20;
const LONGEST_MILLISECONDS = 3_600_000;
/** While the service is away. */
const MOST_MINUTES = 120;
/** A clock that leaps further ahead stood still, or was set: the minutes between were not measured. */
const MOST_QUIET_MINUTES = 5;

const minuteOf = (seconds: number): number => Math.floor(seconds / MINUTE_SECONDS);

/** What one agent knows of the platform, minute by minute: its share of sessions and log-ins, and what the proxy says of the ENT's answers. */
export class GateMeasurements {
  private readonly sessions = new OpenSessions();
  private readonly stays: Stays;
  private minute: number | undefined;
  private loginCount = 0;
  private answerCount = 0;
  private errorCount = 0;
  /** Whole milliseconds, at least 1. */
  private readonly times = createHistogram({ lowest: 1, highest: LONGEST_MILLISECONDS, figures: 2 });
  private waiting: GateMeasurement[] = [];
  /** The minute that was closed last. */
  last: GateMeasurement | undefined;

  /** @param onStay is told of each visit that is over, of those that are watched */
  constructor(onStay: (place: StayPlace, seconds: number) => void) {
    this.stays = new Stays(onStay);
  }

  /** A visitor without a running session is let in. @param now Unix seconds @param place absent where nobody knows the school */
  letIn(draw: number, now: number, idleMinutes: number, place: StayPlace | undefined): void {
    this.closeBefore(now);
    if (place) this.stays.letIn(draw, now, idleMinutes, place);
    if (this.sessions.begin(draw, minuteOf(now), idleMinutes)) this.loginCount++;
  }

  /** A visitor who is inside asks for a page. @param now Unix seconds */
  seen(draw: number, now: number, idleMinutes: number): void {
    this.closeBefore(now);
    this.stays.seen(draw, now, idleMinutes);
    if (this.sessions.seen(draw, minuteOf(now), idleMinutes)) this.loginCount++;
  }

  /** What the ENT answered, some of its requests for all. @param now Unix seconds */
  answered({ status, milliseconds }: EntAnswer, now: number): void {
    this.closeBefore(now);
    this.answerCount++;
    if (status >= 500) this.errorCount++;
    if (milliseconds !== undefined) this.times.record(Math.min(Math.max(1, milliseconds), LONGEST_MILLISECONDS));
  }

  /** Minutes that are over and were not taken, the oldest first. @param now Unix seconds */
  due(now: number): readonly GateMeasurement[] {
    this.closeBefore(now);
    return this.waiting;
  }

  taken(items: readonly GateMeasurement[]): void {
    this.waiting = this.waiting.filter((its) => !items.includes(its));
  }

  private closeBefore(now: number): void {
    const minute = minuteOf(now);
    if (minute === this.minute) return;
    this.stays.endBefore(now);
    this.minute ??= minute;
    if (minute - this.minute > MOST_QUIET_MINUTES) this.close(this.minute);
    else for (let open = this.minute; open < minute; open++) this.close(open);
    this.minute = minute;
  }

  private close(minute: number): void {
    this.last = {
      measuredAt: new Date(minute * MINUTE_SECONDS * 1000).toISOString(),
      sessions: this.sessions.countAt(minute),
      loginsPerMinute: this.loginCount,
      ...(this.answerCount >= LEAST_ANSWERS && {
        ...(this.times.count > 0 && { latencyMilliseconds: Math.min(this.times.percentile(95), LONGEST_MILLISECONDS) }),
        errorsPerMille: Math.round((this.errorCount * 1000) / this.answerCount),
        requestCount: this.answerCount,
      }),
    };
    this.waiting = [...this.waiting, this.last].slice(-MOST_MINUTES);
    this.loginCount = this.answerCount = this.errorCount = 0;
    this.times.reset();
  }
}
