import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is told of protection steps by signed messages, and the outbox of those messages. */
export class Webhook1764000143000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table webhook (
        id int generated always as identity constraint webhook_pkey primary key,
        platform_id int not null constraint webhook_platform_fkey references platform on delete cascade,
        url text not null,
        secret bytea not null constraint webhook_secret_check check (length(secret) = 32),
        created_by text not null,
        created_at timestamptz not null default now(),
        constraint webhook_key unique (platform_id, url)
      );

      -- written in the transaction of what it tells of; sent, and sent again, until somebody has taken it
      create table webhook_delivery (
        id uuid constraint webhook_delivery_pkey primary key,
        webhook_id int not null constraint webhook_delivery_webhook_fkey references webhook on delete cascade,
        type text not null,
        body text not null,
        made_at timestamptz not null default now(),
        due_at timestamptz not null default now(),
        attempt_count int not null default 0,
        delivered_at timestamptz,
        given_up_at timestamptz,
        last_problem text
      );
      create index webhook_delivery_due_idx on webhook_delivery (due_at) where delivered_at is null and given_up_at is null;
      create index webhook_delivery_webhook_idx on webhook_delivery (webhook_id, made_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table webhook_delivery, webhook');
  }
}
