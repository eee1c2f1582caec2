import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../access/actor';
import type { JobContext, JobHandler } from '../jobs/job-handler';
import type { JobRun } from '../jobs/job-run';
import { JobRunner } from '../jobs/job-runner.service';
import { ProblemAssembler } from '../load/problem-assembler.service';
import { PlanService } from '../plan/plan.service';
import type { OnProgress, Progress } from '../common/progress';
import type { AssembledProblem } from '../load/assembled-problem';
import { withoutLimits } from '../load/memory-limits';
import { replanTaskOf } from '../load/replan-task-of';
import type { PlanDraft } from '../plan/plan-draft';
import { StandingWindowStore } from '../plan/standing-window.store';
import { CELL_MINUTES } from '../kernel/cell-grid';
import { NothingToReplanError } from './allocation.errors';
import { AllocationFactsStore } from './allocation-facts.store';
import { RelaxationService, windowTimeOf } from './relaxation.service';
import { solveInThread } from './solve-in-thread';

export const ALLOCATION_JOB = 'allocation';

export type AllocationMode = 'fresh' | 'replan';

/** What an allocation job remembers of its request. */
export interface AllocationParameters {
  seed: number;
  mode?: AllocationMode;
  noticeMinutes?: number;
  /** The protection steps that it was asked for by. */
  stepIds?: number[];
}

/** The work of an allocation job: rows -> problem -> thread (solve, check) -> draft plan. */
@Injectable()
export class AllocationJob implements JobHandler, OnModuleInit {
  readonly kind = ALLOCATION_JOB;

  constructor(
    private readonly runner: JobRunner,
    private readonly assembler: ProblemAssembler,
    private readonly plans: PlanService,
    private readonly facts: AllocationFactsStore,
    private readonly standing: StandingWindowStore,
    private readonly relaxations: RelaxationService,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  async run(job: JobRun, { signal, onProgress: tell, complete }: JobContext): Promise<void> {
    const onProgress = withLastFigures(tell);
    const { seed, mode, noticeMinutes } = job.parameters as unknown as AllocationParameters;
    const actor: Actor = { role: 'operator', subject: job.requestedBy };
    await this.facts.count();
    const assembled = await this.assembler.assemble(job.campaignId!, onProgress);
    const before = windowTimeOf(assembled.problem);
    const draft =
      mode === 'replan'
        ? await this.replan(assembled, seed, noticeMinutes ?? 0, onProgress, signal)
        : await solveInThread(assembled, seed, onProgress, signal);
    const { unplaced, evidence } = draft;
    if (unplaced.length > 0) {
      const ratio = evidence.peakLowerBoundRatio;
      const relaxations = await this.relaxations.of(job.campaignId!, before, ratio, onProgress, signal);
      if (evidence.missingCapacity && evidence.missingCapacity.beyondCapacityCount > 0)
        relaxations.push(...(await this.relaxations.ofLaws(job.campaignId!, unplaced, onProgress, signal)));
      if (relaxations.length > 0) evidence.relaxations = relaxations;
    }
    await this.plans.createDraft(actor, draft, onProgress, complete);
  }

  /** Lays the published plan over the problem as it is now, and changes it as little as possible. */
  private async replan(
    assembled: AssembledProblem,
    seed: number,
    noticeMinutes: number,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<PlanDraft> {
    const publishedPlanId = await this.standing.publishedOf(assembled.campaignId);
    if (publishedPlanId === undefined) throw new NothingToReplanError(assembled.campaignId);
    const standing = await this.standing.read(publishedPlanId);
    const frozenUntilCell = Math.floor((Date.now() / 60_000 + noticeMinutes) / CELL_MINUTES) + 1;
    // a window may stay wherever it stands: what was among the worst earlier weighs more, but limits nothing here
    const task = replanTaskOf(withoutLimits(assembled), standing, frozenUntilCell);
    const { before, isFrozen } = task;
    return solveInThread(task.assembled, seed, onProgress, signal, {
      publishedPlanId,
      before,
      isFrozen,
      frozenUntilCell,
    });
  }
}

/** What the search ended with stays in sight while its plan is checked and stored, and after. */
function withLastFigures(tell: OnProgress): OnProgress {
  let figures: Progress['figures'];
  return (progress) => {
    figures = progress.figures ?? figures;
    tell(figures ? { ...progress, figures } : progress);
  };
}
