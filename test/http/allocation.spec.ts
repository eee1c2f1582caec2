import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import type { JobDto } from '../../src/jobs/job.dto';
import { JobRunner } from '../../src/jobs/job-runner.service';
import { makeRegion, type RegionShape } from '../plan-builder';
import { startTestApplication } from '../test-application';

interface ServerEvent {
  name: string;
  job: JobDto;
}

/** The events of a stream as they come; comments are left out. */
async function* eventsOf(answer: Response): AsyncGenerator<ServerEvent> {
  let rest = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const match = /^event: (\w+)\ndata: (.*)$/.exec(block);
      if (match) yield { name: match[1]!, job: JSON.parse(match[2]!) as JobDto };
    }
  }
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('allocations', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let address: string;

  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    await app.listen(0, '127.0.0.1');
    address = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}/v1`;
  });
  afterAll(() => app.close());

  const post = (path: string, body: object = {}): Promise<Response> =>
    fetch(`${address}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const get = async <T>(path: string): Promise<T> => (await (await fetch(`${address}${path}`)).json()) as T;

  /** A campaign over a region of its own, by the preset for secondary schools. */
  async function campaignOver(shape: RegionShape, fields: object = {}): Promise<number> {
    const { platformId } = await makeRegion(database, shape);
    const answer = await post('/campaigns', {
      name: 'Semaine',
      platformId,
      startsOn: '2026-12-07',
      endsOn: '2026-12-11',
      preset: 'remote-week-secondary',
      ...fields,
    });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { id: number }).id;
  }
  const countOf = async (sql: string, parameters: unknown[] = []): Promise<number> =>
    (await database.query<{ count: number }[]>(`select count(*)::int as count from ${sql}`, parameters))[0]!.count;

  it('are accepted once for a campaign, whatever the number of requests at once, and cancelled while they wait', async () => {
    const campaignId = await campaignOver({ establishmentCount: 2 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(`/campaigns/${campaignId}/allocations`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, ...Array<number>(7).fill(409)]);
    const accepted = answers.find(({ status }) => status === 202)!;
    const job = (await accepted.json()) as JobDto;
    expect(accepted.headers.get('location')).toBe(`/v1/jobs/${job.id}`);
    expect(job).toMatchObject({ kind: 'allocation', campaignId, state: 'queued', planId: null, error: null });
    const refused = answers.find(({ status }) => status === 409)!;
    expect(await refused.json()).toMatchObject({ code: 'allocation.already_running', jobId: job.id });

    const cancelled = await post(`/jobs/${job.id}/cancel`);
    expect([cancelled.status, await cancelled.json()]).toEqual([202, expect.objectContaining({ state: 'cancelled' })]);
    const again = await post(`/jobs/${job.id}/cancel`);
    expect([again.status, await again.json()]).toEqual([409, expect.objectContaining({ code: 'job.already_ended' })]);
  });

  describe('with somebody at work', () => {
    beforeAll(() => app.get(JobRunner).start());

    it('end with a draft plan of every window, and tell their progress as server-sent events', async () => {
      const campaignId = await campaignOver({ establishmentCount: 6, classesEach: 4 });
      const { id } = (await (await post(`/campaigns/${campaignId}/allocations`, { seed: 7 })).json()) as JobDto;
      const answer = await fetch(`${address}/jobs/${id}/events`);
      expect(answer.headers.get('content-type')).toContain('text/event-stream');
      const events = await allOf(eventsOf(answer));
      expect(events.slice(0, -1).every(({ name }) => name === 'progress')).toBe(true);
      expect(events.at(-1)).toMatchObject({ name: 'done', job: { id, state: 'done', attemptCount: 1 } });

      const told = events.flatMap(({ job }) =>
        job.progress.figures?.lowerBound === undefined ? [] : [job.progress.figures],
      );
      expect(told.length).toBeGreaterThan(0);
      for (const { lowerBound, objective } of told)
        if (objective !== undefined) expect(objective).toBeGreaterThanOrEqual(lowerBound!);

      const { planId } = events.at(-1)!.job;
      const plan = await get<{ windowCount: number; seed: number; state: string }>(`/plans/${planId}`);
      expect(plan).toMatchObject({ campaignId, state: 'draft', seed: 7, unplacedCount: 0 });
      expect(plan.windowCount).toBeGreaterThan(24);
      expect(await countOf('plan_window where plan_id = $1', [planId])).toBe(plan.windowCount);
      expect(await get(`/plans/${planId}/certificate`)).toMatchObject({ violationCount: 0 });
    });

    it('give the same windows for the same seed', async () => {
      const campaignId = await campaignOver({ establishmentCount: 5 });
      const plans: unknown[] = [];
      for (let run = 0; run < 2; run++) {
        const { id } = (await (await post(`/campaigns/${campaignId}/allocations`, { seed: 3 })).json()) as JobDto;
        const events = await allOf(eventsOf(await fetch(`${address}/jobs/${id}/events`)));
        plans.push(
          await database.query(
            `select establishment_id, class_id, audience, local_date, ordinal, start_cell from plan_window
              where plan_id = $1 order by 1, 2, 3, 4, 5`,
            [events.at(-1)!.job.planId],
          ),
        );
      }
      expect(plans[0]).toEqual(plans[1]);
    });

    it('fail with the reason when nobody takes part, and are listed, the newest first', async () => {
      const campaignId = await campaignOver({ establishmentCount: 2 }, { establishmentKinds: ['lycee_pro'] });
      const ids: number[] = [];
      for (let run = 0; run < 3; run++) {
        const { id } = (await (await post(`/campaigns/${campaignId}/allocations`)).json()) as JobDto;
        const events = await allOf(eventsOf(await fetch(`${address}/jobs/${id}/events`)));
        expect(events.at(-1)).toMatchObject({
          name: 'failed',
          job: { state: 'failed', planId: null, error: { code: 'load.nobody_concerned' } },
        });
        ids.unshift(id);
      }
      const first = await get<{ items: JobDto[]; nextCursor: string }>(`/campaigns/${campaignId}/allocations?limit=2`);
      expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      const second = await get<{ items: JobDto[]; nextCursor: null }>(
        `/campaigns/${campaignId}/allocations?limit=2&cursor=${first.nextCursor}`,
      );
      expect([second.items.map(({ id }) => id), second.nextCursor]).toEqual([ids.slice(2), null]);
      expect(await countOf('plan where campaign_id = $1', [campaignId])).toBe(0);
    });

    it('are cancelled in the middle of the search and leave nothing behind', async () => {
      const campaignId = await campaignOver({ establishmentCount: 400, classesEach: 24 });
      const partitions = `pg_inherits where inhparent = 'plan_window'::regclass`;
      const partitionCount = await countOf(partitions);
      const { id } = (await (await post(`/campaigns/${campaignId}/allocations`)).json()) as JobDto;
      const seen: ServerEvent[] = [];
      for await (const event of eventsOf(await fetch(`${address}/jobs/${id}/events`))) {
        seen.push(event);
        const { state, progress, isCancelRequested } = event.job;
        if (state === 'running' && !isCancelRequested && ['bound', 'place'].includes(progress.phase))
          expect((await post(`/jobs/${id}/cancel`)).status).toBe(202);
      }
      expect(seen.at(-1)).toMatchObject({ name: 'cancelled', job: { state: 'cancelled', planId: null } });
      const asked = seen.find(({ job }) => job.isCancelRequested)!;
      expect(asked.job.progress.phase).not.toBe('store');
      expect(await countOf('plan where campaign_id = $1', [campaignId])).toBe(0);
      expect(await countOf(partitions)).toBe(partitionCount);
    });
  });

  it.each([
    ['a seed below zero', { seed: -1 }],
    ['a seed that is no number', { seed: 'seven' }],
    ['an unknown field', { speed: 9 }],
  ])('are refused with 400 for %s', async (_what, body) => {
    const campaignId = await campaignOver({ establishmentCount: 1 });
    const answer = await post(`/campaigns/${campaignId}/allocations`, body);
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code: 'request.invalid' })]);
  });

  it.each([
    ['/campaigns/999999/allocations', 'POST', 404, 'campaign.not_found'],
    ['/campaigns/999999/allocations', 'GET', 404, 'campaign.not_found'],
    ['/campaigns/one/allocations', 'GET', 400, 'request.invalid'],
    ['/jobs/999999', 'GET', 404, 'job.not_found'],
    ['/jobs/999999/events', 'GET', 404, 'job.not_found'],
    ['/jobs/99999999999', 'GET', 400, 'request.invalid'],
    ['/jobs/999999/cancel', 'POST', 404, 'job.not_found'],
  ])('answer %s (%s) with %i %s', async (path, method, status, code) => {
    const answer = await fetch(`${address}${path}`, { method });
    expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ code })]);
  });
});
