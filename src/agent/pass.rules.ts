import { createHmac, timingSafeEqual } from 'node:crypto';
import { macOf, type PassKey } from '../common/class-link';

/**
 * What a pass says: classes by their ids, how they are known, and no person. `shown` were shown by the ENT or a link of the
 * school, `chosen` are what the visitor says of itself: a signature does not make them more than that.
 */
export interface Pass {
  /** Index into VISITOR_PROFILES. */
  profile: number;
  /** Admitted until then (Unix seconds), for exactly these classes; 0 for who waits. */
  until: number;
  /** The day of the last admission, as whole days of the school's calendar; 0 for none. */
  admittedOn: number;
  /** The visitor's own draw, in [0, 2^32). */
  draw: number;
  /** The day, as `admittedOn`, on which the visitor was last not let in; 0 for never. */
  toldOn: number;
  /** What was said on that day, bits of TOLD: each is counted once a day. */
  told: number;
  /** Levels of those whose class the plan does not know. */
  levels: number;
  shown: readonly number[];
  chosen: readonly number[];
  establishments: readonly number[];
  /** Unseen until then (Unix seconds) its holder has idled out, under a step that shortens the idle time; absent where none did. */
  idleUntil?: number;
}

export const TOLD = { toWait: 1, refused: 2 } as const;
/** Both are one field of the text. */
const TOLD_VALUES = 4;
export const PASS_NAME = 'etale_pass';
/** A pass is asked for its classes as long as a school year may last, whatever its admission says. */
export const PASS_DAYS = 300;
/** More classes than any family has: a longer pass is not ours. */
export const MOST_CLASSES = 12;
const MOST_LETTERS = 600;

const listText = (ids: readonly number[]): string => ids.map((id) => id.toString(36)).join('-');

/** Fields of a pass: one more where a step has shortened the idle time, which older agents take for no pass. */
const FIELDS = { '1': 12, '2': 13 } as const;

/** A pass as cookie or header: fields in base 36, then half of an HMAC-SHA-256 (128 bits). */
export function passText(pass: Pass, platformId: number, { kid, secret }: PassKey): string {
  const fields = [
    pass.idleUntil === undefined ? '1' : '2',
    kid,
    ...[
      platformId,
      pass.profile,
      pass.until,
      pass.admittedOn,
      pass.draw,
      pass.toldOn * TOLD_VALUES + pass.told,
      pass.levels,
    ].map((n) => n.toString(36)),
    listText(pass.shown),
    listText(pass.chosen),
    listText(pass.establishments),
    ...(pass.idleUntil === undefined ? [] : [pass.idleUntil.toString(36)]),
  ].join('.');
  return `${fields}.${macOf(secret, fields).toString('base64url')}`;
}

/** What a pass says, where a key of this platform signed it; nothing for anything else. */
export function readPass(text: string, platformId: number, keys: readonly PassKey[]): Pass | undefined {
  if (text.length > MOST_LETTERS) return undefined;
  const at = text.lastIndexOf('.');
  const fields = text.slice(0, at).split('.');
  if (at < 0 || fields.length !== FIELDS[fields[0] as keyof typeof FIELDS]) return undefined;
  const key = keys.find(({ kid }) => kid === fields[1]);
  if (!key) return undefined;
  const given = Buffer.from(text.slice(at + 1), 'base64url');
  const wanted = macOf(key.secret, text.slice(0, at));
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  const [its, profile, until, admittedOn, draw, said, levels] = fields.slice(2, 9).map((field) => parseInt(field, 36));
  if (its !== platformId) return undefined;
  const [shown, chosen, establishments] = fields
    .slice(9, 12)
    .map((list) => (list === '' ? [] : list.split('-').map((id) => parseInt(id, 36))));
  return {
    profile: profile!,
    until: until!,
    admittedOn: admittedOn!,
    draw: draw!,
    toldOn: Math.floor(said! / TOLD_VALUES),
    told: said! % TOLD_VALUES,
    levels: levels!,
    shown: shown!,
    chosen: chosen!,
    establishments: establishments!,
    ...(fields[12] !== undefined && { idleUntil: parseInt(fields[12], 36) }),
  };
}

/** What the ENT signs of somebody; good until `exp` (Unix seconds). */
export interface SignedClaims extends Record<string, unknown> {
  exp: number;
}

/** A header that the ENT or its SSO signs at log-in: base64url(JSON) "." base64url(HMAC-SHA-256 of the left side). */
export function readSignedHeader(text: string, secret: Buffer): SignedClaims | undefined {
  const [body = '', mac = ''] = text.split('.');
  const given = Buffer.from(mac, 'base64url');
  const wanted = createHmac('sha256', secret).update(body).digest();
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as { exp?: unknown } | null;
    return typeof claims?.exp === 'number' ? (claims as SignedClaims) : undefined;
  } catch {
    return undefined;
  }
}

/** What a header says at an instant: one that has ended says nothing any more. */
export const claimsAt = (claims: SignedClaims | undefined, nowSeconds: number): SignedClaims | undefined =>
  claims !== undefined && claims.exp > nowSeconds ? claims : undefined;

export function signedHeaderText(claims: object, secret: Buffer): string {
  const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}
