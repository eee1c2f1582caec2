import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { CapacityService } from '../capacity/capacity.service';
import { DomainError, NotFoundError } from '../common/domain-error';
import type { JobRun } from '../jobs/job-run';
import { JobService } from '../jobs/job.service';
import { SimulationDays } from './simulation-days.service';
import { SIMULATION_JOB } from './simulation-job.service';
import type { SimulationRequest } from './simulation-request';
import { type KeptVariant, type SimulatedEffects, SimulationStore } from './simulation.store';

/** Storms on the day of a platform: asked for, followed as jobs, read. */
@Injectable()
export class SimulationService {
  constructor(
    private readonly capacity: CapacityService,
    private readonly days: SimulationDays,
    private readonly jobs: JobService,
    private readonly store: SimulationStore,
  ) {}

  /** Queues a simulation; what is wrong with it is said now. @throws NotFoundError, DomainError */
  async request(actor: Actor, request: SimulationRequest): Promise<number> {
    await this.capacity.platform(request.platformId);
    for (const { startsAt, endsAt } of request.variants.flatMap(({ steps }) => steps)) {
      if (Date.parse(startsAt) >= Date.parse(endsAt))
        throw new DomainError('simulation.step_invalid', 'unprocessable', 'A step must end after it starts.');
    }
    const { impatientPerMille, threeMinutesPerMille, asToldPerMille, backOffPerMille } = request.habits;
    if (impatientPerMille + threeMinutesPerMille + asToldPerMille + backOffPerMille !== 1000)
      throw new DomainError(
        'simulation.habits_invalid',
        'unprocessable',
        'The habits of those who come again must sum to 1000 per mille.',
      );
    for (const variant of request.variants) await this.days.check(request, variant);
    const { jobId } = await this.jobs.request(actor, { kind: SIMULATION_JOB, campaignId: null, parameters: request });
    return jobId;
  }

  /** @throws NotFoundError */
  async read(_actor: Actor, jobId: number): Promise<{ job: JobRun; variants: KeptVariant[] | null }> {
    const job = await this.jobs.find(jobId);
    if (job.kind !== SIMULATION_JOB) throw new NotFoundError('simulation', jobId);
    return { job, variants: await this.store.variants(jobId) };
  }

  /** Figures of the variants of simulations that are done, by job. */
  effects(jobIds: readonly number[]): Promise<Map<number, SimulatedEffects>> {
    return this.store.effects(jobIds);
  }
}
