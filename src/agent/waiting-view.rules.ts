import type { Language } from '../common/language.rules';
import { concerns } from '../kernel/decision/decide';
import { secondsOfCell } from '../kernel/cell-grid';
import { entryAt, relativesOwner, windowsOfOwner, type GatePlan } from '../kernel/decision/gate-plan';
import {
  ADMIT,
  DECISION_KINDS,
  ANSWER_REASONS,
  REASON,
  RELATIVE,
  WAY,
  type Decision,
  type Visitor,
} from '../kernel/decision/visitor';
import type { RoomPlace } from './waiting-room';
import { delayText, timeText, waitingText, waitText } from './waiting-text';
import { civilDateOf, clockText, isoOf } from './zone-clock';

export interface ViewWindow {
  subject: string;
  startsAt: string;
  endsAt: string;
  entryAt: string;
  /** As the school's clock says it, in the reader's language: `9 h 45 - 10 h 30`. */
  text: string;
}

/** What the waiting page says, and its JSON twin word for word. */
export interface WaitingView {
  kind: (typeof DECISION_KINDS)[number];
  reason: string;
  sentence: string;
  /** What the protection steps in force say to this visitor. */
  notices: string[];
  hint: string | null;
  timeZone: string;
  opensAt: string | null;
  retryAt: string;
  retryAfterSeconds: number;
  windows: ViewWindow[];
  workUrl: string | null;
  telephones: { school: string; telephone: string }[];
  mayAskUrgentPass: boolean;
  mayChooseClass: boolean;
  /** The place in the waiting room, null where there is none. */
  room: RoomView | null;
  /** To be shown the next time, in `x-etale-ticket`, by programs that keep no cookie. */
  ticket: string | null;
}

export interface RoomView {
  /** 1 for who is next; null while nobody can say. */
  position: number | null;
  /** Seconds until the turn comes, when the plan leaves room as foreseen; null where nobody can say. */
  estimateSeconds: number | null;
  /** Others may still come before: the estimate is the least. */
  isAtLeast: boolean;
  /** Held back by a protection step: the place is kept, nobody of these is called. */
  isHeld: boolean;
}

type Waiting = Extract<RoomPlace, { kind: 'waits' }>;

export const roomViewOf = ({ position, estimateSeconds, isAtLeast, isHeld }: Waiting): RoomView => ({
  position,
  estimateSeconds: estimateSeconds === null ? null : Math.ceil(estimateSeconds),
  isAtLeast,
  isHeld,
});

/** @param now Unix seconds */
export function waitingView(
  plan: GatePlan,
  visitor: Visitor,
  decision: Decision,
  now: number,
  language: Language,
  workUrl: string | undefined,
  place?: RoomPlace,
): WaitingView {
  const { content } = plan;
  const waiting = place?.kind === 'waits' ? place : undefined;
  const schools = [...new Set([...visitor.classes.map((c) => plan.classEstablishment[c]!), ...visitor.establishments])];
  const zone =
    content.zones[schools.length > 0 ? plan.establishmentZone[schools[0]!]! : plan.commonZone]?.name ?? 'UTC';
  const isIn = decision.kind === ADMIT;
  const retryAt = isIn ? now : waiting ? now + waiting.retryAfterSeconds : Math.max(decision.retryAt, now + 1);
  const reason = ANSWER_REASONS[decision.reason]!;
  const retry = { time: timeText(language, retryAt, now, zone) };
  return {
    kind: DECISION_KINDS[decision.kind]!,
    reason,
    sentence: waiting
      ? roomSentence(waiting, decision, now, language, zone)
      : sentenceOf(plan, visitor, decision, now, language, zone, retry),
    notices: content.rules.flatMap((rule) =>
      rule.words && concerns(plan, rule, visitor, now) ? [rule.words[language]] : [],
    ),
    hint: waiting
      ? roomHint(waiting, decision, now, language, zone)
      : isIn || (reason === 'quota_empty' && decision.opensAt === 0)
        ? null
        : waitingText(language, 'comeBack', retry),
    timeZone: zone,
    opensAt: decision.opensAt > 0 ? isoOf(decision.opensAt, zone) : null,
    retryAt: isoOf(retryAt, zone),
    retryAfterSeconds: Math.ceil(retryAt - now),
    windows: windowsToday(plan, visitor, now, zone, language),
    workUrl: workUrl ?? null,
    telephones: schools.flatMap((e) =>
      content.establishments.telephone[e]
        ? [{ school: content.establishments.name[e]!, telephone: content.establishments.telephone[e] }]
        : [],
    ),
    mayAskUrgentPass: (decision.ways & WAY.urgentPass) !== 0,
    mayChooseClass: visitor.classes.length === 0,
    room: waiting ? roomViewOf(waiting) : null,
    ticket: waiting?.ticket ?? null,
  };
}

/** Where in the line, and for how long; the own window, where it comes before, is the better news. */
function roomSentence(place: Waiting, decision: Decision, now: number, language: Language, zone: string): string {
  const say = (name: Parameters<typeof waitingText>[1], values = {}) => waitingText(language, name, values);
  const { position, estimateSeconds, isAtLeast, isHeld } = place;
  const held = decision.reason === REASON.liveOnly ? say('liveOnly') : say('relativesWait');
  if (isHeld) {
    const opens =
      decision.opensAt > 0
        ? ` ${say('opensRelatives', { time: timeText(language, decision.opensAt, now, zone), delay: delayText(language, decision.opensAt - now) })}`
        : '';
    return `${held}${opens}`;
  }
  if (position === null) return say('roomKept');
  const values = { position: new Intl.NumberFormat(language).format(position) };
  const isFirst = position === 1 ? say('roomFirst') : say('roomPosition', values);
  const window = decision.opensAt > 0 ? decision.opensAt - now : Infinity;
  if (estimateSeconds === null || estimateSeconds >= window) {
    if (!Number.isFinite(window)) return `${isFirst} ${say('roomNoEstimate')}`;
    return `${isFirst} ${say('roomWindow', { time: timeText(language, decision.opensAt, now, zone), delay: delayText(language, window) })}`;
  }
  return `${isFirst} ${say(isAtLeast ? 'roomAtLeast' : 'roomEstimate', { delay: waitText(language, estimateSeconds) })}`;
}

function roomHint(place: Waiting, decision: Decision, now: number, language: Language, zone: string): string {
  const say = (name: Parameters<typeof waitingText>[1], values = {}) => waitingText(language, name, values);
  const window =
    decision.opensAt > 0 &&
    !place.isHeld &&
    place.estimateSeconds !== null &&
    place.estimateSeconds < decision.opensAt - now;
  const also = window ? `${say('roomAlso', { time: timeText(language, decision.opensAt, now, zone) })} ` : '';
  return `${also}${say('roomHint', { seconds: String(place.retryAfterSeconds) })}`;
}

function sentenceOf(
  plan: GatePlan,
  visitor: Visitor,
  decision: Decision,
  now: number,
  language: Language,
  zone: string,
  retry: { time: string },
): string {
  const say = (name: Parameters<typeof waitingText>[1], values = {}) => waitingText(language, name, values);
  if (decision.kind === ADMIT) return say('mayEnter');
  const reason = ANSWER_REASONS[decision.reason]!;
  if (reason === 'feature_off') return say('featureOff');
  if (reason === 'class_unknown') return say('unknown');
  const prefix =
    reason === 'relatives_wait' ? `${say('relativesWait')} ` : reason === 'live_only' ? `${say('liveOnly')} ` : '';
  if (decision.opensAt === 0) return prefix + say('noOpening', retry);
  const values = {
    time: timeText(language, decision.opensAt, now, zone),
    delay: delayText(language, decision.opensAt - now),
  };
  // of several classes the one that opens then
  const opening = visitor.classes.find((c) =>
    ownersWindows(plan, visitor, c).some(([s]) => entryAt(s) === decision.opensAt),
  );
  const subject = opening ?? visitor.classes[0];
  return subject === undefined || visitor.profile === RELATIVE
    ? prefix + say('opensRelatives', values)
    : prefix + say('opens', { ...values, subject: plan.content.classes.name[subject]! });
}

function ownersWindows(plan: GatePlan, visitor: Visitor, c: number) {
  const isOwn = visitor.profile !== RELATIVE || plan.classHasParentAccounts[c] === 1;
  return windowsOfOwner(plan, isOwn ? c : relativesOwner(plan, plan.classEstablishment[c]!));
}

/** Windows of the present day that are not over, those of every class of the visitor. */
function windowsToday(plan: GatePlan, visitor: Visitor, now: number, zone: string, language: Language): ViewWindow[] {
  const { content } = plan;
  const ofClasses = visitor.classes.map((c) => ({
    subject: content.classes.name[c]!,
    windows: ownersWindows(plan, visitor, c),
  }));
  const ofSchools =
    visitor.profile === RELATIVE && visitor.classes.length === 0
      ? visitor.establishments.map((e) => ({
          subject: content.establishments.name[e]!,
          windows: windowsOfOwner(plan, relativesOwner(plan, e)),
        }))
      : [];
  const today = civilDateOf(now, zone);
  return [...ofClasses, ...ofSchools]
    .flatMap(({ subject, windows }) => windows.map(([start, cells]) => ({ subject, start, end: start + cells })))
    .filter(({ start, end }) => secondsOfCell(end) > now && civilDateOf(secondsOfCell(start), zone) === today)
    .sort((a, b) => a.start - b.start)
    .map(({ subject, start, end }) => {
      const [from, to] = [secondsOfCell(start), secondsOfCell(end)];
      return {
        subject,
        startsAt: isoOf(from, zone),
        endsAt: isoOf(to, zone),
        entryAt: isoOf(entryAt(start), zone),
        text: `${clockText(from, zone, language)} - ${clockText(to, zone, language)}`,
      };
    });
}
