import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../access/actor';
import type { JobContext, JobHandler } from '../jobs/job-handler';
import type { JobRun } from '../jobs/job-run';
import { JobRunner } from '../jobs/job-runner.service';
import { ProblemAssembler } from '../load/problem-assembler.service';
import { PlanService } from '../plan/plan.service';
import { AllocationFactsStore } from './allocation-facts.store';
import { solveInThread } from './solve-in-thread';

export const ALLOCATION_JOB = 'allocation';

/** What an allocation job remembers of its request. */
export interface AllocationParameters {
  seed: number;
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
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  async run(job: JobRun, { signal, onProgress, complete }: JobContext): Promise<void> {
    const { seed } = job.parameters as unknown as AllocationParameters;
    const actor: Actor = { role: 'operator', subject: job.requestedBy };
    await this.facts.count();
    const assembled = await this.assembler.assemble(job.campaignId!, onProgress);
    const draft = await solveInThread(assembled, seed, onProgress, signal);
    await this.plans.createDraft(actor, draft, onProgress, complete);
  }
}
