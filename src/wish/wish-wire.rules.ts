import { createHash } from 'node:crypto';
import { clockOfMinute, minuteOfClock } from '../common/civil-time';
import type { Audience } from '../campaign/window-kind';
import type { WishPlace } from './wish-place';
import { fixedCapOf } from './wish-place';
import { wishPhase, type WishPeriod } from './wish-period.rules';
import { fixedCountOf } from './wish-together.rules';
import type { LateWishChange } from './wish-change.store';
import type {
  EstablishmentWishesDto,
  EstablishmentWishRequestDto,
  WishDto,
  WishListDto,
  WishPeriodDto,
  WishRequestDto,
} from './wish.dto';
import type { Wish } from './wish.rules';
import { WishesStale } from './wish.errors';
import type { StoredWish } from './wish.store';

/** A wish of the wire; times were checked to be clock texts. */
export function wishFrom(request: WishRequestDto | EstablishmentWishRequestDto): Wish {
  const { kind, weekday, on, start, end, reason } = request;
  return {
    kind,
    weekday: weekday ?? null,
    on: on ?? null,
    startMinute: minuteOfClock(start)!,
    endMinute: end === undefined || end === null ? null : minuteOfClock(end)!,
    teacherKeyId: ('teacherKeyId' in request ? request.teacherKeyId : null) ?? null,
    reason: reason ?? null,
  };
}

export function wishListOf(wishes: readonly StoredWish[]): WishListDto {
  return { items: wishes.map(wishDtoOf), pendingCount: wishes.filter(({ approval }) => approval === 'pending').length };
}

function wishDtoOf(wish: StoredWish): WishDto {
  const { id, kind, weekday, on, startMinute, endMinute, teacherKeyId, reason, origin, approval, approvalReason } =
    wish;
  return {
    id,
    kind,
    weekday,
    on,
    start: clockOfMinute(startMinute),
    end: endMinute === null ? null : clockOfMinute(endMinute),
    teacherKeyId,
    reason,
    origin,
    approval,
    approvalReason,
  };
}

export function wishPeriodOf(period: WishPeriod, now: Date): WishPeriodDto {
  return {
    phase: wishPhase(period, now),
    opensAt: period.wishesOpenAt?.toISOString() ?? null,
    closesAt: period.wishesCloseAt?.toISOString() ?? null,
  };
}

export function establishmentWishesOf(
  place: WishPlace,
  wishes: readonly StoredWish[],
  late: readonly LateWishChange[],
  now: Date,
): EstablishmentWishesDto {
  const sorted = [...wishes].sort(byDay);
  const dated = (isCounted: (wish: StoredWish) => boolean) =>
    wishes
      .filter((wish) => wish.kind === 'fixed' && isCounted(wish))
      .reduce((sum, wish) => sum + fixedCountOf(wish, place), 0);
  return {
    uai: place.uai,
    period: wishPeriodOf(place.campaign, now),
    fixedWindows: {
      boundCount: dated(({ approval }) => approval === 'not_needed' || approval === 'approved'),
      mostCount: fixedCapOf(place),
      pendingCount: dated(({ approval }) => approval === 'pending'),
    },
    items: sorted
      .filter(({ classId }) => classId === null)
      .map((wish) => ({ ...wishDtoOf(wish), audience: wish.audience as Audience })),
    classes: place.classes.flatMap(({ id, code }) => {
      const own = sorted.filter(({ classId }) => classId === id);
      return own.length === 0 ? [] : [{ classId: id, classCode: code, ...wishListOf(own) }];
    }),
    lateChanges: late.map((change) => ({ ...change, changedAt: change.changedAt.toISOString() })),
  };
}

const byDay = (a: StoredWish, b: StoredWish): number =>
  (a.weekday ?? 8) - (b.weekday ?? 8) ||
  (a.on ?? '').localeCompare(b.on ?? '') ||
  a.startMinute - b.startMinute ||
  a.id - b.id;

/** The ETag of wishes as they are told. */
export function wishesTag(told: WishListDto | EstablishmentWishesDto): string {
  return `"${createHash('sha256').update(JSON.stringify(told)).digest('base64url').slice(0, 22)}"`;
}

/** Whether wishes are as who writes over them has read them; proxies that compress mark a tag as weak. @throws WishesStale */
export function checkAsRead(ifMatch: string, told: WishListDto | EstablishmentWishesDto): void {
  const tag = wishesTag(told);
  const read = ifMatch.split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (!read.includes('*') && !read.includes(tag)) throw new WishesStale(tag);
}
