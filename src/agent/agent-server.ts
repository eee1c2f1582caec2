import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { languageOf, LANGUAGES, type Language } from '../common/language.rules';
import { ADMIT, DECISION_KINDS, ANSWER_REASONS, REASON, SPENDS, WAY } from '../kernel/decision/visitor';
import { bodyOf, forwardedOf, isSecure, send, sendJson, ticketOf, wantsJson } from './agent-http';
import type { AgentSettings } from './agent-settings';
import type { AgentStatus } from './agent-status';
import { classChoiceOf } from './class-choice.rules';
import { decideRequestOf, RequestInvalid } from './decide-request.rules';
import { type Gate, type GateAnswer, type GateRequest } from './gate';
import {
  gateRequestOf,
  isNeverGated,
  passCookie,
  passInCookies,
  safeReturnPath,
  ticketCookie,
} from './gate-request.rules';
import { PUBLIC_PATH } from './public-path';
import type { RoomDoor } from './room-door';
import type { UserinfoClient } from './userinfo-client';
import { WAITING_POLICY, waitingCalendar, waitingPage, type ClassChoice } from './waiting-page.rules';
import type { RoomPlace } from './waiting-room';
import { roomViewOf, waitingView, type WaitingView } from './waiting-view.rules';

const WAIT_STATUS = 503;
/** Envoy puts the path of the visitor's request after it, and takes whatever begins with 5 for a broken agent. */
const EXT_AUTHZ_PATH = '/ext-authz';
const EXT_AUTHZ_WAIT_STATUS = 429;
const PROBE_AFTER_MILLISECONDS = 60_000;
/** Who is told to wait where nothing better is known. */
const NO_PLAN_RETRY_SECONDS = 5;

/** The agent's HTTP side: decisions for the proxy, the page for those who wait, its own status. */
export class AgentServer {
  private readonly server: Server;

  constructor(
    private readonly settings: AgentSettings,
    private readonly gate: Gate,
    private readonly status: AgentStatus,
    private readonly userinfo: UserinfoClient | undefined,
    private readonly door: RoomDoor,
  ) {
    // the proxy ends connections that it has no use for; to set a timer twice for each request cost a twentieth of it, and the
    // system's own probes find connections whose other end has vanished
    const kept = {
      keepAliveTimeout: 0,
      keepAlive: true,
      keepAliveInitialDelay: PROBE_AFTER_MILLISECONDS,
      noDelay: true,
    };
    this.server = createServer(kept, (request, response) => this.answer(request, response));
  }

  async listen(): Promise<number> {
    this.server.listen(this.settings.port, this.settings.host);
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === '/auth' && this.answerByPass(request, response)) return;
    this.route(request, response).catch((error: unknown) => {
      const { status, code } = error instanceof RequestInvalid ? error : { status: 500, code: 'agent.failed' };
      if (!(error instanceof RequestInvalid)) console.error(error);
      if (response.headersSent) return void response.destroy();
      send(
        response,
        status,
        'application/problem+json',
        JSON.stringify({
          type: 'about:blank',
          title: code,
          status,
          code,
          detail: error instanceof RequestInvalid ? error.message : 'The agent failed.',
        }),
      );
    });
  }

  /** What nearly every request is: a pass and nothing that could change what it says. */
  private answerByPass({ headers }: IncomingMessage, response: ServerResponse): boolean {
    const pass = passInCookies(headers.cookie);
    if (pass === undefined || headers['x-etale-visitor'] !== undefined || headers['x-etale-pass'] !== undefined)
      return false;
    if (headers['x-etale-feature'] !== undefined || headers['x-etale-urgent'] !== undefined) return false;
    if (this.userinfo && headers.authorization !== undefined) return false;
    const idleMinutes = this.gate.admittedByPass(pass, this.status.nowSeconds());
    if (idleMinutes === undefined) return false;
    response.writeHead(204, ['x-etale-idle-minutes', String(idleMinutes)]);
    response.end();
    return true;
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    const path = url.split('?', 1)[0]!;
    if (path === '/auth') return this.auth(request, response);
    if (path === '/forward-auth') return this.forwardAuth(request, response, forwardedOf(request), WAIT_STATUS);
    if (path.startsWith(`${EXT_AUTHZ_PATH}/`))
      return this.forwardAuth(request, response, url.slice(EXT_AUTHZ_PATH.length), EXT_AUTHZ_WAIT_STATUS);
    if (path === '/decide') return this.decide(request, response);
    if (path === '/status') return sendJson(response, 200, this.status.page());
    if (path === PUBLIC_PATH || path.startsWith(`${PUBLIC_PATH}/`))
      return this.publicPage(request, response, url, path);
    throw new RequestInvalid(404, 'agent.unknown_path', `Nothing is at ${path.slice(0, 100)}.`);
  }

  private now(): number {
    return this.status.nowSeconds();
  }

  /** The visitor's request, with what the ENT says of it where that is asked for. */
  private async gateRequest(request: IncomingMessage): Promise<GateRequest> {
    const asked = gateRequestOf(request.headers, this.now());
    const { authorization } = request.headers;
    // asked about each token once: a pass of before may be that of whoever used the device before
    if (this.userinfo && authorization && !asked.signedHeader)
      return { ...asked, userinfo: await this.userinfo.claimsFor(authorization, this.now()) };
    return asked;
  }

  /** nginx auth_request: 204, 401 (say which class) or 403; what to say instead stands in headers, since nginx takes no other code. */
  private async auth(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const original = request.headers['x-original-uri'];
    if (typeof original === 'string' && isNeverGated(original, this.settings.neverGated)) {
      response.writeHead(204, { 'x-etale-reason': 'never_gated' });
      return void response.end();
    }
    // a ticket is given with the page: nginx before 1.23 takes one cookie from here
    const { answer, place } = await this.door.ask(await this.gateRequest(request), ticketOf(request), false);
    const headers = this.headersOf(answer, request, place);
    const { decision } = answer;
    const isIn = !decision || decision.kind === ADMIT;
    // nginx keeps a connection only where it knows that nothing follows the headers
    if (!isIn) headers['content-length'] = '0';
    response.writeHead(isIn ? 204 : decision.reason === REASON.classUnknown ? 401 : 403, headers);
    response.end();
  }

  /** Traefik's ForwardAuth and Envoy's ext_authz: 200, or the whole answer that the visitor gets. */
  private async forwardAuth(
    request: IncomingMessage,
    response: ServerResponse,
    original: string,
    waitStatus: number,
  ): Promise<void> {
    if (original.startsWith(`${PUBLIC_PATH}/`) || isNeverGated(original, this.settings.neverGated))
      return send(response, 200, 'text/plain', '');
    const { answer, place } = await this.door.ask(await this.gateRequest(request), ticketOf(request), true);
    const { decision } = answer;
    const headers = this.headersOf(answer, request, place);
    if (!decision || decision.kind === ADMIT) return send(response, 200, 'text/plain', '', headers);
    const language = languageOf(undefined, request.headers['accept-language']);
    this.sendWaiting(
      request,
      response,
      answer,
      language,
      safeReturnPath(original),
      undefined,
      headers,
      waitStatus,
      place,
    );
  }

  private headersOf(
    { decision, pass, plan }: GateAnswer,
    request: IncomingMessage,
    place?: RoomPlace,
  ): Record<string, string> {
    if (!decision || !plan) return { 'x-etale-reason': 'no_plan', 'cache-control': 'no-store' };
    const headers: Record<string, string> = {
      'cache-control': 'no-store',
      'x-etale-reason': ANSWER_REASONS[decision.reason]!,
      'x-etale-idle-minutes': String(decision.idleMinutes),
    };
    if (decision.featuresOff !== 0)
      headers['x-etale-features-off'] = plan.plan.content.features
        .filter((_, k) => (decision.featuresOff & (1 << k)) !== 0)
        .join(',');
    if (decision.kind === ADMIT) headers['x-etale-until'] = String(decision.until);
    else {
      headers['x-etale-status'] = String(WAIT_STATUS);
      const retryAfter = place?.kind === 'waits' ? place.retryAfterSeconds : Math.ceil(decision.retryAt - this.now());
      headers['x-etale-retry-after'] = String(Math.max(1, retryAfter));
      if (place?.kind === 'waits') headers['x-etale-ticket'] = place.ticket;
    }
    if (pass !== undefined) {
      headers['set-cookie'] = passCookie(pass, isSecure(request));
      headers['x-etale-pass'] = pass;
    }
    return headers;
  }

  /** For programs on this machine that know the visitor themselves. */
  private async decide(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') throw new RequestInvalid(405, 'agent.method', 'Decisions are asked for by POST.');
    const body = await bodyOf(request);
    const { at, ticket, ...about } = decideRequestOf(body);
    // about another instant: what would be said then, which counts and spends nothing
    const { answer, place } =
      at === undefined
        ? await this.door.ask({ ...about, now: this.now() }, ticket, true)
        : { answer: this.gate.foresee({ ...about, now: at }), place: undefined };
    const { decision, plan, visitor, pass } = answer;
    if (!decision || !plan || !visitor)
      return sendJson(response, 200, { kind: 'admit', reason: 'no_plan', state: this.status.state });
    const { content } = plan.plan;
    const instant = (seconds: number) => (seconds > 0 ? new Date(seconds * 1000).toISOString() : null);
    sendJson(response, 200, {
      kind: DECISION_KINDS[decision.kind],
      enforcedKind: DECISION_KINDS[decision.enforcedKind],
      reason: answer.isByPass && decision.enforcedKind === ADMIT ? 'pass' : ANSWER_REASONS[decision.reason],
      until: instant(decision.until),
      opensAt: instant(decision.opensAt),
      retryAt: instant(decision.retryAt),
      retryAfterSeconds:
        place?.kind === 'waits'
          ? place.retryAfterSeconds
          : decision.retryAt > 0
            ? Math.max(1, Math.ceil(decision.retryAt - (at ?? this.now())))
            : null,
      idleMinutes: decision.idleMinutes,
      featuresOff: content.features.filter((_, k) => (decision.featuresOff & (1 << k)) !== 0),
      spends: SPENDS[decision.spends],
      ways: Object.entries(WAY).flatMap(([name, bit]) => ((decision.ways & bit) !== 0 ? [name] : [])),
      pass: at === undefined ? (pass ?? null) : null,
      room: place?.kind === 'waits' ? roomViewOf(place) : null,
      ticket: place?.kind === 'waits' ? place.ticket : null,
    });
  }

  private async publicPage(
    request: IncomingMessage,
    response: ServerResponse,
    url: string,
    path: string,
  ): Promise<void> {
    const query = new URLSearchParams(url.slice(path.length + 1));
    const language = languageOf(
      LANGUAGES.find((known) => known === query.get('lang')),
      request.headers['accept-language'],
    );
    const original = request.headers['x-original-uri'];
    const back = safeReturnPath(query.get('r') ?? (typeof original === 'string' ? original : undefined));
    const page = path.slice(PUBLIC_PATH.length + 1);
    const asked = gateRequestOf(request.headers, this.now());
    const base = { ...asked, wantsUrgentPass: false, feature: undefined };
    if (page.startsWith('c/')) {
      const answer = this.gate.look({ ...base, classLink: page.slice(2) });
      return this.redirect(request, response, answer, back);
    }
    if (page === 'urgent' && request.method === 'POST') {
      const answer = this.gate.ask({ ...base, wantsUrgentPass: true });
      if (!answer.decision || answer.decision.kind === ADMIT) return this.redirect(request, response, answer, back);
      return this.sendWaiting(request, response, answer, language, back, undefined, {});
    }
    if (page === 'choose') {
      if (request.method === 'POST') {
        const chosen = new URLSearchParams(await bodyOf(request)).getAll('class').slice(0, 4);
        return this.redirect(
          request,
          response,
          this.gate.look({ ...base, chosen }),
          `${PUBLIC_PATH}/wait?lang=${language}&r=${encodeURIComponent(back)}`,
        );
      }
      const answer = this.gate.look(base);
      const choice = answer.plan && classChoiceOf(answer.plan.plan, query.get('q') ?? '', query.get('school') ?? '');
      return this.sendWaiting(request, response, answer, language, back, choice, {}, 200);
    }
    if (page === 'wait' || page === '') {
      // why somebody waits who is inside: for a feature that is off
      const { answer, place } = await this.door.look({ ...base, feature: asked.feature }, ticketOf(request));
      return this.sendWaiting(request, response, answer, language, back, undefined, {}, WAIT_STATUS, place);
    }
    const answer = this.gate.look(base);
    if (page === 'calendar.ics' && answer.plan) {
      const text = waitingCalendar(this.viewOf(answer, language), language, this.now());
      return send(response, 200, 'text/calendar; charset=utf-8', text, {
        'cache-control': 'no-store',
        'content-disposition': 'attachment; filename="etale.ics"',
      });
    }
    throw new RequestInvalid(404, 'agent.unknown_path', 'There is no such page.');
  }

  private redirect(request: IncomingMessage, response: ServerResponse, { pass }: GateAnswer, to: string): void {
    response.writeHead(303, {
      location: to,
      'cache-control': 'no-store',
      ...(pass !== undefined && { 'set-cookie': passCookie(pass, isSecure(request)) }),
    });
    response.end();
  }

  private viewOf({ plan, visitor, decision }: GateAnswer, language: Language, place?: RoomPlace): WaitingView {
    return waitingView(plan!.plan, visitor!, decision!, this.now(), language, this.settings.workUrl, place);
  }

  private sendWaiting(
    request: IncomingMessage,
    response: ServerResponse,
    answer: GateAnswer,
    language: Language,
    back: string,
    choice: ClassChoice | undefined,
    more: Record<string, string>,
    status = WAIT_STATUS,
    place?: RoomPlace,
  ): void {
    if (!answer.plan) {
      response.writeHead(503, { 'retry-after': String(NO_PLAN_RETRY_SECONDS), 'cache-control': 'no-store' });
      return void response.end();
    }
    const view = this.viewOf(answer, language, place);
    const isUnknown = view.reason === 'class_unknown' && choice === undefined;
    const headers = {
      'cache-control': 'no-store',
      'retry-after': String(Math.max(1, view.retryAfterSeconds)),
      vary: 'Accept, Accept-Language, Cookie',
      'content-language': language,
      ...more,
    };
    const cookies = [
      ...(answer.pass !== undefined ? [passCookie(answer.pass, isSecure(request))] : []),
      ...(place?.kind === 'waits' ? [ticketCookie(place.ticket, isSecure(request))] : []),
    ];
    if (cookies.length > 0) response.setHeader('set-cookie', cookies);
    delete (headers as Record<string, string>)['set-cookie'];
    if (wantsJson(request)) return sendJson(response, status, view, headers);
    const shown = isUnknown ? classChoiceOf(answer.plan.plan, '', '') : choice;
    send(response, status, 'text/html; charset=utf-8', waitingPage(view, language, back, shown), {
      ...headers,
      'content-security-policy': WAITING_POLICY,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  }
}
