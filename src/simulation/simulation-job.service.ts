import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { instantOfCell } from '../common/civil-time';
import { inTransaction } from '../common/database';
import type { JobContext, JobHandler } from '../jobs/job-handler';
import type { JobRun } from '../jobs/job-run';
import { JobRunner } from '../jobs/job-runner.service';
import { CELL_MINUTES } from '../kernel/cell-grid';
import { simulateInThread } from './simulate-in-thread';
import type { SimulatedVariant } from './simulated-variant';
import { type PosedVariant, SimulationDays } from './simulation-days.service';
import type { SimulationRequest } from './simulation-request';
import { type KeptVariant, SimulationStore } from './simulation.store';

export const SIMULATION_JOB = 'simulation';

/** The work of a simulation: rows -> problems -> thread -> results, all of them or none. */
@Injectable()
export class SimulationJob implements JobHandler, OnModuleInit {
  readonly kind = SIMULATION_JOB;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly runner: JobRunner,
    private readonly days: SimulationDays,
    private readonly store: SimulationStore,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  async run(job: JobRun, { signal, onProgress, complete }: JobContext): Promise<void> {
    const request = job.parameters as unknown as SimulationRequest;
    const totalCount = request.variants.length;
    const posed: PosedVariant[] = [];
    for (const variant of request.variants) {
      onProgress({ phase: 'assemble', doneCount: posed.length, totalCount });
      posed.push(await this.days.pose(request, variant));
    }
    const problems = posed.map(({ problem }) => problem);
    const tell = (doneCount: number): void => onProgress({ phase: 'simulate', doneCount, totalCount });
    tell(0);
    const variants = await simulateInThread(problems, request.seed, tell, signal);
    const kept = variants.map((variant, k) => keptOf(posed[k]!, variant));
    await inTransaction(this.database, async (tx) => {
      await this.store.insert(tx, job.id, request.platformId, kept);
      await complete(tx);
    });
  }
}

export function keptOf(
  { name, planIds, firstCell, departments, adherences }: PosedVariant,
  variant: SimulatedVariant,
): KeptVariant {
  const { territories, classes, ...figures } = variant;
  return {
    name,
    planIds,
    adherences,
    startsAt: instantOfCell(firstCell),
    stepMinutes: CELL_MINUTES,
    peakAt: instantOfCell(firstCell + figures.peakCell),
    ...figures,
    territories: territories.slice(0, departments.length).map((its, k) => ({ territory: departments[k]!, ...its })),
    classes: classes.map(({ territory, ...its }) => ({ territory: departments[territory] ?? '', ...its })),
  };
}
