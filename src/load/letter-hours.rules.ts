import { LEVELS, type Level } from '../directory/level';
import type { MinuteRange } from '../campaign/compiled-rule';

const hours = (from: number, to: number): MinuteRange => ({ fromMinute: from * 60, toMinute: to * 60 });
const SECONDE = hours(8, 11);
const PREMIERE = hours(11, 14);
const TERMINALE = hours(14, 17);

/**
 * The windows by level of the letter that Île-de-France sent in March 2020, in local time: CAP to seconde 8-11, première 11-14,
 * terminale and bac pro 14-17, post-bac 17-20; collège 6e 8:30-10:30, 5e 10:30-12:30, then 4e and 3e in the afternoon, two hours each
 * from 13:30. It says nothing about first-degree schools and ULIS.
 */
const LETTER: Partial<Record<Level, MinuteRange>> = {
  CAP1: SECONDE,
  CAP2: SECONDE,
  '2GT': SECONDE,
  '2PRO': SECONDE,
  '1GT': PREMIERE,
  TGT: TERMINALE,
  '1PRO': TERMINALE,
  TPRO: TERMINALE,
  PRO_OTHER: TERMINALE,
  POSTBAC: hours(17, 20),
  '6E': hours(8.5, 10.5),
  '5E': hours(10.5, 12.5),
  '4E': hours(13.5, 15.5),
  '3E': hours(15.5, 17.5),
};

/** The hours that the letter gives a class, by the oldest of its levels that it names; undefined where it says nothing. */
export function letterHours(levels: readonly Level[]): MinuteRange | undefined {
  const named = LEVELS.filter((level) => levels.includes(level) && LETTER[level]);
  return named.length === 0 ? undefined : LETTER[named.at(-1)!];
}
