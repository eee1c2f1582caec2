import { behaviourOf, parametersOf } from '../campaign/load-model.rules';
import type { LoadModel } from '../campaign/window-rule';
import { CELL_MINUTES } from '../kernel/cell-grid';
import { buildProfile } from '../kernel/load/profile';
import type { PlanProfile } from '../plan/plan-draft';
import { BookingRefused } from './booking.errors';
import type { BookingOwner } from './booking-owner';

/** An id that no profile of a plan has. */
const DERIVED_PROFILE_ID = -1;

const find = (owner: BookingOwner, profiles: readonly PlanProfile[], cellCount: number): PlanProfile | undefined =>
  profiles.find(
    ({ audience, activity, windowCells, levelGroup }) =>
      audience === owner.audience &&
      activity === owner.activity &&
      windowCells === cellCount &&
      (levelGroup === null || levelGroup === owner.levelGroup),
  );

/** How a window of an owner weighs in its plan. @throws BookingRefused where the plan has none like it */
export function profileOf(owner: BookingOwner, profiles: readonly PlanProfile[], cellCount: number): PlanProfile {
  const found = find(owner, profiles, cellCount);
  if (found) return found;
  const minutes = cellCount * CELL_MINUTES;
  throw new BookingRefused(
    'no_profile',
    'unprocessable',
    `The plan knows no load of such a window of ${minutes} minutes.`,
    { minutes },
  );
}

/** The same of another length than the rule's, made of the load model as the allocation makes those of its plans. @throws BookingRefused where the plan has no window of this kind at all */
export function profileOfLength(
  owner: BookingOwner,
  profiles: readonly PlanProfile[],
  cellCount: number,
  model: LoadModel,
): PlanProfile {
  const known = find(owner, profiles, cellCount);
  if (known) return known;
  const ofRule = profileOf(owner, profiles, owner.rule.windowCells);
  const { audience, levelGroup, activity } = owner;
  const parameters = parametersOf(behaviourOf(model, audience, levelGroup, activity));
  const { sessionsPerMille, loginsPerMille } = buildProfile(parameters, cellCount);
  return {
    ...ofRule,
    profileId: DERIVED_PROFILE_ID,
    windowCells: cellCount,
    sessionsPerMille: [...sessionsPerMille],
    loginsPerMille: [...loginsPerMille],
  };
}
