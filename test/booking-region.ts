import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { CampaignRules } from '../src/campaign/window-rule';
import { PlanService } from '../src/plan/plan.service';
import { draftOf, makeRegion, TESTER, type Region, type RegionShape, type WindowSpec } from './plan-builder';

/** Windows of half an hour from 8 to 18 h on school days, without a gap. */
export const RULES: CampaignRules = {
  windows: [
    {
      audience: 'pupils',
      levelGroups: [],
      levels: [],
      activity: 'open',
      windowMinutes: 30,
      windowsPerDay: 2,
      windowsPerHalfDay: 1,
      windowsPerWeek: null,
      minimumGapMinutes: 0,
      hours: [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }],
    },
    {
      audience: 'relatives',
      levelGroups: [],
      levels: [],
      activity: 'open',
      windowMinutes: 30,
      windowsPerDay: 1,
      windowsPerHalfDay: 1,
      windowsPerWeek: null,
      minimumGapMinutes: 0,
      hours: [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '22:00' }],
    },
  ],
  fixedWindowsPerMille: 100,
  fixedWindowsPerWeekLeast: 2,
};

/** The clock of a test stands at a moment before the week of the plan; timers run as ever. */
export function standStillAt(instant: string): void {
  jest.useFakeTimers({
    now: new Date(instant),
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'requestAnimationFrame',
      'cancelAnimationFrame',
      'requestIdleCallback',
      'cancelIdleCallback',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
}

export interface BookableRegion extends Region {
  planId: number;
  /** Ids of the windows, in the order in which they were given. */
  windowIds: number[];
}

/** A region with a published plan of these windows, whose campaign has hours. */
export async function publishedRegion(
  app: NestFastifyApplication,
  windows: readonly WindowSpec[],
  shape: RegionShape = {},
): Promise<BookableRegion> {
  const database = app.get<DataSource>(getDataSourceToken());
  const plans = app.get(PlanService);
  const region = await makeRegion(database, shape);
  await database.query('update campaign set rules = $2 where id = $1', [region.campaignId, JSON.stringify(RULES)]);
  const planId = await plans.createDraft(TESTER, draftOf(region, windows));
  await plans.publish(TESTER, planId, 'test');
  const rows = await database.query<{ id: number }[]>(
    'select window_id as id from plan_window where plan_id = $1 order by window_id',
    [planId],
  );
  return { ...region, planId, windowIds: rows.map(({ id }) => id) };
}

/** What must hold of a platform whatever happened, counted in SQL; the differences found, all empty when it does. */
export async function bookingViolations(database: DataSource, platformId: number): Promise<Record<string, number>> {
  const one = async (query: string): Promise<number> =>
    (await database.query<{ count: number }[]>(query, [platformId]))[0]!.count;
  return {
    overfullCells: await one(
      'select count(*) from ledger_cell where platform_id = $1 and (session_planned > session_limit or login_planned > login_limit)',
    ),
    revisionGaps: await one(
      `select count(*) from (select revision, row_number() over (order by revision) as expected
                               from plan_change where platform_id = $1) numbered where revision <> expected`,
    ),
    revisionBeyondChanges: await one(
      `select count(*) from platform_revision r where platform_id = $1
          and revision <> (select count(*) from plan_change c where c.platform_id = r.platform_id)`,
    ),
    windowsUnlikeLastChange: await one(
      `select count(*) from (
         select distinct on (plan_id, window_id) plan_id, window_id, after from plan_change
          where platform_id = $1 and window_id is not null order by plan_id, window_id, revision desc) last
         left join plan_window w using (plan_id, window_id)
        where (last.after is null) <> (w.window_id is null)
           or (w.start_cell, w.local_date::text, w.revision) is distinct from
              ((last.after ->> 'startCell')::int, last.after ->> 'date', (last.after ->> 'revision')::bigint)`,
    ),
    loadCells: await one(
      `select count(*) from (
         select cell, sum(s) as s, sum(l) as l from (
           select l.cell, l.sessions as s, l.logins as l from plan_load l join plan p on p.id = l.plan_id
             join campaign c on c.id = p.campaign_id where p.state = 'published' and c.platform_id = $1
           union all select cell, sessions, logins from hold_load where platform_id = $1
           union all select cell, -session_planned, -login_planned from ledger_cell where platform_id = $1) both_sides
         group by cell having sum(s) <> 0 or sum(l) <> 0) differing`,
    ),
    windowCounts: await one(
      `select count(*) from plan p join campaign c on c.id = p.campaign_id
        where c.platform_id = $1 and p.window_count <> (select count(*) from plan_window w where w.plan_id = p.id)`,
    ),
    doubledClasses: await one(
      `select count(*) from plan_window a join plan p on p.id = a.plan_id and p.state = 'published'
         join campaign c on c.id = p.campaign_id and c.platform_id = $1
         join plan_window b on b.plan_id = a.plan_id and b.class_id = a.class_id and b.window_id > a.window_id
          and b.start_cell < a.start_cell + a.cell_count and a.start_cell < b.start_cell + b.cell_count`,
    ),
    cellsOfEndedHolds: await one(
      `select count(*) from hold_cell c join hold h on h.id = c.hold_id where c.platform_id = $1 and h.state <> 'held'`,
    ),
    changesWithoutBooking: await one(
      `select count(*) from plan_change c where platform_id = $1 and window_id is not null
          and not exists (select 1 from booking b where b.id = c.booking_id)`,
    ),
  };
}

export const NO_VIOLATIONS = {
  overfullCells: 0,
  revisionGaps: 0,
  revisionBeyondChanges: 0,
  windowsUnlikeLastChange: 0,
  loadCells: 0,
  windowCounts: 0,
  doubledClasses: 0,
  cellsOfEndedHolds: 0,
  changesWithoutBooking: 0,
};
