import { Injectable } from '@nestjs/common';
import { type Actor, answersFor } from '../access/actor';
import { CalendarService } from '../calendar/calendar.service';
import type { Campaign } from '../campaign/campaign.entity';
import { CampaignService } from '../campaign/campaign.service';
import { compileRule } from '../campaign/compiled-rule';
import { datesBetween, weekdayOf } from '../common/civil-time';
import { NotFoundError } from '../common/domain-error';
import { checkedUai } from '../directory/uai.errors';
import type { WishPlace } from './wish-place';
import { type WishPlaceKey, WishPlaceStore } from './wish-place.store';

/** Puts together what wishes are judged by. */
@Injectable()
export class WishPlaceService {
  constructor(
    private readonly campaigns: CampaignService,
    private readonly store: WishPlaceStore,
    private readonly calendar: CalendarService,
  ) {}

  /** @throws NotFoundError for an unknown campaign or class, and for one of an establishment that the actor does not answer for */
  async ofClass(actor: Actor, campaignId: number, classId: number): Promise<WishPlace> {
    const campaign = await this.campaigns.find(actor, campaignId);
    const [place] = await this.places(campaign, { classId });
    if (!place || !answersFor(actor, place.uai)) throw new NotFoundError('class', classId);
    return place;
  }

  /** The same by UAI. @throws UaiError, NotFoundError */
  async ofEstablishment(actor: Actor, campaignId: number, uaiText: string): Promise<WishPlace> {
    const uai = checkedUai(uaiText);
    const campaign = await this.campaigns.find(actor, campaignId);
    const [place] = await this.places(campaign, { uai });
    if (!place || !answersFor(actor, uai)) throw new NotFoundError('establishment', uai);
    return place;
  }

  /** Several at once, by id. */
  async places(campaign: Campaign, key: WishPlaceKey): Promise<WishPlace[]> {
    const rows = await this.store.places(key);
    if (rows.length === 0) return [];
    const classes = await this.store.classes(
      campaign,
      rows.map(({ establishmentId }) => establishmentId),
    );
    const openHalves = await this.calendar.openDays(rows, campaign.startsOn, campaign.endsOn);
    const shared = {
      campaign,
      rules: campaign.rules.windows.map(compileRule),
      dates: datesBetween(campaign.startsOn, campaign.endsOn),
      firstWeekday: weekdayOf(campaign.startsOn),
    };
    return rows.map(({ establishmentId, uai }, i) => ({
      ...shared,
      establishmentId,
      uai,
      classes: classes.filter((one) => one.establishmentId === establishmentId),
      openHalves: openHalves[i]!,
    }));
  }
}
