/**
 * Sessions that an unmodified ENT should allow now: what the plan expects in the cells that its next refresh covers, plus the
 * background and the headroom, so that a plan that is kept is never cut; where nothing is planned, the effective capacity.
 * Never above the capacity, never below 1: the ENT reads 0 as unlimited.
 */
export function sessionLimitOf(
  cells: readonly {
    plannedThousandths: number;
    backgroundThousandths: number;
    headroomThousandths: number;
    effectiveThousandths: number;
  }[],
): number {
  const limits = cells.map(({ plannedThousandths, backgroundThousandths, headroomThousandths, effectiveThousandths }) =>
    plannedThousandths === 0
      ? effectiveThousandths
      : Math.min(effectiveThousandths, plannedThousandths + backgroundThousandths + headroomThousandths),
  );
  return Math.max(1, Math.floor(Math.max(0, ...limits) / 1000));
}
