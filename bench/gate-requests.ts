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
/** Holders of a pass, who come again and again; and those who come for the first time, each once in a run of the usual length. */
export const GATE_VISITORS = { pass: 20_000, first: 50_000, waits: 50_000 } as const;
const MIXED = 100_000;
export const ENT_KEY = 'a key that the ENT and the agent of a benchmark share';
/** Windows that end within this time are left out: a benchmark takes a while. */
const LEAST_LEFT_SECONDS = 900;

export type GateKind = keyof typeof GATE_VISITORS;

export interface GateRequest {
  kind: GateKind;
  text: string;
  /** What the gate answers it. */
  status: number;
}

/** @returns the next request, in a mixed order: with a pass, for a first decision that admits, or of who waits */
export function gateRequests(content: BundleContent, random: Random, now: number): () => GateRequest {
  const plan = gatePlanOf(content);
  const open: number[] = [];
  const closed: number[] = [];
  for (let c = 0; c < plan.classCount; c++) {
    const windows = windowsOfOwner(plan, c);
    const isOpen = windows.some(
      ([start, cells]) =>
        (start - LEAD_CELLS) * CELL_SECONDS <= now && (start + cells) * CELL_SECONDS > now + LEAST_LEFT_SECONDS,
    );
    const isNear = windows.some(
      ([start, cells]) =>
        (start - LEAD_CELLS) * CELL_SECONDS < now + LEAST_LEFT_SECONDS && (start + cells) * CELL_SECONDS > now,
    );
    if (isOpen) open.push(c);
    else if (!isNear) closed.push(c);
  }
  const { classes, establishments } = content;
  const anyOf = (indices: readonly number[]) => indices[randomInteger(random, indices.length)]!;
  const browser = { 'user-agent': 'Mozilla/5.0 (bench)', accept: 'text/html', 'accept-language': 'fr' };
  const shown = (c: number, nonce: number) => {
    const key = `${establishments.structure[classes.establishment[c]!]}$${classes.name[c]}`;
    const claims = { profile: 'pupil', classes: [key], uais: [], exp: Math.ceil(now) + 3600, nonce };
    return requestText('/static-page', {
      ...browser,
      'x-etale-visitor': signedHeaderText(claims, Buffer.from(ENT_KEY)),
    });
  };
  const holder = () => {
    const pass = passText(
      {
        profile: PUPIL,
        until: Math.ceil(now) + 3600,
        admittedOn: 0,
        draw: randomInteger(random, 2 ** 31),
        toldOn: 0,
        told: 0,
        levels: 0,
        shown: [classes.id[anyOf(open)]!],
        chosen: [],
        establishments: [],
      },
      content.platformId,
      PASS_KEY,
    );
    return requestText('/static-page', { ...browser, cookie: `session=abc; ${PASS_NAME}=${pass}` });
  };
  const visitors = (kind: GateKind, status: number, textOf: (k: number) => string): GateRequest[] =>
    Array.from({ length: GATE_VISITORS[kind] }, (_, k) => ({ kind, status, text: textOf(k) }));
  const ofKind = {
    pass: visitors('pass', 200, holder),
    first: visitors('first', 200, (k) => shown(anyOf(open), k)),
    waits: visitors('waits', 503, (k) => shown(anyOf(closed), k)),
  };
  const order = Array.from({ length: MIXED }, () => {
    const draw = random();
    const kind: GateKind = draw < GATE_MIX.pass ? 'pass' : draw < GATE_MIX.pass + GATE_MIX.first ? 'first' : 'waits';
    return { kind, holder: randomInteger(random, GATE_VISITORS.pass) };
  });
  const came = { pass: 0, first: 0, waits: 0 };
  let next = 0;
  return () => {
    const { kind, holder: its } = order[next++ % MIXED]!;
    return ofKind[kind][kind === 'pass' ? its : came[kind]++ % GATE_VISITORS[kind]]!;
  };
}
