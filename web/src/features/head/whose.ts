type Words = (key: string, values?: Record<string, unknown>) => string;

interface Whose {
  /** Of a window that stands; null for one of the whole establishment. */
  classId?: number | null;
  /** Null for a window of the whole establishment, and of a class that is no more. */
  classCode: string | null;
  audience: string;
}

/** What French elides before: a word that begins with a vowel, such as ULIS, and not a letter that is read as one, such as A1. */
const VOWEL_FIRST = /^[aeiouyàâéèêëîïôû]\p{L}/iu;

/** Whose a window is, as it follows the word in a sentence: « le créneau de 6A », « le créneau des parents ». */
export function whoseWindow(window: Whose, t: Words): string {
  if (isOfGoneClass(window)) return t('whose.goneClass');
  const { classCode, audience } = window;
  if (classCode === null) return t(`whose.${audience}`);
  return t(VOWEL_FIRST.test(classCode) ? 'whose.vowelClass' : 'whose.class', { class: classCode });
}

/** Whose a window is, as it stands alone: the code of the class, or the audience. */
export function nameOfWindow(window: Whose, t: Words): string {
  if (isOfGoneClass(window)) return t('view.goneClass');
  return window.classCode ?? t(`audience.${window.audience}`);
}

/** Whether a roster has taken the class of a published window away. */
export const isOfGoneClass = ({ classId = null, classCode }: Whose): boolean => classId !== null && classCode === null;
