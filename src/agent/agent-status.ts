import type { GateCounts } from './gate-counts';
import type { HeldPlan, PlanPosition, PlanRefused, RefusedCode } from './held-plan';

export type AgentState = 'starting' | 'running' | 'stale' | 'expired' | 'fail_static';

/** After this long without an answer the agent says that it goes on alone. */
const ALONE_SECONDS = 60;
const VERSION = '0.1.0';

/** What the agent runs, what it refused and why: at its own /status and to the service. */
export class AgentStatus {
  /** This machine's clock less the service's, as the service last said; decisions are made by the corrected one. */
  clockOffsetSeconds = 0;
  private reachedAt: number | undefined;
  private problem: string | undefined;
  private refusal: ({ code: RefusedCode; problem: string; at: string } & Partial<PlanPosition>) | undefined;
  private isStreaming = false;
  private storageProblem: string | undefined;
  private readonly startedAt = Date.now();
  /** Hears of each refusal that is another than the last. */
  onRefusal: (() => void) | undefined;
  /** The waiting room, where there is one. */
  room: { isEmpty: boolean; page(): object; report(): object } | undefined;
  /** What was measured in the minute before. */
  measured: (() => object) | undefined;

  constructor(
    private readonly name: string,
    private readonly held: HeldPlan,
    private readonly counts: GateCounts,
    private readonly signsPasses: () => boolean,
    private readonly clock: () => number = Date.now,
  ) {}

  /** Unix seconds, corrected. */
  nowSeconds(): number {
    return this.clock() / 1000 - this.clockOffsetSeconds;
  }

  reached(): void {
    this.reachedAt = this.clock();
    this.problem = undefined;
  }

  unreachable(problem: string): void {
    this.problem = problem;
  }

  streaming(isStreaming: boolean): void {
    this.isStreaming = isStreaming;
  }

  refused(code: RefusedCode, problem: string, position?: PlanPosition): void {
    const isNew = this.refusal?.code !== code || this.refusal.revision !== position?.revision;
    this.refusal = { code, problem, at: this.instant(), ...position };
    if (isNew) this.onRefusal?.();
  }

  planRefused({ code, message, position }: PlanRefused): void {
    this.refused(code, message, position);
  }

  /** A plan that was taken ends what was refused before it; a delta is missing until the plan has come further. */
  applied(isFurther: boolean): void {
    const code = this.refusal?.code;
    if (code !== 'disk_full' && (isFurther || code !== 'chain_broken')) this.refusal = undefined;
  }

  kept(problem: string | undefined): void {
    this.storageProblem = problem;
    if (problem !== undefined) this.refused('disk_full', problem);
    else if (this.refusal?.code === 'disk_full') this.refusal = undefined;
  }

  private instant(): string {
    return new Date(this.clock()).toISOString();
  }

  get state(): AgentState {
    const content = this.held.current?.plan.content;
    if (!content) return 'starting';
    const now = this.nowSeconds();
    if (now >= content.expiresAt) return 'expired';
    if (now >= content.staleAfter) return 'stale';
    const isAlone =
      this.problem !== undefined && this.clock() - (this.reachedAt ?? this.startedAt) > ALONE_SECONDS * 1000;
    const isRefusing = this.refusal !== undefined && !['disk_full', 'clock_wrong'].includes(this.refusal.code);
    return isAlone || isRefusing || this.reachedAt === undefined ? 'fail_static' : 'running';
  }

  /** As POST /v1/gateways/status takes it. */
  report(): object {
    const { current } = this.held;
    const { refusal } = this;
    return {
      agent: this.name,
      version: VERSION,
      epoch: current?.epoch ?? null,
      revision: current?.revision ?? null,
      edition: current?.edition ?? null,
      issuedAt: current?.plan.content.issuedAt ?? null,
      chain: current?.chain ?? null,
      state: this.state,
      posture: current?.plan.content.posture ?? null,
      refused: refusal
        ? { code: refusal.code, epoch: refusal.epoch ?? null, revision: refusal.revision ?? null, at: refusal.at }
        : null,
      counts: {
        since: new Date(this.startedAt).toISOString(),
        ...this.counts.total,
        waitingBatches: this.counts.kept.batchCount,
        droppedAttempts: this.counts.kept.droppedAttempts,
      },
      room: this.room?.report() ?? null,
      sentAt: this.instant(),
    };
  }

  /** The same for whoever looks at this machine, with what the service is not told. */
  page(): object {
    const issuedAt = this.held.current?.plan.content.issuedAt;
    return {
      ...this.report(),
      refused: this.refusal ?? null,
      ageSeconds: issuedAt === undefined ? null : Math.round(this.nowSeconds() - issuedAt),
      clockOffsetSeconds: this.clockOffsetSeconds,
      service: {
        isStreaming: this.isStreaming,
        reachedAt: this.reachedAt === undefined ? null : new Date(this.reachedAt).toISOString(),
        problem: this.problem ?? null,
      },
      storage: { isKept: this.storageProblem === undefined, problem: this.storageProblem ?? null },
      signsPasses: this.signsPasses(),
      room: this.room?.page() ?? null,
      measured: this.measured?.() ?? null,
      counts: { ...this.counts.total, kept: this.counts.kept },
    };
  }
}
