import { AgentServer } from './agent-server';
import type { AgentSettings } from './agent-settings';
import { AgentStatus } from './agent-status';
import { BundleClient } from './bundle-client';
import { CountDisk } from './count-disk';
import { Gate } from './gate';
import { GateCounts } from './gate-counts';
import { GateQuota } from './gate-quota';
import { HeldPlan } from './held-plan';
import { PlanDisk } from './plan-disk';
import { UserinfoClient } from './userinfo-client';

export interface RunningAgent {
  port: number;
  status: AgentStatus;
  gate: Gate;
  held: HeldPlan;
  stop: () => Promise<void>;
}

/** Starts an agent: what its disk holds is in force before the first question. @param clock milliseconds, for tests */
export async function startAgent(settings: AgentSettings, clock: () => number = Date.now): Promise<RunningAgent> {
  const held = new HeldPlan();
  const counts = new GateCounts();
  const gate = new Gate(held, new GateQuota(), counts, settings.entKey);
  const status = new AgentStatus(settings.name, held, counts, () => gate.signsPasses, clock);
  const client = new BundleClient(
    settings,
    held,
    gate,
    new PlanDisk(settings.folder),
    new CountDisk(settings.folder),
    status,
  );
  const userinfo = settings.userinfoUrl === undefined ? undefined : new UserinfoClient(settings.userinfoUrl);
  const server = new AgentServer(settings, gate, status, userinfo);
  await client.start();
  const port = await server.listen();
  const stop = async () => {
    await server.close();
    await client.stop();
  };
  return { port, status, gate, held, stop };
}
