import { instantOfCell } from '../common/civil-time';
import type { ExtraCapacity } from '../kernel/allocation/extra-capacity';
import { LOAD_SCALE } from '../kernel/cell-grid';
import type { ExtraStretch, MissingCapacity } from '../plan/missing-capacity';
import type { AssembledProblem } from './assembled-problem';

/** The kernel's columns as stretches in which nothing changes, in order of time. */
export function missingCapacityOf({ problem, identity }: AssembledProblem, extra: ExtraCapacity): MissingCapacity {
  const stretches: ExtraStretch[] = [];
  let open: ExtraStretch | undefined;
  for (let cell = 0; cell < problem.cellCount; cell++) {
    const extraSessions = extra.sessions[cell]! / LOAD_SCALE;
    const extraLogins = extra.logins[cell]! / LOAD_SCALE;
    const startCell = problem.originCell + cell;
    if (open && (open.extraSessions !== extraSessions || open.extraLogins !== extraLogins)) open = undefined;
    if (extraSessions === 0 && extraLogins === 0) continue;
    if (!open) {
      open = { startCell, cellCount: 0, startsAt: instantOfCell(startCell), endsAt: '', extraSessions, extraLogins };
      stretches.push(open);
    }
    open.cellCount++;
    open.endsAt = instantOfCell(startCell + 1);
  }
  return {
    stretches,
    parts: extra.parts.map(({ firstCell, endCell, ...ratios }) => ({
      startsAt: instantOfCell(problem.originCell + firstCell),
      endsAt: instantOfCell(problem.originCell + endCell),
      ...ratios,
    })),
    beyondCapacityCount: extra.beyondCapacity.reduce(
      (count, demand) => count + identity.dayOffset[demand + 1]! - identity.dayOffset[demand]!,
      0,
    ),
  };
}
