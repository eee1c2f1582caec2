import { randomInt } from 'node:crypto';
import { ADMIT, PUPIL, REFUSE, UNKNOWN, type Decision } from '../kernel/decision/visitor';
import type { Claims } from './identity.rules';
import { MOST_CLASSES, TOLD, type Pass } from './pass.rules';

/** Of somebody who has shown nothing yet. */
export const newPass = (): Pass => ({
  profile: UNKNOWN,
  until: 0,
  admittedOn: 0,
  draw: randomInt(2 ** 32),
  toldOn: 0,
  told: 0,
  levels: 0,
  shown: [],
  chosen: [],
  establishments: [],
});

/** A minute more than is granted, because a pass is not written anew at each page. */
export const idleEnd = (idleMinutes: number, now: number): number => Math.ceil(now) + (idleMinutes + 1) * 60;

/** Whether the holder was away for longer than the step in force grants, since that step began: before it nobody was told. */
export const hasIdledOut = ({ idleUntil = 0 }: Pass, shortenedAt: number, idleMinutes: number, now: number): boolean =>
  shortenedAt > 0 && idleUntil <= now && idleUntil > shortenedAt + idleMinutes * 60;

/** The pass of somebody who is inside and was seen now, written anew at most once a minute. */
export function seen(pass: Pass, shortenedAt: number, idleMinutes: number, now: number): Pass {
  if (shortenedAt === 0) return pass;
  const idleUntil = idleEnd(idleMinutes, now);
  return Math.abs(idleUntil - (pass.idleUntil ?? 0)) < 60 ? pass : { ...pass, idleUntil };
}

/** What a pass says of the day after a decision; who is let in was told before what was told before. */
export function toldAfter({ toldOn, told }: Pass, { kind }: Decision, day: number): Pick<Pass, 'toldOn' | 'told'> {
  if (kind === ADMIT) return { toldOn, told };
  return { toldOn: day, told: (toldOn === day ? told : 0) | (kind === REFUSE ? TOLD.refused : TOLD.toWait) };
}

/** Whether a pass says already what it would after a decision. */
export const isTold = (pass: Pass, { toldOn, told }: Pick<Pass, 'toldOn' | 'told'>): boolean =>
  pass.toldOn === toldOn && pass.told === told;

const isAmong = (ids: readonly number[], all: readonly number[]): boolean => ids.every((id) => all.includes(id));

/**
 * A pass with what was shown now. A family's classes add up; a pupil is one person, so that whoever comes next on the same
 * device is not admitted by the window of the one before. What is new is decided anew: an admission never stretches.
 */
export function withClaims(pass: Pass, claims: Claims, isLink: boolean): Pass {
  const profile = isLink ? pass.profile : claims.profile;
  const isKnown =
    profile === pass.profile &&
    isAmong(claims.classes, pass.shown) &&
    (isLink || isAmong(claims.establishments, pass.establishments)) &&
    (isLink || claims.levels === pass.levels);
  const isOther = !isLink && (profile !== pass.profile || (profile === PUPIL && !isAmong(pass.shown, claims.classes)));
  if (isKnown && !isOther) return pass;
  const before = isOther ? { ...newPass(), draw: pass.draw } : pass;
  return {
    ...before,
    profile,
    until: 0,
    levels: isLink ? before.levels : claims.levels,
    shown: [...new Set([...before.shown, ...claims.classes])].slice(-MOST_CLASSES),
    establishments: isLink
      ? before.establishments
      : [...new Set([...before.establishments, ...claims.establishments])].slice(-MOST_CLASSES),
  };
}
