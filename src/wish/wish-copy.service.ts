import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { answersFor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { CampaignService } from '../campaign/campaign.service';
import { inTransaction } from '../common/database';
import { DomainError, NotFoundError } from '../common/domain-error';
import type { CopyWishesDto, WishCopyReportDto } from './wish-copy.dto';
import { copyOfEstablishment, type EstablishmentCopy } from './wish-copy-of';
import { WishCopyReport } from './wish-copy-report';
import { WishCopyStore } from './wish-copy.store';
import { lateReasonOf } from './wish-period.rules';
import { WishPlaceService } from './wish-place.service';
import { WishWriter } from './wish-writer.service';
import { WishStore } from './wish.store';
import { WishChangeStore } from './wish-change.store';

const ESTABLISHMENTS_AT_ONCE = 200;

/** Defaults of a campaign: the wishes of the campaign before, for establishments and classes that have stated none yet. */
@Injectable()
export class WishCopyService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly campaigns: CampaignService,
    private readonly places: WishPlaceService,
    private readonly copies: WishCopyStore,
    private readonly wishes: WishStore,
    private readonly writer: WishWriter,
    private readonly changes: WishChangeStore,
  ) {}

  /**
   * Copies in one transaction, all that can be; what cannot is told with its reason. A second time copies nothing more.
   *
   * @throws NotFoundError, WishPeriodClosed (409), DomainError `wish.no_campaign_before`, `wish.other_platform` (422)
   */
  async copy(actor: Actor, campaignId: number, request: CopyWishesDto): Promise<WishCopyReportDto> {
    const campaign = await this.campaigns.find(actor, campaignId);
    const lateReason = lateReasonOf(actor, campaign, request.lateReason, new Date());
    const fromCampaignId = request.fromCampaignId ?? (await this.copies.campaignBefore(campaign));
    if (fromCampaignId === undefined) {
      throw new DomainError(
        'wish.no_campaign_before',
        'unprocessable',
        'No earlier campaign of the platform has wishes.',
      );
    }
    const from = await this.campaigns.find(actor, fromCampaignId);
    if (from.platformId !== campaign.platformId || from.id === campaign.id) {
      throw new DomainError(
        'wish.other_platform',
        'unprocessable',
        'Wishes come from another campaign of the same platform.',
      );
    }
    const foreign = request.uais?.find((uai) => !answersFor(actor, uai));
    if (foreign !== undefined) throw new NotFoundError('establishment', foreign);
    const uais = request.uais ?? actor.uais;
    const report = new WishCopyReport(from.id, request.isDryRun ?? false);
    await inTransaction(this.database, async (tx) => {
      report.clear();
      for (let afterId = 0; ;) {
        const ids = await this.copies.establishments(from.id, uais, afterId, ESTABLISHMENTS_AT_ONCE);
        if (ids.length === 0) return;
        afterId = ids.at(-1)!;
        await this.wishes.lockEstablishments(tx, ids);
        const then = await this.copies.classes(from.id, ids);
        for (const place of await this.places.places(campaign, { ids })) {
          const copy = copyOfEstablishment(
            place,
            then.filter(({ establishmentId }) => establishmentId === place.establishmentId),
            await this.wishes.ofEstablishment(from.id, place.establishmentId, tx),
            await this.wishes.ofEstablishment(campaign.id, place.establishmentId, tx),
          );
          report.add(place.uai, copy);
          if (!report.isDryRun) await this.write(tx, actor, copy, lateReason);
        }
      }
    });
    return report.answer();
  }

  private async write(
    tx: EntityManager,
    actor: Actor,
    { place, rows }: EstablishmentCopy,
    lateReason: string | null,
  ): Promise<void> {
    if (rows.length === 0) return;
    await this.wishes.copyWishes(tx, rows);
    await recordAudit(tx, actor, {
      action: 'wish.copy',
      key: place.uai,
      platformId: place.campaign.platformId,
      uai: place.uai,
      after: { campaignId: place.campaign.id, wishCount: rows.length },
      reason: lateReason,
    });
    await this.writer.settle(tx, place);
    // a copy is no statement of the head: only what is late leaves its reason
    if (lateReason === null) return;
    await this.changes.record(tx, {
      campaignId: place.campaign.id,
      establishmentId: place.establishmentId,
      classId: null,
      changedBy: actor.subject,
      lateReason,
    });
  }
}
