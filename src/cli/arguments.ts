import { InvalidArgumentError } from 'commander';

const LARGEST_INTEGER = 2_147_483_647;

function wholeNumber(text: string, least: number, largest = LARGEST_INTEGER): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= largest))
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${largest}.`);
  return value;
}

export const id = (text: string): number => wholeNumber(text, 1);
export const seed = (text: string): number => wholeNumber(text, 0);
export const minutes = (text: string): number => wholeNumber(text, 0, 10_080);
export const positive = (text: string): number => wholeNumber(text, 1);
export const perMille = (text: string): number => wholeNumber(text, 0, 1000);
/** For options that may be given several times or with commas. */
export const list = (text: string, before: readonly string[] = []): string[] => [...before, ...text.split(',')];
export const idList = (text: string, before: readonly number[] = []): number[] => [
  ...before,
  ...text.split(',').map(id),
];
