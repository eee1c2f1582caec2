import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PassKey } from '../common/class-link';

/**
 * A place in the line. It says when it was taken and when it was last shown, and nothing of who holds it; what it is worth is
 * decided by the pass beside it, whose draw is under the signature, so that a ticket is good on its own device only.
 */
export interface Ticket {
  id: string;
  /** Microseconds. */
  arrivedAt: number;
  /** Unix seconds, whole. */
  seenAt: number;
}

export const TICKET_NAME = 'etale_ticket';
/** Longer than any place is kept. */
export const TICKET_SECONDS = 900;
const MAC_BYTES = 16;
const MOST_LETTERS = 160;

const macOf = (secret: Buffer, fields: string, draw: number): Buffer =>
  createHmac('sha256', secret).update(`ticket.${fields}.${draw}`).digest().subarray(0, MAC_BYTES);

export function ticketText(
  { id, arrivedAt, seenAt }: Ticket,
  draw: number,
  platformId: number,
  { kid, secret }: PassKey,
): string {
  const fields = ['1', kid, platformId.toString(36), arrivedAt.toString(36), seenAt.toString(36), id].join('.');
  return `${fields}.${macOf(secret, fields, draw).toString('base64url')}`;
}

/** A ticket that a key of this platform signed for this draw; nothing for anything else. */
export function readTicket(
  text: string,
  draw: number,
  platformId: number,
  keys: readonly PassKey[],
): Ticket | undefined {
  if (text.length > MOST_LETTERS) return undefined;
  const at = text.lastIndexOf('.');
  const fields = text.slice(0, at).split('.');
  if (at < 0 || fields.length !== 6 || fields[0] !== '1' || fields[2] !== platformId.toString(36)) return undefined;
  const key = keys.find(({ kid }) => kid === fields[1]);
  if (!key) return undefined;
  const given = Buffer.from(text.slice(at + 1), 'base64url');
  const wanted = macOf(key.secret, text.slice(0, at), draw);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  return { arrivedAt: parseInt(fields[3]!, 36), seenAt: parseInt(fields[4]!, 36), id: fields[5]! };
}
