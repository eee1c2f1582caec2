type Words = (key: string, values?: Record<string, unknown>) => string;

interface Whose {
  /** Null for a window of the whole establishment. */
  classCode: string | null;
  audience: string;
}

/** What French elides before: a word that begins with a vowel, such as ULIS, and not a letter that is read as one, such as A1. */
const VOWEL_FIRST = /^[aeiouyàâéèêëîïôû]\p{L}/iu;

/** Whose a window is, as it follows the word in a sentence: « le créneau de 6A », « le créneau des parents ». */
export function whoseWindow({ classCode, audience }: Whose, t: Words): string {
  if (classCode === null) return t(`whose.${audience}`);
  return t(VOWEL_FIRST.test(classCode) ? 'whose.vowelClass' : 'whose.class', { class: classCode });
}
