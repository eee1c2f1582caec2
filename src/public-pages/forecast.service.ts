import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { Actor } from '../access/actor';
import { CapacityService } from '../capacity/capacity.service';
import { addDays, cellOfCivil, type CivilDate, civilOfCell, zonedInstantOfCell } from '../common/civil-time';
import { cellOfSeconds, secondsOfCell } from '../kernel/cell-grid';
import { LedgerService } from '../plan/ledger.service';
import type { ForecastDto } from './forecast.dto';
import { announcementsOf, firstForecastDay, hoursOf, takenPerMille } from './forecast.rules';
import { ForecastStore } from './forecast.store';

const DAYS = 7;
const MINUTES_PER_HOUR = 60;

/** How full a platform is going to be, hour by hour: from the ledger of its published plans and its declared capacity. */
@Injectable()
export class ForecastService {
  constructor(
    private readonly capacity: CapacityService,
    private readonly ledger: LedgerService,
    private readonly store: ForecastStore,
  ) {}

  /** @throws NotFoundError */
  async forecast(
    _actor: Actor,
    platformId: number,
    asked: { from?: CivilDate | undefined; days?: number | undefined },
    now: Date,
  ): Promise<ForecastDto> {
    const { name, timeZone } = await this.capacity.platform(platformId);
    const today = civilOfCell(cellOfSeconds(now.getTime() / 1000), timeZone).on;
    const campaigns = await this.store.publishedCampaigns(platformId, asked.from ?? today);
    const from = asked.from ?? firstForecastDay(today, campaigns);
    const dates = Array.from({ length: asked.days ?? DAYS }, (_, day) => addDays(from, day));
    const starts = [...dates, addDays(from, dates.length)].map((on) => cellOfCivil(on, 0, timeZone));
    const range = { firstCell: starts[0]!, cellCount: starts.at(-1)! - starts[0]! };
    const between = { startsAt: instantOf(starts[0]!), endsAt: instantOf(starts.at(-1)!) };
    const [capacity, cells, { steps, regulations }] = await Promise.all([
      this.capacity.cells(platformId, range.firstCell, range.cellCount),
      this.ledger.cells(platformId, range),
      this.capacity.announced(platformId, between),
    ]);
    const taken = takenPerMille(capacity, cells);
    const days = dates.map((date, day) => {
      const [firstCell, endCell] = [starts[day]!, starts[day + 1]!];
      const hourOfCell = Array.from({ length: endCell - firstCell }, (_, i) =>
        Math.floor(civilOfCell(firstCell + i, timeZone).minuteOfDay / MINUTES_PER_HOUR),
      );
      const isPlanned = campaigns.some(({ startsOn, endsOn }) => startsOn <= date && date <= endsOn);
      const ofDay = taken.subarray(firstCell - range.firstCell, endCell - range.firstCell);
      const hours = hoursOf(firstCell, hourOfCell, ofDay, isPlanned).map(({ firstCell: cell, ...hour }) => ({
        ...hour,
        startsAt: zonedInstantOfCell(cell, timeZone),
      }));
      return { date, isPlanned, hours };
    });
    const told = (at: Date): string =>
      DateTime.fromJSDate(at, { zone: timeZone }).toISO({ suppressMilliseconds: true })!;
    const announcements = announcementsOf(steps, regulations, between).map((one) => ({
      ...one,
      startsAt: told(one.startsAt),
      endsAt: one.endsAt && told(one.endsAt),
    }));
    return { platformId, platformName: name, timeZone, days, announcements };
  }
}

const instantOf = (cell: number): Date => new Date(secondsOfCell(cell) * 1000);
