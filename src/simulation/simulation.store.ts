import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { SimulatedVariant } from './simulated-variant';

/** What came of a variant, with its name and the instants of the platform's day. */
export interface KeptVariant extends Omit<SimulatedVariant, 'territories' | 'classes'> {
  name: string;
  planIds: number[];
  startsAt: string;
  stepMinutes: number;
  peakAt: string;
  territories: (SimulatedVariant['territories'][number] & { territory: string })[];
  classes: (Omit<SimulatedVariant['classes'][number], 'territory'> & { territory: string })[];
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
}
