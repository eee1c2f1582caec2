import { lookup, type LookupAddress } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import { mayReach, retryAfterSeconds, signedHeaders } from './webhook-message.rules';
import { type DueMessage, WebhookStore } from './webhook.store';

const LOOK_INTERVAL_MILLISECONDS = 1000;
const TIMEOUT_MILLISECONDS = 10_000;
/** Messages that one look takes, each of another address. */
const BATCH_SIZE = 20;

/**
 * Sends what is in the outbox, by whichever replica is free; each message at least once, none before its change has committed. Of each
 * address a replica has one message on its way, so that who does not answer holds up nobody else; what failed comes later than what
 * came after it: messages tell their time, and promise no order.
 */
@Injectable()
export class WebhookSender implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(WebhookSender.name);
  private look: NodeJS.Timeout | undefined;
  private taking: Promise<unknown> | undefined;
  /** By webhook: what is on its way there. */
  private readonly sending = new Map<number, Promise<unknown>>();
  private isClosing = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly store: WebhookStore,
  ) {}

  onApplicationBootstrap(): void {
    this.look = setInterval(() => this.lookOnce(), LOOK_INTERVAL_MILLISECONDS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.look);
    this.isClosing = true;
    await this.taking;
    await Promise.all(this.sending.values());
  }

  private lookOnce(): void {
    if (this.isClosing) return;
    // the database may be away, or not migrated yet: the next look finds what this one missed
    this.taking ??= this.sendDue(new Date())
      .catch((error: unknown) => this.logger.debug(error))
      .finally(() => (this.taking = undefined));
  }

  /** Begins an attempt with the next message of each address that is due and has none on its way. */
  private async sendDue(now: Date): Promise<void> {
    const messages = await this.store.take(now, [...this.sending.keys()], BATCH_SIZE);
    for (const message of messages) {
      const sent = this.send(message)
        .catch((error: unknown) => this.logger.debug(error))
        .finally(() => {
          this.sending.delete(message.webhookId);
          this.lookOnce();
        });
      this.sending.set(message.webhookId, sent);
    }
  }

  private async send(message: DueMessage): Promise<void> {
    const problem = await this.attempt(message).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    const now = new Date();
    if (problem === undefined) return this.store.delivered(message.id, now);
    const seconds = retryAfterSeconds(message.attemptCount, Math.random());
    const dueAt = seconds === undefined ? undefined : new Date(now.getTime() + seconds * 1000);
    await this.store.failed(message.id, problem.slice(0, 500), dueAt, now);
  }

  /** Nothing where the message was taken, else what went wrong. No redirect is followed. */
  private attempt({ id, url, secret, body }: DueMessage): Promise<string | undefined> {
    const address = new URL(url);
    const request = address.protocol === 'https:' ? requestHttps : requestHttp;
    const host = address.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !mayReach(host, this.config.webhookNetworks))
      return Promise.resolve(`${host} is a private address`);
    return new Promise((resolve, reject) => {
      const outgoing = request(address, {
        method: 'POST',
        lookup: this.guardedLookup,
        timeout: TIMEOUT_MILLISECONDS,
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
        headers: {
          'content-type': 'application/cloudevents+json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'Etale-Webhooks',
          ...signedHeaders(id, new Date(), body, secret),
        },
      });
      outgoing.on('response', (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        resolve(status >= 200 && status < 300 ? undefined : `answered ${status}`);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  /** Looks a name up and refuses private addresses at the moment of the connection: a name that changes in between gains nothing. */
  private readonly guardedLookup: LookupFunction = (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return done(error, '', 0);
      const open = addresses.filter(({ address }) => mayReach(address, this.config.webhookNetworks));
      if (open.length === 0) return done(new Error(`${hostname} is at a private address`), '', 0);
      if (options.all) return done(null, open);
      done(null, open[0]!.address, open[0]!.family);
    });
  };
}
