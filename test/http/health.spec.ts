import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startTestApplication } from '../test-application';

describe('health', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await startTestApplication();
  });
  afterAll(() => app.close());

  it('says that the process lives and serves', async () => {
    for (const url of ['/health/live', '/health/ready']) {
      const answer = await app.inject({ url });
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toEqual({ status: 'ok' });
    }
  });

  it('gives Prometheus the revision of each platform', async () => {
    const answer = await app.inject({ url: '/metrics' });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('# TYPE etale_platform_revision gauge');
  });

  it('answers an unknown address with a problem document', async () => {
    const answer = await app.inject({ url: '/v1/nothing' });
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ status: 404, code: 'http.404', instance: '/v1/nothing' });
  });
});
