import { kindOf } from '../campaign/load-model.rules';
import type { Behaviour, LoadModel } from '../campaign/window-rule';
import { LEVELS, type Level } from '../directory/level';
import { type Cluster, type Estimate, ratioEstimate } from '../kernel/calibration/ratio';
import { meanActiveMinutes, stretchedStay } from '../kernel/calibration/stay';
import { LEAD_CELLS } from '../kernel/cell-grid';
import type { PlanProfile } from '../plan/plan-draft';
import { type ArrivalFacts, arrivalsOf, hourKey } from './calibrated-arrivals.rules';
import { stayOf, type StayFacts } from './calibrated-stay.rules';
import {
  CALIBRATED_BY,
  type CalibrationFindings,
  type FoundBehaviour,
  type FoundGroup,
  LEAST_ESTABLISHMENTS,
  LEAST_VISITORS,
} from './calibration';
import type { CalibratedPlan, ExpectedRow } from './calibration-facts.store';

/** Sessions that are explained worse than this say nothing about stays. */
const MOST_RESIDUAL_RATIO = 0.25;

export interface CalibrationFacts extends ArrivalFacts, StayFacts {
  plan: Pick<CalibratedPlan, 'loadModel' | 'profiles' | 'parentAccountLevels'>;
  expected: readonly ExpectedRow[];
  silentEstablishmentCount: number;
}

/** What the counts of some days say about how visitors behave, and the load model that follows from it. */
export function calibrate(facts: CalibrationFacts): { findings: CalibrationFindings; loadModel: LoadModel } {
  const { plan, expected } = facts;
  const profileOf = new Map(plan.profiles.map((profile) => [profile.profileId, profile]));
  const arrivals = arrivalsOf(facts);
  const rows = expected.map((row) => ({ ...row, profile: profileOf.get(row.profileId)! }));
  const behaviours = plan.loadModel.behaviours.flatMap((behaviour): FoundBehaviour[] => {
    const its = rows.filter(({ profile }) => kindOf(profile) === kindOf(behaviour));
    if (its.length === 0) return [];
    const { audience, levelGroup, activity } = behaviour;
    const law = arrivals.lawOf((profile) => kindOf(profile) === kindOf(behaviour));
    return [{ audience, levelGroup, activity, ...ratiosOf(its), arrivals: law }];
  });
  const stay = stayOf(facts, arrivals, watchedFactors(plan.loadModel, behaviours));
  const relatives = behaviours.find(({ audience }) => audience === 'relatives')?.participation ?? null;
  const perPupil = plan.loadModel.relativeAccountsPerThousandPupils / 1000;
  const findings: CalibrationFindings = {
    visitorCount: expected.reduce((sum, { came }) => sum + came, 0),
    establishmentCount: new Set(expected.map(({ establishmentId }) => establishmentId)).size,
    silentEstablishmentCount: facts.silentEstablishmentCount,
    behaviours,
    groups: groupsOf(facts, rows),
    stay,
    relativesPerPupil: relatives && scaled(relatives, perPupil),
  };
  return { findings, loadModel: proposedModel(plan.loadModel, findings) };
}

type Row = ExpectedRow & { profile: PlanProfile };

const scaled = ({ value, low, high }: Estimate, by: number): Estimate => ({
  value: value * by,
  low: low * by,
  high: high * by,
});

/** Participation, adherence and stay over establishments, hidden where too few stand behind them. */
function ratiosOf(rows: readonly ExpectedRow[]) {
  const came = new Map<number, Cluster>();
  const kept = new Map<number, Cluster>();
  const stayed = new Map<number, Cluster>();
  const add = (clusters: Map<number, Cluster>, id: number, part: number, whole: number) => {
    const cluster = clusters.get(id) ?? { part: 0, whole: 0 };
    clusters.set(id, { part: cluster.part + part, whole: cluster.whole + whole });
  };
  for (const row of rows) {
    add(came, row.establishmentId, row.came, row.headcount);
    add(kept, row.establishmentId, row.cameInWindow, row.came);
    add(stayed, row.establishmentId, row.staySeconds / 60, row.ended);
  }
  const visitorCount = rows.reduce((sum, row) => sum + row.came, 0);
  const endedCount = rows.reduce((sum, { ended }) => sum + ended, 0);
  const isEnough = visitorCount >= LEAST_VISITORS && came.size >= LEAST_ESTABLISHMENTS;
  return {
    visitorCount,
    establishmentCount: came.size,
    participation: (isEnough && ratioEstimate(came.values())) || null,
    adherence: (isEnough && ratioEstimate(kept.values())) || null,
    stayMinutes: (isEnough && endedCount >= LEAST_VISITORS && ratioEstimate(stayed.values())) || null,
  };
}

function groupsOf(facts: CalibrationFacts, rows: readonly Row[]): FoundGroup[] {
  const perPupil = facts.plan.loadModel.relativeAccountsPerThousandPupils / 1000;
  const keysOf: Record<FoundGroup['by'], (row: Row) => string[]> = {
    kind: ({ kind }) => [kind],
    level: ({ levels }) => (levels === '' ? [] : levels.split(',')),
    hour: ({ hour }) => [hourKey(hour)],
    activity: ({ profile }) => [profile.activity],
  };
  return CALIBRATED_BY.flatMap((by) => {
    const groups = new Map<string, Row[]>();
    const arrivals = arrivalsOf(facts, by);
    for (const row of rows) {
      for (const key of keysOf[by](row)) groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    const order = (key: string): number => (by === 'level' ? LEVELS.indexOf(key as Level) : 0);
    return [...groups]
      .sort(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1))
      .map(([key, its]) => {
        const relatives = ratiosOf(its.filter(({ profile }) => profile.audience === 'relatives')).participation;
        return {
          by,
          key,
          ...ratiosOf(its),
          arrivals: arrivals.lawOf((_, group) => group === key),
          relativesPerPupil: relatives && scaled(relatives, perPupil),
        };
      });
  });
}

/**
 * By what factor visits are longer that gateways watched than the load model has them. Those of which too few were watched (staff never
 * is) are as the others on average; 1 where none were.
 */
function watchedFactors(model: LoadModel, found: readonly FoundBehaviour[]): (behaviour: Behaviour) => number {
  const watched = model.behaviours.flatMap((behaviour) => {
    const its = found.find((one) => kindOf(one) === kindOf(behaviour));
    if (!its?.stayMinutes || behaviour.stay === 'toEnd') return [];
    const factor = its.stayMinutes.value / meanActiveMinutes(behaviour.stay);
    return [{ kind: kindOf(behaviour), factor, visitorCount: its.visitorCount }];
  });
  const visitorCount = watched.reduce((sum, its) => sum + its.visitorCount, 0);
  const mean = watched.reduce((sum, its) => sum + (its.factor * its.visitorCount) / visitorCount, 0);
  const factorOf = new Map(watched.map(({ kind, factor }) => [kind, factor]));
  return (behaviour) => factorOf.get(kindOf(behaviour)) ?? (watched.length === 0 ? 1 : mean);
}

/** The load model with what was found in it; what too few stand behind stays as it was. */
export function proposedModel(model: LoadModel, { behaviours, stay }: CalibrationFindings): LoadModel {
  const isExplained = stay !== null && stay.residualRatio <= MOST_RESIDUAL_RATIO;
  const longerOf = watchedFactors(model, behaviours);
  return {
    ...model,
    behaviours: model.behaviours.map((behaviour): Behaviour => {
      const found = behaviours.find((one) => kindOf(one) === kindOf(behaviour));
      return {
        ...behaviour,
        ...(found?.participation && { participationPerMille: Math.round(found.participation.value * 1000) }),
        ...(found?.adherence && { adherencePerMille: Math.round(found.adherence.value * 1000) }),
        ...(found?.arrivals && { arrival: arrivalFrom(behaviour.arrival, found.arrivals) }),
        // a last page is not yet a leave: what was watched alone would be too short
        ...(isExplained && {
          stay:
            behaviour.stay === 'toEnd'
              ? 'toEnd'
              : stretchedStay(behaviour.stay, longerOf(behaviour) * stay.stretch.value),
          logOutPerMille: Math.round(stay.logOut.value * 1000),
        }),
      };
    }),
  };
}

/** Arrivals in the shape that they had: shares of a burst are whole and sum to 1000. */
function arrivalFrom(present: Behaviour['arrival'], shares: readonly Estimate[]): Behaviour['arrival'] {
  const perMille = shares.map(({ value }) => value * 1000);
  if (present.shape === 'spread') {
    const [early, first] = [Math.round(perMille[0]!), Math.round(perMille[LEAD_CELLS] ?? 0)];
    return { shape: 'spread', earlyPerMille: early, firstPerMille: Math.min(first, 1000 - early) };
  }
  const whole = perMille.map(Math.floor);
  const missing = 1000 - whole.reduce((sum, share) => sum + share, 0);
  // those with the largest remainders take what is left
  [...perMille.keys()]
    .sort((a, b) => perMille[b]! - whole[b]! - (perMille[a]! - whole[a]!) || a - b)
    .slice(0, missing)
    .forEach((k) => whole[k]!++);
  while (whole.at(-1) === 0) whole.pop();
  return { shape: 'burst', perMille: whole };
}
