import { classKeyOf, CLASS_PAGES_PATH, type NamedClass } from '../common/class-page-address';
import { LANGUAGES, type Language } from '../common/language.rules';

/** As many children as stand side by side; further ones in an address are left out. */
export const MOST_CHILDREN = 8;
const LONGEST_QUESTION = 100;
const LONGEST_CODE = 40;
const CLASS = /^(\d{7}[A-Z])\.(.+)$/s;

/** All that the address of the page says; nothing else is known of who reads it. */
export interface FamilyChoice {
  /** Undefined: as the browser asks. */
  language: Language | undefined;
  classes: readonly NamedClass[];
  /** What a school is searched by. */
  question: string | undefined;
  /** The school of which a class is to be chosen. */
  uai: string | undefined;
  /** A further class is to be chosen. */
  isAdding: boolean;
}

/** Reads an address; what it cannot understand (a tracker's parameter, a broken link) is as if it were not there. */
export function familyChoiceOf(query: Readonly<Record<string, unknown>>): FamilyChoice {
  const lang = textsOf(query.lang)[0];
  const question = textsOf(query.q)[0]?.replaceAll('\0', '').trim().slice(0, LONGEST_QUESTION);
  const uai = textsOf(query.etablissement)[0]?.trim().toUpperCase();
  const seen = new Set<string>();
  const classes: NamedClass[] = [];
  for (const text of textsOf(query.classe)) {
    const match = CLASS.exec(text.trim());
    const code = match?.[2]!.replaceAll('\0', '').trim();
    if (!code || code.length > LONGEST_CODE || seen.has(text.trim())) continue;
    seen.add(text.trim());
    classes.push({ uai: match![1]!, code });
  }
  return {
    language: LANGUAGES.find((one) => one === lang),
    classes: classes.slice(0, MOST_CHILDREN),
    question: question ? question : undefined,
    uai: uai !== undefined && /^\d{7}[A-Z]$/.test(uai) ? uai : undefined,
    isAdding: query.ajouter !== undefined,
  };
}

/** The address of the page for a choice; the same choice has one address. */
export function familyPathOf(choice: Partial<FamilyChoice>): string {
  const query = new URLSearchParams();
  for (const chosen of choice.classes ?? []) query.append('classe', classKeyOf(chosen));
  if (choice.question !== undefined) query.append('q', choice.question);
  if (choice.uai !== undefined) query.append('etablissement', choice.uai);
  if (choice.isAdding && choice.question === undefined && choice.uai === undefined) query.append('ajouter', '1');
  if (choice.language !== undefined) query.append('lang', choice.language);
  const text = query.toString();
  return text === '' ? CLASS_PAGES_PATH : `${CLASS_PAGES_PATH}?${text}`;
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value]).filter((one) => typeof one === 'string');
}
