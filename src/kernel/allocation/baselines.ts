import { type Random, randomInteger, seededRandom, shuffle } from '../random';
import { buildModel } from './model';
import type { AllocationProblem, Starts } from './problem';
import { cheapestStart, emptySearch, place, reachUnderCap } from './search';

/**
 * Who a demand is for, as far as a letter by level tells apart: the Île-de-France letter of March 2020 gave
 * CAP to seconde 8-11 h, première 11-14, terminale and bac pro 14-17, post-bac 17-20; in collège 6e 8:30-10:30, 5e
 * 10:30-12:30, then 4e and 3e in the afternoon.
 */
export interface LetterHours {
  /** First and last cell (not included) of the hours that the letter gives demand i, from the origin; null where it says nothing. */
  hoursOf: (i: number) => { from: number; to: number } | null;
}

/** Everybody at the wished hour, whoever wishes nothing anywhere; capacity and conflicts do not count. */
export function everybodyAtWish(problem: AllocationProblem, seed = 0): Starts {
  const anywhere = randomStarts(problem, seed);
  return anywhere.map((start, i) =>
    problem.demandWish[i]! < 0 ? start : nearestStart(problem, i, problem.demandWish[i]!),
  );
}

/**
 * The letter by level: everybody comes at the hour wished where that is inside the hours of its level, else at any moment of these,
 * each as likely as the other, and at the hour wished on days that have no such hours. That is kind to the letter: in March 2020 most
 * came when their hours began.
 */
export function letterByLevel(problem: AllocationProblem, { hoursOf }: LetterHours, seed = 0): Starts {
  const random = seededRandom(seed ^ 0x51ab7e33);
  return everybodyAtWish(problem, seed).map((start, i) => {
    const hours = hoursOf(i);
    const wish = problem.demandWish[i]!;
    if (!hours || (wish >= hours.from && wish < hours.to)) return start;
    const inside = candidatesBetween(problem, i, hours.from, hours.to);
    return inside.length === 0 ? start : inside[randomInteger(random, inside.length)]!;
  });
}

/** Any allowed start, each as likely as the other. */
export function randomStarts(problem: AllocationProblem, seed: number): Starts {
  const random: Random = seededRandom(seed ^ 0x2c1b3c6d);
  return Int32Array.from(problem.demandCandidates, (set) => {
    const from = problem.candidateOffset[set]!;
    const count = problem.candidateOffset[set + 1]! - from;
    return count === 0 ? -1 : problem.candidateCell[from + randomInteger(random, count)]!;
  });
}

/** First fit: in a random order everybody takes the allowed start nearest to the wish that still has room; who finds none has none. */
export function firstFit(problem: AllocationProblem, seed: number): Starts {
  const model = buildModel(problem);
  const search = emptySearch(model, reachUnderCap(model, problem.cellCount));
  const order = Int32Array.from({ length: problem.demandCount }, (_, i) => i);
  shuffle(order, seededRandom(seed ^ 0x2c1b3c6d));
  for (const i of order) {
    const start = cheapestStart(search, i, true);
    if (start >= 0) place(search, i, start, 1);
  }
  return search.starts;
}

function candidatesBetween(problem: AllocationProblem, i: number, from: number, to: number): Int32Array {
  const set = problem.demandCandidates[i]!;
  return problem.candidateCell
    .subarray(problem.candidateOffset[set], problem.candidateOffset[set + 1])
    .filter((start) => start >= from && start < to);
}

function nearestStart(problem: AllocationProblem, i: number, wish: number): number {
  const set = problem.demandCandidates[i]!;
  let nearest = -1;
  for (let k = problem.candidateOffset[set]!; k < problem.candidateOffset[set + 1]!; k++) {
    const start = problem.candidateCell[k]!;
    if (nearest < 0 || Math.abs(start - wish) < Math.abs(nearest - wish)) nearest = start;
  }
  return nearest;
}
