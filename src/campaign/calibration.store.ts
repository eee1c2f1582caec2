import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { LoadModel } from './window-rule';

/** A load model that was proposed from what was counted; `Findings` is what it was drawn from. */
export interface CalibrationRow<Findings = unknown> {
  id: number;
  platformId: number;
  campaignId: number;
  firstOn: string;
  lastOn: string;
  loadModel: LoadModel;
  findings: Findings;
  madeBy: string;
  madeAt: Date;
}

const SELECT = `select id, platform_id as "platformId", campaign_id as "campaignId", first_on::text as "firstOn", last_on::text as "lastOn",
  load_model as "loadModel", findings, made_by as "madeBy", made_at as "madeAt" from calibration`;

/** Proposed load models: a campaign may begin with one, nothing else changes by them. */
@Injectable()
export class CalibrationStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async insert(tx: EntityManager, row: Omit<CalibrationRow, 'id'>): Promise<number> {
    const [made] = await tx.query<{ id: number }[]>(
      `insert into calibration (platform_id, campaign_id, first_on, last_on, load_model, findings, made_by, made_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
      [
        row.platformId,
        row.campaignId,
        row.firstOn,
        row.lastOn,
        JSON.stringify(row.loadModel),
        JSON.stringify(row.findings),
        row.madeBy,
        row.madeAt,
      ],
    );
    return made!.id;
  }

  async find<Findings>(id: number): Promise<CalibrationRow<Findings> | undefined> {
    const [row] = await this.database.query<CalibrationRow<Findings>[]>(`${SELECT} where id = $1`, [id]);
    return row;
  }

  /** The newest first, those before `beforeId`. */
  list<Findings>(platformId: number, beforeId: number | undefined, count: number): Promise<CalibrationRow<Findings>[]> {
    return this.database.query<CalibrationRow<Findings>[]>(
      `${SELECT} where platform_id = $1 and ($2::int is null or id < $2) order by id desc limit $3`,
      [platformId, beforeId ?? null, count],
    );
  }
}
