import { createHash } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TooManyRequestsError } from './access/access.errors';
import type { Config } from './common/config';

const WINDOW_SECONDS = 60;
/** Addresses or keys that are remembered at once, the latest asked: some 100 bytes each. */
const REMEMBERED_COUNT = 50_000;
/** A probe that is refused would have a healthy process restarted under load. */
const NEVER_LIMITED = /^\/health\//;

interface Policy {
  /** As the `RateLimit` headers name it. */
  readonly name: 'address' | 'key' | 'sign-in';
  readonly perMinute: number;
  readonly appliesTo: (request: FastifyRequest) => boolean;
  /** Whose requests are counted together; the address (a /64 of IPv6) where it is left out. */
  readonly keyOf?: (request: FastifyRequest) => string;
}

function policiesOf({ rateLimits }: Config): Policy[] {
  const policies: Policy[] = [
    { name: 'address', perMinute: rateLimits.addressPerMinute, appliesTo: () => true },
    {
      name: 'key',
      perMinute: rateLimits.keyPerMinute,
      appliesTo: ({ headers }) => headers.authorization !== undefined,
      // a key that somebody makes up is a new one each time: the address counts it all the same
      keyOf: ({ headers }) => createHash('sha256').update(headers.authorization!).digest('base64'),
    },
    {
      name: 'sign-in',
      perMinute: rateLimits.signInPerMinute,
      appliesTo: ({ url }) => /^\/sign-in(\/|\?|$)/.test(url),
    },
  ];
  return policies.filter(({ perMinute }) => perMinute > 0);
}

/**
 * Counts requests per address, per key and, more strictly, those that sign in, each process for itself and by the minute. Answers
 * carry `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11); beyond a limit it is 429 with Retry-After.
 */
export async function limitRequests(app: NestFastifyApplication, config: Config): Promise<void> {
  const policies = policiesOf(config);
  if (policies.length === 0) return;
  await app.register(rateLimit, { global: false, cache: REMEMBERED_COUNT });
  const fastify = app.getHttpAdapter().getInstance();
  const limiters = policies.map(({ name, perMinute, appliesTo, keyOf }) => ({
    name,
    perMinute,
    appliesTo,
    count: fastify.createRateLimit({
      max: perMinute,
      timeWindow: WINDOW_SECONDS * 1000,
      ...(keyOf && { keyGenerator: keyOf }),
    }),
  }));
  fastify.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    if (NEVER_LIMITED.test(request.url)) return;
    const stated: string[] = [];
    const left: string[] = [];
    let retrySeconds = 0;
    for (const { name, perMinute, appliesTo, count } of limiters) {
      if (!appliesTo(request)) continue;
      const counted = await count(request);
      if (counted.isAllowed) continue;
      stated.push(`"${name}";q=${perMinute};w=${WINDOW_SECONDS}`);
      left.push(`"${name}";r=${counted.remaining};t=${counted.ttlInSeconds}`);
      if (counted.isExceeded) retrySeconds = Math.max(retrySeconds, counted.ttlInSeconds);
    }
    void reply.header('ratelimit-policy', stated.join(', ')).header('ratelimit', left.join(', '));
    if (retrySeconds > 0) {
      void reply.header('retry-after', String(retrySeconds));
      throw new TooManyRequestsError(retrySeconds);
    }
  });
}
