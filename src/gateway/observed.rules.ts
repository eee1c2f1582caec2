import type { ObservedRow, ProfileCount } from './count.store';
import { COUNTED_PROFILES } from '../kernel/decision/visitor';
import type { AgentCountsDto, AgentRoomDto } from './agent-status.dto';
import { LEAST_SHOWN } from './gateway-settings.rules';

/** A count that is shown: nothing below five people. */
export const shown = (count: number): number | null => (count > 0 && count < LEAST_SHOWN ? null : count);

/** What an agent counted, as it is shown: figures of people hidden below five, those of batches not. */
export function agentCountsShown(counts: AgentCountsDto) {
  const { since, waitingBatches, droppedAttempts } = counts;
  return {
    since,
    passes: shown(counts.passes),
    attempts: shown(counts.attempts),
    admitted: shown(counts.admitted),
    deferred: shown(counts.deferred),
    refused: shown(counts.refused),
    wouldRefuse: shown(counts.wouldRefuse),
    waitingBatches,
    droppedAttempts,
  };
}

const COUNTED = ['admitted', 'deferred', 'refused', 'attempts', 'wouldRefuse'] as const;

/**
 * Sums by a place (department or kind) and profile. Figures below five are hidden; where all that is hidden of a figure is below five,
 * the least one that is shown is hidden with it, or whoever knows the total could subtract the others.
 */
export function profilesBy(rows: readonly ProfileCount[], place: 'department' | 'kind') {
  const sums = new Map<string, Omit<ProfileCount, 'department' | 'kind'> & { place: string }>();
  for (const row of rows) {
    const key = `${row[place]} ${row.profile}`;
    const sum = sums.get(key) ?? {
      place: row[place],
      profile: row.profile,
      admitted: 0,
      deferred: 0,
      refused: 0,
      attempts: 0,
      wouldRefuse: 0,
    };
    for (const name of COUNTED) sum[name] += row[name];
    sums.set(key, sum);
  }
  const all = [...sums.values()].sort((a, b) =>
    a.place === b.place ? a.profile - b.profile : a.place < b.place ? -1 : 1,
  );
  const least = COUNTED.map((name) => {
    const hidden = all.reduce((sum, one) => sum + (shown(one[name]) === null ? one[name] : 0), 0);
    const isTold = hidden > 0 && hidden < LEAST_SHOWN;
    return isTold ? Math.min(...all.map((one) => one[name]).filter((count) => count >= LEAST_SHOWN)) : Infinity;
  });
  const figure = (count: number, of: (typeof COUNTED)[number]): number | null =>
    count === least[COUNTED.indexOf(of)] ? null : shown(count);
  return all.map(({ place: its, profile, ...count }) => ({
    place: its,
    profile: COUNTED_PROFILES[profile]!,
    admitted: figure(count.admitted, 'admitted'),
    deferred: figure(count.deferred, 'deferred'),
    refused: figure(count.refused, 'refused'),
    attempts: figure(count.attempts, 'attempts'),
    wouldRefuse: figure(count.wouldRefuse, 'wouldRefuse'),
  }));
}

/** Who waits, as it is shown: figures of people hidden below five. */
export const roomShown = ({ isOpen, isAway, ...counts }: AgentRoomDto) => ({
  isOpen,
  isAway,
  pupils: shown(counts.pupils),
  unknown: shown(counts.unknown),
  relatives: shown(counts.relatives),
  held: shown(counts.held),
  called: shown(counts.called),
});

/**
 * Expected less admitted. Where those admitted are fewer than five and hidden, it is told as if there were four: the least that it can
 * be, or a subtraction would tell how many they are.
 */
const gotNothingOf = ({ expected, admitted }: { expected: number; admitted: number }): number =>
  Math.max(0, expected - (shown(admitted) ?? LEAST_SHOWN - 1));

type Figures = Omit<ObservedRow, 'establishmentId' | 'uai' | 'name' | 'kind' | 'department' | 'territories'>;

/** Expected against counted of a place on a day; null where fewer than five people stand behind a figure. */
export function observedOf(row: Figures, gotNothing = gotNothingOf(row)) {
  const { expected, admitted, admittedInWindow, attempts } = row;
  const isShown = admitted >= LEAST_SHOWN;
  return {
    expected: shown(expected),
    admitted: shown(admitted),
    deferred: shown(row.deferred),
    refused: shown(row.refused),
    attempts: shown(attempts),
    wouldRefuse: shown(row.wouldRefuse),
    // each visitor is admitted once a day, so those admitted stand for the distinct ones; with a waiting room every question of a
    // waiting page is an attempt, so that it tells the load of the gate and not how often people came again
    expectedInsideRatio: isShown && expected >= LEAST_SHOWN ? admittedInWindow / expected : null,
    adherenceRatio: isShown ? admittedInWindow / admitted : null,
    amplificationRatio: isShown ? attempts / admitted : null,
    gotNothing: shown(gotNothing),
  };
}

const NAMES = ['expected', 'admitted', 'admittedInWindow', 'deferred', 'refused', 'attempts', 'wouldRefuse'] as const;

/**
 * Sums of the establishments of each group, by code; one may be in several. What is hidden of an establishment is left out of every sum,
 * or whoever knows the others could subtract them; who got nothing is summed school by school.
 */
export function observedBy(rows: readonly ObservedRow[], groupsOf: (row: ObservedRow) => readonly string[]) {
  const groups = new Map<string, { sum: Figures; gotNothing: number }>();
  for (const row of rows) {
    for (const code of groupsOf(row)) {
      const group = groups.get(code) ?? {
        sum: { expected: 0, admitted: 0, admittedInWindow: 0, deferred: 0, refused: 0, attempts: 0, wouldRefuse: 0 },
        gotNothing: 0,
      };
      for (const name of NAMES) {
        // those in their window are part of those let in, and hidden with them
        const isShown = shown(name === 'admittedInWindow' ? row.admitted : row[name]) !== null;
        if (isShown) group.sum[name] += row[name];
      }
      group.gotNothing += shown(gotNothingOf(row)) ?? 0;
      groups.set(code, group);
    }
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { sum, gotNothing }]) => ({ code, ...observedOf(sum, gotNothing) }));
}
