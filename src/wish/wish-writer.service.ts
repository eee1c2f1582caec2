import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { WishPlace } from './wish-place';
import { fixedCapOf } from './wish-place';
import { fixedCountOf } from './wish-together.rules';
import { settleFixed, wishKey, type Wish, type WishOrigin } from './wish.rules';
import { type StoredWish, type WishOwner, type WishRow, WishStore } from './wish.store';

/** Wishes of one establishment written over those that it has; the caller holds its lock and has checked them. */
@Injectable()
export class WishWriter {
  constructor(private readonly store: WishStore) {}

  /**
   * Makes `wanted` what `stated` was: wishes that stay as they are keep their number, origin and approval, new ones come with
   * `origin`. Then the cap of fixed windows is looked at again, over the whole establishment.
   *
   * @param stated what the owner has now
   */
  async replace(
    tx: EntityManager,
    place: WishPlace,
    stated: readonly StoredWish[],
    wanted: readonly (Wish & WishOwner)[],
    origin: WishOrigin,
  ): Promise<void> {
    const keyOf = (wish: Wish & WishOwner) => `${wish.audience ?? ''} ${wishKey(wish)}`;
    const known = new Map(stated.map((wish) => [keyOf(wish), wish]));
    const fresh: WishRow[] = [];
    for (const wish of wanted) {
      if (known.delete(keyOf(wish))) continue;
      const approval = wish.kind === 'fixed' ? 'pending' : 'not_needed';
      fresh.push({ ...wish, campaignId: place.campaign.id, origin, approval });
    }
    await this.store.delete(
      tx,
      [...known.values()].map(({ id }) => id),
    );
    await this.store.copyWishes(tx, fresh);
    await this.settle(tx, place);
  }

  /** Frees what waits and has room under the cap. */
  async settle(tx: EntityManager, place: WishPlace): Promise<void> {
    const fixed = (await this.store.ofEstablishment(place.campaign.id, place.establishmentId, tx)).filter(
      ({ kind }) => kind === 'fixed',
    );
    if (!fixed.some(({ approval }) => approval === 'pending')) return;
    const claims = fixed.map((wish) => ({ approval: wish.approval, windowCount: fixedCountOf(wish, place) }));
    const settled = settleFixed(claims, fixedCapOf(place));
    const freed = fixed.filter((wish, i) => wish.approval === 'pending' && settled[i] === 'not_needed');
    await this.store.free(
      tx,
      freed.map(({ id }) => id),
    );
  }
}
