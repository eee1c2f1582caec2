import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import type { WebhookListDto } from '../../src/crisis/webhook.dto';
import { makeRegion, type Region } from '../plan-builder';
import { signedInAs, startTestApplication } from '../test-application';

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

describe('webhooks', () => {
  let app: NestFastifyApplication;
  let region: Region;
  let receiver: Server;
  let address: string;
  const received: Received[] = [];
  const answers: number[] = [];

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(answers.shift() ?? 204, { location: 'http://127.0.0.1:1/' }).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/etale`;
    app = await startTestApplication({ ETALE_WEBHOOK_NETWORKS: '127.0.0.1/32' });
    region = await makeRegion(app.get(DataSource));
  });
  afterAll(async () => {
    await app.close();
    receiver.close();
  });

  const url = (path: string): string => `/v1/platforms/${region.platformId}/${path}`;
  const make = async (to: string) => {
    const response = await app.inject({ method: 'POST', url: url('webhooks'), payload: { url: to } });
    return { status: response.statusCode, body: response.json<{ id: number; secret: string; code?: string }>() };
  };
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const list = async () => (await app.inject({ url: url('webhooks') })).json<WebhookListDto>().items;

  it('tell of a step that is put in force and undone, signed, and again until somebody has taken it', async () => {
    const { status, body } = await make(address);
    expect(status).toBe(201);
    expect((await make(address)).body.code).toBe('webhook.exists');
    // a redirect is no answer, and is not followed
    answers.push(302);
    const step = {
      name: { fr: 'essai', en: 'trial' },
      scope: {},
      measures: { walkInPerMille: 0 },
      words: { fr: 'Plus tard.', en: 'Later.' },
      reason: 'essai',
      isBreakGlass: true,
    };
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    const enforced = await app.inject({ method: 'POST', url: url('protection-steps'), payload: { ...step, endsAt } });
    const { id } = enforced.json<{ id: number }>();
    await until(() => received.length >= 2);
    const [first, again] = received;
    expect(again!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(again!.body).toBe(first!.body);
    const event = JSON.parse(again!.body) as { id: string; type: string; source: string; data: { stepId: number } };
    expect(event).toMatchObject({
      type: 'etale.protection_step.enforced',
      source: `/v1/platforms/${region.platformId}`,
      data: { stepId: id, words: step.words },
    });
    expect(event.id).toBe(again!.headers['webhook-id']);
    const { 'webhook-id': messageId, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = again!.headers;
    const secret = Buffer.from(body.secret.slice('whsec_'.length), 'base64');
    const expected = createHmac('sha256', secret)
      .update(`${String(messageId)}.${String(timestamp)}.${again!.body}`)
      .digest('base64');
    expect(signature).toBe(`v1,${expected}`);
    await app.inject({ method: 'POST', url: url(`protection-steps/${id}/undo`), payload: { reason: 'assez' } });
    await until(() => received.length >= 3);
    expect((JSON.parse(received[2]!.body) as { type: string }).type).toBe('etale.protection_step.undone');
    await until(async () => (await list())[0]!.waitingCount === 0);
    expect((await app.inject({ method: 'DELETE', url: url(`webhooks/${body.id}`) })).statusCode).toBe(204);
    expect(await list()).toEqual([]);
  });

  it('tell of an end that comes by itself when it comes, and of none where the step was taken back', async () => {
    const { body } = await make(address);
    received.length = 0;
    const step = {
      name: { fr: 'essai', en: 'trial' },
      scope: {},
      measures: { walkInPerMille: 0 },
      words: { fr: 'Plus tard.', en: 'Later.' },
      reason: 'essai',
      isBreakGlass: true,
    };
    // nobody breaks a second glass after the own first one
    const enforce = async (seconds: number, who: string) => {
      const endsAt = new Date(Date.now() + seconds * 1000).toISOString();
      const payload = { ...step, endsAt };
      const headers = await signedInAs(app, { role: 'operator', uais: [], territories: [] }, who);
      const answer = await app.inject({ method: 'POST', url: url('protection-steps'), payload, headers });
      expect(answer.statusCode).toBe(201);
      return answer.json<{ id: number }>().id;
    };
    const undone = await enforce(2, 'second');
    await app.inject({ method: 'POST', url: url(`protection-steps/${undone}/undo`), payload: { reason: 'assez' } });
    const ended = await enforce(2, 'third');
    const told = () =>
      received.map(
        ({ body: text }) =>
          JSON.parse(text) as { type: string; time: string; data: { stepId: number; endsAt: string } },
      );
    await until(() => told().some(({ type }) => type === 'etale.protection_step.ended'));
    expect(
      told()
        .filter(({ type }) => type === 'etale.protection_step.ended')
        .map(({ data }) => data.stepId),
    ).toEqual([ended]);
    const event = told().find(({ type }) => type === 'etale.protection_step.ended')!;
    expect(event.time).toBe(event.data.endsAt);
    await app.inject({ method: 'DELETE', url: url(`webhooks/${body.id}`) });
  });

  it('tell of the end of a step that was in force before the address was told of anything, and wait for no dead address meanwhile', async () => {
    received.length = 0;
    let goneCount = 0;
    const dead = createServer((request) => request.on('close', () => goneCount++));
    await new Promise<void>((resolve) => dead.listen(0, '127.0.0.1', resolve));
    const deaf = await make(`http://127.0.0.1:${(dead.address() as AddressInfo).port}/`);
    const step = {
      name: { fr: 'essai', en: 'trial' },
      scope: {},
      measures: { idleMinutes: 5 },
      words: { fr: 'Plus tard.', en: 'Later.' },
      reason: 'essai',
      isBreakGlass: true,
    };
    const enforce = async (who: string, seconds: number) => {
      const headers = await signedInAs(app, { role: 'operator', uais: [], territories: [] }, who);
      const payload = { ...step, endsAt: new Date(Date.now() + seconds * 1000).toISOString() };
      return (await app.inject({ method: 'POST', url: url('protection-steps'), payload, headers })).json<{
        id: number;
      }>().id;
    };
    const short = await enforce('fourth', 2);
    const { body } = await make(address);
    const long = await enforce('fifth', 600);
    const told = () => received.map(({ body: text }) => JSON.parse(text) as { type: string; data: { stepId: number } });
    const has = (what: string, id: number) =>
      told().some(({ type, data }) => type === `etale.protection_step.${what}` && data.stepId === id);
    await until(() => has('enforced', long) && has('ended', short));
    await app.inject({ method: 'POST', url: url(`protection-steps/${long}/undo`), payload: { reason: 'assez' } });
    await until(() => has('undone', long));
    // the request that nobody answers is still under way
    expect(goneCount).toBe(0);
    dead.closeAllConnections();
    dead.close();
    for (const id of [body.id, deaf.body.id]) await app.inject({ method: 'DELETE', url: url(`webhooks/${id}`) });
  });

  it('reach no private address, not by a name either', async () => {
    received.length = 0;
    for (const to of ['https://10.0.0.1/x', 'https://[::1]/x', 'http://8.8.8.8/x', 'https://user:pass@8.8.8.8/x']) {
      expect((await make(to)).body.code).toBe('webhook.address_refused');
    }
    await app
      .get(DataSource)
      .query(
        `insert into webhook (platform_id, url, secret, created_by) values ($1, 'http://localhost6.localdomain:1/x', $2, 'test'), ($1, 'http://10.0.0.1/x', $2, 'test')`,
        [region.platformId, Buffer.alloc(32)],
      );
    const payload = {
      name: { fr: 'essai', en: 'trial' },
      scope: {},
      measures: {},
      words: { fr: 'Plus tard.', en: 'Later.' },
      reason: 'essai',
      endsAt: new Date(Date.now() + 600_000).toISOString(),
    };
    expect((await app.inject({ method: 'POST', url: url('protection-steps'), payload })).statusCode).toBe(201);
    await until(async () => (await list()).every(({ lastProblem }) => lastProblem !== null));
    expect((await list())[1]!.lastProblem).toBe('10.0.0.1 is a private address');
    expect(received).toEqual([]);
  });
});
