/** A date as a format tells it; French counts the first of a month: mardi 1er décembre. */
export const dateWords = (format: Intl.DateTimeFormat, at: Date, language: string): string =>
  format
    .formatToParts(at)
    .map(({ type, value }) => (type === 'day' && value === '1' && language === 'fr' ? '1er' : value))
    .join('');
