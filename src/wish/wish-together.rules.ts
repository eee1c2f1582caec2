import { clockOfMinute } from '../common/civil-time';
import type { ConcernedClass } from './wish-place.store';
import { daysOfAudience, daysOfClass, divisionsOf, type WishPlace } from './wish-place';
import type { StoredWish } from './wish.store';
import { WishRefused } from './wish.errors';
import { checkWishes, fixedInClosedTime, fixedWindowCount, type ClassDays, type Wish } from './wish.rules';

type OwnedWish = Wish & Pick<StoredWish, 'classId' | 'audience'>;

/** Refuses a class's list that cannot be kept, alone or beside its establishment's. @throws WishRefused */
export function checkClassWishes(
  wishes: readonly Wish[],
  { id, code }: ConcernedClass,
  days: ClassDays,
  stated: readonly OwnedWish[],
): void {
  checkWishes(wishes, days);
  const whole = stated.filter((wish) => wish.classId === null && wish.audience === 'pupils');
  const shut = fixedInClosedTime(wishes, whole.filter(isClosed), days);
  if (shut)
    throw collision('fixed_in_closed_time', shut, 'a closed time of the establishment', {
      index: wishes.indexOf(shut),
    });
  const held = fixedInClosedTime(whole, wishes.filter(isClosed), days, wishes);
  if (held) throw collision('closed_over_fixed', held, `a closed time that class ${code} states`, { classId: id });
}

/** Refuses a list for a whole establishment that cannot be kept, for one of its classes or beside what that asks. @throws WishRefused */
export function checkEstablishmentWishes(
  wishes: readonly OwnedWish[],
  place: WishPlace,
  stated: readonly OwnedWish[],
): void {
  for (const audience of ['relatives', 'staff'] as const) {
    const own = wishes.filter((wish) => wish.audience === audience);
    if (own.length === 0) continue;
    const days = daysOfAudience(place, audience);
    if (!days) throw new WishRefused('no_windows', `The campaign has no windows for ${audience}.`, { audience });
    checkWishes(own, days, wishes);
  }
  const whole = wishes.filter(({ audience }) => audience === 'pupils');
  const checkedRules = new Set<unknown>();
  for (const one of place.classes) {
    const days = daysOfClass(place, one);
    if (!days) continue;
    const own = stated.filter(({ classId }) => classId === one.id);
    if (one.kind === 'division' && !checkedRules.has(days.rule)) {
      checkForClass(whole, wishes, days, one.code);
      checkedRules.add(days.rule);
    }
    const held = fixedInClosedTime(own, whole.filter(isClosed), days);
    if (held)
      throw collision('closed_over_fixed', held, `the closed time; class ${one.code} fixed it`, { classId: one.id });
    if (one.kind === 'group') continue;
    const shut = fixedInClosedTime(whole, own.filter(isClosed), days, own);
    if (shut) throw collision('fixed_in_closed_time', shut, `a closed time of class ${one.code}`, { classId: one.id });
  }
}

/** Dated fixed windows that a wish stands for, over all classes that it holds for. */
export function fixedCountOf(wish: OwnedWish, place: WishPlace): number {
  const ofOne = fixedWindowCount(wish, place);
  return wish.classId === null && wish.audience === 'pupils' ? ofOne * divisionsOf(place).length : ofOne;
}

/** Every class must be able to keep what is asked for all: the first that cannot is named. */
function checkForClass(whole: readonly Wish[], given: readonly Wish[], days: ClassDays, classCode: string): void {
  try {
    checkWishes(whole, days, given);
  } catch (error) {
    if (!(error instanceof WishRefused)) throw error;
    throw new WishRefused(error.code.slice('wish.'.length), `${error.message} (for class ${classCode})`, {
      ...error.facts,
      classCode,
    });
  }
}

const isClosed = ({ kind }: Wish): boolean => kind === 'closed';

function collision(code: string, fixed: Wish, what: string, facts: Record<string, unknown>): WishRefused {
  const day = fixed.on ?? `weekday ${fixed.weekday}`;
  return new WishRefused(
    code,
    `The fixed window of ${day} at ${clockOfMinute(fixed.startMinute)} lies in ${what}.`,
    facts,
  );
}
