import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { CalendarService } from '../calendar/calendar.service';
import { CampaignService } from '../campaign/campaign.service';
import { WishStore, type WishRow } from '../wish/wish.store';
import { CapacityService } from '../capacity/capacity.service';
import { addDays, type CivilDate } from '../common/civil-time';
import { inTransaction } from '../common/database';
import { DomainError } from '../common/domain-error';
import type { OnProgress } from '../common/progress';
import type { DemoRegion } from '../directory/demo-region';
import type { DemoRegionRows } from '../directory/demo-region.store';
import { CAMPAIGN_NAME, declaredSteps, LOOK_AHEAD_WEEKS, nextFullWeek, PLATFORM } from './demonstration.rules';

/** Whole days from Monday to Friday, as `open_half_days` counts them. */
const WHOLE_WEEK = 0b11_11_11_11_11;
const WHOLE_DAY = 3;
const TOLD_EVERY_SCHOOLS = 200;

/** The campaign of the demonstration: the next whole week of school, its capacity and its wishes. */
@Injectable()
export class DemonstrationCampaign {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly calendar: CalendarService,
    private readonly campaigns: CampaignService,
    private readonly wishes: WishStore,
    private readonly capacity: CapacityService,
  ) {}

  /** Monday of the next week after `today` without a day off. */
  async nextWeek(departmentId: number, today: CivilDate): Promise<CivilDate> {
    const firstOn = addDays(today, 1);
    const place = {
      establishmentId: 0,
      timeZone: PLATFORM.timeZone,
      holidayZone: 'B',
      openHalfDays: WHOLE_WEEK,
      departmentId,
      academyId: null,
      regionId: null,
    };
    const [days] = await this.calendar.openDays([place], firstOn, addDays(firstOn, LOOK_AHEAD_WEEKS * 7));
    const mondayOn = nextFullWeek(
      firstOn,
      Array.from(days!, (halves) => halves === WHOLE_DAY),
    );
    if (!mondayOn)
      throw new DomainError(
        'demonstration.no_school_week',
        'unprocessable',
        `No whole week of school lies in the ${LOOK_AHEAD_WEEKS} weeks from ${firstOn}.`,
      );
    return mondayOn;
  }

  /** Declares the capacity around the week and makes the campaign; the steps of an earlier attempt give way. */
  async create(actor: Actor, platformId: number, mondayOn: CivilDate, pupilCount: number): Promise<number> {
    const { items: old } = await this.capacity.steps(actor, platformId, { limit: 500 });
    await inTransaction(this.database, async (tx) => {
      for (const { id } of old) await this.capacity.deleteStep(actor, platformId, id, tx);
      for (const step of declaredSteps(pupilCount, mondayOn)) await this.capacity.addStep(actor, platformId, step, tx);
    });
    const campaign = await this.campaigns.create(actor, {
      name: CAMPAIGN_NAME,
      platformId,
      startsOn: mondayOn,
      endsOn: addDays(mondayOn, 4),
      preset: 'remote-week-everybody',
    });
    return campaign.id;
  }

  /** Writes the timetable of the region as wishes, all or none; does nothing where the campaign has wishes. */
  async ensureWishes(
    campaignId: number,
    region: DemoRegion,
    rows: DemoRegionRows,
    onProgress: OnProgress,
  ): Promise<void> {
    await inTransaction(this.database, async (tx) => {
      const [known] = await tx.query<unknown[]>('select 1 from wish where campaign_id = $1 limit 1', [campaignId]);
      if (!known) await this.wishes.copyWishes(tx, wishesOf(campaignId, region, rows, onProgress));
    });
  }

  /** Removes a campaign that never got a plan in force, with its wishes and drafts. */
  async discard(actor: Actor, campaignId: number): Promise<void> {
    await this.campaigns.remove(actor, campaignId);
  }
}

function* wishesOf(
  campaignId: number,
  region: DemoRegion,
  rows: DemoRegionRows,
  onProgress: OnProgress,
): Generator<WishRow> {
  let { firstClassId, firstTeacherKeyId } = rows;
  let doneCount = 0;
  onProgress({ phase: 'wishes', doneCount, totalCount: region.establishmentCount });
  for (const school of region.schools()) {
    for (const { classIndex, weekday, startMinute, teacher } of school.lessons) {
      yield {
        campaignId,
        classId: firstClassId + classIndex,
        kind: 'wished',
        weekday,
        on: null,
        startMinute,
        endMinute: null,
        teacherKeyId: firstTeacherKeyId + teacher,
        reason: null,
        origin: 'demo',
      };
    }
    firstClassId += school.classes.length;
    firstTeacherKeyId += school.teacherCount;
    if (++doneCount % TOLD_EVERY_SCHOOLS === 0)
      onProgress({ phase: 'wishes', doneCount, totalCount: region.establishmentCount });
  }
}
