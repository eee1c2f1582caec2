import type { Window } from './data';

type Words = (key: string, values?: Record<string, unknown>) => string;

/** Whose a window is, as it follows the word in a sentence: « le créneau de 6A », « le créneau des parents ». */
export function whoseWindow({ classCode, audience }: Pick<Window, 'classCode' | 'audience'>, t: Words): string {
  return classCode === null ? t(`whose.${audience}`) : t('whose.class', { class: classCode });
}
