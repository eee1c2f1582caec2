import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CrowdDatabase } from '../common/crowd-database';
import { GatheredRead } from '../common/gathered-read';
import { scopeConditions } from '../campaign/campaign-scope.rules';
import type { Campaign } from '../campaign/campaign.entity';
import { type Audience, AUDIENCES, ORIGINS } from '../campaign/window-kind';
import type { EstablishmentKind } from '../directory/directory-rows';
import { CLASSES_WITH_SAME_PUPILS } from '../directory/same-pupils';
import { partitionOf } from '../plan/plan-window.store';
import type { FoundWindow, OwnerFacts, OwnerRow, PlaceHolder, StatedTime } from './booking-owner';

const FIXED = ORIGINS.indexOf('fixed');

interface StatedKey {
  campaignId: number;
  /** Null for an establishment's own windows. */
  classId: number | null;
  establishmentId: number;
  audience: Audience;
}

interface AskedPlace {
  window: FoundWindow;
  departmentId: number;
  startCell: number;
}

/** More holders of a place than are named: some could not take the place that they would get. */
const MOST_HOLDERS = 4;

const WINDOW = `w.window_id as "windowId", w.plan_id as "planId", p.campaign_id as "campaignId", w.class_id as "classId",
  w.establishment_id as "establishmentId", w.audience, w.activity, w.cell_count as "cellCount", w.profile_id as "profileId",
  w.local_date::text as date, w.start_cell as "startCell", w.wish_cell as "wishCell", w.headcount,
  w.teacher_key_id as "teacherKeyId", w.series_id as "seriesId", e.time_zone as "timeZone"`;
const WINDOW_JOINS = `join plan_window w on w.plan_id = p.id join establishment e on e.id = w.establishment_id`;
const PLACE_JOINS = `join territory d on d.id = e.department_id left join territory a on a.id = d.parent_id`;
const CLASS_FACTS = `k.id as "classId", k.levels, k.headcount, ${CLASSES_WITH_SAME_PUPILS} as "conflictClassIds",
  (select min(teacher_key_id) from class_teacher where class_id = k.id having count(*) = 1) as "soleTeacherKeyId"`;
const NO_CLASS_FACTS = `null::int as "classId", '{}'::text[] as levels, 0 as headcount, '{}'::int[] as "conflictClassIds",
  null::int as "soleTeacherKeyId"`;
const PLACE = `e.id as "establishmentId", e.uai, e.time_zone as "timeZone", e.holiday_zone as "holidayZone",
  e.open_half_days as "openHalfDays", e.simultaneous_window_limit as "simultaneousWindowLimit", d.id as "departmentId", a.id as "academyId", a.parent_id as "regionId",
  e.platform_id as "platformId", (select version from calendar_version) as "calendarVersion"`;
/** A time of a wish as it counts: a fixed one that is not approved is a wished one. */
const STATED_TIME = `case w.approval when 'pending' then 'wished' else w.kind end as kind, w.weekday, w.local_date::text as "on",
  w.start_minute as "startMinute", w.end_minute as "endMinute"`;
const COUNTS = `(w.kind <> 'fixed' or w.approval = 'pending')`;
/** The owner of a window `w` of a plan `p` at an establishment `e`, and what was stated for it: one read for all that a booking asks of it. */
const OWNER = `(select to_json(o) from (select ${PLACE}, o.* from territory d left join territory a on a.id = d.parent_id,
    lateral (select ${CLASS_FACTS} from class k where k.id = w.class_id
             union all select ${NO_CLASS_FACTS} where w.class_id is null) o
     where d.id = e.department_id) o) as owner,
  (select coalesce(json_agg(s), '[]') from (
     select true as "isOwn", ${STATED_TIME} from wish w where w.campaign_id = p.campaign_id and w.class_id = asked.class_id and ${COUNTS}
     union all
     select false, ${STATED_TIME} from wish w
      where w.campaign_id = p.campaign_id and w.establishment_id = e.id and w.audience = asked.audience and ${COUNTS}) s) as stated`;
/** The owner's keys under other names, where `w` is a wish. */
const ASKED_OWNER = `lateral (select w.class_id, ('{${AUDIENCES.join()}}'::text[])[w.audience + 1] as audience) asked`;

/** What bookings are prepared from: reads of what seldom changes, for a crowd at once and never remembered. */
@Injectable()
export class BookingFactsStore {
  private readonly windowsById = new GatheredRead((ids: number[]) => this.readWindows(ids));
  private readonly classesById = new GatheredRead((ids: number[]) => this.readClassOwners(ids));
  private readonly establishmentsById = new GatheredRead((ids: number[]) => this.readEstablishmentOwners(ids));
  private readonly holdersByPlace = new GatheredRead((places: AskedPlace[]) => this.readHolders(places));
  private readonly timesByOwner = new GatheredRead((keys: StatedKey[]) => this.readStatedTimes(keys));

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly crowd: CrowdDatabase,
  ) {}

  /** A published window. */
  window(windowId: number): Promise<FoundWindow | undefined> {
    return this.windowsById.get(windowId);
  }

  classOwner(classId: number): Promise<OwnerRow | undefined> {
    return this.classesById.get(classId);
  }

  establishmentOwner(establishmentId: number): Promise<OwnerRow | undefined> {
    return this.establishmentsById.get(establishmentId);
  }

  /** Closed and wished times of a class, or of an establishment's audience, with those of its whole establishment. */
  statedTimes(
    campaignId: number,
    { classId, establishmentId }: Pick<OwnerRow, 'classId' | 'establishmentId'>,
    audience: Audience,
  ): Promise<StatedTime[]> {
    return this.timesByOwner.get({ campaignId, classId, establishmentId, audience });
  }

  /** The windows of a series from a date on, in order. */
  series(window: FoundWindow): Promise<FoundWindow[]> {
    return this.database.query<FoundWindow[]>(
      `select ${WINDOW} from plan p ${WINDOW_JOINS}
        where p.id = $1 and w.establishment_id = $2 and w.series_id = $3 and w.local_date >= $4
        order by w.local_date, w.start_cell`,
      [window.planId, window.establishmentId, window.seriesId, window.date],
    );
  }

  /** Windows of the same establishments whose series is that of the given ones, or named as one of them, but these. */
  async leftBehind(windows: readonly FoundWindow[]): Promise<number[]> {
    const ids = windows.map(({ windowId }) => windowId);
    const rows = await this.database.query<{ id: number }[]>(
      `select window_id as id from plan_window
        where plan_id = $1 and establishment_id = any($2) and series_id = any($3) and window_id <> all($4)`,
      [
        windows[0]!.planId,
        [...new Set(windows.map(({ establishmentId }) => establishmentId))],
        [...new Set([...ids, ...windows.flatMap(({ seriesId }) => seriesId ?? [])])],
        ids,
      ],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Windows that stand at a place, weigh in the same way as the given one and belong to other classes (other establishments, for
   * relatives and staff): of the own establishment, then of as many heads in the same department.
   */
  holdersOf(window: FoundWindow, departmentId: number, startCell: number): Promise<PlaceHolder[]> {
    return this.holdersByPlace.get({ window, departmentId, startCell });
  }

  async establishmentId(uai: string): Promise<number | undefined> {
    const [row] = await this.database.query<{ id: number }[]>('select id from establishment where uai = $1', [uai]);
    return row?.id;
  }

  /** The published plans of a platform whose campaign holds a date. */
  plansOn(platformId: number, on: string): Promise<{ planId: number; campaignId: number }[]> {
    return this.database.query(
      `select p.id as "planId", c.id as "campaignId" from plan p join campaign c on c.id = p.campaign_id
        where c.platform_id = $1 and p.state = 'published' and $2::date between c.starts_on and c.ends_on order by p.id`,
      [platformId, on],
    );
  }

  async audienceHeadcount(
    planId: number,
    establishmentId: number,
    audience: number,
    on: string,
  ): Promise<number | undefined> {
    const [row] = await this.database.query<{ headcount: number }[]>(
      `select headcount from ${partitionOf(planId)} where establishment_id = $1 and class_id is null and audience = $2
        order by abs(local_date - $3::date), local_date limit 1`,
      [establishmentId, audience, on],
    );
    return row?.headcount;
  }

  /** Pupils of an establishment's classes that take part in a campaign, each once. */
  async pupils(campaign: Campaign, establishmentId: number): Promise<{ pupilCount: number; kind: EstablishmentKind }> {
    const conditions = scopeConditions(campaign);
    const [row] = await this.database.query<[{ pupilCount: number; kind: EstablishmentKind }]>(
      `select establishment.kind, coalesce(sum(class.headcount), 0)::int as "pupilCount"
         from establishment left join class on class.establishment_id = establishment.id and class.kind <> 'group'
              and ${conditions.class}
        where establishment.id = $1 group by establishment.id`,
      [establishmentId],
    );
    return row;
  }

  async takesPart(campaign: Campaign, owner: OwnerRow): Promise<boolean> {
    const conditions = scopeConditions(campaign);
    const [row] = await this.database.query<object[]>(
      owner.classId === null
        ? `select 1 from establishment where id = $1 and ${conditions.establishment}`
        : `select 1 from class join establishment on establishment.id = class.establishment_id
            where class.id = $1 and ${conditions.establishment} and ${conditions.class}`,
      [owner.classId ?? owner.establishmentId],
    );
    return row !== undefined;
  }

  private async readWindows(windowIds: number[]): Promise<(FoundWindow | undefined)[]> {
    const rows = await this.crowd.query<WindowRow>(
      `select ${WINDOW}, ${OWNER} from plan p ${WINDOW_JOINS} cross join ${ASKED_OWNER}
        where p.state = 'published' and w.window_id = any($1)`,
      [[...new Set(windowIds)]],
    );
    const found = new Map(rows.map((row) => [row.windowId, windowOf(row)]));
    return windowIds.map((id) => found.get(id));
  }

  private async readHolders(places: AskedPlace[]): Promise<PlaceHolder[][]> {
    const found: PlaceHolder[][] = places.map(() => []);
    for (const planId of new Set(places.map(({ window }) => window.planId))) {
      const asked = places
        .map((place, ordinal) => ({ ...place, ordinal }))
        .filter(({ window }) => window.planId === planId);
      const table = partitionOf(planId);
      const alike = `w.start_cell = a.start_cell and w.local_date = a.local_date and w.cell_count = a.cell_count
        and w.profile_id = a.profile_id and w.window_id <> a.window_id and w.origin <> ${FIXED}
        and (w.class_id is null) = (a.class_id is null) and (a.class_id is null or w.class_id <> a.class_id)`;
      const rows = await this.crowd.query<WindowRow & PlaceHolder & { ordinal: number }>(
        `select a.ordinal, e.name as "establishmentName",
                (select code from class where id = w.class_id) as "classCode", ${WINDOW}, ${OWNER}
           from unnest($1::int[], $2::bigint[], $3::int[], $4::int[], $5::int[], $6::int[], $7::date[], $8::int[], $9::int[], $10::int[])
             as a (ordinal, window_id, establishment_id, department_id, class_id, start_cell, local_date, cell_count, profile_id, headcount)
           cross join lateral (
             (select 0 as rank, w.* from ${table} w where w.establishment_id = a.establishment_id and ${alike} limit ${MOST_HOLDERS})
             union all
             (select 1 as rank, w.* from ${table} w join establishment e on e.id = w.establishment_id
               where w.headcount = a.headcount and ${alike} and e.id <> a.establishment_id and e.department_id = a.department_id
               limit ${MOST_HOLDERS})
             order by rank limit ${MOST_HOLDERS}) w
           join plan p on p.id = ${planId} join establishment e on e.id = w.establishment_id cross join ${ASKED_OWNER}
          order by a.ordinal, w.rank, w.window_id`,
        [
          asked.map(({ ordinal }) => ordinal),
          asked.map(({ window }) => window.windowId),
          asked.map(({ window }) => window.establishmentId),
          asked.map(({ departmentId }) => departmentId),
          asked.map(({ window }) => window.classId),
          asked.map(({ startCell }) => startCell),
          asked.map(({ window }) => window.date),
          asked.map(({ window }) => window.cellCount),
          asked.map(({ window }) => window.profileId),
          asked.map(({ window }) => window.headcount),
        ],
      );
      for (const { ordinal, establishmentName, classCode, ...row } of rows) {
        found[ordinal]!.push({ ...windowOf(row), establishmentName, classCode });
      }
    }
    return found;
  }

  private async readClassOwners(classIds: number[]): Promise<(OwnerRow | undefined)[]> {
    const rows = await this.crowd.query<OwnerRow>(
      `select ${PLACE}, ${CLASS_FACTS}, (select parent_account_levels from platform where id = e.platform_id) as "parentAccountLevels"
         from class k join establishment e on e.id = k.establishment_id ${PLACE_JOINS} where k.id = any($1)`,
      [[...new Set(classIds)]],
    );
    const found = new Map(rows.map((row) => [row.classId, row]));
    return classIds.map((id) => found.get(id));
  }

  private async readEstablishmentOwners(establishmentIds: number[]): Promise<(OwnerRow | undefined)[]> {
    const rows = await this.crowd.query<OwnerRow>(
      `select ${PLACE}, ${NO_CLASS_FACTS} from establishment e ${PLACE_JOINS} where e.id = any($1)`,
      [[...new Set(establishmentIds)]],
    );
    const found = new Map(rows.map((row) => [row.establishmentId, row]));
    return establishmentIds.map((id) => found.get(id));
  }

  private async readStatedTimes(keys: StatedKey[]): Promise<StatedTime[][]> {
    const rows = await this.crowd.query<StatedTime & { ordinal: number }>(
      `with asked as (
         select * from unnest($1::int[], $2::int[], $3::int[], $4::text[])
           with ordinality as a (campaign_id, class_id, establishment_id, audience, ordinal)),
       stated as (
         select asked.ordinal, true as "isOwn", w.* from asked
           join wish w on w.campaign_id = asked.campaign_id and w.class_id = asked.class_id
         union all
         select asked.ordinal, false, w.* from asked
           join wish w on w.campaign_id = asked.campaign_id and w.establishment_id = asked.establishment_id
            and w.audience = asked.audience)
       select ordinal, "isOwn", ${STATED_TIME} from stated w where ${COUNTS}`,
      [
        keys.map(({ campaignId }) => campaignId),
        keys.map(({ classId }) => classId),
        keys.map(({ establishmentId }) => establishmentId),
        keys.map(({ audience }) => audience),
      ],
    );
    const found: StatedTime[][] = keys.map(() => []);
    for (const { ordinal, ...time } of rows) found[ordinal - 1]!.push(time);
    return found;
  }
}

interface WindowRow extends FoundWindow {
  owner: OwnerFacts['row'];
  stated: StatedTime[];
}

function windowOf({ owner, stated, ...window }: WindowRow): FoundWindow {
  return { ...window, ownerFacts: { row: owner, stated } };
}
