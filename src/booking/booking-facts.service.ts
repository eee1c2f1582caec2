import { Injectable } from '@nestjs/common';
import { CalendarService } from '../calendar/calendar.service';
import { CampaignService } from '../campaign/campaign.service';
import { type CompiledRule, compileRule, ruleOfAudience, ruleOfLevels } from '../campaign/compiled-rule';
import type { Campaign } from '../campaign/campaign.entity';
import { audienceCount } from '../campaign/load-model.rules';
import { AUDIENCES, type Audience } from '../campaign/window-kind';
import type { LoadModel } from '../campaign/window-rule';
import { addDays, cellOfCivil, civilOfCell, weekdayOf } from '../common/civil-time';
import { NotFoundError } from '../common/domain-error';
import { FIRST_DEGREE_KINDS } from '../directory/establishment-kind.rules';
import { type LevelGroup, levelGroupOf } from '../directory/level';
import { LOOPBACK_OPERATOR } from '../access/actor';
import { CELLS_PER_DAY, cellOfSeconds } from '../kernel/cell-grid';
import { wishesOfDay } from '../wish/wish-precedence.rules';
import { BookingRefused } from './booking.errors';
import { BookingFactsStore } from './booking-facts.store';
import type {
  BookingOwner,
  FoundWindow,
  OwnerDay,
  OwnerFacts,
  OwnerRow,
  PlaceHolder,
  StatedTime,
  WindowOwner,
} from './booking-owner';

interface CampaignRulesOf {
  campaign: Campaign;
  rules: CompiledRule[];
}

/** Where a date begins in a zone; `isRegular`: the clock does not change on it. */
interface CivilDay {
  firstCell: number;
  isRegular: boolean;
  weekday: number;
}

const MOST_REMEMBERED_DAYS = 5000;

/** What bookings are prepared from, put together for the rules. */
@Injectable()
export class BookingFactsService {
  /** Campaigns that were published never change. */
  private readonly campaigns = new Map<number, CampaignRulesOf>();

  private readonly civilDays = new Map<string, CivilDay>();

  constructor(
    private readonly store: BookingFactsStore,
    private readonly campaignService: CampaignService,
    private readonly calendar: CalendarService,
  ) {}

  /** Published windows by id, in the order asked. @throws NotFoundError */
  async windows(windowIds: readonly number[]): Promise<FoundWindow[]> {
    const found = await Promise.all(windowIds.map((id) => this.store.window(id)));
    return found.map((window, i) => {
      if (!window) throw new NotFoundError('window', windowIds[i]!);
      return window;
    });
  }

  /** Those of the windows that are published now, by id. */
  async standing(windowIds: readonly number[]): Promise<Map<number, FoundWindow>> {
    const found = await Promise.all(windowIds.map((id) => this.store.window(id)));
    return new Map(found.flatMap((window) => (window ? [[window.windowId, window]] : [])));
  }

  series(window: FoundWindow): Promise<FoundWindow[]> {
    return window.seriesId === null ? Promise.resolve([window]) : this.store.series(window);
  }

  /** Windows that have the series of the given ones, or one that is named as one of them, and are none of them. */
  leftBehind(windows: readonly FoundWindow[]): Promise<number[]> {
    return this.store.leftBehind(windows);
  }

  /** Who stands at a place that a window of the department wants, and weighs as it does. */
  holdersOf(window: FoundWindow, departmentId: number, startCell: number): Promise<PlaceHolder[]> {
    return this.store.holdersOf(window, departmentId, startCell);
  }

  /** Whose window it is, with the given dates. @throws NotFoundError, BookingRefused */
  async ownerOfWindow(window: FoundWindow, dates: readonly string[]): Promise<BookingOwner> {
    const audience = AUDIENCES[window.audience]!;
    const { row, stated } = window.ownerFacts ?? (await this.ownerFacts(window, audience));
    // a roster may have taken away the class of a window that is published
    if (!row) {
      const { windowId, classId } = window;
      throw new BookingRefused(
        'class_gone',
        'conflict',
        `The class of window ${windowId} is none any more; the next plan has no window for it.`,
        { windowId, classId },
      );
    }
    return this.owner(row, audience, window, dates, stated);
  }

  /** Who gives a window back: its owner, or the establishment of a class that is none any more. @throws NotFoundError, BookingRefused */
  async giverOfWindow(window: FoundWindow, dates: readonly string[]): Promise<WindowOwner> {
    if (!window.ownerFacts || window.ownerFacts.row) return this.ownerOfWindow(window, dates);
    const { planId, classId, establishmentId } = window;
    const row = await this.store.establishmentOwner(establishmentId);
    if (!row) throw new NotFoundError('establishment', establishmentId);
    const { platformId, uai, timeZone } = row;
    const days = await this.days(row, dates, []);
    return {
      platformId,
      planId,
      classId,
      establishmentId,
      uai,
      timeZone,
      conflictClassIds: [],
      windowLimit: null,
      soleTeacherKeyId: null,
      rule: null,
      days,
    };
  }

  private async ownerFacts(window: FoundWindow, audience: Audience): Promise<OwnerFacts> {
    const [row, stated] = await Promise.all([
      window.classId === null
        ? this.store.establishmentOwner(window.establishmentId)
        : this.store.classOwner(window.classId),
      this.store.statedTimes(window.campaignId, window, audience),
    ]);
    return { row: row ?? null, stated };
  }

  /** A class with the published plan that holds the date. @throws NotFoundError, BookingRefused */
  async ownerOfClass(classId: number, on: string | Date): Promise<BookingOwner> {
    const row = await this.store.classOwner(classId);
    if (!row) throw new NotFoundError('class', classId);
    return this.ownerOn(row, 'pupils', on);
  }

  /** An audience of an establishment, the same. @throws NotFoundError, BookingRefused */
  async ownerOfEstablishment(
    uai: string,
    audience: Exclude<Audience, 'pupils'>,
    on: string | Date,
  ): Promise<BookingOwner> {
    const id = await this.store.establishmentId(uai);
    const row = id === undefined ? undefined : await this.store.establishmentOwner(id);
    if (!row) throw new NotFoundError('establishment', uai);
    return this.ownerOn(row, audience, on);
  }

  /** How many an audience of an establishment is: in the window of the plan that is nearest to a date; where the plan has none, as the allocation counts. */
  async audienceHeadcount(
    { planId, campaignId, establishmentId, audience }: BookingOwner,
    on: string,
  ): Promise<number> {
    if (audience === 'pupils') throw new Error('pupils are counted by class');
    const known = await this.store.audienceHeadcount(planId, establishmentId, AUDIENCES.indexOf(audience), on);
    if (known !== undefined) return known;
    const { campaign } = await this.campaign(campaignId);
    const { pupilCount, kind } = await this.store.pupils(campaign, establishmentId);
    return audienceCount(campaign.loadModel, audience, pupilCount, FIRST_DEGREE_KINDS.includes(kind));
  }

  /** How a campaign's visitors behave: what the profiles of its plans were made of. */
  async loadModel({ campaignId }: BookingOwner): Promise<LoadModel> {
    return (await this.campaign(campaignId)).campaign.loadModel;
  }

  /** The same owner with other dates. */
  async withDays(owner: BookingOwner, dates: readonly string[]): Promise<BookingOwner> {
    const row =
      owner.classId === null
        ? await this.store.establishmentOwner(owner.establishmentId)
        : await this.store.classOwner(owner.classId);
    const [plan] = (await this.store.plansOn(owner.platformId, owner.campaign.startsOn)).filter(
      ({ planId }) => planId === owner.planId,
    );
    if (!row || !plan) throw new NotFoundError('plan', owner.planId);
    return this.owner(row, owner.audience, plan, dates);
  }

  private async ownerOn(row: OwnerRow, audience: Audience, at: string | Date): Promise<BookingOwner> {
    const on = at instanceof Date ? civilOfCell(cellOfSeconds(at.getTime() / 1000), row.timeZone).on : at;
    for (const { planId, campaignId } of await this.store.plansOn(row.platformId, on)) {
      const { campaign } = await this.campaign(campaignId);
      if (await this.store.takesPart(campaign, row)) return this.owner(row, audience, { planId, campaignId }, [on]);
    }
    throw new BookingRefused('no_plan', 'conflict', `No published plan holds ${on} for it.`, { date: on });
  }

  private async owner(
    row: OwnerRow,
    audience: Audience,
    { planId, campaignId }: { planId: number; campaignId: number },
    dates: readonly string[],
    known?: readonly StatedTime[],
  ): Promise<BookingOwner> {
    const { campaign, rules } = await this.campaign(campaignId);
    const rule = audience === 'pupils' ? ruleOfLevels(rules, row.levels) : ruleOfAudience(rules, audience);
    if (!rule) throw new BookingRefused('no_rule', 'conflict', 'The campaign has no windows for it.', { audience });
    const outside = dates.find((date) => date < campaign.startsOn || date > campaign.endsOn);
    if (outside !== undefined) {
      throw new BookingRefused('outside_campaign', 'unprocessable', `${outside} is no date of the campaign.`, {
        startsOn: campaign.startsOn,
        endsOn: campaign.endsOn,
      });
    }
    const stated = dates.length === 0 ? [] : (known ?? (await this.store.statedTimes(campaignId, row, audience)));
    return {
      platformId: row.platformId,
      planId,
      campaignId,
      classId: row.classId,
      establishmentId: row.establishmentId,
      uai: row.uai,
      departmentId: row.departmentId,
      timeZone: row.timeZone,
      audience,
      levelGroup: audience === 'pupils' ? levelGroupOfClass(row) : null,
      headcount: row.headcount,
      conflictClassIds: row.conflictClassIds,
      windowLimit: row.classId === null ? null : row.simultaneousWindowLimit,
      soleTeacherKeyId: row.soleTeacherKeyId,
      rule,
      activity: rule.rule.activity,
      campaign: { startsOn: campaign.startsOn, endsOn: campaign.endsOn },
      days: await this.days(row, dates, stated),
    };
  }

  private async days(
    row: OwnerRow,
    dates: readonly string[],
    stated: readonly StatedTime[],
  ): Promise<Map<string, OwnerDay>> {
    const sorted = [...new Set(dates)].sort();
    const first = sorted[0];
    const days = new Map<string, OwnerDay>();
    if (first === undefined) return days;
    const open = await this.calendar.openDaysAt(row.calendarVersion, row, first, sorted.at(-1)!);
    for (const date of sorted) {
      const at = (Date.parse(date) - Date.parse(first)) / 86_400_000;
      const civilDay = this.civilDay(date, row.timeZone);
      const isOf = ({ on, weekday }: StatedTime): boolean => (on === null ? weekday === civilDay.weekday : on === date);
      const ofDay = wishesOfDay(
        stated.filter(({ isOwn }) => isOwn),
        stated.filter(({ isOwn }) => !isOwn),
        isOf,
      );
      days.set(date, {
        date,
        ...civilDay,
        openHalves: open[at]!,
        closed: ofDay
          .filter(({ kind }) => kind === 'closed')
          .map((time) => ({ fromMinute: time.startMinute, toMinute: time.endMinute! })),
        wishedMinutes: ofDay.filter(({ kind }) => kind === 'wished').map((time) => time.startMinute),
      });
    }
    return days;
  }

  private civilDay(date: string, timeZone: string): CivilDay {
    const key = `${timeZone} ${date}`;
    let known = this.civilDays.get(key);
    if (!known) {
      const firstCell = cellOfCivil(date, 0, timeZone);
      const isRegular = cellOfCivil(addDays(date, 1), 0, timeZone) - firstCell === CELLS_PER_DAY;
      known = { firstCell, isRegular, weekday: weekdayOf(date) };
      if (this.civilDays.size >= MOST_REMEMBERED_DAYS) this.civilDays.clear();
      this.civilDays.set(key, known);
    }
    return known;
  }

  private async campaign(campaignId: number): Promise<CampaignRulesOf> {
    let known = this.campaigns.get(campaignId);
    if (!known) {
      const campaign = await this.campaignService.find(LOOPBACK_OPERATOR, campaignId);
      known = { campaign, rules: campaign.rules.windows.map(compileRule) };
      this.campaigns.set(campaignId, known);
    }
    return known;
  }
}

/** Pupils without accounts of their own come through their parents, whatever their age: so the allocation weighs them. */
function levelGroupOfClass({ levels, parentAccountLevels = [] }: OwnerRow): LevelGroup {
  return levels.every((level) => parentAccountLevels.includes(level)) ? 'pre_elementary' : levelGroupOf(levels);
}
