import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { partitionOf } from '../plan/plan-window.store';
import type { Quality, Verdict } from './proposal.rules';

export interface NewAnswer {
  proposalId: number;
  establishmentId: number;
  /** Null: for all of the establishment. */
  classIds: readonly number[] | null;
  verdict: Verdict;
  comment: string | null;
  quality: Quality;
  lateReason: string | null;
}

export interface AnswerRow {
  id: number;
  uai: string;
  classId: number | null;
  classCode: string | null;
  verdict: Verdict;
  comment: string | null;
  quality: Quality;
  lateReason: string | null;
  answeredAt: Date;
  isCurrent: boolean;
}

export interface AnswerFilter {
  uai?: string | undefined;
  verdict?: Verdict | undefined;
  /** Those that the caller answers for; all without it. */
  uais?: readonly string[] | undefined;
  isCurrent?: boolean | undefined;
}

export interface ProposedClassRow {
  classId: number;
  classCode: string;
  windowCount: number;
  wishedCount: number;
  atWishCount: number;
  worstMinutes: number | null;
}

/** Answers to proposals. */
@Injectable()
export class AnswerStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async insert(tx: EntityManager, answer: NewAnswer): Promise<void> {
    await tx.query(
      `insert into proposal_answer (proposal_id, establishment_id, class_id, verdict, comment, quality, late_reason)
       select $1, $2, class_id, $4, $5, $6, $7 from unnest($3::int[]) as asked (class_id)`,
      [
        answer.proposalId,
        answer.establishmentId,
        answer.classIds ?? [null],
        answer.verdict,
        answer.comment,
        answer.quality,
        answer.lateReason,
      ],
    );
  }

  /** The newest first, those before `beforeId`. */
  page(proposalId: number, filter: AnswerFilter, beforeId: number | undefined, count: number): Promise<AnswerRow[]> {
    return this.database.query(
      `select * from (
         select a.id, e.uai, a.class_id as "classId", class.code as "classCode", a.verdict, a.comment, a.quality,
                a.late_reason as "lateReason", a.answered_at as "answeredAt",
                not exists (select 1 from proposal_answer later
                             where later.proposal_id = a.proposal_id and later.establishment_id = a.establishment_id
                               and later.id > a.id and (later.class_id is null or later.class_id = a.class_id)) as "isCurrent"
           from proposal_answer a join establishment e on e.id = a.establishment_id left join class on class.id = a.class_id
          where a.proposal_id = $1 and ($2::bigint is null or a.id < $2) and ($3::text is null or e.uai = $3)
            and ($4::text is null or a.verdict = $4) and ($5::text[] is null or e.uai = any($5))) given
        where $6::boolean is null or "isCurrent" = $6 order by id desc limit $7`,
      [
        proposalId,
        beforeId ?? null,
        filter.uai ?? null,
        filter.verdict ?? null,
        filter.uais ?? null,
        filter.isCurrent ?? null,
        count,
      ],
    );
  }

  /** What a plan gives the classes of an establishment, by code. */
  proposedClasses(planId: number, establishmentId: number): Promise<ProposedClassRow[]> {
    return this.database.query(
      `select class.id as "classId", class.code as "classCode", count(*)::int as "windowCount",
              count(w.wish_cell)::int as "wishedCount", (count(*) filter (where w.wish_cell = w.start_cell))::int as "atWishCount",
              (max(abs(w.start_cell - w.wish_cell)) * 5)::int as "worstMinutes"
         from ${partitionOf(planId)} w join class on class.id = w.class_id
        where w.establishment_id = $1 group by class.id order by class.code`,
      [establishmentId],
    );
  }
}
