import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { CapacityService } from '../capacity/capacity.service';
import type { Config } from '../common/config';
import { advisoryLock, inTransaction, sqlFailure } from '../common/database';
import { CONFIG } from '../common/database.module';
import { DomainError, NotFoundError } from '../common/domain-error';
import { ProtectionStore } from '../protection/protection.store';
import { mayReach, secretText, STEP_ENDED, stepFacts } from './webhook-message.rules';
import { type WebhookRow, WebhookStore } from './webhook.store';

const SECRET_BYTES = 32;

/** Who is told of the protection steps of a platform. */
@Injectable()
export class WebhookService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    private readonly capacity: CapacityService,
    private readonly store: WebhookStore,
    private readonly protection: ProtectionStore,
  ) {}

  /** @throws NotFoundError */
  async list(_actor: Actor, platformId: number): Promise<WebhookRow[]> {
    await this.capacity.platform(platformId);
    return this.store.list(platformId);
  }

  /** From now on the address is told, also when what is in force already ends; the secret is shown once. @throws NotFoundError, DomainError */
  async make(actor: Actor, platformId: number, url: string, now: Date): Promise<{ id: number; secret: string }> {
    await this.capacity.platform(platformId);
    this.refusePrivate(url);
    const secret = randomBytes(SECRET_BYTES);
    try {
      const id = await inTransaction(this.database, async (tx) => {
        await advisoryLock(tx, 'platform', platformId);
        const made = await this.store.insert(tx, platformId, url, secret, actor.subject);
        await recordAudit(tx, actor, { action: 'webhook.make', key: made, platformId, after: { url } });
        for (const step of await this.protection.current(platformId, now, tx))
          await this.store.postTo(tx, made, platformId, STEP_ENDED, stepFacts(step), now, step.endsAt);
        return made;
      });
      return { id, secret: secretText(secret) };
    } catch (error) {
      if (sqlFailure(error).constraint !== 'webhook_key') throw error;
      throw new DomainError('webhook.exists', 'conflict', 'The address is told already.');
    }
  }

  /** @throws NotFoundError */
  async delete(actor: Actor, platformId: number, id: number): Promise<void> {
    await inTransaction(this.database, async (tx) => {
      const url = await this.store.delete(tx, platformId, id);
      if (url === undefined) throw new NotFoundError('webhook', id);
      await recordAudit(tx, actor, { action: 'webhook.delete', key: id, platformId, before: { url } });
    });
  }

  /** What can be seen of an address at once; names are looked at again whenever something is sent. */
  private refusePrivate(url: string): void {
    const { protocol, hostname, username, password } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    const isAllowed = !mayReach(host, []) && mayReach(host, this.config.webhookNetworks);
    const wrong =
      username !== '' || password !== ''
        ? 'An address carries no credentials: messages are signed.'
        : isIP(host) !== 0 && !mayReach(host, this.config.webhookNetworks)
          ? 'A private address is not told.'
          : protocol !== 'https:' && !(protocol === 'http:' && isAllowed)
            ? 'The address must be https.'
            : undefined;
    if (wrong !== undefined) throw new DomainError('webhook.address_refused', 'unprocessable', wrong);
  }
}
