import type { BundleContent, BundleRule, NamedRule } from './bundle-content';
import { BundleInvalid } from './gate-plan';
import { VISITOR_PROFILES } from './visitor';

/** An index that nothing has: a name that the bundle does not know concerns nobody. */
const NOWHERE = -1;

/** Rules by the indices of a bundle; those of a delta take the place of the bundle's, all of them. @throws BundleInvalid where a rule is none */
export function rulesOf(
  { departments, kinds = [], features, zones }: Pick<BundleContent, 'departments' | 'kinds' | 'features' | 'zones'>,
  named: readonly NamedRule[],
): BundleRule[] {
  const indices = (names: readonly string[], known: readonly string[]): number[] =>
    names.length === 0 ? [] : [NOWHERE, ...names.map((name) => known.indexOf(name)).filter((index) => index >= 0)];
  return named.map(({ scope, featuresOff, relativesHours, ...rule }) => {
    const isWhole = Number.isFinite(rule.startsAt) && rule.startsAt < rule.endsAt && rule.walkInPerMille >= 0;
    if (!isWhole || !scope || !featuresOff) throw new BundleInvalid(`rule ${rule.id} is none`);
    return {
      ...rule,
      scope: {
        departments: indices(scope.departments, departments),
        profiles: indices(scope.profiles, VISITOR_PROFILES),
        kinds: indices(scope.kinds, kinds),
        levels: scope.levels,
      },
      ...(relativesHours && {
        relativesHours: relativesHours.map((hours) => ({
          ...hours,
          zone: zones.findIndex(({ name }) => name === hours.zone),
        })),
      }),
      featuresOff: featuresOff.reduce((bits, name) => bits | bitOf(features.indexOf(name)), 0),
    };
  });
}

const bitOf = (index: number): number => (index < 0 ? 0 : 1 << index);
