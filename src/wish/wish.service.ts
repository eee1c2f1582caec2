import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { CalendarService } from '../calendar/calendar.service';
import { clockOfMinute, datesBetween, minuteOfClock, weekdayOf } from '../common/civil-time';
import { inTransaction } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import type { Campaign } from '../campaign/campaign.entity';
import { WishRefused } from './wish.errors';
import { CampaignService } from '../campaign/campaign.service';
import { compileRule, ruleOfLevels } from '../campaign/compiled-rule';
import { windowCounts } from '../campaign/window-count.rules';
import type { ReplaceWishesDto, WishListDto, WishRequestDto } from './wish.dto';
import { checkWishes, type ClassDays, fixedWindowCount, mostFixedWindows, type Wish } from './wish.rules';
import { type ConcernedClass, WishStore } from './wish.store';

/** What classes ask of a campaign: wished starts, closed times, fixed windows. */
@Injectable()
export class WishService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly campaigns: CampaignService,
    private readonly store: WishStore,
    private readonly calendar: CalendarService,
  ) {}

  /** @throws NotFoundError */
  async list(actor: Actor, campaignId: number, classId: number): Promise<WishListDto> {
    await this.campaigns.find(actor, campaignId);
    if (!(await this.store.classExists(classId))) throw new NotFoundError('class', classId);
    const wishes = await this.store.list(campaignId, classId);
    return {
      items: wishes.map(({ startMinute, endMinute, ...wish }) => ({
        ...wish,
        start: clockOfMinute(startMinute),
        end: endMinute === null ? null : clockOfMinute(endMinute),
      })),
    };
  }

  /** Puts a whole list in the place of the class's wishes. @throws WishRefused (422), NotFoundError */
  async replace(actor: Actor, campaignId: number, classId: number, request: ReplaceWishesDto): Promise<WishListDto> {
    const campaign = await this.campaigns.find(actor, campaignId);
    if (!(await this.store.classExists(classId))) throw new NotFoundError('class', classId);
    const concerned = await this.store.concernedClass(campaign, classId);
    const days = concerned && (await this.daysOf(campaign, concerned));
    if (!concerned || !days) {
      throw new WishRefused(
        'class_not_concerned',
        `Class ${classId} does not take part in campaign ${campaignId}, or no rule is for it.`,
      );
    }
    const wishes = request.items.map(wishFrom);
    checkWishes(wishes, days);
    await inTransaction(this.database, async (tx) => {
      const { establishmentId } = concerned.place;
      await this.store.lockEstablishment(tx, establishmentId);
      await this.refuseUnknownTeachers(tx, establishmentId, wishes);
      await this.refuseTooManyFixed(tx, campaign, classId, establishmentId, wishes, days);
      await this.store.replace(
        tx,
        campaignId,
        classId,
        wishes.map((wish) => ({ ...wish, campaignId, classId, origin: 'head' })),
      );
    });
    return this.list(actor, campaignId, classId);
  }

  private async daysOf(campaign: Campaign, { levels, place }: ConcernedClass): Promise<ClassDays | undefined> {
    const rule = ruleOfLevels(campaign.rules.windows.map(compileRule), levels);
    if (!rule) return undefined;
    const [openHalves] = await this.calendar.openDays([place], campaign.startsOn, campaign.endsOn);
    return {
      dates: datesBetween(campaign.startsOn, campaign.endsOn),
      firstWeekday: weekdayOf(campaign.startsOn),
      openHalves: openHalves!,
      rule,
    };
  }

  private async refuseUnknownTeachers(
    tx: EntityManager,
    establishmentId: number,
    wishes: readonly Wish[],
  ): Promise<void> {
    const asked = wishes.flatMap(({ teacherKeyId }) => (teacherKeyId === null ? [] : [teacherKeyId]));
    const unknown = await this.store.unknownTeachers(tx, establishmentId, asked);
    if (unknown.length > 0) {
      throw new WishRefused('unknown_teacher', `The establishment has no teacher key ${unknown.join(', ')}.`, {
        teacherKeyIds: unknown,
      });
    }
  }

  private async refuseTooManyFixed(
    tx: EntityManager,
    campaign: Campaign,
    classId: number,
    establishmentId: number,
    wishes: readonly Wish[],
    days: ClassDays,
  ): Promise<void> {
    const fixed = wishes.filter(({ kind }) => kind === 'fixed');
    if (fixed.length === 0) return;
    const rules = campaign.rules.windows.map(compileRule);
    let windowCount = 0;
    for (const division of await this.store.divisions(tx, campaign, establishmentId)) {
      const rule = ruleOfLevels(rules, division.levels);
      if (!rule) continue;
      for (const count of windowCounts(rule, days.openHalves, days.firstWeekday, division.id)) windowCount += count;
    }
    const others = await this.store.fixedOfOthers(tx, campaign.id, establishmentId, classId);
    const fixedCount = [...fixed, ...others].reduce((sum, wish) => sum + fixedWindowCount(wish, days), 0);
    const most = mostFixedWindows(windowCount, days.dates.length, days.firstWeekday, campaign.rules);
    if (fixedCount > most) {
      throw new WishRefused(
        'too_many_fixed',
        `The establishment would have ${fixedCount} fixed windows over the campaign, of ${most} allowed; the authority approves more.`,
        { fixedCount, mostFixedCount: most },
      );
    }
  }
}

function wishFrom({ kind, weekday, on, start, end, teacherKeyId, reason }: WishRequestDto): Wish {
  return {
    kind,
    weekday: weekday ?? null,
    on: on ?? null,
    startMinute: minuteOfClock(start)!,
    endMinute: end === undefined || end === null ? null : minuteOfClock(end)!,
    teacherKeyId: teacherKeyId ?? null,
    reason: reason ?? null,
  };
}
