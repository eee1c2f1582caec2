import type { Schema } from '../../shared/api';
import type { Territory } from '../../shared/territories';

type Scope = Pick<Schema<'StepScopeDto'>, 'territories'>;
/** Whether the reader decides for whom a step concerns; without a scope, for the whole platform. */
export type Decides = (scope?: Scope) => boolean;

/** Codes of the departments inside territories. */
function departmentsInside(codes: readonly string[], places: readonly Territory[]): string[] {
  const inside = places.filter(({ code }) => codes.includes(code));
  const below = places.filter(({ parentId }) => inside.some(({ id }) => id === parentId));
  const own = inside.filter(({ kind }) => kind === 'department').map(({ code }) => code);
  return below.length === 0
    ? own
    : [
        ...own,
        ...departmentsInside(
          below.map(({ code }) => code),
          places,
        ),
      ];
}

/** An operator decides for all; an authority where it answers for every department of the platform that is concerned, as the service holds it. */
export function decidesOf(
  session: Pick<Schema<'SessionDto'>, 'role' | 'territories'>,
  platform: readonly string[],
  places: readonly Territory[],
): Decides {
  if (session.role === 'operator') return () => true;
  if (session.role !== 'authority') return () => false;
  const own = session.territories.filter(({ level }) => level === 'territory').map(({ code }) => code);
  const answered = new Set(departmentsInside(own, places));
  return ({ territories = [] } = {}) => {
    const concerned = territories.length === 0 ? platform : departmentsInside(territories, places);
    return concerned.every((code) => answered.has(code) || !platform.includes(code));
  };
}

/** The territories that a step may name: with schools of the platform, and the reader's to decide for. */
export const placesFor = (decides: Decides, platform: readonly string[], places: readonly Territory[]): Territory[] =>
  places.filter(
    ({ code }) =>
      decides({ territories: [code] }) && departmentsInside([code], places).some((one) => platform.includes(one)),
  );
