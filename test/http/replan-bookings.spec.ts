import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { JobDto } from '../../src/jobs/job.dto';
import { JobRunner } from '../../src/jobs/job-runner.service';
import type { PlanCertificate } from '../../src/plan/plan-certificate';
import type { WindowPageDto } from '../../src/plan/window.dto';
import { standStillAt } from '../booking-region';
import { ledgerDifferenceCount } from '../plan-builder';
import { SmallRegion } from '../small-region';
import { startTestApplication } from '../test-application';

const at = (day: number, clock: string): string => `2026-12-0${7 + day}T${clock}:00+01:00`;

describe('a replan of a plan in which heads have booked', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let address: string;
  let region: SmallRegion;
  let campaignId: number;
  let publishedId: number;
  let [first, second]: [number, number] = [0, 0];

  const call = async <T>(method: string, path: string, body?: object, headers = {}): Promise<T> => {
    const answer = await fetch(`${address}${path}`, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const said = (await answer.json()) as T;
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(said)}`);
    return said;
  };
  const draft = async (body: object): Promise<JobDto> => {
    const { id } = await call<JobDto>('POST', `/campaigns/${campaignId}/allocations`, body);
    // the stream ends with the job
    await (await fetch(`${address}/jobs/${id}/events`)).text();
    return call('GET', `/jobs/${id}`);
  };
  const publish = async (planId: number): Promise<void> => {
    await call('POST', `/plans/${planId}/publish`, { reason: 'test' });
    publishedId = planId;
  };
  const windowsOf = async (classId: number): Promise<WindowPageDto['items']> =>
    (await call<WindowPageDto>('GET', `/classes/${classId}/windows?from=2026-12-07&to=2026-12-11`)).items;
  const windowAt = async (classId: number, startsAt: string) => {
    const found = (await windowsOf(classId)).find((window) => window.startsAt === startsAt);
    if (!found) throw new Error(`no window of ${classId} at ${startsAt}`);
    return found;
  };
  const book = async (classId: number, from: string, to: string | null): Promise<void> => {
    const { id, revision } = await windowAt(classId, from);
    await call(
      'POST',
      '/bookings',
      { operation: to ? 'move' : 'release', windowId: id, ...(to && { startsAt: to }) },
      { 'idempotency-key': randomUUID(), 'if-match': `"${revision}"` },
    );
  };
  const placesOf = (planId: number): Promise<object[]> =>
    database.query(
      'select window_id, start_cell, local_date, ordinal, teacher_key_id from plan_window where plan_id = $1 order by 1',
      [planId],
    );

  beforeAll(async () => {
    standStillAt(at(0, '06:00'));
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    await app.listen(0, '127.0.0.1');
    address = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}/v1`;
    await app.get(JobRunner).start();
    region = await SmallRegion.make(database);
    const school = await region.establishment();
    [first, second] = [await region.class(school), await region.class(school)];
    const [one, other] = [await region.teacher(school), await region.teacher(school)];
    const campaign = { name: 'Semaine', platformId: region.platformId, startsOn: '2026-12-07', endsOn: '2026-12-11' };
    campaignId = (await call<{ id: number }>('POST', '/campaigns', { ...campaign, preset: 'remote-week-secondary' }))
      .id;
    const wishes: [classId: number, weekday: number, startMinute: number, teacherKeyId: number][] = [
      [first, 1, 540, one],
      [first, 1, 840, one],
      [first, 2, 660, one],
      [first, 2, 840, other],
      [second, 2, 540, other],
    ];
    for (const wish of wishes)
      await database.query(
        `insert into wish (campaign_id, kind, origin, class_id, weekday, start_minute, teacher_key_id)
         values (${campaignId}, 'wished', 'head', $1, $2, $3, $4)`,
        wish,
      );
    await publish((await draft({})).planId!);
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  it('leaves each window the teacher whom it has, wherever it was moved, and asks for none that was given back', async () => {
    await book(first, at(1, '14:00'), null);
    // beside a class of the teacher whom that other window had
    await book(first, at(0, '09:00'), at(1, '09:30'));
    await book(second, at(1, '09:00'), at(1, '09:10'));
    const live = await placesOf(publishedId);
    const job = await draft({ mode: 'replan', noticeMinutes: 0 });
    expect(job).toMatchObject({ state: 'done' });
    const { replan } = await call<PlanCertificate>('GET', `/plans/${job.planId}/certificate`);
    expect(replan).toMatchObject({ movedWindowCount: 0, newWindowCount: 0, frozenWindowCount: 2 });
    expect(await placesOf(job.planId!)).toEqual(live);
    await publish(job.planId!);
    expect(await placesOf(publishedId)).toEqual(live);
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  });

  it('is made and published though a roster has made of two booked windows one of a class and one of its group', async () => {
    await database.query('insert into class_group_source (group_id, class_id) values ($1, $2)', [second, first]);
    const live = await placesOf(publishedId);
    const job = await draft({ mode: 'replan', noticeMinutes: 0 });
    expect(job).toMatchObject({ state: 'done' });
    const { replan } = await call<PlanCertificate>('GET', `/plans/${job.planId}/certificate`);
    expect(replan).toMatchObject({ frozenViolationCounts: { group_overlap: 1 } });
    await publish(job.planId!);
    expect(await placesOf(publishedId)).toHaveLength(live.length);
    expect((await windowAt(first, at(1, '09:30'))).origin).toBe('booked');
    expect((await windowAt(second, at(1, '09:10'))).origin).toBe('booked');
  });
});
