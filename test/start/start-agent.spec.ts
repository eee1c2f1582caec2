import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { until } from '../until';
import { asNobody, canBeNobody, NOBODY } from './ordinary-user';
import { dataFolder, StartedServer } from './started-server';

const AGENT = resolve(__dirname, '../../dist/src/agent/main.js');
const README = readFileSync(resolve(__dirname, '../../README.md'), 'utf8');

/** Starts the agent with the words of a command line after `npm run agent --`. */
async function startAgent(words: string[]): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [AGENT, ...words], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    const url = /answers on (http:\S+)/.exec(output)?.[1];
    if (url) return { url, child };
  }
  throw new Error(`the agent did not start: ${output}`);
}

describe('the demonstration and an agent', () => {
  const data = dataFolder();
  // the first start of somebody without rights, where root can become one: other tests start as whoever runs them
  const prefix = canBeNobody ? asNobody : [];
  if (canBeNobody) chownSync(dirname(data.folder), NOBODY, NOBODY);
  const start = (): StartedServer =>
    StartedServer.start({ ETALE_DATA_DIR: data.folder, HOME: dirname(data.folder) }, prefix);
  let server: StartedServer | undefined;
  let agent: ChildProcess | undefined;
  afterAll(async () => {
    if (agent) {
      const closed = once(agent, 'close');
      agent.kill();
      await closed;
    }
    await server?.stop();
    data.remove();
  });

  it('work together by the lines of the README: the agent gets the plan with the key of the file and answers about Monday', async () => {
    server = start();
    await server.planId();
    expect((await fetch(`${await server.url()}/health/ready`)).status).toBe(200);
    const said = (await server.says(/Gateway, in another terminal +npm run agent -- (.*)/))[1]!;
    const readme =
      /npm run agent -- (--url http:\/\/127.0.0.1:3000 --key-file ~\/\.etale\/(\S+))\ncurl -s (\S+)\/decide -d '(.*)'/.exec(
        README,
      )!;
    const keyFile = join(data.folder, readme[2]!);
    expect(said).toBe(`--url ${await server.url()} --key-file ${keyFile}`);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(readme[3]).toBe('http://127.0.0.1:3900');

    const started = await startAgent([...said.split(' '), '--port', '0', '--folder', join(data.folder, 'agent')]);
    agent = started.child;
    await until(async () => {
      const status = (await (await fetch(`${started.url}/status`)).json()) as { posture: string | null };
      return status.posture === 'shadow';
    });
    // the class of the README stands in the demonstration of scale M, this one in XS
    const question = JSON.parse(readme[4]!) as { visitor: { classes: string[] }; at: string };
    expect(question.visitor.classes).toEqual(['40000001$6A']);
    const mondayOn = (await server.says(/windows\?from=(\S+)/))[1]!;
    const body = JSON.stringify({
      ...question,
      visitor: { ...question.visitor, classes: ['40000001$PS-MS A'] },
      at: `${mondayOn}T05:00:00+01:00`,
    });
    const ask = async () =>
      (await (await fetch(`${started.url}/decide`, { method: 'POST', body })).json()) as Record<string, unknown>;
    const first = await ask();
    expect(first).toMatchObject({ kind: 'admit', enforcedKind: 'wait', reason: 'outside_window', pass: null });
    expect(String(first.opensAt)).toMatch(new RegExp(`^${mondayOn}T`));
  });

  it('keep that key over a restart', async () => {
    const file = join(data.folder, 'demonstration-gateway-key');
    const key = readFileSync(file, 'utf8');
    expect(await server!.stop()).toBe(0);
    server = start();
    await server.says(/Gateway, in another terminal/);
    expect(readFileSync(file, 'utf8')).toBe(key);
  });
});
