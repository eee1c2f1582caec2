import type { WishKind } from './wish.rules';

/** What decides whose wish holds: of a weekday, or (with none) of one date. */
interface Ranked {
  kind: WishKind;
  weekday: number | null;
}

/**
 * What holds for a class on one day, of what it and its whole establishment ask. Closed times add up. A class's own fixed windows
 * take the place of the establishment's; so do its own wished starts, and in either list those of the date take the place of
 * those of its weekday.
 *
 * @param own the class's wishes, of any day
 * @param whole the establishment's wishes for all of its classes, of any day
 * @param isOn whether a wish is about the day
 */
export function wishesOfDay<T extends Ranked>(own: readonly T[], whole: readonly T[], isOn: (wish: T) => boolean): T[] {
  const ofOwn = own.filter(isOn);
  const ofWhole = whole.filter(isOn);
  return [
    ...ofOwn.filter(isClosed),
    ...ofWhole.filter(isClosed),
    ...firstOf(ofOwn.filter(isFixed), ofWhole.filter(isFixed)),
    ...firstOf(
      ofOwn.filter((wish) => isWished(wish) && wish.weekday === null),
      ofOwn.filter(isWished),
      ofWhole.filter((wish) => isWished(wish) && wish.weekday === null),
      ofWhole.filter(isWished),
    ),
  ];
}

const isClosed = ({ kind }: Ranked): boolean => kind === 'closed';
const isFixed = ({ kind }: Ranked): boolean => kind === 'fixed';
const isWished = ({ kind }: Ranked): boolean => kind === 'wished';

const firstOf = <T>(...lists: T[][]): T[] => lists.find(({ length }) => length > 0) ?? [];
