import { createHmac } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { NewStep } from '../protection/protection.store';

/** The prefix of a secret as it is handed over, by Standard Webhooks. */
const SECRET_PREFIX = 'whsec_';
/** After the first attempt: 5 s, 1 min, 5 min, 30 min, 2 h, 5 h, 10 h. */
const RETRY_SECONDS = [5, 60, 300, 1800, 7200, 18_000, 36_000] as const;

export const secretText = (secret: Buffer): string => SECRET_PREFIX + secret.toString('base64');

/** The headers of a message: Standard Webhooks 1.0.0, HMAC-SHA-256 over `id.timestamp.body`. */
export function signedHeaders(id: string, sentAt: Date, body: string, secret: Buffer): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** A CloudEvent 1.0 in structured mode. */
export function cloudEvent(id: string, platformId: number, type: string, at: Date, facts: object): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: `/v1/platforms/${platformId}`,
    type,
    time: at.toISOString(),
    datacontenttype: 'application/json',
    data: facts,
  });
}

/** What is told when a step ends by itself. */
export const STEP_ENDED = 'etale.protection_step.ended';

/** What is told of a step: what it does and says, and no account. */
export function stepFacts(step: NewStep & { id: number }): object {
  const { id, rung, name, scope, measures, words, startsAt, endsAt, isBreakGlass, reason } = step;
  return { stepId: id, rung, name, scope, measures, words, startsAt, endsAt, isBreakGlass, reason };
}

/** Seconds until the next attempt after so many, spread by a tenth; undefined where it was the last. */
export function retryAfterSeconds(attemptCount: number, random: number): number | undefined {
  const seconds = RETRY_SECONDS[attemptCount - 1];
  return seconds === undefined ? undefined : seconds * (0.9 + random * 0.2);
}

/** Networks that are nobody's on the internet: private, loopback, link-local, shared, documentation, multicast, reserved. */
const PRIVATE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
] as const;

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network, prefix] = range.split('/') as [string, string];
    list.addSubnet(network, Number(prefix), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

const blocked = listOf(PRIVATE);

/** Whether an address may be reached; IPv4 written as IPv6 is looked at as IPv4. `allowed` are ranges of an own network. */
export function mayReach(address: string, allowed: readonly string[]): boolean {
  const bare = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const family = isIP(bare) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(bare) === 0) return false;
  if (allowed.length > 0 && listOf(allowed).check(bare, family)) return true;
  if (/^::ffff:/i.test(bare)) return false;
  return !blocked.check(bare, family);
}
