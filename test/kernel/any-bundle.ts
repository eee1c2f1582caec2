import type {
  BundleChange,
  BundleContent,
  BundleExemption,
  BundleRule,
} from '../../src/kernel/decision/bundle-content';
import { randomInteger, type Random } from '../../src/kernel/random';
import type { QuotaLeft, Visitor } from '../../src/kernel/decision/visitor';

const DAY_CELLS = 288;

/** A bundle of some schools and days, with everything that a bundle may hold. */
export function anyBundle(random: Random, establishmentCount = 1 + randomInteger(random, 4)): BundleContent {
  const upTo = (bound: number) => randomInteger(random, bound);
  const chance = (probability: number) => random() < probability;
  const dayCount = 3;
  const firstCell = 5_900_000 + upTo(DAY_CELLS);
  const zoneShifts = [0, 132];
  const zones = zoneShifts.map((shift, k) => ({
    name: k === 0 ? 'Europe/Paris' : 'Pacific/Noumea',
    midnights: Array.from({ length: dayCount + 2 }, (_, d) => (firstCell - shift + d * DAY_CELLS) * 300),
  }));
  const endCell = firstCell + dayCount * DAY_CELLS;
  const campaigns = Array.from({ length: 1 + upTo(2) }, () => ({
    days: zones.map(({ midnights }): [number, number] => [midnights[0]!, midnights[1 + upTo(dayCount)]!]),
  }));
  const campaignBits = () => upTo(1 << campaigns.length);
  const establishments = Array.from({ length: establishmentCount }, (_, e) => e);
  const classEstablishment = establishments.flatMap((e) => Array<number>(upTo(4)).fill(e));
  const owners = classEstablishment.length + 2 * establishmentCount;
  const windows = { count: [] as number[], gap: [] as number[], cellCount: [] as number[], activity: [] as number[] };
  for (let owner = 0; owner < owners; owner++) {
    const starts = [...new Set(Array.from({ length: upTo(5) }, () => firstCell + upTo(endCell - firstCell)))].sort(
      (a, b) => a - b,
    );
    windows.count.push(starts.length);
    starts.forEach((start, k) => {
      windows.gap.push(start - (k === 0 ? firstCell : starts[k - 1]!));
      windows.cellCount.push(1 + upTo(18));
      windows.activity.push(upTo(2));
    });
  }
  const range = () => {
    const from = (firstCell + upTo(endCell - firstCell)) * 300;
    return { startsAt: from, endsAt: from + 300 * upTo(400) };
  };
  const issuedAt = firstCell * 300;
  return {
    format: 'etale-bundle/1',
    platformId: 1,
    epoch: 1,
    revision: upTo(1000),
    issuedAt,
    staleAfter: issuedAt + upTo(5) * 40_000,
    expiresAt: issuedAt + 200_000 + upTo(100_000),
    whenStale: (['reuse', 'advise', 'open_to_pupils_and_staff'] as const)[upTo(3)]!,
    whenExpired: (['reuse', 'advise', 'open_to_pupils_and_staff'] as const)[upTo(3)]!,
    posture: (['shadow', 'advised', 'enforced'] as const)[upTo(3)]!,
    firstCell,
    endCell,
    entrySpreadSeconds: upTo(600),
    openPassSeconds: 3600,
    idleMinutes: 20,
    quotas: { walkInPerCell: 10, keptPerCell: 5, urgentPerCell: 2 },
    features: ['news', 'video'],
    departments: ['59', '62'],
    kinds: ['college', 'lycee_gt'],
    zones,
    campaigns,
    catchUps: zones.flatMap((_, zone) =>
      chance(0.5)
        ? [0, 1].map((day) => ({ zone, startCell: firstCell + day * 288 + 200, endCell: firstCell + day * 288 + 224 }))
        : [],
    ),
    establishments: {
      id: establishments.map((e) => 100 + e),
      uai: establishments.map((e) => `990000${e}X`),
      structure: establishments.map((e) => (e % 2 ? '' : `S${e}`)),
      name: establishments.map((e) => `École ${e}`),
      telephone: establishments.map(() => ''),
      department: establishments.map(() => upTo(2)),
      kind: establishments.map(() => upTo(2)),
      zone: establishments.map(() => upTo(2)),
      relativesCampaigns: establishments.map(campaignBits),
    },
    classes: {
      id: classEstablishment.map((_, c) => 1000 + c),
      establishment: classEstablishment,
      name: classEstablishment.map((_, c) => `C${c}`),
      levels: classEstablishment.map(() => 1 + upTo(7)),
      hasParentAccounts: classEstablishment.map(() => upTo(2)),
      campaigns: classEstablishment.map(campaignBits),
    },
    windows,
    exemptions: Array.from({ length: upTo(3) }, (): BundleExemption => {
      const ofClass = classEstablishment.length > 0 && chance(0.5);
      return {
        classIndex: ofClass ? upTo(classEstablishment.length) : -1,
        establishmentIndex: upTo(establishmentCount),
        ...range(),
      };
    }),
    rules: Array.from({ length: upTo(3) }, (_, id): BundleRule => {
      const relativesOf = (end: number): Pick<BundleRule, 'relativesWaitUntil' | 'relativesHours'> => {
        if (chance(0.5)) return { relativesWaitUntil: null };
        const hours = () => {
          const { startsAt: from, endsAt: to } = range();
          return { zone: upTo(3) - 1, from, to };
        };
        return {
          relativesWaitUntil: end,
          ...(chance(0.5) && { relativesHours: Array.from({ length: upTo(4) }, hours) }),
        };
      };
      const { startsAt, endsAt } = range();
      return {
        id,
        startsAt,
        endsAt,
        scope: {
          departments: chance(0.5) ? [upTo(2)] : [],
          profiles: chance(0.5) ? [upTo(4)] : [],
          kinds: chance(0.3) ? [upTo(2)] : [],
          levels: chance(0.3) ? 1 + upTo(7) : 0,
        },
        ...relativesOf(endsAt),
        isLiveOnly: chance(0.3),
        walkInPerMille: upTo(1001),
        idleMinutes: chance(0.5) ? 5 : null,
        featuresOff: upTo(4),
      };
    }),
  };
}

/** Anybody: known or not, with one child or several. */
export function anyVisitor(random: Random, content: BundleContent): Visitor {
  const upTo = (bound: number) => randomInteger(random, bound);
  const some = (count: number) => (count === 0 ? [] : [...new Set(Array.from({ length: upTo(3) }, () => upTo(count)))]);
  return {
    profile: upTo(4),
    classes: some(content.classes.id.length),
    establishments: some(content.establishments.id.length),
    levels: upTo(3) === 0 ? upTo(8) : 0,
    knownBy: upTo(6),
    isAdmittedToday: upTo(2) === 0,
    hasSession: upTo(12) === 0,
    wantsUrgentPass: upTo(4) === 0,
    feature: upTo(3) - 1,
    draw: Math.floor(random() * 2 ** 32),
  };
}

/** What is left of a cell, of which somebody has spent up to nine. */
export function anyQuota(random: Random): QuotaLeft {
  const walkInCount = randomInteger(random, 3);
  const walkInWholeCount = walkInCount + randomInteger(random, 10);
  return { walkInCount, walkInWholeCount, keptCount: randomInteger(random, 2), urgentCount: randomInteger(random, 2) };
}

/** A change that the content allows: one window goes, comes or moves. */
export function anyChange(
  random: Random,
  content: BundleContent,
  starts: (audience: BundleChange['audience'], owner: number) => readonly number[],
): BundleChange {
  const upTo = (bound: number) => randomInteger(random, bound);
  const audience = (['pupils', 'relatives', 'staff'] as const)[
    content.classes.id.length === 0 ? 1 + upTo(2) : upTo(3)
  ]!;
  const ids = audience === 'pupils' ? content.classes.id : content.establishments.id;
  const owner = upTo(ids.length);
  const known = starts(audience, owner);
  const removes = known.length > 0 && upTo(3) > 0 ? known[upTo(known.length)]! : null;
  const free = content.firstCell + upTo(content.endCell - content.firstCell);
  const adds =
    (removes === null || upTo(2) === 0) && !known.includes(free) ? ([free, 1 + upTo(12), upTo(2)] as const) : null;
  return { audience, ownerId: ids[owner]!, removes, adds };
}
