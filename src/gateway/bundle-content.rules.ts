import { DateTime } from 'luxon';
import { minuteOfClock, cellOfCivil, datesBetween, addDays } from '../common/civil-time';
import { LEVELS, levelGroupOf, type Level } from '../directory/level';
import { cellOfSeconds } from '../kernel/cell-grid';
import type { BundleContent, NamedRule } from '../kernel/decision/bundle-content';
import { rulesOf } from '../kernel/decision/rules';
import type { BundleCampaign, BundleClassRow, BundleEstablishmentRow } from './bundle-facts.store';
import { BUNDLE_DAYS, type GatewaySettings } from './gateway-settings.rules';

/** Owners that a campaign binds. */
interface Bound {
  classIds: ReadonlySet<number>;
  relativesOf: ReadonlySet<number>;
}

/** Everything of a platform that a bundle holds, windows aside. */
export interface BundleFacts {
  platformId: number;
  settings: GatewaySettings;
  campaigns: readonly BundleCampaign[];
  bound: readonly Bound[];
  establishments: readonly BundleEstablishmentRow[];
  classes: readonly BundleClassRow[];
  rules: readonly NamedRule[];
}

/** The days that a bundle covers: from the earliest local midnight of today on, or to the end of the day of `lastAt`. */
export function bundleDays(zones: readonly string[], now: Date, lastAt?: Date): { firstCell: number; endCell: number } {
  const midnights = zones.map((zone) => DateTime.fromJSDate(now, { zone }).startOf('day'));
  const first = Math.min(...midnights.map((midnight) => midnight.toSeconds()));
  const ends = lastAt
    ? zones.map((zone) => DateTime.fromJSDate(lastAt, { zone }).startOf('day').plus({ days: 1 }))
    : midnights.map((midnight) => midnight.plus({ days: BUNDLE_DAYS }));
  const end = Math.max(...ends.map((day) => day.toSeconds()));
  return { firstCell: cellOfSeconds(first), endCell: cellOfSeconds(end) };
}

/** The bundle without windows, revision and time: pure, so that the same facts are the same bytes. */
export function bundleFactsOf(facts: BundleFacts, firstCell: number, endCell: number) {
  const { platformId, settings, campaigns, bound, establishments, classes, rules } = facts;
  const zoneNames = [...new Set(establishments.map(({ zone }) => zone))].sort();
  const zones = zoneNames.map((name) => ({ name, midnights: midnightsOf(name, firstCell, endCell) }));
  const kinds = [...new Set(establishments.map(({ kind }) => kind))].sort();
  const departments = [...new Set(establishments.map(({ department }) => department))].sort();
  const establishmentIndex = new Map(establishments.map(({ id }, index) => [id, index]));
  const classIndex = new Map(classes.map(({ id }, index) => [id, index]));
  const bitsOf = (isBound: (of: Bound) => boolean) =>
    bound.reduce((bits, of, k) => (isBound(of) ? bits | (1 << k) : bits), 0);
  return {
    format: 'etale-bundle/1',
    platformId,
    whenStale: settings.whenStale,
    whenExpired: settings.whenExpired,
    posture: settings.posture,
    firstCell,
    endCell,
    entrySpreadSeconds: settings.entrySpreadSeconds,
    openPassSeconds: settings.openPassSeconds,
    idleMinutes: settings.idleMinutes,
    features: settings.features,
    departments,
    kinds,
    zones,
    campaigns: campaigns.map(({ startsOn, endsOn }) => ({
      days: zoneNames.map((zone) => [midnight(startsOn, zone), midnight(addDays(endsOn, 1), zone)] as const),
    })),
    catchUps: zoneNames.flatMap((zone, index) =>
      campaigns.flatMap((campaign) => catchUpsOf(campaign, zone, index, firstCell, endCell)),
    ),
    establishments: {
      id: establishments.map(({ id }) => id),
      uai: establishments.map(({ uai }) => uai),
      structure: establishments.map(({ structure }) => structure),
      name: establishments.map(({ name }) => name),
      telephone: establishments.map(({ telephone }) => telephone),
      department: establishments.map(({ department }) => departments.indexOf(department)),
      kind: establishments.map(({ kind }) => kinds.indexOf(kind)),
      zone: establishments.map(({ zone }) => zoneNames.indexOf(zone)),
      relativesCampaigns: establishments.map(({ id }) => bitsOf(({ relativesOf }) => relativesOf.has(id))),
    },
    classes: {
      id: classes.map(({ id }) => id),
      establishment: classes.map(({ establishmentId }) => establishmentIndex.get(establishmentId)!),
      name: classes.map(({ name }) => name),
      levels: classes.map(({ levels }) =>
        levels.reduce((bits, level) => bits | (1 << LEVELS.indexOf(level as Level)), 0),
      ),
      hasParentAccounts: classes.map(({ levels }) => (levelGroupOf(levels as Level[]) === 'pre_elementary' ? 1 : 0)),
      campaigns: classes.map(({ id }) => bitsOf(({ classIds }) => classIds.has(id))),
    },
    exemptions: settings.exemptions.flatMap(({ establishmentId, classId, startsAt, endsAt }) => {
      const index = establishmentIndex.get(establishmentId);
      const ofClass = classId === null ? -1 : classIndex.get(classId);
      if (index === undefined || ofClass === undefined) return [];
      const seconds = (text: string) => Math.floor(Date.parse(text) / 1000);
      return [{ classIndex: ofClass, establishmentIndex: index, startsAt: seconds(startsAt), endsAt: seconds(endsAt) }];
    }),
    rules: rulesOf({ departments, kinds, zones, features: settings.features }, rules),
    quotas: {
      walkInPerCell: settings.walkInPerCell,
      keptPerCell: settings.keptPerCell,
      urgentPerCell: settings.urgentPerCell,
    },
  } satisfies Partial<BundleContent>;
}

const midnight = (on: string, zone: string): number => DateTime.fromISO(on, { zone }).startOf('day').toSeconds();

function midnightsOf(zone: string, firstCell: number, endCell: number): number[] {
  const midnights: number[] = [];
  let day = DateTime.fromSeconds(firstCell * 300, { zone }).startOf('day');
  for (; ; day = day.plus({ days: 1 })) {
    midnights.push(day.toSeconds());
    if (day.toSeconds() >= endCell * 300) return midnights;
  }
}

/** Evening hours of each day of a campaign inside the bundle. */
export function catchUpsOf(
  { startsOn, endsOn, catchUp }: BundleCampaign,
  zone: string,
  index: number,
  firstCell: number,
  endCell: number,
): { zone: number; startCell: number; endCell: number }[] {
  if (!catchUp) return [];
  const from = minuteOfClock(catchUp.from)!;
  const to = minuteOfClock(catchUp.to)!;
  return datesBetween(startsOn, endsOn)
    .map((on) => {
      const startCell = cellOfCivil(on, from, zone);
      return { zone: index, startCell, endCell: startCell + (to - from) / 5 };
    })
    .filter((hours) => hours.endCell > firstCell && hours.startCell < endCell);
}
