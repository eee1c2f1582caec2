import type { EstablishmentKind } from '../directory/directory-rows';
import { LEAST_ESTABLISHMENTS, LEAST_VISITORS } from '../simulation/calibration';
import type { SimulatedAdherence } from '../simulation/simulation-request';

/** Who was let in on a day, of those who had a window on it. */
export interface CountedAdherence {
  profile: SimulatedAdherence['profile'];
  kind: EstablishmentKind;
  /** Of which anybody was let in. */
  establishmentCount: number;
  admitted: number;
  admittedInWindow: number;
  /** Whom the load models expect, and of them in their window. */
  expected: number;
  expectedInWindow: number;
}

/** From what the share that keeps to its window is known: counts of the kind, of all of the profile, or nothing. */
export const ADHERENCE_BASES = ['kind', 'profile', 'assumed'] as const;
export type AdherenceBasis = (typeof ADHERENCE_BASES)[number];

/** Which share of some visitors a replay lets keep to their window, and why. */
export interface ReplayAdherence {
  profile: SimulatedAdherence['profile'];
  kind: EstablishmentKind;
  /** Let in and counted behind the share; 0 where it is assumed. */
  countedVisitorCount: number;
  adherencePerMille: number;
  basis: AdherenceBasis;
}

/**
 * What was counted of each kind where enough people stand behind it, else of all of the profile, else what the load models believe;
 * enough is what a calibration takes as enough.
 */
export function replayAdherencesOf(counted: readonly CountedAdherence[]): ReplayAdherence[] {
  const isEnough = ({ admitted, establishmentCount }: CountedAdherence): boolean =>
    admitted >= LEAST_VISITORS && establishmentCount >= LEAST_ESTABLISHMENTS;
  return counted.map((row): ReplayAdherence => {
    const { profile, kind } = row;
    const all = counted
      .filter((other) => other.profile === profile)
      .reduce((sum, other) => ({
        ...sum,
        establishmentCount: sum.establishmentCount + other.establishmentCount,
        admitted: sum.admitted + other.admitted,
        admittedInWindow: sum.admittedInWindow + other.admittedInWindow,
      }));
    const its = isEnough(row) ? row : isEnough(all) ? all : undefined;
    if (!its)
      return {
        profile,
        kind,
        countedVisitorCount: 0,
        adherencePerMille: believedPerMille([row]) ?? 1000,
        basis: 'assumed',
      };
    return {
      profile,
      kind,
      countedVisitorCount: its.admitted,
      adherencePerMille: Math.round((its.admittedInWindow / its.admitted) * 1000),
      basis: its === row ? 'kind' : 'profile',
    };
  });
}

/** What the load models believe of some visitors; null where nobody has a window. */
export function believedPerMille(rows: readonly CountedAdherence[]): number | null {
  const [expected, inWindow] = [
    rows.reduce((sum, row) => sum + row.expected, 0),
    rows.reduce((sum, row) => sum + row.expectedInWindow, 0),
  ];
  return expected === 0 ? null : Math.round((inWindow / expected) * 1000);
}

/** As a simulation takes them: what is assumed is left to it, kinds that another plan may have are told by their profile. */
export function simulatedAdherencesOf(replayed: readonly ReplayAdherence[]): SimulatedAdherence[] {
  const counted = replayed.filter(({ basis }) => basis !== 'assumed');
  const ofKind = counted.filter(({ basis }) => basis === 'kind');
  const ofProfile = counted.filter(
    ({ basis }, k) =>
      basis === 'profile' &&
      counted.findIndex((other) => other.basis === basis && other.profile === counted[k]!.profile) === k,
  );
  return [
    ...ofKind.map(({ profile, kind, adherencePerMille }) => ({ profile, establishmentKind: kind, adherencePerMille })),
    ...ofProfile.map(({ profile, adherencePerMille }) => ({ profile, establishmentKind: null, adherencePerMille })),
  ];
}
