const CHECK_LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ';

/** The check letter of seven digits: the number modulo 23 in the alphabet without I, O and Q. Source: BCN, format of the UAI. */
export function checkLetterOf(digits: string): string {
  return CHECK_LETTERS[Number(digits) % CHECK_LETTERS.length]!;
}

export type UaiReading =
  | { uai: string }
  | { uai?: undefined; problem: 'uai_missing' | 'uai_malformed' }
  | { uai?: undefined; problem: 'uai_check_letter'; given: string; expected: string };

/** A UAI in capitals with its check letter verified, or what is wrong with it (with the UAI that its digits would have). */
export function readUai(text: string): UaiReading {
  const given = text.trim().toUpperCase();
  if (given === '') return { problem: 'uai_missing' };
  if (!/^\d{7}[A-Z]$/.test(given)) return { problem: 'uai_malformed' };
  const expected = given.slice(0, 7) + checkLetterOf(given.slice(0, 7));
  return given === expected ? { uai: given } : { problem: 'uai_check_letter', given, expected };
}

/** What is wrong with a UAI, in a sentence that repeats nothing but a code of its shape. */
export function uaiProblemText(reading: Exclude<UaiReading, { uai: string }>): string {
  if (reading.problem === 'uai_check_letter')
    return `The check letter of ${reading.given} is wrong: its digits make ${reading.expected}.`;
  return reading.problem === 'uai_missing'
    ? 'The UAI is missing.'
    : 'A UAI has seven digits and a check letter, such as 0590001F.';
}
