import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import english from '../messages/en/common.json';
import englishProblems from '../messages/en/problems.json';
import french from '../messages/fr/common.json';
import frenchProblems from '../messages/fr/problems.json';

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
    resources: { fr: { common: french, problems: frenchProblems }, en: { common: english, problems: englishProblems } }, // prettier-ignore
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = i18next.language;
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
