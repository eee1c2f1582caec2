import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { AgentSettings } from '../../src/agent/agent-settings';
import { ServiceConnection } from '../../src/agent/service-connection';
import { at, cell, gateContent } from './gate-content';
import { TestAgent } from './test-agent';
import { until } from '../until';

const MOVE = [{ audience: 'pupils' as const, ownerId: 11, removes: cell(9, 45), adds: [cell(11), 9, 0] as const }];

/** What docs/gateway.md declares, failure by failure. */
describe('an agent when things fail', () => {
  let test: TestAgent;
  beforeEach(async () => {
    test = await TestAgent.start();
    await until(() => test.service.streamCount === 1);
  });
  afterEach(() => test.stop());

  const statusOf = async (classKey = '77$6e A') => (await test.get('/auth', test.shown([classKey]))).status;
  const status = async () =>
    (await (await test.get('/status')).json()) as {
      state: string;
      revision: number;
      refused: { code: string } | null;
      service: { problem: string | null };
      storage: { isKept: boolean };
      clockOffsetSeconds: number;
      counts: { kept: { batchCount: number; droppedAttempts: number } };
    };
  const untilRefused = (code: string) => until(async () => (await status()).refused?.code === code);
  /** Neither all nor nobody: the class whose window is open enters, the other waits. */
  const decidesAsPlanned = async () => {
    test.nowSeconds = Math.max(test.nowSeconds, at(9, 50));
    expect(await statusOf('77$6e A')).toBe(204);
    expect(await statusOf('77$6e B')).toBe(403);
  };

  it('service killed: goes on with what it has, says so, keeps its counts, and goes on from there when it is back', async () => {
    await test.service.stop();
    await until(async () => (await status()).service.problem !== null);
    await decidesAsPlanned();
    test.nowSeconds += 120;
    expect((await status()).state).toBe('fail_static');
    await test.service.start();
    await test.service.change(MOVE);
    await until(async () => (await status()).revision === 8);
    expect((await status()).state).toBe('running');
  });

  it('database killed: the service answers 503 to everything, and the agent goes on as without it', async () => {
    test.service.setDatabase(false);
    await until(async () => /503 database.unavailable/.test((await status()).service.problem ?? ''));
    await decidesAsPlanned();
    test.nowSeconds += 120;
    await until(async () => (await status()).state === 'fail_static');
    await decidesAsPlanned();
    test.service.setDatabase(true);
    await test.service.change(MOVE);
    await until(async () => (await status()).revision === 8);
    expect(await status()).toMatchObject({ state: 'running', refused: null, service: { problem: null } });
  });

  it('service and agent killed: starts with the plan, the deltas and the pass keys of its disk', async () => {
    await test.service.change(MOVE);
    await until(() => test.agent.held.current!.revision === 8);
    await test.agent.stop();
    await test.service.stop();
    await test.startAgent();
    expect((await status()).revision).toBe(8);
    expect(test.agent.gate.signsPasses).toBe(true);
    test.nowSeconds = at(11);
    expect(await statusOf('77$6e A')).toBe(204);
    expect((await status()).state).toBe('fail_static');
  });

  it('service away and agent killed: the counts of its disk are sent by the next one, once', async () => {
    test.service.takesCounts = false;
    const files = () => readdirSync(join(test.folder, 'counts')).filter((name) => name.endsWith('.json'));
    expect(await statusOf()).toBe(403);
    await until(() => existsSync(join(test.folder, 'counts')) && files().length === 1);
    // what a killed agent leaves behind: its folder as it is now
    const [name] = files();
    const left = readFileSync(join(test.folder, 'counts', name!));
    await test.agent.stop();
    writeFileSync(join(test.folder, 'counts', name!), left);
    test.service.takesCounts = true;
    await test.startAgent();
    await test.agent.stop();
    expect(test.service.batches.map(({ batchId, cells }) => [batchId, cells.map(({ attempts }) => attempts)])).toEqual([
      [name!.slice(0, -5), [1]],
    ]);
    expect(files()).toEqual([]);
    await test.startAgent();
  });

  it('without any plan it lets in, as before the first one, and says that it is starting', async () => {
    await test.agent.stop();
    await test.service.stop();
    writeFileSync(join(test.folder, 'plan.json'), readFileSync(join(test.folder, 'plan.json')).subarray(0, 300));
    rmSync(join(test.folder, 'plan.json.before'), { force: true });
    await test.startAgent();
    const answer = await test.get('/auth', test.shown(['77$6e A']));
    expect([answer.status, answer.headers.get('x-etale-reason')]).toEqual([204, 'no_plan']);
    expect(await status()).toMatchObject({ state: 'starting', refused: { code: 'truncated' } });
  });

  it('the plan of its disk damaged, and nobody there: decides by the one before', async () => {
    await test.service.change(MOVE);
    await until(() => test.agent.held.current!.revision === 8);
    await test.agent.stop();
    await test.service.stop();
    writeFileSync(join(test.folder, 'plan.json'), readFileSync(join(test.folder, 'plan.json')).subarray(0, 300));
    await test.startAgent();
    expect(await status()).toMatchObject({ state: 'fail_static', revision: 7, refused: { code: 'truncated' } });
    await decidesAsPlanned();
  });

  it('a plan that has grown old does what it declared for that', async () => {
    await test.service.stop();
    test.nowSeconds = at(73);
    expect(await statusOf()).toBe(204);
    expect((await status()).state).toBe('stale');
    test.nowSeconds = at(97);
    expect((await status()).state).toBe('expired');
    expect((await test.get('/auth', test.shown(['77$6e A'], 'relative'))).headers.get('x-etale-reason')).toBe(
      'plan_too_old',
    );
  });

  it('clock wrong by ten minutes: decides by the time of the service and reports the difference', async () => {
    test.service.clockOffsetSeconds = 600;
    test.service.publish(gateContent({ revision: 8 }));
    await untilRefused('clock_wrong');
    test.nowSeconds = at(9, 48);
    expect(await statusOf()).toBe(403);
    test.nowSeconds = at(9, 52);
    expect(await statusOf()).toBe(204);
    expect((await status()).clockOffsetSeconds).toBe(600);
  });

  it('disk full: goes on in memory, takes what is new, and says that a restart would not have it', async () => {
    const unwritten = join(test.folder, 'plan.json.new');
    symlinkSync('/dev/full', unwritten);
    test.service.publish(gateContent({ revision: 8 }));
    await untilRefused('disk_full');
    expect(await status()).toMatchObject({ state: 'running', revision: 8, storage: { isKept: false } });
    await test.agent.stop();
    await test.service.stop();
    await test.startAgent();
    expect(await status()).toMatchObject({ state: 'fail_static', revision: 7 });
    await decidesAsPlanned();
    unlinkSync(unwritten);
    await test.service.start();
    await until(async () => (await status()).revision === 8);
    expect(await status()).toMatchObject({ state: 'running', refused: null, storage: { isKept: true } });
  });

  it('bundle truncated: is not used', async () => {
    test.service.isTruncating = true;
    test.service.publish(gateContent({ revision: 8 }));
    await untilRefused('truncated');
    expect((await status()).state).toBe('fail_static');
    await decidesAsPlanned();
    test.service.isTruncating = false;
    await until(async () => (await status()).revision === 8);
    expect((await status()).refused).toBeNull();
  });

  it('one bit flipped, in the bytes or in the signature: is not used', async () => {
    for (const part of ['bytes', 'signature'] as const) {
      test.service.spoil = ({ bytes, signature }) => {
        const flipped = Buffer.from(bytes);
        flipped[flipped.length >> 1]! ^= 1;
        const at = signature.length - 20;
        const other = signature.slice(0, at) + (signature[at] === 'A' ? 'B' : 'A') + signature.slice(at + 1);
        return part === 'bytes' ? { bytes: flipped, signature } : { bytes, signature: other };
      };
      test.service.publish(gateContent({ revision: 8 }));
      await untilRefused('signature_invalid');
      expect((await status()).revision).toBe(7);
      await decidesAsPlanned();
    }
  });

  it('an old bundle replayed, of an older revision or epoch: is not used, though its signature is good', async () => {
    test.service.publish(gateContent({ revision: 9, epoch: 2 }));
    await until(() => test.agent.held.current!.revision === 9);
    for (const older of [
      { revision: 8, epoch: 2 },
      { revision: 20, epoch: 1 },
    ]) {
      test.service.publish(gateContent(older));
      await untilRefused('older_revision');
      // what was refused is told at once, with where it would have led
      await until(() =>
        JSON.stringify(test.service.reports).includes(
          `"refused":{"code":"older_revision","epoch":${older.epoch},"revision":${older.revision}`,
        ),
      );
      expect(test.agent.held.current!).toMatchObject({ epoch: 2, revision: 9 });
    }
    await decidesAsPlanned();
  });

  it('a bundle of another platform: is not used', async () => {
    test.service.publish(gateContent({ revision: 8, platformId: 2 }));
    await untilRefused('platform_other');
    await decidesAsPlanned();
  });

  it('key rotated: the new one is read once it is seen, and the plan goes on', async () => {
    await test.service.rotate('k2');
    await test.service.change(MOVE);
    await until(() => test.agent.held.current!.revision === 8);
    expect((await status()).refused).toBeNull();
  });

  it('a delta missing: the chain does not fit, the whole bundle is fetched', async () => {
    await test.service.change(MOVE, { isLost: true });
    await test.service.change([{ audience: 'pupils', ownerId: 12, removes: cell(10, 30), adds: null }]);
    // the history that the agent asks instead of the stream holds both
    await until(() => test.agent.held.current!.revision === 9);
    test.nowSeconds = at(11);
    expect(await statusOf('77$6e A')).toBe(204);
  });

  it('a delta missing for good: says so until a whole bundle is newer, and asks for it no more often than it should', async () => {
    await test.service.change(MOVE, { isLost: true });
    test.service.deltas.shift();
    const before = test.service.bundleCount;
    await test.service.change([{ audience: 'pupils', ownerId: 12, removes: cell(10, 30), adds: null }]);
    await untilRefused('chain_broken');
    await until(() => test.service.bundleCount > before);
    // the bundle that there is does not lead on: what is held stays in force, and is said to
    expect(await status()).toMatchObject({ revision: 7, state: 'fail_static', refused: { code: 'chain_broken' } });
    await decidesAsPlanned();
    const [count, from] = [test.service.bundleCount, performance.now()];
    await until(() => test.service.bundleCount > count + 3);
    expect(performance.now() - from).toBeGreaterThan(3 * 50);
    test.service.publish(gateContent({ revision: 9 }));
    await until(async () => (await status()).revision === 9);
    await until(async () => (await status()).refused === null);
    expect((await status()).state).toBe('running');
  });

  it('no stream: polls within the prescribed interval', async () => {
    const polling = await TestAgent.start();
    polling.service.hasStream = false;
    await polling.service.change(MOVE, { isLost: true });
    for (const stop of [() => polling.service.stop(), () => polling.service.start()]) await stop();
    await until(() => polling.agent.held.current!.revision === 8);
    await polling.stop();
  });

  it('a question that begins after the stop is not waited for', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const connection = new ServiceConnection({ url, key: 'etale_test' } as AgentSettings, test.agent.status);
    const before = connection.request('/v1/gateways/keys').catch((error: Error) => error.name);
    connection.stop();
    const after = connection.request('/v1/gateways/keys').catch((error: Error) => error.name);
    expect(await Promise.all([before, after])).toEqual(['AbortError', 'AbortError']);
    silent.closeAllConnections();
    silent.close();
  }, 10_000);

  it('counts that the service refuses for good hold up nothing behind them, and are told as dropped', async () => {
    const dropped = async () => (await status()).counts.kept.droppedAttempts;
    const [before, sent] = [await dropped(), test.service.batches.length];
    test.service.untakableCount = 1;
    await decidesAsPlanned();
    await until(async () => {
      await test.agent.reports.sendCounts();
      return (await dropped()) > before;
    });
    await decidesAsPlanned();
    await test.agent.reports.sendCounts();
    expect(test.service.batches.length).toBe(sent + 1);
    expect((await status()).counts.kept.batchCount).toBe(0);
  });

  it('counts are kept in order while the service takes none, and arrive when it does', async () => {
    test.service.takesCounts = false;
    await decidesAsPlanned();
    await test.agent.stop();
    expect(test.service.batches).toEqual([]);
    test.service.takesCounts = true;
    await test.startAgent();
    await until(() => test.agent.held.current !== undefined);
    await decidesAsPlanned();
    await test.agent.stop();
    expect(test.service.batches).toHaveLength(1);
    expect(JSON.stringify(test.service.batches[0])).not.toMatch(/77\$|cookie|draw/);
    await test.startAgent();
  });
});
