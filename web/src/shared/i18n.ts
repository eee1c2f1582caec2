import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import english from '../messages/en/common.json';
import french from '../messages/fr/common.json';

export type Language = 'fr' | 'en';

const KEPT_AS = 'etale-language';

/** The reader's language: chosen before, else of the browser, else French. */
function firstLanguage(): Language {
  const kept = readKept();
  if (kept === 'fr' || kept === 'en') return kept;
  return navigator.languages.some((tag) => tag.startsWith('fr')) || !navigator.language.startsWith('en') ? 'fr' : 'en';
}

function readKept(): string | null {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}

export function startMessages(): void {
  void i18next.use(initReactI18next).init({
    lng: firstLanguage(),
    fallbackLng: 'fr',
    ns: ['common', 'problems'],
    defaultNS: 'common',
    resources: { fr: { common: french }, en: { common: english } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = i18next.language;
  // where they cannot be had a refusal is told by its status, or as the API words it
  void addProblems().catch(() => undefined);
}

/** What refusals mean: nobody is refused before the first act, and a first visit does not wait for it. */
async function addProblems(): Promise<void> {
  const [fr, en] = await Promise.all([import('../messages/fr/problems.json'), import('../messages/en/problems.json')]);
  addMessages('problems', { fr: fr.default, en: en.default });
}

/** Messages of a feature, known as soon as its code is. */
export function addMessages(namespace: string, messages: Record<Language, object>): void {
  for (const [language, texts] of Object.entries(messages)) i18next.addResourceBundle(language, namespace, texts);
}

export function changeLanguage(language: Language): void {
  try {
    localStorage.setItem(KEPT_AS, language);
  } catch {
    // a browser that keeps nothing forgets the choice
  }
  void i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export const currentLanguage = (): Language => (i18next.language === 'en' ? 'en' : 'fr');
