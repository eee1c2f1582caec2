import type { Schema } from '../../shared/api';
import { draftOf, EMPTY_STEP, type StepDraft, textsOf, trialOf } from './step-draft';

export type AgreedRung = Schema<'RungDto'>;

export const MOST_RUNGS = 12;
const MOST_CODE_CHARACTERS = 40;
const FIRST_CLIMB_PERCENT = 80;
/** Between where a rung is climbed and where it is left, as on the usual ladder. */
const APART_PERCENT = 15;

/** A rung as the form of the ladder holds it. */
export interface RungDraft extends StepDraft {
  /** Tells it from the others in the form, whatever its name and place. */
  key: string;
  /** Empty: made of its name when the ladder is saved. */
  code: string;
  /** Steps in force and logs name a rung by its code: one that was saved keeps it. */
  isSaved: boolean;
  climbPercent: number | string;
  leavePercent: number | string;
}

export const rungDraftOf = (rung: AgreedRung): RungDraft => ({
  ...draftOf(rung),
  key: rung.code,
  code: rung.code,
  isSaved: true,
  climbPercent: rung.thresholds.climbPerMille / 10,
  leavePercent: rung.thresholds.leavePerMille / 10,
});

/** A rung to be written, to stand after the others: proposed no sooner than the strictest of them. */
export function newRung(rungs: readonly RungDraft[], key: string): RungDraft {
  const last = rungs.at(-1);
  return {
    ...EMPTY_STEP,
    key,
    code: '',
    isSaved: false,
    climbPercent: last?.climbPercent ?? FIRST_CLIMB_PERCENT,
    leavePercent: last?.leavePercent ?? FIRST_CLIMB_PERCENT - APART_PERCENT,
  };
}

/** The rung in its place, or after the others where it is new. */
export const withRung = (rungs: readonly RungDraft[], rung: RungDraft): RungDraft[] =>
  rungs.some(({ key }) => key === rung.key)
    ? rungs.map((one) => (one.key === rung.key ? rung : one))
    : [...rungs, rung];

/** A rung at another place. Thresholds stay where they are: from the mildest place on they only rise, whoever stands there. */
export function moved(rungs: readonly RungDraft[], from: number, to: number): RungDraft[] {
  const order = [...rungs];
  order.splice(to, 0, ...order.splice(from, 1));
  return order.map((rung, k) => ({
    ...rung,
    climbPercent: rungs[k]!.climbPercent,
    leavePercent: rungs[k]!.leavePercent,
  }));
}

/** Which thresholds of a rung cannot be: it is left at a lower load than it is climbed at, and climbed at no lower one than the milder rung. */
export function wrongThresholds(rungs: readonly RungDraft[], at: number): { climb: boolean; leave: boolean } {
  const [{ climbPercent, leavePercent }, milder] = [rungs[at]!, rungs[at - 1]];
  return {
    climb: milder !== undefined && Number(climbPercent) < Number(milder.climbPercent),
    leave: Number(leavePercent) >= Number(climbPercent),
  };
}

/** A code made of a name: small letters, digits and hyphens; numbered where another rung has it. */
function codeOf(name: string, taken: ReadonlySet<string>): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/œ/g, 'oe').replace(/æ/g, 'ae');
  const code =
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, MOST_CODE_CHARACTERS - 3)
      .replace(/^-+|-+$/g, '') || 'echelon';
  let its = code;
  for (let k = 2; taken.has(its); k++) its = `${code}-${k}`;
  return its;
}

/** The ladder as it is saved; a rung without a code gets one. */
export function agreedRungs(rungs: readonly RungDraft[]): AgreedRung[] {
  const taken = new Set(rungs.map(({ code }) => code));
  return rungs.map((rung) => {
    const code = rung.code === '' ? codeOf(rung.name, taken) : rung.code;
    taken.add(code);
    const { climbPercent, leavePercent } = rung;
    const thresholds = {
      climbPerMille: Math.round(Number(climbPercent) * 10),
      leavePerMille: Math.round(Number(leavePercent) * 10),
    };
    return { code, ...textsOf(rung), ...trialOf(rung), thresholds };
  });
}

/** All that is agreed of a rung, as a text to compare: what is stored and what is made anew name their fields in other orders. */
const written = (rung: AgreedRung): string => JSON.stringify(rungDraftOf(rung));
export const isSameLadder = (one: readonly AgreedRung[], other: readonly AgreedRung[]): boolean =>
  JSON.stringify(one.map(written)) === JSON.stringify(other.map(written));

export interface LadderChanges {
  added: AgreedRung[];
  changed: AgreedRung[];
  removed: AgreedRung[];
  isReordered: boolean;
}

/** What somebody has changed from one ladder to the next, rung by rung. */
export function changesOf(before: readonly AgreedRung[], after: readonly AgreedRung[]): LadderChanges {
  const earlier = new Map(before.map((rung) => [rung.code, rung]));
  const later = new Set(after.map(({ code }) => code));
  const kept = before.filter(({ code }) => later.has(code));
  const keptAfter = after.filter(({ code }) => earlier.has(code));
  return {
    added: after.filter(({ code }) => !earlier.has(code)),
    changed: keptAfter.filter((rung) => written(rung) !== written(earlier.get(rung.code)!)),
    removed: before.filter(({ code }) => !later.has(code)),
    isReordered: keptAfter.some(({ code }, k) => code !== kept[k]!.code),
  };
}
