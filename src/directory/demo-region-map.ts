import { randomInteger, seededRandom, shuffle, type Random } from '../kernel/random';
import type { EstablishmentKind } from './directory-rows';
import { inventedCommunes } from './demo-region-names';
import { COMMUNES_PER_MILLE, DEMO_DEPARTMENTS, DEMO_KINDS } from './demo-region-parameters';

const KILOMETRES_PER_DEGREE = 111.2;
/** Share of villages that lie around a town, and how far from it. */
const NEAR_TOWN_SHARE = 0.6;
const NEAR_TOWN_KILOMETRES = 11;
const TOWN_SHARE = 0.06;
/** How the establishments that communes have beyond their first one fall off with the rank of the commune. */
const RANK_OFFSET = 3;
const RANK_EXPONENT = 1.08;

export interface DemoCommune {
  name: string;
  code: string;
  departmentIndex: number;
  latitude: number;
  longitude: number;
  establishmentCount: number;
}

/** One place of the map, with the kind that stands there. */
export interface DemoSite {
  commune: DemoCommune;
  kind: EstablishmentKind;
}

export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Splits a whole count by shares so that the parts add up to it (largest remainder). */
export function apportion(count: number, shares: readonly number[]): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const exact = shares.map((share) => (count * share) / total);
  const parts = exact.map(Math.floor);
  const order = exact
    .map((value, i) => ({ i, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i);
  let left = count - parts.reduce((sum, part) => sum + part, 0);
  for (const { i } of order) if (left-- > 0) parts[i]!++;
  return parts;
}

/** Every place of the region with its kind, grouped by department: a few towns with many establishments, many villages with one. */
export function demoSites(establishmentCount: number, seed: number): DemoSite[] {
  const random = seededRandom(seed);
  const perDepartment = apportion(
    establishmentCount,
    DEMO_DEPARTMENTS.map((department) => department.sharePerMille),
  ).map(
    // even the smallest region has its schools overseas
    (count) => Math.max(1, count),
  );
  perDepartment[0]! -= perDepartment.reduce((sum, count) => sum + count, 0) - establishmentCount;
  const communeCounts = perDepartment.map((count) => Math.max(1, Math.round((count * COMMUNES_PER_MILLE) / 1000)));
  const names = inventedCommunes(
    communeCounts.reduce((sum, count) => sum + count, 0),
    random,
  );
  let named = 0;
  const communes = DEMO_DEPARTMENTS.flatMap((_, departmentIndex) => {
    const own = names.slice(named, (named += communeCounts[departmentIndex]!));
    return communesOf(departmentIndex, perDepartment[departmentIndex]!, own, random);
  });
  return assignKinds(communes, establishmentCount, random);
}

function communesOf(
  departmentIndex: number,
  establishmentCount: number,
  names: string[],
  random: Random,
): DemoCommune[] {
  const department = DEMO_DEPARTMENTS[departmentIndex]!;
  const extra = apportion(
    establishmentCount - names.length,
    names.map((_, rank) => (rank + RANK_OFFSET) ** -RANK_EXPONENT),
  );
  const townCount = Math.max(1, Math.round(names.length * TOWN_SHARE));
  const narrowing = Math.cos((department.latitude * Math.PI) / 180);
  const communes: DemoCommune[] = [];
  names.forEach((name, rank) => {
    const town =
      rank >= townCount && random() < NEAR_TOWN_SHARE ? communes[randomInteger(random, townCount)] : undefined;
    const angle = 2 * Math.PI * random();
    const distance = town
      ? Math.abs(gaussian(random)) * NEAR_TOWN_KILOMETRES + 2
      : Math.sqrt(random()) * department.radiusKilometres;
    const centre = town ?? department;
    communes.push({
      name,
      code: `${String(990 + departmentIndex)}${String(rank + 1).padStart(5, '0')}`,
      departmentIndex,
      latitude: centre.latitude + (distance * Math.sin(angle)) / KILOMETRES_PER_DEGREE,
      longitude: centre.longitude + (distance * Math.cos(angle)) / (KILOMETRES_PER_DEGREE * narrowing),
      establishmentCount: 1 + extra[rank]!,
    });
  });
  return communes;
}

const KINDS = Object.keys(DEMO_KINDS) as EstablishmentKind[];
/** How gladly a kind stands in a village (one establishment), a small town (to five) and a town. */
const AFFINITY: Record<EstablishmentKind, readonly [number, number, number]> = {
  primaire: [1, 0.8, 0.5],
  elementaire: [0.55, 0.8, 0.8],
  maternelle: [0.15, 0.8, 0.9],
  college: [0.01, 1, 1.3],
  lycee_gt: [0, 0.3, 1.5],
  lycee_pro: [0, 0.3, 1.5],
  lycee_polyvalent: [0, 0.3, 1.5],
  erea: [0, 0.2, 1.5],
};

/** Deals the kinds in their exact numbers over the places, largest communes first. */
function assignKinds(communes: DemoCommune[], establishmentCount: number, random: Random): DemoSite[] {
  const left = apportion(
    establishmentCount,
    KINDS.map((kind) => DEMO_KINDS[kind].sharePerMille),
  );
  const order = Int32Array.from(communes.keys());
  shuffle(order, random);
  order.sort((a, b) => communes[b]!.establishmentCount - communes[a]!.establishmentCount);
  const sites: DemoSite[][] = communes.map(() => []);
  for (const index of order) {
    const commune = communes[index]!;
    const size = commune.establishmentCount === 1 ? 0 : commune.establishmentCount <= 5 ? 1 : 2;
    for (let k = 0; k < commune.establishmentCount; k++) {
      const weights = KINDS.map((kind, i) => left[i]! * (AFFINITY[kind][size] + 1e-6));
      let drawn = random() * weights.reduce((sum, weight) => sum + weight, 0);
      let chosen = weights.findIndex((weight) => (drawn -= weight) < 0);
      if (chosen < 0) chosen = left.findIndex((count) => count > 0);
      left[chosen]!--;
      sites[index]!.push({ commune, kind: KINDS[chosen]! });
    }
  }
  return sites.flat();
}
