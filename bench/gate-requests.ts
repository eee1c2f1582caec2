import { PASS_NAME, passText, signedHeaderText } from '../src/agent/pass.rules';
import type { BundleContent } from '../src/kernel/decision/bundle-content';
import { CELL_SECONDS, LEAD_CELLS } from '../src/kernel/cell-grid';
import { PUPIL } from '../src/kernel/decision/visitor';
import { gatePlanOf, windowsOfOwner } from '../src/kernel/decision/gate-plan';
import { randomInteger, type Random } from '../src/kernel/random';
import { PASS_KEY } from './plan-on-disk';
import { requestText } from './raw-connection';

/** Shares of what is asked: of a hundred pages ninety with a pass. */
export const GATE_MIX = { pass: 0.9, first: 0.05 } as const;
/** Distinct visitors of each kind. */
export const GATE_VISITORS = 20_000;
export const ENT_KEY = 'a key that the ENT and the agent of a benchmark share';
/** Windows that end within this time are left out: a benchmark takes a while. */
const LEAST_LEFT_SECONDS = 900;

export interface GateRequest {
  text: string;
  /** What the gate answers it. */
  status: number;
}

/** Requests in a mixed order: with a pass, for a first decision that admits, and of who waits; a visitor of its own each. */
export function gateRequests(content: BundleContent, random: Random, now: number, count: number): GateRequest[] {
  const plan = gatePlanOf(content);
  const open: number[] = [];
  const closed: number[] = [];
  for (let c = 0; c < plan.classCount; c++) {
    const windows = windowsOfOwner(plan, c);
    const isOpen = windows.some(([start, cells]) => (start - LEAD_CELLS) * CELL_SECONDS <= now && (start + cells) * CELL_SECONDS > now + LEAST_LEFT_SECONDS); // prettier-ignore
    const isNear = windows.some(([start, cells]) => (start - LEAD_CELLS) * CELL_SECONDS < now + LEAST_LEFT_SECONDS && (start + cells) * CELL_SECONDS > now); // prettier-ignore
    if (isOpen) open.push(c);
    else if (!isNear) closed.push(c);
  }
  const { classes, establishments } = content;
  const anyOf = (indices: readonly number[]) => indices[randomInteger(random, indices.length)]!;
  const browser = { 'user-agent': 'Mozilla/5.0 (bench)', accept: 'text/html', 'accept-language': 'fr' };
  const shown = (c: number, nonce: number) => {
    const key = `${establishments.structure[classes.establishment[c]!]}$${classes.name[c]}`;
    const claims = { profile: 'pupil', classes: [key], uais: [], exp: Math.ceil(now) + 3600, nonce };
    return requestText('/static-page', { ...browser, 'x-etale-visitor': signedHeaderText(claims, Buffer.from(ENT_KEY)) }); // prettier-ignore
  };
  const holder = () => {
    const pass = passText({ profile: PUPIL, until: Math.ceil(now) + 3600, admittedOn: 0, draw: randomInteger(random, 2 ** 31), toldCell: 0, levels: 0, shown: [classes.id[anyOf(open)]!], chosen: [], establishments: [] }, content.platformId, PASS_KEY); // prettier-ignore
    return requestText('/static-page', { ...browser, cookie: `session=abc; ${PASS_NAME}=${pass}` });
  };
  const visitors = <T>(make: (k: number) => T) => Array.from({ length: GATE_VISITORS }, (_, k) => make(k));
  const kinds = {
    pass: visitors((): GateRequest => ({ text: holder(), status: 200 })),
    first: visitors((k): GateRequest => ({ text: shown(anyOf(open), k), status: 200 })),
    waits: visitors((k): GateRequest => ({ text: shown(anyOf(closed), k), status: 503 })),
  };
  return Array.from({ length: count }, () => {
    const draw = random();
    const kind = draw < GATE_MIX.pass ? 'pass' : draw < GATE_MIX.pass + GATE_MIX.first ? 'first' : 'waits';
    return kinds[kind][randomInteger(random, GATE_VISITORS)]!;
  });
}
