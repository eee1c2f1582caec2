import type { AgentStatus } from './agent-status';
import type { Gate } from './gate';
import type { KeptPlan } from './plan-disk';
import type { ServiceConnection } from './service-connection';

type ServedKey = KeptPlan['passKeys'][number];

/** The platform's keys of passes: the gate signs with the newest that may, and verifies with all that are good. */
export class PassKeyClient {
  /** As they came, for the disk. */
  keys: ServedKey[] = [];

  constructor(
    private readonly service: ServiceConnection,
    private readonly gate: Gate,
    private readonly status: AgentStatus,
  ) {}

  async fetch(): Promise<void> {
    const { keys } = (await (await this.service.request('/v1/gateways/pass-keys')).json()) as { keys: ServedKey[] };
    this.take(keys);
  }

  take(keys: ServedKey[]): void {
    const now = this.status.nowSeconds() * 1000;
    const keyOf = ({ kid, secret }: ServedKey) => ({ kid, secret: Buffer.from(secret, 'base64url') });
    const valid = keys.filter(({ verifiesUntil }) => !verifiesUntil || Date.parse(verifiesUntil) > now);
    const signing = valid.find(({ signsFrom }) => !signsFrom || Date.parse(signsFrom) <= now) ?? valid.at(-1);
    this.keys = keys;
    this.gate.setPassKeys(valid.map(keyOf), signing && keyOf(signing));
  }
}
