import { readClassLink, type PassKey } from '../common/class-link';
import { decide, stay } from '../kernel/decision/decide';
import {
  ADMIT,
  CHOSEN,
  emptyDecision,
  NOTHING_LEFT,
  REASON,
  STAFF,
  UNKNOWN,
  type Decision,
  type QuotaLeft,
  type Visitor,
} from '../kernel/decision/visitor';
import type { GateCounts } from './gate-counts';
import { GateMeasurements } from './gate-measurements';
import type { GateQuota } from './gate-quota';
import type { HeldPlan, PlanInForce } from './held-plan';
import { dayOf, knownBy, visitorOf, type Claims } from './identity.rules';
import {
  claimsAt,
  MOST_CLASSES,
  passText,
  readPass,
  readSignedHeader,
  type Pass,
  type SignedClaims,
} from './pass.rules';
import { hasIdledOut, idleEnd, isTold, newPass, seen, toldAfter, withClaims } from './pass-holder.rules';
import { Remembered } from './remembered';
import { readTicket, ticketText, type Ticket } from './ticket.rules';

/** What a request brings to the gate. */
export interface GateRequest {
  /** Unix seconds. */
  now: number;
  pass?: string | undefined;
  /** A header that the ENT or its SSO signed at log-in. */
  signedHeader?: string | undefined;
  /** What the ENT's userinfo answered. */
  userinfo?: unknown;
  classLink?: string | undefined;
  /** Keys of classes that the visitor chose by itself. */
  chosen?: readonly string[];
  /** What a program on this machine says of the visitor, and how it knows. */
  stated?: { how: 'signed_header' | 'userinfo' | 'class_link' | 'chosen'; claims: unknown } | undefined;
  hasSession?: boolean;
  wantsUrgentPass?: boolean;
  feature?: string | undefined;
}

export interface GateAnswer {
  /** Nothing where there is no plan yet: then the gate lets in, as before the first plan, and says so in its status. */
  decision: Decision | undefined;
  visitor: Visitor | undefined;
  plan: PlanInForce | undefined;
  /** To be kept on the device, where it is not what the device brought. */
  pass: string | undefined;
  isByPass: boolean;
}

/** A decision on its way: what it was made of, before it counts. */
export interface Judged {
  current: PlanInForce;
  now: number;
  brought: Pass | undefined;
  pass: Pass;
  visitor: Visitor;
  decision: Decision;
  isByPass: boolean;
}

const NO_ANSWER: GateAnswer = Object.freeze({
  decision: undefined,
  visitor: undefined,
  plan: undefined,
  pass: undefined,
  isByPass: false,
});
/** Passes, and headers of the ENT, that are not verified again while they are shown again. */
const MOST_PASSES = 50_000;
const MOST_HEADERS = 10_000;
const LONGEST_PASS_SECONDS = 86_400;

/** Decides with the plan in force; asks nobody. */
export class Gate {
  readonly measurements = new GateMeasurements((place, seconds) => this.counts.addStay(place, seconds));
  private passKeys: readonly PassKey[] = [];
  private signingKey: PassKey | undefined;
  private readonly passes = new Remembered<Pass>(MOST_PASSES);
  private readonly headers = new Remembered<SignedClaims>(MOST_HEADERS);

  constructor(
    private readonly held: HeldPlan,
    readonly quota: GateQuota,
    readonly counts: GateCounts,
    private readonly entKey: Buffer | undefined,
  ) {}

  setPassKeys(keys: readonly PassKey[], signing: PassKey | undefined): void {
    this.passKeys = keys;
    this.signingKey = signing;
    this.passes.clear();
  }

  get signsPasses(): boolean {
    return this.signingKey !== undefined;
  }

  /**
   * Whether a pass alone lets in, now: what nearly every request is. @returns the minutes after which its idle session ends;
   * undefined where it does not, or where a protection step in force may say something of its holder
   */
  admittedByPass(text: string, now: number): number | undefined {
    const content = this.held.current?.plan.content;
    if (content?.rules.some(({ startsAt, endsAt }) => startsAt <= now && now < endsAt)) return undefined;
    const pass = this.passOf(text);
    if (!content || !pass || pass.until <= now) return undefined;
    this.counts.total.passes++;
    this.measurements.seen(pass.draw, now, content.idleMinutes);
    return content.idleMinutes;
  }

  /** What is done with a request; it counts, spends and signs. */
  ask(request: GateRequest): GateAnswer {
    const judged = this.judge(request);
    return judged ? this.settle(judged) : NO_ANSWER;
  }

  /** What would be done with a request: nothing is counted or spent yet. @param left quotas, where not those of this agent */
  judge(request: GateRequest, left?: QuotaLeft): Judged | undefined {
    const { current } = this.held;
    if (!current) return undefined;
    // a clock before the plan was made is wrong for certain
    const now = Math.max(request.now, current.plan.content.issuedAt);
    const brought = request.pass === undefined ? undefined : this.passOf(request.pass);
    const { pass, how } = this.identified(current, brought, request, now);
    const isSame = brought !== undefined && pass === brought;
    const visitor = this.visitor(current, pass, how, request, now);
    const decision = emptyDecision();
    let its = pass;
    if (isSame && pass.until > now && !request.wantsUrgentPass) {
      const shortenedAt = stay(current.plan, visitor, pass.until, now, decision);
      if (!hasIdledOut(pass, shortenedAt, decision.idleMinutes, now))
        return {
          current,
          now,
          brought,
          pass: seen(pass, shortenedAt, decision.idleMinutes, now),
          visitor,
          decision,
          isByPass: true,
        };
      // the session is over: whoever comes back is let in anew, by window or quota
      its = { ...pass, until: 0 };
    }
    decide(current.plan, visitor, left ?? this.quota.at(now, current.plan.content.quotas), now, decision);
    return { current, now, brought, pass: its, visitor, decision, isByPass: false };
  }

  /** Lets in whom the waiting room has called; `isAgain` where that was counted before. */
  callIn(judged: Judged, isAgain: boolean): GateAnswer {
    const { decision, current, now } = judged;
    decision.kind = decision.enforcedKind = ADMIT;
    decision.reason = REASON.waitingRoom;
    decision.until = now + current.plan.content.openPassSeconds;
    decision.opensAt = decision.retryAt = decision.ways = 0;
    if (isAgain) judged.visitor.isAdmittedToday = true;
    return this.settle(judged);
  }

  settle({ current, now, brought, pass, visitor, decision, isByPass }: Judged): GateAnswer {
    if (isByPass) {
      this.counts.total.passes++;
      this.measurements.seen(pass.draw, now, decision.idleMinutes);
      return {
        decision,
        visitor,
        plan: current,
        pass: pass === brought ? undefined : this.textOf(pass, current),
        isByPass,
      };
    }
    this.quota.spend(decision.spends, visitor.isAdmittedToday);
    const day = dayOfVisitor(current, visitor, now);
    const told = toldAfter(pass, decision, day);
    const before = { isAdmittedToday: visitor.isAdmittedToday, isToldToday: isTold(pass, told) };
    const place = this.counts.add(current.plan, visitor, decision, before, now);
    if (visitor.hasSession) {
      this.measurements.seen(pass.draw, now, decision.idleMinutes);
      return { decision, visitor, plan: current, pass: undefined, isByPass };
    }
    const isIn = decision.kind === ADMIT;
    if (isIn) this.measurements.letIn(pass.draw, now, decision.idleMinutes, place);
    const next: Pass = {
      ...pass,
      ...told,
      // who is inside and asks for more in vain stays for as long as was said
      until: isIn ? Math.min(decision.until, now + LONGEST_PASS_SECONDS) : pass.until > now ? pass.until : 0,
      admittedOn: isIn ? day : pass.admittedOn,
    };
    if (isIn && decision.idleMinutes < current.plan.content.idleMinutes)
      next.idleUntil = idleEnd(decision.idleMinutes, now);
    else delete next.idleUntil;
    return { decision, visitor, plan: current, pass: this.textOf(next, current), isByPass };
  }

  /** What the gate would say: nothing is counted, spent or admitted. */
  look(request: GateRequest): GateAnswer {
    const judged = this.looked(request);
    return judged ? this.shown(judged) : NO_ANSWER;
  }

  /** The same for the page of those who wait. */
  tell(request: GateRequest): GateAnswer {
    const judged = this.looked(request);
    return judged ? this.told(judged) : NO_ANSWER;
  }

  private looked(request: GateRequest): Judged | undefined {
    const { current } = this.held;
    if (!current) return undefined;
    const now = Math.max(request.now, current.plan.content.issuedAt);
    return this.judgeAt(current, { ...request, now }, this.quota.seenAt(now, current.plan.content.quotas));
  }

  /** The same of another instant, `request.now`: nobody knows what quotas will be left then, nor how old the plan will be. */
  foresee(request: GateRequest): GateAnswer {
    const { current } = this.held;
    if (!current) return NO_ANSWER;
    const content = { ...current.plan.content, staleAfter: Infinity, expiresAt: Infinity };
    return this.shown(this.judgeAt({ ...current, plan: { ...current.plan, content } }, request, NOTHING_LEFT));
  }

  private judgeAt(current: PlanInForce, request: GateRequest, left: QuotaLeft): Judged {
    const { now } = request;
    const brought = request.pass === undefined ? undefined : this.passOf(request.pass);
    const { pass, how } = this.identified(current, brought, request, now);
    const visitor = this.visitor(current, pass, how, request, now);
    const decision = emptyDecision();
    decide(current.plan, visitor, left, now, decision);
    return { current, now, brought, pass, visitor, decision, isByPass: false };
  }

  /** The answer of what was only looked at. */
  private shown({ current, brought, pass, visitor, decision }: Judged): GateAnswer {
    return {
      decision,
      visitor,
      plan: current,
      pass: pass === brought ? undefined : this.textOf(pass, current),
      isByPass: false,
    };
  }

  /**
   * The answer of the page that a proxy shows in the place of a refusal, which was counted when it was asked about: the pass of that
   * answer did not reach the device, so this one says that its holder was told.
   */
  told(judged: Judged): GateAnswer {
    const { current, now, brought, visitor, decision, pass } = judged;
    const told = toldAfter(pass, decision, dayOfVisitor(current, visitor, now));
    // whoever is inside, and refused a feature, was not counted
    if (pass.until > now || isTold(pass, told)) return this.shown(judged);
    return this.shown({ current, now, brought, visitor, decision, pass: { ...pass, ...told }, isByPass: false });
  }

  /** A ticket of the waiting room for the holder of a draw. */
  ticketText(ticket: Ticket, draw: number): string {
    return ticketText(ticket, draw, this.held.current!.plan.content.platformId, this.signingKey!);
  }

  ticketOf(text: string, draw: number): Ticket | undefined {
    const { current } = this.held;
    return current && readTicket(text, draw, current.plan.content.platformId, this.passKeys);
  }

  private textOf(pass: Pass, { plan }: PlanInForce): string | undefined {
    return this.signingKey && passText(pass, plan.content.platformId, this.signingKey);
  }

  private passOf(text: string): Pass | undefined {
    const platformId = this.held.current?.plan.content.platformId;
    if (platformId === undefined) return undefined;
    const known = this.passes.get(text);
    if (known) return known;
    const pass = readPass(text, platformId, this.passKeys);
    if (pass) this.passes.set(text, pass);
    return pass;
  }

  /** What the ENT's header says of its holder now. */
  private claimsIn(header: string, now: number): SignedClaims | undefined {
    let claims = this.headers.get(header);
    if (!claims) {
      claims = this.entKey && readSignedHeader(header, this.entKey);
      if (claims) this.headers.set(header, claims);
    }
    return claimsAt(claims, now);
  }

  private visitor(current: PlanInForce, pass: Pass, how: number, request: GateRequest, now: number): Visitor {
    // what was shown decides; only who has shown nothing is taken at the own word
    const isChosen =
      pass.profile !== STAFF && pass.shown.length === 0 && pass.establishments.length === 0 && pass.chosen.length > 0;
    const visitor = visitorOf(current.plan, pass, isChosen, how, now);
    visitor.hasSession = request.hasSession ?? false;
    visitor.wantsUrgentPass = request.wantsUrgentPass ?? false;
    visitor.feature = request.feature === undefined ? -1 : current.plan.content.features.indexOf(request.feature);
    return visitor;
  }

  /** In the order of trust: the own pass, the ENT's header, its userinfo, a class link, a choice of one's own. */
  private identified(
    current: PlanInForce,
    brought: Pass | undefined,
    request: GateRequest,
    now: number,
  ): { pass: Pass; how: number } {
    let pass = brought ?? newPass();
    let how = knownBy(brought ? 'pass' : 'nothing');
    const { names, plan } = current;
    const { stated } = request;
    const shows: [how: number, claims: Claims | undefined][] = [];
    if (request.signedHeader !== undefined)
      shows.push([knownBy('signed_header'), names.claimsOf(this.claimsIn(request.signedHeader, now), plan)]);
    if (request.userinfo !== undefined) shows.push([knownBy('userinfo'), names.claimsOf(request.userinfo, plan)]);
    if (stated && stated.how !== 'chosen') shows.push([knownBy(stated.how), names.claimsOf(stated.claims, plan)]);
    const link =
      request.classLink === undefined
        ? undefined
        : readClassLink(request.classLink, plan.content.platformId, this.passKeys);
    if (link !== undefined)
      shows.push([knownBy('class_link'), { profile: UNKNOWN, classes: [link], establishments: [], levels: 0 }]);
    for (const [its, claims] of shows) {
      if (!claims) continue;
      const next = withClaims(pass, claims, its === knownBy('class_link'));
      if (next === pass) continue;
      pass = next;
      if (how === knownBy('nothing') || its < how) how = its;
    }
    const chosenKeys = [...(request.chosen ?? []), ...(stated?.how === 'chosen' ? chosenOf(stated.claims) : [])];
    const chosen = chosenKeys.flatMap((key) => names.classIndex(key) ?? []).map((c) => plan.content.classes.id[c]!);
    const added = chosen.filter((id) => !pass.shown.includes(id) && !pass.chosen.includes(id));
    if (added.length > 0) pass = { ...pass, until: 0, chosen: [...pass.chosen, ...added].slice(-MOST_CLASSES) };
    if (how === knownBy('nothing') && pass.chosen.length > 0) how = CHOSEN;
    return { pass, how };
  }
}

function dayOfVisitor({ plan }: PlanInForce, { classes, establishments }: Visitor, now: number): number {
  const school = classes.length > 0 ? plan.classEstablishment[classes[0]!]! : establishments[0];
  return dayOf(plan, school === undefined ? 0 : plan.establishmentZone[school]!, now);
}

function chosenOf(claims: unknown): string[] {
  const classes = (claims as { classes?: unknown } | null)?.classes;
  return Array.isArray(classes) ? classes.filter((key): key is string => typeof key === 'string') : [];
}
