import type { WaitingView } from '../../src/agent/waiting-view.rules';
import type { TestAgent } from './test-agent';

/** A browser, or a program, that keeps its cookies. */
export class Device {
  private readonly cookies = new Map<string, string>();
  status = 0;
  retryAfterSeconds = 0;

  constructor(
    private readonly test: TestAgent,
    private readonly shown: Record<string, string> = {},
  ) {}

  get ticket(): string | undefined {
    return this.cookies.get('etale_ticket');
  }

  set ticket(text: string | undefined) {
    if (text === undefined) this.cookies.delete('etale_ticket');
    else this.cookies.set('etale_ticket', text);
  }

  get pass(): string | undefined {
    return this.cookies.get('etale_pass');
  }

  keep(pass: string): void {
    this.cookies.set('etale_pass', pass);
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await this.test.get(path, { ...(this.cookies.size === 0 ? this.shown : { cookie }), ...headers });
    for (const set of response.headers.getSetCookie()) {
      const [name, value] = set.split(';')[0]!.split('=') as [string, string];
      this.cookies.set(name, value);
    }
    this.status = response.status;
    this.retryAfterSeconds = Number(response.headers.get('retry-after'));
    return response;
  }

  /** As a proxy of the ForwardAuth kind passes it on: whether it is in. */
  async enters(): Promise<boolean> {
    await this.get('/forward-auth', { accept: 'application/json' });
    return this.status === 200;
  }

  async view(): Promise<WaitingView> {
    return (await (await this.get('/etale/wait', { accept: 'application/json' })).json()) as WaitingView;
  }
}
