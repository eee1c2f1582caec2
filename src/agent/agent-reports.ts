import { cellOfSeconds } from '../kernel/cell-grid';
import type { AgentState, AgentStatus } from './agent-status';
import type { CountDisk } from './count-disk';
import type { GateCounts } from './gate-counts';
import type { GateMeasurements } from './gate-measurements';
import type { GateQuota } from './gate-quota';
import type { HeldPlan } from './held-plan';
import { isUntakable, messageOf, type Intervals, type ServiceConnection } from './service-connection';

/** A clock further away than this is reported; what the service says of it is used from a few seconds on. */
const CLOCK_WRONG_SECONDS = 60;
const CLOCK_TOLERANCE_SECONDS = 5;
const LAST_MILLISECONDS = 2000;
const QUIET_TURNS = 3;

/** What the agent tells the service: what it runs, and its counts, which lie on disk until they are taken. */
export class AgentReports {
  private turn = QUIET_TURNS - 1;
  private told: AgentState | undefined;

  constructor(
    private readonly name: string,
    private readonly service: ServiceConnection,
    private readonly counts: GateCounts,
    private readonly quota: GateQuota,
    private readonly measurements: GateMeasurements,
    private readonly held: HeldPlan,
    private readonly disk: CountDisk,
    private readonly status: AgentStatus,
  ) {
    status.onRefusal = () => void this.sendStatus().catch(() => undefined);
  }

  /** Takes the counts of an earlier process that were not sent, and what it had left of its quotas. */
  async restore(): Promise<void> {
    this.counts.restore(await this.disk.read());
    const quota = await this.disk.readQuota();
    // a clock that was ahead leaves no quota for hours to come
    if (quota && quota.cell <= cellOfSeconds(this.status.nowSeconds())) this.quota.restore(quota);
  }

  /** Sends the status at every turn while somebody waits in the room or after the state has changed, at every third one otherwise. */
  async sendStatusDue(): Promise<void> {
    const isUrgent = this.status.room?.isEmpty === false || this.status.state !== this.told;
    this.turn = isUrgent ? 0 : (this.turn + 1) % QUIET_TURNS;
    if (this.turn === 0) await this.sendStatus();
  }

  /** Sends what it runs, and hears how far its clock is off. */
  async sendStatus(): Promise<void> {
    const { state } = this.status;
    const response = await this.service.post('/v1/gateways/status', this.status.report());
    this.told = state;
    const answer = (await response.json()) as { clockOffsetSeconds: number; intervals?: Partial<Intervals> };
    this.service.takeIntervals(answer.intervals ?? {});
    const offset = Number(answer.clockOffsetSeconds);
    if (!Number.isFinite(offset)) return;
    this.status.clockOffsetSeconds = Math.abs(offset) >= CLOCK_TOLERANCE_SECONDS ? offset : 0;
    if (Math.abs(offset) >= CLOCK_WRONG_SECONDS)
      this.status.refused('clock_wrong', `the clock of this machine is ${Math.round(offset)} s off; corrected`);
  }

  /** Sends batches in their order, until none is left; one that the service will never take holds nothing up. @param isLast before the process ends: nobody is waited for */
  async sendCounts(isLast = false): Promise<void> {
    const { counts } = this;
    for (let batch = counts.oldest(); batch; batch = counts.oldest()) {
      const signal = isLast ? AbortSignal.timeout(LAST_MILLISECONDS) : undefined;
      try {
        await this.service.post('/v1/gateways/counts', { agent: this.name, ...batch }, signal);
        counts.taken(batch.batchId);
      } catch (error) {
        if (!isUntakable(error)) throw error;
        counts.dropped(batch.batchId);
        this.status.unreachable(messageOf(error));
      }
      if (counts.kept.batchCount === 0) return;
    }
  }

  /** Sends the minutes that are over as this agent's share of the platform; those that the service will never take are let go. */
  async sendMeasurements(): Promise<void> {
    const platformId = this.held.current?.plan.content.platformId;
    const items = this.measurements.due(this.status.nowSeconds());
    if (platformId === undefined || items.length === 0) return;
    try {
      await this.service.post(`/v1/platforms/${platformId}/measurements`, { source: this.name, isShare: true, items });
    } catch (error) {
      if (!isUntakable(error)) throw error;
      this.status.unreachable(messageOf(error));
    }
    this.measurements.taken(items);
  }

  async writeCounts(): Promise<void> {
    const changes = this.counts.toKeep();
    if (changes.batches.length === 0 && changes.taken.length === 0) return;
    try {
      await this.disk.write(changes.batches, changes.taken, this.quota);
    } catch (error) {
      this.counts.notKept(changes);
      this.status.kept(messageOf(error));
    }
  }
}
