import type { DataSource, EntityManager } from 'typeorm';
import type { Actor } from '../src/access/actor';
import { defaultLoadModel } from '../src/campaign/load-model.rules';
import type { CampaignRules } from '../src/campaign/window-rule';
import { CELLS_PER_DAY, CELL_MINUTES } from '../src/kernel/cell-grid';
import { seededRandom, randomInteger } from '../src/kernel/random';
import type { PlanCells, PlanColumns, PlanDraft, PlanProfile } from '../src/plan/plan-draft';
import type { PlanMemory } from '../src/plan/plan-memory';
import type { PlanPrices } from '../src/plan/plan-evidence';

export const TESTER: Actor = { role: 'operator', subject: 'operator@test' };

/** Monday 7 December 2026, 00:00 in Paris, as a cell; Paris is one hour ahead of UTC. */
export const MONDAY_CELL = Date.UTC(2026, 11, 6, 23) / 300_000;
export const MONDAY_DAY = Date.UTC(2026, 11, 7) / 86_400_000;
/** Cell of a Paris clock time of that week. */
export const cellAt = (day: number, hour: number, minute = 0): number =>
  MONDAY_CELL + day * CELLS_PER_DAY + (hour * 60 + minute) / CELL_MINUTES;

/** 30 minutes; half of those who come arrive in the first cell. */
export const PROFILE: PlanProfile = {
  profileId: 3,
  audience: 'pupils',
  levelGroup: 'college',
  activity: 'open',
  windowCells: 6,
  participationPerMille: 700,
  sessionsPerMille: [100, 600, 800, 900, 950, 1000, 1000, 500, 333],
  loginsPerMille: [100, 500, 200, 100, 50, 50, 0, 0, 0],
};

export interface Region {
  platformId: number;
  campaignId: number;
  departmentIds: [number, number];
  establishmentIds: number[];
  uais: string[];
  /** Classes of establishment i. */
  classIds: number[][];
}

export interface RegionShape {
  establishmentCount?: number;
  classesEach?: number;
  concurrentSessions?: number;
  loginsPerMinute?: number;
}

const uaiOf = (number: number): string => {
  const digits = String(590_0000 + number).padStart(7, '0');
  return digits + 'ABCDEFGHJKLMNPRSTUVWXYZ'[Number(digits) % 23]!;
};

const NO_PEAK = { sessionsRatio: 0, loginsRatio: 0, unplacedCount: 0 };

let serial = 0;

/** A region with a platform and a campaign of one week, by SQL: every second establishment in the second department. */
export async function makeRegion(database: DataSource, shape: RegionShape = {}): Promise<Region> {
  const { establishmentCount = 4, classesEach = 3, concurrentSessions = 10_000, loginsPerMinute = 2_000 } = shape;
  const number = ++serial;
  const ids = async (sql: string, parameters: unknown[]): Promise<number[]> =>
    (await database.query<{ id: number }[]>(sql, parameters)).map(({ id }) => id);
  const [regionId] = await ids(
    `insert into territory (code, kind, name) values ($1, 'region', 'Région') returning id`,
    [`R${number}`],
  );
  const [academyId] = await ids(
    `insert into territory (code, kind, name, parent_id) values ($1, 'academy', 'Académie', $2) returning id`,
    [`A${number}`, regionId],
  );
  const departmentIds = await ids(
    `insert into territory (code, kind, name, parent_id)
     values ($1, 'department', 'Nord', $3), ($2, 'department', 'Aisne', $3) returning id`,
    [`D${number}a`, `D${number}b`, academyId],
  );
  const [platformId] = await ids(
    `insert into platform (code, name, time_zone, headroom_per_mille) values ($1, 'Plateforme', 'Europe/Paris', 0) returning id`,
    [`platform-${number}`],
  );
  await database.query(
    `insert into capacity_step (platform_id, starts_at, concurrent_sessions, logins_per_minute, reason)
     values ($1, '2026-01-01', $2, $3, 'first step')`,
    [platformId, concurrentSessions, loginsPerMinute],
  );
  const uais = Array.from({ length: establishmentCount }, (_, i) => uaiOf(number * 10_000 + i));
  const establishmentIds = await ids(
    `insert into establishment (uai, name, kind, sector, department_id, commune_name, time_zone, holiday_zone, open_half_days,
                                platform_id, structure_external_id, source)
     select uai, 'Collège ' || i, 'college', 'public', case when i % 2 = 1 then $2::int else $3::int end, 'Lille',
            'Europe/Paris', 'B', 1023, $4, 'structure-' || uai, 'test'
       from unnest($1::text[]) with ordinality as u (uai, i) order by i returning id`,
    [uais, departmentIds[0], departmentIds[1], platformId],
  );
  const classes = await ids(
    `insert into class (establishment_id, school_year, code, levels, headcount, source)
     select e, '2026-2027', '6' || chr(64 + c), '{6E}', 20 + c, 'test'
       from unnest($1::int[]) with ordinality as u (e, i), generate_series(1, $2::int) as c order by i, c returning id`,
    [establishmentIds, classesEach],
  );
  const campaignId = await makeCampaign(database, platformId!);
  return {
    platformId: platformId!,
    campaignId,
    departmentIds: [departmentIds[0]!, departmentIds[1]!],
    establishmentIds,
    uais,
    classIds: establishmentIds.map((_, i) => classes.slice(i * classesEach, (i + 1) * classesEach)),
  };
}

/** Windows of half an hour from 7 to 20 h on any day, as the drafts of these tests have them. */
const RULES: CampaignRules = {
  windows: (['open', 'live'] as const).map((activity) => ({
    audience: 'pupils',
    levelGroups: [],
    levels: [],
    activity,
    windowMinutes: 30,
    windowsPerDay: 1,
    windowsPerHalfDay: 1,
    windowsPerWeek: null,
    minimumGapMinutes: 0,
    hours: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], from: '07:00', to: '20:00' }],
  })),
  fixedWindowsPerMille: 50,
  fixedWindowsPerWeekLeast: 1,
};

export async function makeCampaign(database: DataSource, platformId: number): Promise<number> {
  const [row] = await database.query<{ id: number }[]>(
    `insert into campaign (name, platform_id, starts_on, ends_on, school_year, keeps_same_hours, rules, load_model, created_by)
     values ('Semaine', $1, '2026-12-07', '2026-12-11', '2026-2027', false, $2, $3, 'operator@test') returning id`,
    [platformId, JSON.stringify(RULES), JSON.stringify(defaultLoadModel('ordinary'))],
  );
  return row!.id;
}

/** One window of a draft; what is not said is an open window of pupils without wish, teacher or series. */
export interface WindowSpec {
  establishment: number;
  /** Index of the class in its establishment, -1 for the establishment's own window. */
  classIndex: number;
  startCell: number;
  ordinal?: number;
  audience?: number;
  activity?: number;
  wishCell?: number;
  headcount?: number;
  teacherKeyId?: number;
  series?: number;
}

/** A draft of these windows against a capacity per cell, given in sessions and logins of the five minutes. */
export function draftOf(
  region: Region,
  windows: readonly WindowSpec[],
  options: {
    campaignId?: number;
    base?: { epoch: number; revision: number };
    capacitySessions?: number;
    capacityLogins?: number;
    reservedSessions?: number;
    profiles?: PlanProfile[];
    prices?: PlanPrices;
    memory?: PlanMemory;
    dayCount?: number;
    seed?: number;
  } = {},
): PlanDraft {
  const count = windows.length;
  const int = (of: (window: WindowSpec) => number): Int32Array => Int32Array.from(windows, of);
  const byte = (of: (window: WindowSpec) => number): Uint8Array => Uint8Array.from(windows, of);
  const profile = (options.profiles ?? [PROFILE])[0]!;
  const columns: PlanColumns = {
    windowCount: count,
    establishmentId: int((w) => region.establishmentIds[w.establishment]!),
    departmentId: int((w) => region.departmentIds[w.establishment % 2]!),
    classId: int((w) => (w.classIndex < 0 ? -1 : region.classIds[w.establishment]![w.classIndex]!)),
    audience: byte((w) => w.audience ?? (w.classIndex < 0 ? 1 : 0)),
    activity: byte((w) => w.activity ?? 0),
    origin: new Uint8Array(count),
    cellCount: new Uint8Array(count).fill(profile.windowCells),
    ordinal: byte((w) => w.ordinal ?? 0),
    profileId: new Uint16Array(count).fill(profile.profileId),
    localDay: int((w) => MONDAY_DAY + Math.floor((w.startCell - MONDAY_CELL) / CELLS_PER_DAY)),
    startCell: int((w) => w.startCell),
    wishCell: int((w) => w.wishCell ?? -1),
    headcount: int((w) => w.headcount ?? 25),
    teacherKeyId: int((w) => w.teacherKeyId ?? -1),
    series: int((w) => w.series ?? -1),
  };
  const cellCount = (options.dayCount ?? 5) * CELLS_PER_DAY;
  const constant = (value: number): Float64Array => new Float64Array(cellCount).fill(value * 1000);
  const cells: PlanCells = {
    firstCell: MONDAY_CELL,
    cellCount,
    capacitySessions: constant(options.capacitySessions ?? 10_000),
    capacityLogins: constant(options.capacityLogins ?? 10_000),
    headroomSessions: constant(0),
    headroomLogins: constant(0),
    backgroundSessions: constant(0),
    backgroundLogins: constant(0),
    reservedSessions: constant(options.reservedSessions ?? 0),
    reservedLogins: constant(0),
    otherSessions: constant(0),
    otherLogins: constant(0),
  };
  return {
    campaignId: options.campaignId ?? region.campaignId,
    platformId: region.platformId,
    baseEpoch: options.base?.epoch ?? 1,
    baseRevision: options.base?.revision ?? 0,
    columns,
    profiles: options.profiles ?? [PROFILE],
    cells,
    unplaced: [],
    evidence: {
      violationCounts: { session_limit: 0 },
      peakSessionsRatio: 0,
      peakLoginsRatio: 0,
      peakSessionsCell: 0,
      peakLoginsCell: 0,
      peakLowerBoundRatio: 0.5,
      displacementCapMinutes: 60,
      objective: objectiveOf(windows),
      objectiveLowerBound: 0,
      jointLowerBound: 0,
      isBoundProved: true,
      days: [],
      baselinePeakRatios: {
        everybodyAtWish: NO_PEAK,
        letterByLevel: NO_PEAK,
        random: NO_PEAK,
        firstFit: NO_PEAK,
      },
      seed: options.seed ?? 1,
    },
    prices: options.prices ?? {
      firstCell: MONDAY_CELL,
      peakSessions: new Float64Array(cellCount),
      peakLogins: new Float64Array(cellCount),
      objectiveSessions: new Float64Array(cellCount),
      objectiveLogins: new Float64Array(cellCount),
      localLaw: new Uint8Array(),
      localOwnerId: new Int32Array(),
      localCell: new Int32Array(),
      localPrice: new Float64Array(),
    },
    baselines: {
      firstCell: MONDAY_CELL,
      everybodyAtWish: { sessions: new Float64Array(cellCount), logins: new Float64Array(cellCount) },
      letterByLevel: { sessions: new Float64Array(cellCount), logins: new Float64Array(cellCount) },
    },
    caseFile: null,
    memory: options.memory ?? { classId: new Int32Array(), weight: new Float64Array(), limitMinutes: new Int32Array() },
  };
}

/** Squares of displacement in cells; a series is one choice, whatever the number of its dates. */
function objectiveOf(windows: readonly WindowSpec[]): number {
  const seen = new Set<number>();
  let objective = 0;
  for (const { startCell, wishCell, series } of windows) {
    if (wishCell === undefined || (series !== undefined && series >= 0 && seen.has(series))) continue;
    if (series !== undefined) seen.add(series);
    objective += (startCell - wishCell) ** 2;
  }
  return objective;
}

/** One window a day for every class and one for relatives, at hours drawn by the seed (7 to 19 h). */
export function weekOf(region: Region, seed: number): WindowSpec[] {
  const random = seededRandom(seed);
  const windows: WindowSpec[] = [];
  const start = (day: number): number => cellAt(day, 7) + randomInteger(random, 144);
  region.establishmentIds.forEach((_, establishment) => {
    for (let day = 0; day < 5; day++) {
      region.classIds[establishment]!.forEach((_class, classIndex) => {
        windows.push({ establishment, classIndex, startCell: start(day), wishCell: cellAt(day, 8) });
      });
      windows.push({ establishment, classIndex: -1, startCell: start(day) });
    }
  });
  return windows;
}

/**
 * Cells of a platform in which the ledger is not the sum of its published windows and live holds: added up here, window by
 * window, with nothing of the program but the formula. Read in one moment: the waiting list is served by itself meanwhile.
 */
export function ledgerDifferenceCount(database: DataSource, platformId: number): Promise<number> {
  return database.transaction('REPEATABLE READ', (tx) => countLedgerDifferences(tx, platformId));
}

async function countLedgerDifferences(tx: EntityManager, platformId: number): Promise<number> {
  const windows = await tx.query<{ start: number; headcount: number; profileId: number; profiles: PlanProfile[] }[]>(
    `select w.start_cell as start, w.headcount, w.profile_id as "profileId", p.profiles
       from plan_window w join plan p on p.id = w.plan_id join campaign c on c.id = p.campaign_id
      where p.state = 'published' and c.platform_id = $1`,
    [platformId],
  );
  const cells = new Map<number, [sessions: bigint, logins: bigint]>();
  for (const { start, headcount, profileId, profiles } of windows) {
    const profile = profiles.find((candidate) => candidate.profileId === profileId)!;
    const scale = BigInt(headcount) * BigInt(profile.participationPerMille);
    profile.sessionsPerMille.forEach((sessionsPerMille, k) => {
      const [sessions, logins] = cells.get(start - 1 + k) ?? [0n, 0n];
      cells.set(start - 1 + k, [
        sessions + (scale * BigInt(sessionsPerMille) + 999n) / 1000n,
        logins + (scale * BigInt(profile.loginsPerMille[k]!) + 999n) / 1000n,
      ]);
    });
  }
  const holds = await tx.query<{ cell: number; sessions: number; logins: number }[]>(
    `select cell, sessions, logins from hold_cell c join hold h on h.id = c.hold_id
      where h.platform_id = $1 and h.state = 'held'`,
    [platformId],
  );
  for (const hold of holds) {
    const [sessions, logins] = cells.get(hold.cell) ?? [0n, 0n];
    cells.set(hold.cell, [sessions + BigInt(hold.sessions), logins + BigInt(hold.logins)]);
  }
  const ledger = await tx.query<{ cell: number; sessions: number; logins: number }[]>(
    'select cell, session_planned as sessions, login_planned as logins from ledger_cell where platform_id = $1',
    [platformId],
  );
  let differenceCount = 0;
  for (const { cell, sessions, logins } of ledger) {
    const [windowSessions, windowLogins] = cells.get(cell) ?? [0n, 0n];
    if (BigInt(sessions) !== windowSessions || BigInt(logins) !== windowLogins) differenceCount++;
    cells.delete(cell);
  }
  return differenceCount + cells.size;
}
