import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { type Actor, answersFor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { CampaignService } from '../campaign/campaign.service';
import { clockOfMinute } from '../common/civil-time';
import { inTransaction } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import { decodeCursor, pageOf } from '../common/keyset';
import type { FixedWindowDecisionDto, FixedWindowDto, FixedWindowPageDto, FixedWindowQuery } from './fixed-window.dto';
import { type FixedWindowRow, FixedWindowStore } from './fixed-window.store';
import { FixedWindowNotPending } from './wish.errors';

/** What the authority says to fixed windows beyond an establishment's cap. */
@Injectable()
export class FixedWindowService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly campaigns: CampaignService,
    private readonly store: FixedWindowStore,
  ) {}

  /** @throws NotFoundError, CursorError */
  async list(actor: Actor, campaignId: number, query: FixedWindowQuery): Promise<FixedWindowPageDto> {
    const { approval = 'pending', limit = 100, cursor, uai } = query;
    const afterId = cursor === undefined ? 0 : (decodeCursor(cursor, ['number'])[0] as number);
    await this.campaigns.find(actor, campaignId);
    const rows = await this.store.page(campaignId, { approval, uai, uais: actor.uais }, afterId, limit + 1);
    const page = pageOf(rows, limit, ({ id }) => [id]);
    return { items: page.items.map(dtoOf), nextCursor: page.nextCursor };
  }

  /** Also after the deadline for wishes. @throws NotFoundError, FixedWindowNotPending (409) */
  async decide(
    actor: Actor,
    campaignId: number,
    wishId: number,
    { decision, reason }: FixedWindowDecisionDto,
  ): Promise<FixedWindowDto> {
    const before = await this.find(actor, campaignId, wishId);
    const approval = decision === 'approve' ? 'approved' : 'refused';
    const isDecided = await inTransaction(this.database, async (tx) => {
      if (!(await this.store.decide(tx, wishId, approval, reason, actor.role))) return false;
      await recordAudit(tx, actor, {
        action: 'fixed_window.decide',
        key: wishId,
        uai: before.uai,
        before: { campaignId, approval: before.approval },
        after: { campaignId, approval },
        reason,
      });
      return true;
    });
    if (!isDecided) {
      const now = await this.store.find(campaignId, wishId);
      throw new FixedWindowNotPending(wishId, (now ?? before).approval);
    }
    return dtoOf(await this.find(actor, campaignId, wishId));
  }

  private async find(actor: Actor, campaignId: number, wishId: number): Promise<FixedWindowRow> {
    const row = await this.store.find(campaignId, wishId);
    if (!row || !answersFor(actor, row.uai)) throw new NotFoundError('fixed_window', wishId);
    return row;
  }
}

function dtoOf({ startMinute, decidedAt, ...row }: FixedWindowRow): FixedWindowDto {
  return { ...row, start: clockOfMinute(startMinute), decidedAt: decidedAt?.toISOString() ?? null };
}
