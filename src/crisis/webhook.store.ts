import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { cloudEvent } from './webhook-message.rules';

export interface WebhookRow {
  id: number;
  url: string;
  createdBy: string;
  createdAt: Date;
  /** Messages that wait for an attempt, and what the last failed one met. */
  waitingCount: number;
  lastDeliveredAt: Date | null;
  lastProblem: string | null;
}

/** A message that is due. */
export interface DueMessage {
  id: string;
  webhookId: number;
  url: string;
  secret: Buffer;
  body: string;
  attemptCount: number;
}

/** Who is told, and the outbox. */
@Injectable()
export class WebhookStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  list(platformId: number): Promise<WebhookRow[]> {
    return this.database.query(
      `select w.id, w.url, w.created_by as "createdBy", w.created_at as "createdAt",
              (select count(*) from webhook_delivery d where d.webhook_id = w.id and delivered_at is null and given_up_at is null
                  and (d.attempt_count > 0 or d.due_at <= now())) as "waitingCount",
              (select max(delivered_at) from webhook_delivery d where d.webhook_id = w.id) as "lastDeliveredAt",
              (select last_problem from webhook_delivery d where d.webhook_id = w.id order by made_at desc limit 1) as "lastProblem"
         from webhook w where w.platform_id = $1 order by w.id`,
      [platformId],
    );
  }

  async insert(tx: EntityManager, platformId: number, url: string, secret: Buffer, by: string): Promise<number> {
    const rows = await tx.query<{ id: number }[]>(
      'insert into webhook (platform_id, url, secret, created_by) values ($1, $2, $3, $4) returning id',
      [platformId, url, secret, by],
    );
    return rows[0]!.id;
  }

  /** The address of the one that went; undefined where there was none. */
  async delete(tx: EntityManager, platformId: number, id: number): Promise<string | undefined> {
    const rows = await tx.query<[{ url: string }[], number]>(
      'delete from webhook where platform_id = $1 and id = $2 returning url',
      [platformId, id],
    );
    return rows[0][0]?.url;
  }

  /**
   * Puts a message to everybody who is told of the platform into the outbox, in the transaction of what it tells of; what is to come is
   * sent at its time.
   */
  async post(tx: EntityManager, platformId: number, type: string, facts: object, now: Date, at = now): Promise<void> {
    const hooks = await tx.query<{ id: number }[]>('select id from webhook where platform_id = $1', [platformId]);
    for (const hook of hooks) await this.postTo(tx, hook.id, platformId, type, facts, now, at);
  }

  /** The same to one of them. */
  async postTo(
    tx: EntityManager,
    webhookId: number,
    platformId: number,
    type: string,
    facts: object,
    now: Date,
    at: Date,
  ): Promise<void> {
    const id = randomUUID();
    await tx.query(
      'insert into webhook_delivery (id, webhook_id, type, body, made_at, due_at) values ($1, $2, $3, $4, $5, $6)',
      [id, webhookId, type, cloudEvent(id, platformId, type, at, facts), now, at],
    );
  }

  /** Takes a message of a step that was to come out of the outbox again. */
  async forget(tx: EntityManager, platformId: number, type: string, stepId: number): Promise<void> {
    await tx.query(
      `delete from webhook_delivery d using webhook w
        where w.id = d.webhook_id and w.platform_id = $1 and d.type = $2 and d.attempt_count = 0
          and d.body::jsonb #>> '{data,stepId}' = $3::text`,
      [platformId, type, String(stepId)],
    );
  }

  /**
   * Takes the first message that is due of each webhook that is not busy, for one attempt each; another replica sees them again after a
   * minute only.
   */
  async take(now: Date, busyIds: readonly number[], size: number): Promise<DueMessage[]> {
    const rows = await this.database.query<[DueMessage[], number]>(
      `update webhook_delivery d set attempt_count = attempt_count + 1, due_at = $1::timestamptz + interval '1 minute'
         from webhook w
        where w.id = d.webhook_id and d.id in (
          select id from webhook_delivery where id in (
            select distinct on (webhook_id) id from webhook_delivery
             where delivered_at is null and given_up_at is null and due_at <= $1 and webhook_id <> all($3)
             order by webhook_id, due_at, made_at)
             -- another replica may have taken it between the two looks
             and delivered_at is null and due_at <= $1
           order by due_at limit $2 for update skip locked)
       returning d.id, d.webhook_id as "webhookId", w.url, w.secret, d.body, d.attempt_count as "attemptCount"`,
      [now, size, busyIds],
    );
    return rows[0];
  }

  async delivered(id: string, now: Date): Promise<void> {
    await this.database.query('update webhook_delivery set delivered_at = $2, last_problem = null where id = $1', [
      id,
      now,
    ]);
  }

  /** Tells when the next attempt is; none: it is given up. */
  async failed(id: string, problem: string, dueAt: Date | undefined, now: Date): Promise<void> {
    await this.database.query(
      `update webhook_delivery set last_problem = $2, due_at = coalesce($3, due_at),
              given_up_at = case when $3::timestamptz is null then $4::timestamptz end where id = $1`,
      [id, problem, dueAt ?? null, now],
    );
  }
}
