import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CELL_SECONDS } from '../src/kernel/cell-grid';
import { seededRandom } from '../src/kernel/random';
import { type Benchmark, option } from './benchmark';
import { decideBundle } from './decide-bundle';
import { ENT_KEY, GATE_MIX, GATE_VISITORS, gateRequests, type GateRequest } from './gate-requests';
import { percentile, rounded } from './percentile';
import { lonelyAgent, writePlan } from './plan-on-disk';
import { RawConnection } from './raw-connection';
import { installed, RealProxy } from './real-proxy';

const CONNECTIONS = 64;
const ROUND_COUNT = 3;
const PACED_PER_SECOND = 2000;
/** The agent's day is at ten in the morning, whenever the benchmark runs. */
const CLOCK_CELL = 120;
const BARE = `require('node:http').createServer({ keepAliveTimeout: 75000 }, (_, response) => { response.writeHead(204); response.end(); })
  .listen(0, '127.0.0.1', function () { console.log('answers on http://127.0.0.1:' + this.address().port); });`;

interface Measured {
  perSecond: number;
  /** Time of the processor that the process behind nginx used, NaN where the system does not say. */
  cpuMicrosecondsPerRequest: number;
  /** How often something else was answered than the plan says, by what was asked, expected and answered. */
  wrong: Map<string, number>;
}

/**
 * Requests a second through nginx (auth_request) with the agent behind it, and with a Node server that answers 204 at once behind
 * the same configuration; the two in turns. Then both at a pace of 2,000 a second, for the time that a page waits.
 */
export const run: Benchmark = async (args) => {
  const nginx = installed('nginx');
  if (!nginx) throw new Error('nginx is not installed');
  const seconds = Number(option(args, 'seconds', '5'));
  const random = seededRandom(Number(option(args, 'seed', '1')));
  const now = Date.now() / 1000;
  const content = decideBundle(random, Math.floor(now / CELL_SECONDS) - CLOCK_CELL);
  content.rules = [];
  content.quotas = { walkInPerCell: 0, keptPerCell: 0, urgentPerCell: 0 };
  const requests = gateRequests(content, random, now);
  const folder = mkdtempSync(join(tmpdir(), 'etale-bench-gate-'));
  await writePlan(folder, content);
  const agent = await listening([...lonelyAgent(folder), '--ent-key', ENT_KEY]);
  const bare = await listening(['-e', BARE]);
  const processes = { agent: agent.child, bare: bare.child };
  const gates = { agent: await RealProxy.nginx(nginx, agent.port), bare: await RealProxy.nginx(nginx, bare.port) };
  try {
    const rates: Record<'agent' | 'bare', Measured[]> = { agent: [], bare: [] };
    for (let round = 0; round <= ROUND_COUNT; round++) {
      for (const name of ['agent', 'bare'] as const) {
        const measured = await asFastAsItGoes(
          gates[name].port,
          requests,
          seconds,
          name === 'agent',
          processes[name].pid!,
        );
        // the first round warms up
        if (round > 0) rates[name].push(measured);
      }
    }
    const paced = {
      agent: await atPace(gates.agent.port, requests, seconds),
      bare: await atPace(gates.bare.port, requests, seconds),
    };
    const wrong = new Map<string, number>();
    for (const measured of rates.agent)
      for (const [name, count] of measured.wrong) wrong.set(name, (wrong.get(name) ?? 0) + count);
    const median = (name: 'agent' | 'bare', of: 'perSecond' | 'cpuMicrosecondsPerRequest' = 'perSecond') =>
      rates[name].map((measured) => measured[of]).sort((a, b) => a - b)[ROUND_COUNT >> 1]!;
    return {
      classCount: content.classes.id.length,
      connections: CONNECTIONS,
      distinctVisitors: GATE_VISITORS,
      passRatio: GATE_MIX.pass,
      firstRatio: GATE_MIX.first,
      agentRequestsPerSecond: Math.round(median('agent')),
      bareRequestsPerSecond: Math.round(median('bare')),
      agentToBareRatio: rounded(median('agent') / median('bare')),
      ratioOfEachRound: rates.agent.map(({ perSecond }, k) => rounded(perSecond / rates.bare[k]!.perSecond)),
      agentCpuMicrosecondsPerRequest: rounded(median('agent', 'cpuMicrosecondsPerRequest')),
      bareCpuMicrosecondsPerRequest: rounded(median('bare', 'cpuMicrosecondsPerRequest')),
      pacedPerSecond: PACED_PER_SECOND,
      p50Milliseconds: percentile(paced.agent, 50),
      p99Milliseconds: percentile(paced.agent, 99),
      bareP50Milliseconds: percentile(paced.bare, 50),
      bareP99Milliseconds: percentile(paced.bare, 99),
      wrongAnswers: [...wrong.values()].reduce((sum, count) => sum + count, 0),
      wrongAnswersByName: Object.fromEntries(wrong),
    };
  } finally {
    for (const gate of Object.values(gates)) await gate.stop();
    for (const { child } of [agent, bare]) {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    }
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A Node process that says where it answers. */
async function listening(args: string[]): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    const port = /answers on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
    if (port) return { child, port: Number(port) };
  }
  throw new Error(`did not start: ${output}`);
}

async function asFastAsItGoes(
  port: number,
  next: () => GateRequest,
  seconds: number,
  isChecked: boolean,
  processId: number,
): Promise<Measured> {
  const connections = await RawConnection.all(port, CONNECTIONS);
  let doneCount = 0;
  const wrong = new Map<string, number>();
  const cpuBefore = cpuMilliseconds(processId);
  const from = performance.now();
  const until = from + seconds * 1000;
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() < until) {
        const request = next();
        const { status } = await connection.ask(request.text);
        doneCount++;
        if (!isChecked || status === request.status) continue;
        const name = `${request.kind}: ${status} instead of ${request.status}`;
        wrong.set(name, (wrong.get(name) ?? 0) + 1);
      }
    }),
  );
  const perSecond = doneCount / ((performance.now() - from) / 1000);
  const cpuMicrosecondsPerRequest = ((cpuMilliseconds(processId) - cpuBefore) * 1000) / doneCount;
  for (const connection of connections) connection.close();
  return { perSecond, cpuMicrosecondsPerRequest, wrong };
}

/** What a process has used so far, as Linux counts it: in hundredths of a second, fields 14 and 15 behind the name in brackets. */
function cpuMilliseconds(processId: number): number {
  try {
    const fields = readFileSync(`/proc/${processId}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return NaN;
  }
}

/** Milliseconds from the moment at which each request was due to its answer, whether or not a connection was free then. */
async function atPace(port: number, next: () => GateRequest, seconds: number): Promise<number[]> {
  const connections = await RawConnection.all(port, CONNECTIONS);
  const count = PACED_PER_SECOND * seconds;
  const times: number[] = [];
  const from = performance.now();
  const dueAt = (k: number) => from + (k * 1000) / PACED_PER_SECOND;
  let begun = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (begun < count) {
        const k = begun++;
        for (let early = dueAt(k) - performance.now(); early > 0; early = dueAt(k) - performance.now())
          await sleep(Math.max(1, early));
        await connection.ask(next().text);
        times.push(performance.now() - dueAt(k));
      }
    }),
  );
  for (const connection of connections) connection.close();
  return times;
}
