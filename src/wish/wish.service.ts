import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { inTransaction } from '../common/database';
import { daysOfClass, type WishPlace } from './wish-place';
import { WishPlaceService } from './wish-place.service';
import { WishChangeStore } from './wish-change.store';
import type { EstablishmentWishesDto, ReplaceEstablishmentWishesDto, ReplaceWishesDto, WishListDto } from './wish.dto';
import { WishRefused } from './wish.errors';
import { lateReasonOf } from './wish-period.rules';
import { checkClassWishes, checkEstablishmentWishes } from './wish-together.rules';
import { checkAsRead, establishmentWishesOf, wishFrom, wishListOf } from './wish-wire.rules';
import { WishWriter } from './wish-writer.service';
import { type StoredWish, WishStore } from './wish.store';

const MOST_LATE_CHANGES = 100;

/** What classes and whole establishments ask of a campaign: wished starts, closed times, fixed windows. */
@Injectable()
export class WishService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly places: WishPlaceService,
    private readonly store: WishStore,
    private readonly writer: WishWriter,
    private readonly changes: WishChangeStore,
  ) {}

  /** @throws NotFoundError */
  async list(actor: Actor, campaignId: number, classId: number): Promise<WishListDto> {
    await this.places.ofClass(actor, campaignId, classId);
    return wishListOf(await this.store.list(campaignId, classId));
  }

  /** @throws UaiError, NotFoundError */
  async ofEstablishment(actor: Actor, campaignId: number, uai: string): Promise<EstablishmentWishesDto> {
    const place = await this.places.ofEstablishment(actor, campaignId, uai);
    return this.told(place, await this.store.ofEstablishment(campaignId, place.establishmentId));
  }

  /**
   * Puts a whole list in the place of a class's wishes; with `ifMatch` only of those that were read.
   * @throws WishRefused (422), WishPeriodClosed (409), WishesStale (412), NotFoundError
   */
  async replace(
    actor: Actor,
    campaignId: number,
    classId: number,
    request: ReplaceWishesDto,
    ifMatch?: string,
  ): Promise<WishListDto> {
    const place = await this.places.ofClass(actor, campaignId, classId);
    const concerned = place.classes.find(({ id }) => id === classId);
    const days = concerned && daysOfClass(place, concerned);
    if (!concerned || !days) {
      throw new WishRefused(
        'class_not_concerned',
        `Class ${classId} does not take part in campaign ${campaignId}, or no rule is for it.`,
      );
    }
    const lateReason = lateReasonOf(actor, place.campaign, request.lateReason, new Date());
    const wishes = request.items.map((item) => ({ ...wishFrom(item), classId }));
    await this.locked(place, async (tx) => {
      if (ifMatch !== undefined) checkAsRead(ifMatch, wishListOf(await this.store.list(campaignId, classId, tx)));
      const stated = await this.store.ofEstablishment(campaignId, place.establishmentId, tx);
      checkClassWishes(wishes, concerned, days, stated);
      await this.refuseUnknownTeachers(tx, place.establishmentId, wishes);
      const own = stated.filter((wish) => wish.classId === classId);
      await this.writer.replace(tx, place, own, wishes, 'head');
      await this.record(tx, actor, place, classId, lateReason, own, wishes);
    });
    return this.list(actor, campaignId, classId);
  }

  /** Puts a whole list in the place of the wishes for all of an establishment. @throws the same */
  async replaceOfEstablishment(
    actor: Actor,
    campaignId: number,
    uai: string,
    request: ReplaceEstablishmentWishesDto,
    ifMatch?: string,
  ): Promise<EstablishmentWishesDto> {
    const place = await this.places.ofEstablishment(actor, campaignId, uai);
    const { establishmentId } = place;
    if (place.classes.length === 0) {
      throw new WishRefused('establishment_not_concerned', `No class of ${uai} takes part in campaign ${campaignId}.`);
    }
    const lateReason = lateReasonOf(actor, place.campaign, request.lateReason, new Date());
    const wishes = request.items.map((item) => ({
      ...wishFrom(item),
      classId: null,
      establishmentId,
      audience: item.audience ?? 'pupils',
    }));
    await this.locked(place, async (tx) => {
      const stated = await this.store.ofEstablishment(campaignId, establishmentId, tx);
      if (ifMatch !== undefined) checkAsRead(ifMatch, await this.told(place, stated));
      checkEstablishmentWishes(wishes, place, stated);
      const own = stated.filter((wish) => wish.classId === null);
      await this.writer.replace(tx, place, own, wishes, 'head');
      await this.record(tx, actor, place, null, lateReason, own, wishes);
    });
    return this.ofEstablishment(actor, campaignId, uai);
  }

  private async told(place: WishPlace, stated: readonly StoredWish[]): Promise<EstablishmentWishesDto> {
    const late = await this.changes.late(place.campaign.id, place.establishmentId, MOST_LATE_CHANGES);
    return establishmentWishesOf(place, stated, late, new Date());
  }

  private locked(place: WishPlace, work: (tx: EntityManager) => Promise<void>): Promise<void> {
    return inTransaction(this.database, async (tx) => {
      await this.store.lockEstablishments(tx, [place.establishmentId]);
      await work(tx);
    });
  }

  private async record(
    tx: EntityManager,
    actor: Actor,
    { campaign, establishmentId, uai }: WishPlace,
    classId: number | null,
    lateReason: string | null,
    before: readonly object[],
    after: readonly object[],
  ): Promise<void> {
    await recordAudit(tx, actor, {
      action: 'wish.replace',
      key: classId ?? uai,
      platformId: campaign.platformId,
      uai,
      before: { campaignId: campaign.id, wishes: before },
      after: { campaignId: campaign.id, wishes: after },
      reason: lateReason,
    });
    await this.changes.record(tx, {
      campaignId: campaign.id,
      establishmentId,
      classId,
      changedBy: actor.subject,
      lateReason,
    });
  }

  private async refuseUnknownTeachers(
    tx: EntityManager,
    establishmentId: number,
    wishes: readonly { teacherKeyId: number | null }[],
  ): Promise<void> {
    const asked = wishes.flatMap(({ teacherKeyId }) => (teacherKeyId === null ? [] : [teacherKeyId]));
    const unknown = await this.store.unknownTeachers(tx, establishmentId, asked);
    if (unknown.length > 0) {
      throw new WishRefused('unknown_teacher', `The establishment has no teacher key ${unknown.join(', ')}.`, {
        teacherKeyIds: unknown,
      });
    }
  }
}
