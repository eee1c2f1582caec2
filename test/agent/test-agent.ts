import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent, type RunningAgent } from '../../src/agent/agent';
import { NEVER_GATED, type AgentSettings } from '../../src/agent/agent-settings';
import { signedHeaderText } from '../../src/agent/pass.rules';
import type { BundleContent } from '../../src/kernel/decision/bundle-content';
import { at, gateContent } from './gate-content';
import { SignedService } from './signed-service';
import { until } from '../until';

export const ENT_KEY = 'the key that the ENT and the agent share, of 32 or more';

/** An agent and the service that it follows, with a clock that stands where the test puts it. */
export class TestAgent {
  nowSeconds = at(8);
  agent!: RunningAgent;
  readonly folder = mkdtempSync(join(tmpdir(), 'etale-agent-'));

  private constructor(
    readonly service: SignedService,
    private readonly settings: Partial<AgentSettings>,
  ) {}

  static async start(content: Partial<BundleContent> = {}, settings: Partial<AgentSettings> = {}): Promise<TestAgent> {
    const service = await new SignedService(gateContent(content)).start();
    const test = new TestAgent(service, settings);
    await test.startAgent();
    await until(() => test.agent.held.current !== undefined && test.agent.gate.signsPasses);
    return test;
  }

  async startAgent(): Promise<void> {
    this.agent = await startAgent(
      {
        url: this.service.url,
        key: 'etale_test',
        name: 'proxy-1',
        folder: this.folder,
        host: '127.0.0.1',
        port: 0,
        entKey: Buffer.from(ENT_KEY),
        userinfoUrl: undefined,
        workUrl: '/travail.html',
        neverGated: NEVER_GATED,
        ...this.settings,
      },
      () => this.nowSeconds * 1000,
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.agent.port}`;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers, redirect: 'manual' });
  }

  /** What a program of the machine asks. */
  decide(body: unknown): Promise<Response> {
    return fetch(`${this.url}/decide`, { method: 'POST', body: JSON.stringify(body) });
  }

  /** Chooses the class 6e A without showing that one is in it. */
  choose(): Promise<Response> {
    return fetch(`${this.url}/etale/choose`, {
      method: 'POST',
      body: new URLSearchParams({ class: '9900002X$6e A' }),
      redirect: 'manual',
    });
  }

  async status(): Promise<Record<string, never>> {
    return (await (await this.get('/status')).json()) as Record<string, never>;
  }

  /** The header of the ENT for somebody of these classes. */
  shown(classes: string[], profile = 'pupil'): Record<string, string> {
    const claims = { profile, classes, uais: [], exp: this.nowSeconds + 60 };
    return { 'x-etale-visitor': signedHeaderText(claims, Buffer.from(ENT_KEY)) };
  }

  async stop(): Promise<void> {
    await this.agent.stop();
    await this.service.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const cookieOf = (response: Response): string => response.headers.get('set-cookie')!.split(';')[0]!;
