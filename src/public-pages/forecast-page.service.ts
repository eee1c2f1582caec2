import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { CapacityService } from '../capacity/capacity.service';
import { civilOfCell } from '../common/civil-time';
import type { Language } from '../common/language.rules';
import { cellOfSeconds } from '../kernel/cell-grid';
import type { RenderedPage } from './family-page.service';
import { type ForecastChoice, forecastPage } from './forecast-page.rules';
import { ForecastService } from './forecast.service';
import { ForecastStore } from './forecast.store';

const MOST_PLATFORMS = 100;

/** The forecast of a platform as a page; of the only platform where the address names none. */
@Injectable()
export class ForecastPageService {
  constructor(
    private readonly capacity: CapacityService,
    private readonly forecasts: ForecastService,
    private readonly store: ForecastStore,
  ) {}

  async page(actor: Actor, choice: ForecastChoice, language: Language, now: Date): Promise<RenderedPage> {
    const nowSeconds = Math.floor(now.getTime() / 60_000) * 60;
    const { items: platforms } = await this.capacity.platforms(actor, { limit: MOST_PLATFORMS });
    const { platformCode } = choice;
    const platform =
      platformCode === undefined
        ? platforms[1]
          ? undefined
          : platforms[0]
        : platforms.find(({ code }) => code === platformCode);
    if (!platform) {
      const isUnknown = platformCode !== undefined;
      const content = { kind: 'choice', isUnknown, platforms } as const;
      return { status: isUnknown ? 404 : 200, html: forecastPage(language, choice, content, nowSeconds) };
    }
    const forecast = await this.forecasts.forecast(actor, platform.id, { from: choice.from }, now);
    const today = civilOfCell(cellOfSeconds(nowSeconds), platform.timeZone).on;
    const campaigns = await this.store.publishedCampaigns(platform.id, today);
    const hasBefore = forecast.days[0]!.date > today;
    const hasAfter = campaigns.some(({ endsOn }) => endsOn > forecast.days.at(-1)!.date);
    const content = { kind: 'forecast', forecast, hasBefore, hasAfter } as const;
    return { status: 200, html: forecastPage(language, choice, content, nowSeconds) };
  }
}
