import type { AssembledProblem } from './assembled-problem';

/**
 * The problem with the limits of memory lifted: those of all classes, or of the ones that have a demand which `lifts` names. Gives the same
 * object where there is none to lift.
 */
export function withoutLimits(assembled: AssembledProblem, lifts?: (demand: number) => boolean): AssembledProblem {
  const { problem, identity, limited, memory } = assembled;
  const lifted = new Set<number>();
  for (const demand of limited.demand) if (!lifts || lifts(demand)) lifted.add(identity.classId[demand]!);
  if (lifted.size === 0) return assembled;
  const demandCandidates = problem.demandCandidates.slice();
  const isLifted = (demand: number): boolean => lifted.has(identity.classId[demand]!);
  limited.demand.forEach((demand, k) => {
    if (isLifted(demand)) demandCandidates[demand] = limited.candidates[k]!;
  });
  return {
    ...assembled,
    problem: { ...problem, demandCandidates },
    limited: {
      demand: limited.demand.filter((demand) => !isLifted(demand)),
      candidates: limited.candidates.filter((_, k) => !isLifted(limited.demand[k]!)),
    },
    memory: {
      ...memory,
      limitMinutes: memory.limitMinutes.map((minutes, k) => (lifted.has(memory.classId[k]!) ? -1 : minutes)),
    },
  };
}
