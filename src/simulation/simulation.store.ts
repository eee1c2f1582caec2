import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { ResolvedAdherence } from './simulated-day.rules';
import type { TriedStep } from './simulation-request';
import type { SimulatedVariant } from './simulated-variant';

/** What came of a variant, with its name and the instants of the platform's day. */
export interface KeptVariant extends Omit<SimulatedVariant, 'territories' | 'classes'> {
  name: string;
  planIds: number[];
  /** Absent in simulations of before. */
  adherences?: ResolvedAdherence[];
  startsAt: string;
  stepMinutes: number;
  peakAt: string;
  territories: (SimulatedVariant['territories'][number] & { territory: string })[];
  classes: (Omit<SimulatedVariant['classes'][number], 'territory'> & { territory: string })[];
}

/** What a variant came to in a few figures, and the steps that it was simulated with. */
export interface VariantEffect extends Pick<
  KeptVariant,
  'name' | 'peakSessions' | 'attemptCount' | 'refusedCount' | 'gaveUpCount' | 'meanWaitSeconds'
> {
  /** Most in the waiting room, in the mean of a cell. */
  peakWaitingCount: number;
  steps: TriedStep[];
}

/** What a simulation came to, and the civil date that it was of. */
export interface SimulatedEffects {
  date: string;
  hasWaitingRoom: boolean;
  variants: VariantEffect[];
}

/** Results of simulations; what was asked for stands with their jobs. */
@Injectable()
export class SimulationStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async insert(tx: EntityManager, jobId: number, platformId: number, variants: readonly KeptVariant[]): Promise<void> {
    await tx.query('insert into simulation (job_id, platform_id, variants) values ($1, $2, $3)', [
      jobId,
      platformId,
      JSON.stringify(variants),
    ]);
  }

  async variants(jobId: number): Promise<KeptVariant[] | null> {
    const rows = await this.database.query<{ variants: KeptVariant[] }[]>(
      'select variants from simulation where job_id = $1',
      [jobId],
    );
    return rows[0]?.variants ?? null;
  }

  /** The figures of some simulations, by job; without their curves, which are long. */
  async effects(jobIds: readonly number[]): Promise<Map<number, SimulatedEffects>> {
    if (jobIds.length === 0) return new Map();
    const rows = await this.database.query<
      {
        jobId: number;
        date: string;
        hasWaitingRoom: boolean;
        asked: Pick<VariantEffect, 'name' | 'steps'>[];
        effects: Omit<VariantEffect, 'steps'>[];
      }[]
    >(
      `select s.job_id as "jobId", j.parameters ->> 'date' as date,
              coalesce((j.parameters ->> 'hasWaitingRoom')::boolean, false) as "hasWaitingRoom", j.parameters -> 'variants' as asked,
              jsonb_agg(jsonb_build_object('name', v -> 'name', 'peakSessions', v -> 'peakSessions', 'attemptCount', v -> 'attemptCount',
                'refusedCount', v -> 'refusedCount', 'gaveUpCount', v -> 'gaveUpCount', 'meanWaitSeconds', v -> 'meanWaitSeconds',
                'peakWaitingCount', (select coalesce(max(w::numeric), 0) from jsonb_array_elements_text(v #> '{curves,waiting}') w))) as effects
         from simulation s join job_run j on j.id = s.job_id, jsonb_array_elements(s.variants) v
        where s.job_id = any($1) group by 1, 2, 3, 4`,
      [jobIds],
    );
    return new Map(
      rows.map(({ jobId, date, hasWaitingRoom, asked, effects }) => {
        const variants = effects.map((effect) => ({
          ...effect,
          steps: asked.find(({ name }) => name === effect.name)?.steps ?? [],
        }));
        return [jobId, { date, hasWaitingRoom, variants }];
      }),
    );
  }
}
