import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { startTestApplication } from '../test-application';

interface Curve {
  startsAt: string;
  pointCount: number;
  sessions: Record<string, number[]>;
  logins: Record<string, number[]>;
}

describe('capacity by REST', () => {
  let app: NestFastifyApplication;
  let departmentId: number;
  let platform: string;

  const post = (url: string, payload: object): Promise<{ statusCode: number; json<T>(): T }> =>
    app.inject({ method: 'POST', url, payload });
  const step = {
    startsAt: '2026-11-01T00:00:00+01:00',
    concurrentSessions: 1000,
    loginsPerMinute: 200,
    reason: 'declared',
  };

  beforeAll(async () => {
    app = await startTestApplication();
    const rows = await app.get<DataSource>(getDataSourceToken()).query<[{ id: number }]>(
      `with region as (insert into territory (code, kind, name) values ('R32', 'region', 'x') returning id)
       insert into territory (code, kind, name, parent_id) select 'D059', 'department', 'Nord', id from region returning id`,
    );
    departmentId = rows[0].id;
    const answer = await post('/v1/platforms', {
      code: 'north',
      name: 'ENT du nord',
      timeZone: 'Europe/Paris',
      portals: [{ name: 'Neo', url: 'https://neo.example' }],
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ code: 'north', headroomPerMille: 100, portals: [{ name: 'Neo' }] });
    platform = `/v1/platforms/${answer.json<{ id: number }>().id}`;
  });
  afterAll(() => app.close());

  it('lists platforms page by page and reads one', async () => {
    await post('/v1/platforms', { code: 'south', name: 'x', timeZone: 'Indian/Reunion', headroomPerMille: 0 });
    const first = (await app.inject({ url: '/v1/platforms?limit=1' })).json<{ items: object[]; nextCursor: string }>();
    const second = (await app.inject({ url: `/v1/platforms?limit=1&cursor=${first.nextCursor}` })).json<typeof first>();
    expect([...first.items, ...second.items]).toMatchObject([{ code: 'north' }, { code: 'south' }]);
    expect(second.nextCursor).toBeNull();
    expect((await app.inject({ url: platform })).json()).toMatchObject({ code: 'north', timeZone: 'Europe/Paris' });
  });

  it('shows steps, regulations, background and headroom in the capacity, and what is left', async () => {
    const added = await post(`${platform}/capacity-steps`, step);
    expect(added.statusCode).toBe(201);
    expect(added.json()).toMatchObject({ firstCell: Date.parse(step.startsAt) / 300_000, endCell: null });
    const regulation = { sessionsPerMille: 500, loginsPerMille: 1000, reason: 'maintenance' };
    const regulated = await post(`${platform}/regulations`, {
      ...regulation,
      startsAt: '2026-11-23T08:20:00+01:00',
      endsAt: '2026-11-23T08:25:00+01:00',
    });
    expect(regulated.statusCode).toBe(201);
    const flat = (value: number): number[] => Array<number>(288).fill(value);
    const background = await app.inject({
      method: 'PUT',
      url: `${platform}/background`,
      payload: {
        departments: [
          {
            departmentId,
            curves: [{ dayType: 'school_day', sessionsThousandths: flat(50_000), loginsThousandths: flat(3000) }],
          },
        ],
      },
    });
    expect(background.statusCode).toBe(200);
    const range = 'from=2026-11-23T08:00:00%2B01:00&to=2026-11-23T09:00:00%2B01:00';
    const fine = await app.inject({ url: `${platform}/capacity?${range}` });
    expect(fine.statusCode).toBe(200);
    expect(fine.json<Curve>()).toMatchObject({ startsAt: '2026-11-23T07:00:00Z', pointCount: 12 });
    expect(fine.json<Curve>().sessions.limitThousandths).toEqual([
      850_000,
      850_000,
      850_000,
      850_000,
      400_000,
      ...Array<number>(7).fill(850_000),
    ]);
    expect(fine.json<Curve>().logins.limitThousandths![0]).toBe(200 * 5 * 900 - 3000);
    const coarse = (await app.inject({ url: `${platform}/capacity?${range}&stepMinutes=30` })).json<Curve>();
    expect(coarse.sessions).toEqual({
      plannedThousandths: [1_000_000, 1_000_000],
      effectiveThousandths: [500_000, 1_000_000],
      headroomThousandths: [50_000, 100_000],
      backgroundThousandths: [50_000, 50_000],
      limitThousandths: [400_000, 850_000],
    });
    const listed = (await app.inject({ url: `${platform}/regulations` })).json<{
      items: { id: number; startsAt: string }[];
    }>();
    expect(listed.items).toMatchObject([{ startsAt: '2026-11-23T07:20:00.000Z', sessionsPerMille: 500 }]);
    const gone = await app.inject({ method: 'DELETE', url: `${platform}/regulations/${listed.items[0]!.id}` });
    expect(gone.statusCode).toBe(200);
    expect(gone.json()).toMatchObject({ firstCell: Date.parse('2026-11-23T07:20:00Z') / 300_000 });
  });

  it('shows the seven days from today of the platform unless asked otherwise', async () => {
    const curve = (await app.inject({ url: `${platform}/capacity?stepMinutes=60` })).json<Curve>();
    expect(new Date(curve.startsAt).toLocaleTimeString('fr', { timeZone: 'Europe/Paris' })).toBe('00:00:00');
    // an hour less or more in the week that the clock changes
    expect(curve.pointCount).toBeGreaterThanOrEqual(167);
    expect(curve.pointCount).toBeLessThanOrEqual(169);
  });

  it('makes the usual background from a number of people', async () => {
    const payload = { departments: [{ departmentId, peopleCount: 100_000 }] };
    expect((await app.inject({ method: 'PUT', url: `${platform}/background`, payload })).statusCode).toBe(200);
    const url = `${platform}/capacity?from=2026-11-23T00:00:00%2B01:00&to=2026-11-24T00:00:00%2B01:00`;
    const { logins } = (await app.inject({ url })).json<Curve>();
    const visitCount = logins.backgroundThousandths!.reduce((sum, value) => sum + value, 0) / 1000;
    expect(Math.round(visitCount)).toBe(18_000);
  });

  it('pages steps by instant, and withdraws one', async () => {
    for (const day of ['03', '02'])
      expect(
        (await post(`${platform}/capacity-steps`, { ...step, startsAt: `2026-12-${day}T00:00:00Z` })).statusCode,
      ).toBe(201);
    const first = (await app.inject({ url: `${platform}/capacity-steps?limit=2` })).json<{
      items: { id: number; startsAt: string }[];
      nextCursor: string;
    }>();
    const rest = (await app.inject({ url: `${platform}/capacity-steps?limit=2&cursor=${first.nextCursor}` })).json<
      typeof first
    >();
    const all = [...first.items, ...rest.items];
    expect(all.map(({ startsAt }) => startsAt.slice(0, 10))).toEqual(['2026-10-31', '2026-12-02', '2026-12-03']);
    const url = `${platform}/capacity-steps/${all[1]!.id}`;
    expect((await app.inject({ method: 'DELETE', url })).json()).toMatchObject({
      firstCell: Date.parse('2026-12-02') / 300_000,
      endCell: Date.parse('2026-12-03') / 300_000,
    });
    expect((await app.inject({ method: 'DELETE', url })).statusCode).toBe(404);
  });

  it.each([
    [{ concurrentSessions: 0 }, 400, 'concurrentSessions must be at least 1'],
    [{ loginsPerMinute: 0 }, 400, 'loginsPerMinute must be at least 1'],
    [{ concurrentSessions: -5 }, 400, 'concurrentSessions must be at least 1'],
    [{ concurrentSessions: 3_000_000_000 }, 400, 'concurrentSessions'],
    [{ startsAt: '2026-11-01T00:00:00' }, 400, 'an instant with its offset'],
    [{ startsAt: '2026-02-30T00:00:00Z' }, 400, 'an instant with its offset'],
    [{ reason: '' }, 400, 'reason'],
    [{ reason: '   ', startsAt: '2026-11-05T00:00:00Z' }, 400, 'reason'],
    [{ colour: 'red' }, 400, 'colour'],
    [{}, 409, 'begins at 2026-10-31T23:00:00.000Z already'],
  ])('refuses the step with %j: %i', async (change, status, detail) => {
    const answer = await post(`${platform}/capacity-steps`, { ...step, ...change });
    expect(answer.statusCode).toBe(status);
    expect(answer.json<{ detail: string }>().detail).toContain(detail);
  });

  it.each([
    {
      startsAt: '2026-11-23T08:00:00Z',
      endsAt: '2026-11-23T08:00:00Z',
      sessionsPerMille: 1,
      loginsPerMille: 1,
      reason: 'x',
    },
    {
      startsAt: '2026-11-23T08:00:00Z',
      endsAt: '2026-11-23T09:00:00',
      sessionsPerMille: 1,
      loginsPerMille: 1,
      reason: 'x',
    },
    {
      startsAt: '2026-11-23T08:00:00Z',
      endsAt: '2026-11-23T09:00:00Z',
      sessionsPerMille: 1001,
      loginsPerMille: 1,
      reason: 'x',
    },
    {
      startsAt: '2026-11-23T08:00:00Z',
      endsAt: '2026-11-23T09:00:00Z',
      sessionsPerMille: 1,
      loginsPerMille: -1,
      reason: 'x',
    },
  ])('refuses the regulation %j with 400', async (payload) => {
    expect((await post(`${platform}/regulations`, payload)).statusCode).toBe(400);
  });

  it.each([
    [{ code: 'North', name: 'x', timeZone: 'Europe/Paris' }, 400],
    [{ code: 'x', name: 'x', timeZone: 'Mars/Phobos' }, 400],
    [{ code: 'x', name: 'x', timeZone: 'Europe/Paris', headroomPerMille: 1000 }, 400],
    [{ code: 'x', name: 'x', timeZone: 'Europe/Paris', portals: [{ name: 'x', colour: 'red' }] }, 400],
    [{ code: 'x', name: 'x', timeZone: 'Europe/Paris', portals: [{ name: 'x' }, { name: 'x' }] }, 400],
    [{ code: 'north', name: 'x', timeZone: 'Europe/Paris' }, 409],
  ])('refuses the platform %j with %i', async (payload, status) => {
    expect((await post('/v1/platforms', payload)).statusCode).toBe(status);
  });

  it.each([
    [{ departments: [] }, 400],
    [{ departments: [{ departmentId: 999_999, peopleCount: 1 }] }, 404],
    [{ departments: [{ departmentId: 1 }] }, 400],
    [{ departments: [{ departmentId: 1, peopleCount: -1 }] }, 400],
    [
      {
        departments: [
          { departmentId: 1, curves: [{ dayType: 'monday', sessionsThousandths: [], loginsThousandths: [] }] },
        ],
      },
      400,
    ],
  ])('refuses the background %j with %i', async (payload, status) => {
    const answer = await app.inject({ method: 'PUT', url: `${platform}/background`, payload });
    expect(answer.statusCode).toBe(status);
  });

  it.each([
    ['from=2026-11-23T08:00:00', 400],
    ['from=2026-11-23T08:00:00Z&to=2026-11-23T08:00:00Z', 400],
    ['from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&stepMinutes=1440', 400],
    ['from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z&stepMinutes=5', 400],
    ['stepMinutes=7', 400],
    ['colour=red', 400],
  ])('refuses to read the capacity with %s', async (query, status) => {
    expect((await app.inject({ url: `${platform}/capacity?${query}` })).statusCode).toBe(status);
  });

  it('answers 404 for a platform that there is not and 400 for an id that is none', async () => {
    for (const path of ['', '/capacity', '/capacity-steps', '/regulations']) {
      expect((await app.inject({ url: `/v1/platforms/999999${path}` })).statusCode).toBe(404);
      expect((await app.inject({ url: `/v1/platforms/99999999999${path}` })).statusCode).toBe(400);
    }
    expect((await post('/v1/platforms/999999/capacity-steps', step)).statusCode).toBe(404);
  });
});
