import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { option } from './benchmark';
import { asOperator, publishedPlan, startServer, stopServer, type Server } from './demonstration-server';
import { percentile, rounded } from './percentile';

const WARM_UP_COUNT = 300;

/** One request, its body read to the end; throws where it is not answered with 200. */
function ask(agent: Agent, url: string, headers: Record<string, string>): Promise<number> {
  const begun = performance.now();
  return new Promise((done, failed) => {
    get(url, { agent, headers }, (answer) => {
      answer.on('error', failed).on('end', () => {
        if (answer.statusCode === 200) done(performance.now() - begun);
        else failed(new Error(`${url} answered ${answer.statusCode}`));
      });
      answer.resume();
    }).on('error', failed);
  });
}

/** The same read with and without, turn by turn, so that whatever else the machine does meets both alike. */
async function compare(
  agent: Agent,
  url: string,
  headers: Record<string, string>,
  count: number,
): Promise<{ without: number[]; authenticated: number[] }> {
  const without: number[] = [];
  const authenticated: number[] = [];
  for (let i = -WARM_UP_COUNT; i < count; i++) {
    const plain = await ask(agent, url, {});
    const known = await ask(agent, url, headers);
    if (i < 0) continue;
    without.push(plain);
    authenticated.push(known);
  }
  return { without, authenticated };
}

/**
 * What it costs to know who asks: reads that anybody may make, with and without a key or a session, over HTTP from a server in a
 * process of its own. With a session: `GET /v1/session`; with a key: a school and its classes.
 *
 * Options: `--scale XS --count 2000`.
 */
export async function run(args: string[]): Promise<Record<string, unknown>> {
  const scale = option(args, 'scale', 'XS');
  const count = Number(option(args, 'count', '2000'));
  const folder = mkdtempSync(join(tmpdir(), 'etale-bench-'));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let server: Server | undefined;
  try {
    server = await startServer(scale, { ETALE_DATA_DIR: folder });
    await publishedPlan(server);
    const key = await makeKey(server.url);
    const page = (await (await fetch(`${server.url}/v1/establishments?limit=1`)).json()) as {
      items: { uai: string }[];
    };
    const school = `${server.url}/v1/establishments/${page.items[0]!.uai}`;
    const measured: Record<string, number> = {};
    for (const [name, url, headers] of [
      ['session', `${server.url}/v1/session`, asOperator],
      ['key', school, { authorization: `Bearer ${key}` }],
      ['keyClasses', `${school}/classes`, { authorization: `Bearer ${key}` }],
    ] as const) {
      const { without, authenticated } = await compare(agent, url, headers, count);
      const [plain, known] = [percentile(without, 50), percentile(authenticated, 50)];
      measured[`${name}WithoutP50Milliseconds`] = plain;
      measured[`${name}P50Milliseconds`] = known;
      measured[`${name}AddedP50Milliseconds`] = rounded(known - plain);
    }
    return { scale, readCount: count, ...measured, goalAddedMilliseconds: 1 };
  } finally {
    agent.destroy();
    if (server) await stopServer(server);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeKey(url: string): Promise<string> {
  const answer = await fetch(`${url}/v1/keys`, {
    method: 'POST',
    headers: { ...asOperator, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench', scopes: ['windows'] }),
  });
  return ((await answer.json()) as { secret: string }).secret;
}
