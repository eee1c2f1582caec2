import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Relatives and staff of an establishment may both wait for one start: their audience is a part of what makes two wishes the same. */
export class WaitingAudience1764000221000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index waiting_entry_once_idx;
      create unique index waiting_entry_once_idx on waiting_entry
        (establishment_id, (request ->> 'windowId'), (request ->> 'classId'), (request ->> 'audience'), (request ->> 'startsAt'))
        nulls not distinct where state = 'waiting';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update waiting_entry set state = 'withdrawn' where state = 'waiting' and request ->> 'audience' is not null;
      drop index waiting_entry_once_idx;
      create unique index waiting_entry_once_idx on waiting_entry
        (establishment_id, (request ->> 'windowId'), (request ->> 'classId'), (request ->> 'startsAt')) nulls not distinct
        where state = 'waiting';
    `);
  }
}
