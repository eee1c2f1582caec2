import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { startTestApplication } from '../test-application';

const FILE = `Description;Population;Date de début;Date de fin;Académies;Zones;annee_scolaire
Vacances de Noël;-;2027-12-17T23:00:00+00:00;2028-01-02T23:00:00+00:00;Lille;Zone B;2027-2028
Vacances de Noël;Enseignants;2027-12-17T23:00:00+00:00;2028-01-02T23:00:00+00:00;Lille;Zone B;2027-2028
Vacances de Noël;-;2027-12-17T23:00:00+00:00;2028-01-02T23:00:00+00:00;Lille;Zone X;2027-2028
`;

describe('the calendar by REST', () => {
  let app: NestFastifyApplication;
  let departmentId: number;
  beforeAll(async () => {
    app = await startTestApplication();
    const rows = await app
      .get<DataSource>(getDataSourceToken())
      .query<[{ id: number }]>(`insert into territory (code, kind, name) values ('R32', 'region', 'x') returning id`);
    departmentId = rows[0].id;
  });
  afterAll(() => app.close());

  it('lists the holidays of a zone and a school year, with an ETag', async () => {
    const answer = await app.inject({ url: '/v1/calendar/holidays?zone=B&schoolYear=2026-2027' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.etag).toBeDefined();
    expect(answer.json<{ items: object[] }>().items).toEqual(
      expect.arrayContaining([
        {
          holidayZone: 'B',
          schoolYear: '2026-2027',
          label: 'Vacances de Noël',
          firstDayOffOn: '2026-12-19',
          resumeOn: '2027-01-04',
          source: 'built-in',
        },
      ]),
    );
  });

  it('imports the official file: first dry, then for good, then nothing more', async () => {
    const send = async (query: string): Promise<Record<string, unknown>> => {
      const answer = await app.inject({
        method: 'POST',
        url: `/v1/calendar/holidays/imports${query}`,
        headers: { 'content-type': 'text/csv' },
        payload: FILE,
      });
      expect(answer.statusCode).toBe(200);
      return answer.json();
    };
    expect(await send('?dryRun=true')).toMatchObject({ isDryRun: true, createdCount: 1 });
    expect(await send('')).toMatchObject({
      isDryRun: false,
      rowCount: 3,
      createdCount: 1,
      droppedTeacherCount: 1,
      refusedCount: 1,
      lines: [{ lineNumber: 4, severity: 'refused', code: 'calendar.zone_unknown', field: 'zone' }],
    });
    expect(await send('')).toMatchObject({ createdCount: 0, unchangedCount: 1 });
    const listed = await app.inject({ url: '/v1/calendar/holidays?schoolYear=2027-2028' });
    expect(listed.json()).toMatchObject({ items: [{ firstDayOffOn: '2027-12-18', resumeOn: '2028-01-03' }] });
  });

  it('refuses what is not the official file', async () => {
    const post = (type: string, payload: string): Promise<{ statusCode: number; json(): unknown }> =>
      app.inject({ method: 'POST', url: '/v1/calendar/holidays/imports', headers: { 'content-type': type }, payload });
    const other = await post('text/csv', 'a;b\n1;2\n');
    expect(other.statusCode).toBe(422);
    expect(other.json()).toMatchObject({ code: 'calendar.holiday_file_refused' });
    const json = await post('application/json', '{}');
    expect(json.statusCode).toBe(415);
    expect(json.json()).toMatchObject({ code: 'calendar.file_expected' });
  });

  it('states, pages and withdraws exceptions', async () => {
    const stated: number[] = [];
    for (const firstOn of ['2027-05-07', '2027-06-12', '2027-06-19']) {
      const answer = await app.inject({
        method: 'POST',
        url: '/v1/calendar/exceptions',
        payload: { territoryId: departmentId, firstOn, lastOn: firstOn, openHalfDays: 0, reason: 'a bridge' },
      });
      expect(answer.statusCode).toBe(201);
      expect(answer.json()).toMatchObject({ territoryId: departmentId, establishmentId: null, firstOn });
      stated.push(answer.json<{ id: number }>().id);
    }
    const url = `/v1/calendar/exceptions?territoryId=${departmentId}&limit=2`;
    const first = (await app.inject({ url })).json<{ items: { id: number }[]; nextCursor: string }>();
    const second = (await app.inject({ url: `${url}&cursor=${first.nextCursor}` })).json<typeof first>();
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(stated);
    expect(second.nextCursor).toBeNull();
    const remove = { method: 'DELETE' as const, url: `/v1/calendar/exceptions/${stated[0]}` };
    expect((await app.inject(remove)).statusCode).toBe(204);
    expect((await app.inject(remove)).statusCode).toBe(404);
  });

  const valid = { firstOn: '2027-05-07', lastOn: '2027-05-07', openHalfDays: 0, reason: 'x' };
  it.each([
    [{ ...valid, territoryId: 1, establishmentId: 1 }, 400, 'calendar.exception_invalid'],
    [{ ...valid }, 400, 'calendar.exception_invalid'],
    [{ ...valid, territoryId: 1, lastOn: '2027-05-06' }, 400, 'calendar.exception_invalid'],
    [{ ...valid, territoryId: 1, lastOn: '2029-05-06' }, 400, 'calendar.exception_invalid'],
    [{ ...valid, territoryId: 1, firstOn: '2027-02-30' }, 400, 'request.invalid'],
    [{ ...valid, territoryId: 1, openHalfDays: 4 }, 400, 'request.invalid'],
    [{ ...valid, territoryId: 1, reason: '' }, 400, 'request.invalid'],
    [{ ...valid, territoryId: 1, colour: 'red' }, 400, 'request.invalid'],
    [{ ...valid, territoryId: 999_999 }, 404, 'territory.not_found'],
    [{ ...valid, establishmentId: 999_999 }, 404, 'establishment.not_found'],
  ])('refuses the exception %j with %i %s', async (payload, status, code) => {
    const answer = await app.inject({ method: 'POST', url: '/v1/calendar/exceptions', payload });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ status, code });
  });

  it.each([
    '/v1/calendar/holidays?zone=D',
    '/v1/calendar/holidays?schoolYear=26',
    '/v1/calendar/holidays?colour=red',
    '/v1/calendar/exceptions?limit=0',
    '/v1/calendar/exceptions?limit=501',
    '/v1/calendar/exceptions?cursor=x',
    '/v1/calendar/exceptions?territoryId=abc',
  ])('refuses %s with 400', async (url) => {
    expect((await app.inject({ url })).statusCode).toBe(400);
  });

  it('refuses an id that is none with 400', async () => {
    for (const id of ['abc', '0', '99999999999', '1.5'])
      expect((await app.inject({ method: 'DELETE', url: `/v1/calendar/exceptions/${id}` })).statusCode).toBe(400);
  });
});
