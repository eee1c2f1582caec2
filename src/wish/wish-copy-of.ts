import { matchClasses } from './wish-copy.rules';
import type { ClassThen } from './wish-copy.store';
import { daysOfClass, type WishPlace } from './wish-place';
import { checkClassWishes, checkEstablishmentWishes } from './wish-together.rules';
import { WishRefused } from './wish.errors';
import type { StoredWish, WishRow } from './wish.store';

/** What can be copied for an establishment, and what cannot. */
export interface EstablishmentCopy {
  place: WishPlace;
  rows: WishRow[];
  notCopied: { classCode: string | null; reason: string; wishCount: number }[];
}

/**
 * The wishes of then as wishes of now. Owners that have stated something now keep it. A teacher of another school year is left
 * out: who teaches a class changes with the year.
 */
export function copyOfEstablishment(
  place: WishPlace,
  classesThen: readonly ClassThen[],
  then: readonly StoredWish[],
  now: readonly StoredWish[],
): EstablishmentCopy {
  const copy: EstablishmentCopy = { place, rows: [], notCopied: [] };
  const refuse = (classCode: string | null, reason: string, wishCount: number): void => {
    if (wishCount > 0) copy.notCopied.push({ classCode, reason, wishCount });
  };
  const keep = (
    classCode: string | null,
    wishes: readonly StoredWish[],
    owner: (wish: StoredWish) => WishRow,
    check: (rows: readonly WishRow[]) => void,
  ): void => {
    const weekly = wishes.filter(({ on }) => on === null);
    refuse(classCode, 'single_date', wishes.length - weekly.length);
    const kept = keepable(weekly.map(owner), check, (reason) => refuse(classCode, reason, 1));
    copy.rows.push(...kept);
  };
  const row = (wish: StoredWish, owner: Partial<WishRow>): WishRow => ({
    kind: wish.kind,
    weekday: wish.weekday,
    on: null,
    startMinute: wish.startMinute,
    endMinute: wish.endMinute,
    teacherKeyId: wish.teacherKeyId,
    reason: wish.reason,
    classId: wish.classId,
    establishmentId: wish.establishmentId,
    audience: wish.audience,
    campaignId: place.campaign.id,
    origin: 'copy',
    approval: wish.kind === 'fixed' ? 'pending' : 'not_needed',
    ...owner,
  });

  const wholeThen = then.filter(({ classId }) => classId === null);
  if (place.classes.length === 0) refuse(null, 'establishment_not_concerned', wholeThen.length);
  else if (now.some(({ classId }) => classId === null)) refuse(null, 'has_wishes', wholeThen.length);
  else
    keep(
      null,
      wholeThen,
      (wish) => row(wish, {}),
      (rows) => checkEstablishmentWishes(rows as OwnedRow[], place, now),
    );

  const whole = [...now.filter(({ classId }) => classId === null), ...copy.rows] as OwnedRow[];
  const matched = matchClasses(classesThen, place.classes);
  for (const before of classesThen) {
    const wishes = then.filter(({ classId }) => classId === before.id);
    const after = matched.get(before.id);
    const days = after && daysOfClass(place, after);
    if (!after || !days) refuse(before.code, 'no_class', wishes.length);
    else if (now.some(({ classId }) => classId === after.id)) refuse(before.code, 'has_wishes', wishes.length);
    else {
      const isSameYear = before.schoolYear === place.campaign.schoolYear;
      const owner = (wish: StoredWish): WishRow =>
        row(wish, { classId: after.id, teacherKeyId: isSameYear ? wish.teacherKeyId : null });
      keep(before.code, wishes, owner, (rows) => checkClassWishes(rows, after, days, whole));
    }
  }
  return copy;
}

type OwnedRow = WishRow & Pick<StoredWish, 'classId' | 'audience'>;

/** All of the rows where they can be kept together, else one after the other as long as they can. */
function keepable(
  rows: readonly WishRow[],
  check: (rows: readonly WishRow[]) => void,
  refused: (reason: string) => void,
): WishRow[] {
  const reasonOf = (tried: readonly WishRow[]): string | undefined => {
    try {
      check(tried);
      return undefined;
    } catch (error) {
      if (!(error instanceof WishRefused)) throw error;
      return error.code.slice('wish.'.length);
    }
  };
  if (reasonOf(rows) === undefined) return [...rows];
  const kept: WishRow[] = [];
  for (const row of rows) {
    const reason = reasonOf([...kept, row]);
    if (reason === undefined) kept.push(row);
    else refused(reason);
  }
  return kept;
}
