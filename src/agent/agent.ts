import { AgentReports } from './agent-reports';
import { AgentServer } from './agent-server';
import type { AgentSettings } from './agent-settings';
import { AgentStatus } from './agent-status';
import { BundleClient } from './bundle-client';
import { CountDisk } from './count-disk';
import { Gate } from './gate';
import { GateCounts } from './gate-counts';
import { GateQuota } from './gate-quota';
import { HeldPlan } from './held-plan';
import { PassKeyClient } from './pass-key-client';
import { PlanDisk } from './plan-disk';
import { ProxyLog } from './proxy-log';
import { ProcessRoom } from './process-room';
import { RedisRoom } from './redis-room';
import { RoomDisk } from './room-disk';
import { ServiceConnection } from './service-connection';
import { UserinfoClient } from './userinfo-client';
import { RoomDoor } from './room-door';
import { WaitingRoom } from './waiting-room';

export interface RunningAgent {
  port: number;
  status: AgentStatus;
  gate: Gate;
  held: HeldPlan;
  room: WaitingRoom | undefined;
  reports: AgentReports;
  stop: () => Promise<void>;
}

/** Calls nobody for so long after Redis has lost its memory: every agent says within it what it has let in. */
const SETTLE_SECONDS = 3;
const LONGEST_POLL_SECONDS = 60;

function roomOf(settings: AgentSettings, gate: Gate, held: HeldPlan, status: AgentStatus): WaitingRoom | undefined {
  const { room, name, folder, roomPollSeconds: longestPollSeconds = LONGEST_POLL_SECONDS } = settings;
  if (room === undefined || room === 'off') return undefined;
  const open = (platformId: number) =>
    room === 'process'
      ? new ProcessRoom({ longestPollSeconds, settleSeconds: 0 })
      : new RedisRoom(room, platformId, { longestPollSeconds, settleSeconds: SETTLE_SECONDS });
  return new WaitingRoom(open, name, longestPollSeconds, gate, held, new RoomDisk(folder), () => status.nowSeconds());
}

/** Starts an agent: what its disk holds is in force before the first question. @param clock milliseconds, for tests */
export async function startAgent(settings: AgentSettings, clock: () => number = Date.now): Promise<RunningAgent> {
  const held = new HeldPlan();
  const counts = new GateCounts();
  const quota = new GateQuota();
  const gate = new Gate(held, quota, counts, settings.entKey);
  const status = new AgentStatus(settings.name, held, counts, () => gate.signsPasses, clock);
  const service = new ServiceConnection(settings, status);
  const passKeys = new PassKeyClient(service, gate, status);
  const reports = new AgentReports(
    settings.name,
    service,
    counts,
    quota,
    gate.measurements,
    held,
    new CountDisk(settings.folder),
    status,
  );
  const client = new BundleClient(service, held, new PlanDisk(settings.folder), passKeys, reports, status);
  const userinfo = settings.userinfoUrl === undefined ? undefined : new UserinfoClient(settings.userinfoUrl);
  const room = roomOf(settings, gate, held, status);
  const server = new AgentServer(settings, gate, status, userinfo, new RoomDoor(gate, room));
  const proxyLog = new ProxyLog((answer) => gate.measurements.answered(answer, status.nowSeconds()));
  status.room = room;
  status.measured = () => ({ ...gate.measurements.last, logProblem: proxyLog.problem ?? null });
  await client.start();
  await room?.start();
  const port = await server.listen();
  await proxyLog.listen(settings.host, port);
  const stop = async () => {
    proxyLog.close();
    await server.close();
    await room?.stop();
    await client.stop();
  };
  return { port, status, gate, held, room, reports, stop };
}
