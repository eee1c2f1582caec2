import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { type RunningAgent, startAgent } from '../../src/agent/agent';
import { NEVER_GATED } from '../../src/agent/agent-settings';
import { signedHeaderText } from '../../src/agent/pass.rules';
import type { MeasuredDayDto } from '../../src/crisis/measurement.dto';
import type { GatewaySettingsDto } from '../../src/gateway/gateway-settings.dto';
import type { GatewayPageDto } from '../../src/gateway/gateway-view.dto';
import { type BookableRegion, publishedRegion, standStillAt } from '../booking-region';
import { cellAt } from '../plan-builder';
import { startTestApplication } from '../test-application';
import { ENT_KEY } from './test-agent';
import { until } from '../until';

const NOW = '2026-12-07T07:00:00+01:00';

describe('an agent and the service itself', () => {
  let app: NestFastifyApplication;
  let region: BookableRegion;
  let agent: RunningAgent;
  const folder = mkdtempSync(join(tmpdir(), 'etale-agent-'));

  beforeAll(async () => {
    standStillAt(NOW);
    app = await startTestApplication();
    await app.listen(0, '127.0.0.1');
    region = await publishedRegion(app, [
      { establishment: 0, classIndex: 0, startCell: cellAt(0, 9) },
      { establishment: 0, classIndex: 1, startCell: cellAt(0, 14) },
    ]);
    const made = await app.inject({
      method: 'POST',
      url: '/v1/keys',
      payload: { name: 'passerelle', scopes: ['gateway'], platformId: region.platformId, days: 30 },
    });
    const settingsUrl = `/v1/platforms/${region.platformId}/gateway-settings`;
    const settings = (await app.inject({ url: settingsUrl })).json<GatewaySettingsDto>();
    const payload = { ...settings, posture: 'enforced', walkInPerCell: 1, keptPerCell: 0 };
    expect((await app.inject({ method: 'PUT', url: settingsUrl, payload })).statusCode).toBe(200);
    agent = await startAgent(
      {
        url: await app.getUrl(),
        key: made.json<{ secret: string }>().secret,
        name: 'proxy-1',
        folder,
        host: '127.0.0.1',
        port: 0,
        entKey: Buffer.from(ENT_KEY),
        userinfoUrl: undefined,
        workUrl: undefined,
        neverGated: NEVER_GATED,
      },
      () => Date.now(),
    );
    await until(() => agent.held.current !== undefined && agent.gate.signsPasses);
    // a report that is under way while the clock is set finds the two clocks hours apart, which are one
    Object.defineProperty(agent.status, 'clockOffsetSeconds', { get: () => 0, set: () => {} });
  });
  afterAll(async () => {
    await agent.stop();
    await app.close();
    rmSync(folder, { recursive: true, force: true });
    jest.useRealTimers();
  });

  /** The clock of the service and of the agent. */
  const standAt = (clock: string): unknown => jest.setSystemTime(new Date(`2026-12-07T${clock}:00+01:00`));
  const answerFor = async (classCode: string): Promise<number> => {
    const classes = [`structure-${region.uais[0]}$${classCode}`];
    const claims = { profile: 'pupil', classes, uais: [], exp: Math.floor(Date.now() / 1000) + 60 };
    const headers = { 'x-etale-visitor': signedHeaderText(claims, Buffer.from(ENT_KEY)) };
    return (await fetch(`http://127.0.0.1:${agent.port}/auth`, { headers })).status;
  };

  it('decides by the plan that the service signed, and by the quota that the operator set', async () => {
    expect(agent.held.current).toMatchObject({ epoch: 1, revision: 1 });
    standAt('09:10');
    expect(await answerFor('6A')).toBe(204);
    // one of the other class walks in, the next one waits
    expect(await answerFor('6B')).toBe(204);
    expect(await answerFor('6B')).toBe(403);
  });

  it('applies a booking as soon as it is streamed: the window that moved lets in at its new hour', async () => {
    const response = await app.inject({
      method: 'POST',
      url: '/v1/bookings',
      payload: { operation: 'move', windowId: region.windowIds[1], startsAt: '2026-12-07T11:00:00+01:00' },
      headers: { 'idempotency-key': randomUUID(), 'if-match': '"1"' },
    });
    expect(response.statusCode).toBe(201);
    await until(() => agent.held.current!.revision === 2);
    standAt('11:10');
    expect(await answerFor('6B')).toBe(204);
    standAt('14:10');
    expect([await answerFor('6B'), await answerFor('6B')]).toEqual([204, 403]);
  });

  it('obeys a protection step as soon as it is streamed, and no longer once it is undone', async () => {
    const url = `/v1/platforms/${region.platformId}/protection-steps`;
    const payload = {
      name: { fr: 'essai', en: 'trial' },
      scope: {},
      reason: 'essai',
      endsAt: '2026-12-07T18:00:00+01:00',
      words: { fr: 'Ce soir.', en: 'Tonight.' },
      isBreakGlass: true,
      measures: { isLiveOnly: true, idleMinutes: 5, featuresOff: [] },
    };
    standAt('11:10');
    const enforced = await app.inject({ method: 'POST', url, payload });
    expect(enforced.statusCode).toBe(201);
    await until(() => agent.held.current!.revision === 3);
    expect(agent.held.current!.plan.content.rules).toMatchObject([{ isLiveOnly: true, idleMinutes: 5 }]);
    // whoever came by the window of 6B has a pass; this one comes for the first time
    expect(await answerFor('6B')).toBe(403);
    await app.inject({
      method: 'POST',
      url: `${url}/${enforced.json<{ id: number }>().id}/undo`,
      payload: { reason: 'assez' },
    });
    await until(() => agent.held.current!.revision === 4);
    expect(agent.held.current!.plan.content.rules).toEqual([]);
    expect(await answerFor('6B')).toBe(204);
  });

  it('brings the counts of visitors whose school nobody knows too, and of all others with them', async () => {
    await fetch(`http://127.0.0.1:${agent.port}/auth`);
    await agent.reports.sendCounts();
    const rows = await app
      .get(DataSource)
      .query<{ department: string; attempts: number }[]>(
        'select department, sum(attempts)::int as attempts from gateway_cell_count where platform_id = $1 group by 1 order by 1',
        [region.platformId],
      );
    expect(rows.map(({ department }) => department === '')).toEqual([true, false]);
    expect(rows.every(({ attempts }) => attempts > 0)).toBe(true);
    expect(agent.status.report()).toMatchObject({ counts: { waitingBatches: 0, droppedAttempts: 0 } });
  });

  it('brings its share of sessions and log-ins, which the service lays over the plan', async () => {
    standAt('11:20');
    expect(await answerFor('6B')).toBe(204);
    standAt('11:21');
    await agent.reports.sendMeasurements();
    const url = `/v1/platforms/${region.platformId}/measurements?date=2026-12-07`;
    const day = (await app.inject({ url })).json<MeasuredDayDto>();
    const cell = (11 * 60 + 20) / 5;
    expect(day.logins[cell]).toBeGreaterThanOrEqual(5);
    expect(day.sessions[cell]).toBeGreaterThanOrEqual(1);
    expect(day.errorsPerMille[cell]).toBeNull();
  });

  it('is seen by the operator with the revision that it runs and what it counts', async () => {
    await until(async () => {
      const { items } = (await app.inject({ url: '/v1/gateways' })).json<GatewayPageDto>();
      const its = items.find(({ agent: name, posture }) => name === 'proxy-1' && posture === 'enforced');
      return its?.counts?.droppedAttempts === 0 && its.counts.since <= its.reportedAt;
    });
  });
});
