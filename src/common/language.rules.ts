export const LANGUAGES = ['fr', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** How a language writes numbers and dates here: European English. */
export const localeOf = (language: Language): string => (language === 'fr' ? 'fr-FR' : 'en-GB');

/** What a formatter tells of a date, as French writes the first of a month: `mardi 1er décembre`, `1er déc.`. */
export const withFirstOfMonth = (text: string, language: Language): string =>
  language === 'fr'
    ? text.replace(/(?<!\d)1 (?=(?:janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc))/g, '1er ')
    : text;

/** The language that is asked for: by parameter, else the first known one of Accept-Language, else French. */
export function languageOf(asked: Language | undefined, acceptLanguage: string | undefined): Language {
  if (asked) return asked;
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = parameters
        .find((parameter) => parameter.trim().startsWith('q='))
        ?.trim()
        .slice(2);
      return { tag: tag.slice(0, 2).toLowerCase(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return (
    LANGUAGES.find(
      (language) => wanted.find(({ tag }) => (LANGUAGES as readonly string[]).includes(tag))?.tag === language,
    ) ?? 'fr'
  );
}
