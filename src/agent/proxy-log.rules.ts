/** What the ENT answered to a request, as the proxy before it says. */
export interface EntAnswer {
  status: number;
  /** Until its first byte; undefined where none came. */
  milliseconds: number | undefined;
}

/** nginx, `log_format etale_answers '$status $upstream_header_time'` with the tag `etale`; several times where several servers were tried. */
const NGINX = /\betale: (\d{3}) (?:[-\d.]+ ?[,:] )*(\d+\.\d+|-)$/;
/** HAProxy, `option httplog`: backend/server, TR/Tw/Tc/Tr/Ta, status, ... , the two letters of how it ended. */
const HAPROXY = / (\S+)\/(\S+) -?\d+\/-?\d+\/-?\d+\/(-?\d+)\/\+?-?\d+ (\d{3}) \+?\d+ \S+ \S+ (\S\S)/;
/** The backend of the waiting page in `gateways/haproxy`. */
const AGENT_BACKEND = 'etale_agent';

/** A line of a proxy's log by syslog (RFC 3164). @returns nothing where the ENT was not asked, or for any other line */
export function entAnswerOf(line: string): EntAnswer | undefined {
  const nginx = NGINX.exec(line.trimEnd());
  if (nginx) {
    const [, status, seconds] = nginx;
    return { status: Number(status), milliseconds: seconds === '-' ? undefined : Math.round(Number(seconds) * 1000) };
  }
  const haproxy = HAPROXY.exec(line);
  if (!haproxy) return undefined;
  const [, backend, , wait, status, ended] = haproxy;
  // L and P: HAProxy answered by itself, a redirect or the 503 of an agent that is dead
  if (backend === AGENT_BACKEND || ended!.startsWith('L') || ended!.startsWith('P')) return undefined;
  return { status: Number(status), milliseconds: Number(wait) < 0 ? undefined : Number(wait) };
}
