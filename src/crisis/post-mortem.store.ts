import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Cause, Improvement, PostMortemFacts } from './post-mortem';

/** A post-mortem as it is stored. */
export interface PostMortemRow {
  id: number;
  platformId: number;
  firstOn: string;
  lastOn: string;
  replayedOn: string;
  simulationId: number | null;
  facts: PostMortemFacts;
  summary: string;
  causes: Cause[];
  improvements: Improvement[];
  revision: number;
  madeAt: Date;
  changedAt: Date;
}

export type PostMortemHead = Omit<PostMortemRow, 'facts' | 'causes' | 'improvements'>;

const HEAD = `id, platform_id as "platformId", first_on::text as "firstOn", last_on::text as "lastOn", replayed_on::text as "replayedOn",
  simulation_id as "simulationId", summary, revision, made_at as "madeAt", changed_at as "changedAt"`;

@Injectable()
export class PostMortemStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async insert(
    tx: EntityManager,
    row: Pick<PostMortemRow, 'platformId' | 'firstOn' | 'lastOn' | 'replayedOn' | 'simulationId' | 'facts' | 'causes'>,
    by: string,
    now: Date,
  ): Promise<number> {
    const { platformId, firstOn, lastOn, replayedOn, simulationId, facts, causes } = row;
    const rows = await tx.query<{ id: number }[]>(
      `insert into post_mortem (platform_id, first_on, last_on, replayed_on, simulation_id, facts, causes, made_by, made_at, changed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) returning id`,
      [platformId, firstOn, lastOn, replayedOn, simulationId, JSON.stringify(facts), JSON.stringify(causes), by, now],
    );
    return rows[0]!.id;
  }

  async find(
    platformId: number,
    id: number,
    tx: EntityManager = this.database.manager,
  ): Promise<PostMortemRow | undefined> {
    const rows = await tx.query<PostMortemRow[]>(
      `select ${HEAD}, facts, causes, improvements from post_mortem where platform_id = $1 and id = $2`,
      [platformId, id],
    );
    return rows[0];
  }

  /** The newest first. */
  page(platformId: number, beforeId: number | null, size: number): Promise<PostMortemHead[]> {
    return this.database.query(
      `select ${HEAD} from post_mortem where platform_id = $1 and ($2::int is null or id < $2) order by id desc limit $3`,
      [platformId, beforeId, size],
    );
  }

  /** What people write. False where somebody else has written since `revision`. */
  async write(
    tx: EntityManager,
    id: number,
    revision: number,
    { summary, causes, improvements }: Pick<PostMortemRow, 'summary' | 'causes' | 'improvements'>,
    now: Date,
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown[], number]>(
      `update post_mortem set summary = $3, causes = $4, improvements = $5, revision = revision + 1, changed_at = $6
        where id = $1 and revision = $2`,
      [id, revision, summary, JSON.stringify(causes), JSON.stringify(improvements), now],
    );
    return count > 0;
  }
}
