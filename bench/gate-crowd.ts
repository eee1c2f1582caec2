import { signedHeaderText } from '../src/agent/pass.rules';
import { CELL_SECONDS, LEAD_CELLS } from '../src/kernel/cell-grid';
import type { BundleContent } from '../src/kernel/decision/bundle-content';
import { randomInteger, type Random } from '../src/kernel/random';

/** 1 December 2025, midnight in Paris: an ordinary Monday. */
const MIDNIGHT = 1_764_543_600;
export const STORM_DAY = MIDNIGHT;
/** Those who obey come in over this long after their opening. */
export const ENTRY_SPREAD_SECONDS = 180;
export const clock = (hours: number): number => MIDNIGHT + hours * 3600;
const SCHOOLS = 20;
const CLASSES_OF_SCHOOL = 6;
const WINDOW_CELLS = 6;
const CLASSES_FROM_HOUR = 8;
/** When windows begin: classes all morning, relatives of a school before noon. */
const WHOLE_MORNING = { classesHours: 3.5, relativesHour: 11 } as const;
export const STORM_FROM = clock(7.5);
export const STORM_UNTIL = clock(12.5);
/** Everybody comes when the day begins, whatever the plan says. */
const ARRIVAL_SECONDS = 3600;
const PROFILE_SHARES = { pupil: 0.82, relative: 0.15 } as const;
export const WALK_IN_PER_CELL = 5;
export const CROWD_ENT_KEY = 'a key that the ENT and the agent of a storm share';

/** Somebody who comes, with what the plan says of them by its definition: [entry, end) of each own window, Unix seconds. */
export interface Comer {
  profile: 'pupil' | 'relative' | 'staff';
  comesAt: number;
  windows: readonly (readonly [entryAt: number, endAt: number])[];
  header: string;
}

/** A platform of some schools whose classes take turns all morning, and people who all come between half past seven and half past eight. */
export function gateCrowd(
  random: Random,
  count: number,
  { classesHours, relativesHour }: { classesHours: number; relativesHour: number } = WHOLE_MORNING,
): { content: BundleContent; comers: Comer[] } {
  const firstCell = MIDNIGHT / CELL_SECONDS;
  const schools = Array.from({ length: SCHOOLS }, (_, e) => e);
  const establishment = schools.flatMap((e) => Array<number>(CLASSES_OF_SCHOOL).fill(e));
  const span = (classesHours * 3600) / CELL_SECONDS - WINDOW_CELLS;
  const classStart = establishment.map(() => clock(CLASSES_FROM_HOUR) / CELL_SECONDS + randomInteger(random, span));
  const relativesStart = clock(relativesHour) / CELL_SECONDS;
  const starts = [...classStart, ...schools.map(() => relativesStart)];
  const content: BundleContent = {
    format: 'etale-bundle/1',
    platformId: 1,
    epoch: 1,
    revision: 1,
    issuedAt: MIDNIGHT,
    staleAfter: clock(24),
    expiresAt: clock(48),
    whenStale: 'reuse',
    whenExpired: 'reuse',
    posture: 'enforced',
    firstCell,
    endCell: firstCell + 288,
    entrySpreadSeconds: ENTRY_SPREAD_SECONDS,
    openPassSeconds: 7200,
    idleMinutes: 20,
    quotas: { walkInPerCell: WALK_IN_PER_CELL, keptPerCell: 0, urgentPerCell: 0 },
    features: [],
    departments: ['59'],
    zones: [{ name: 'Europe/Paris', midnights: [clock(0), clock(24)] }],
    campaigns: [{ days: [[clock(0), clock(24)]] }],
    catchUps: [],
    establishments: {
      id: schools.map((e) => e + 1),
      uai: schools.map((e) => `99${String(e).padStart(5, '0')}X`),
      structure: schools.map((e) => `S${e}`),
      name: schools.map((e) => `École ${e}`),
      telephone: schools.map(() => ''),
      department: schools.map(() => 0),
      zone: schools.map(() => 0),
      relativesCampaigns: schools.map(() => 1),
    },
    classes: {
      id: establishment.map((_, c) => c + 1),
      establishment,
      name: establishment.map((_, c) => `C${c}`),
      levels: establishment.map((_, c) => 1 << (c % CLASSES_OF_SCHOOL)),
      hasParentAccounts: establishment.map(() => 0),
      campaigns: establishment.map(() => 1),
    },
    windows: {
      count: [...starts.map(() => 1), ...schools.map(() => 0)],
      gap: starts.map((start) => start - firstCell),
      cellCount: starts.map(() => WINDOW_CELLS),
      activity: starts.map(() => 0),
    },
    exemptions: [],
    rules: [],
  };
  const comers = Array.from({ length: count }, (_, nonce): Comer => {
    const draw = random();
    const profile =
      draw < PROFILE_SHARES.pupil
        ? 'pupil'
        : draw < PROFILE_SHARES.pupil + PROFILE_SHARES.relative
          ? 'relative'
          : 'staff';
    const c = randomInteger(random, establishment.length);
    const start = profile === 'relative' ? relativesStart : classStart[c]!;
    const key = `S${establishment[c]}$C${c}`;
    const claims = { profile, classes: [key], uais: [], exp: clock(24), nonce };
    return {
      profile,
      comesAt: STORM_FROM + randomInteger(random, ARRIVAL_SECONDS),
      windows: [[(start - LEAD_CELLS) * CELL_SECONDS, (start + WINDOW_CELLS) * CELL_SECONDS]],
      header: signedHeaderText(claims, Buffer.from(CROWD_ENT_KEY)),
    };
  });
  return { content, comers };
}
