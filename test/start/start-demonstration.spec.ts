import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { LOOPBACK_OPERATOR } from '../../src/access/actor';
import { DemonstrationService } from '../../src/demonstration/demonstration.service';
import { startTestApplication } from '../test-application';

describe('the demonstration of one database', () => {
  let app: NestFastifyApplication;
  let service: DemonstrationService;

  beforeAll(async () => {
    app = await startTestApplication();
    service = app.get(DemonstrationService);
  });
  afterAll(() => app.close());

  const counted = async (): Promise<Record<string, number>> => {
    const [row] = await app.get(DataSource).query<Record<string, number>[]>(
      `select (select count(*) from establishment)::int as establishments, (select count(*) from campaign)::int as campaigns,
              (select count(*) from plan)::int as plans, (select count(*) from wish)::int as wishes,
              (select count(*) from plan where state = 'published')::int as published`,
    );
    return row!;
  };

  it('leaves nothing of a region whose writing was aborted, and replaces an unfinished one of another seed', async () => {
    const abort = new AbortController();
    const aborted = service.ensure(LOOPBACK_OPERATOR, {
      scale: 'XS',
      signal: abort.signal,
      onProgress: ({ phase }) => phase === 'schools' && abort.abort(),
    });
    await expect(aborted).rejects.toThrow(/abort/);
    expect(await counted()).toMatchObject({ establishments: 0, campaigns: 0 });

    const later = new AbortController();
    const unfinished = service.ensure(LOOPBACK_OPERATOR, {
      scale: 'XS',
      signal: later.signal,
      onProgress: ({ phase }) => phase === 'queued' && later.abort(),
    });
    await expect(unfinished).rejects.toThrow(/abort/);
    const other = await service.ensure(LOOPBACK_OPERATOR, { scale: 'XS', seed: 2 });
    expect(other.isNew).toBe(true);
    expect(await counted()).toMatchObject({ establishments: 60, campaigns: 1, plans: 1, published: 1 });
  });

  it('is left as it is whatever is asked for later', async () => {
    const before = await counted();
    const { planId, isNew } = await service.ensure(LOOPBACK_OPERATOR, { scale: 'S', seed: 5 });
    expect(isNew).toBe(false);
    expect(await counted()).toEqual(before);
    expect(await app.get(DataSource).query('select id from plan')).toEqual([{ id: planId }]);
  });

  it('stands in the calendars and time zones of the mainland and of three territories overseas', async () => {
    const rows = await app
      .get(DataSource)
      .query<{ uai: string; zone: string; holidays: string }[]>(
        `select min(uai) as uai, time_zone as zone, holiday_zone as holidays from establishment group by time_zone, holiday_zone order by 2`,
      );
    expect(rows.map(({ zone, holidays }) => [zone, holidays])).toEqual([
      ['America/Guadeloupe', 'Guadeloupe'],
      ['Europe/Paris', 'B'],
      ['Indian/Reunion', 'Réunion'],
      ['Pacific/Tahiti', 'Polynésie'],
    ]);
    expect(rows.every(({ uai }) => uai.startsWith('99'))).toBe(true);
  });
});
