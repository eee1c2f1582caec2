import { dateWords } from '../../web/src/shared/date-words';

describe('a date in words', () => {
  const told = (language: string, date: string, options: Intl.DateTimeFormatOptions): string =>
    dateWords(new Intl.DateTimeFormat(language, { timeZone: 'UTC', ...options }), new Date(date), language);

  it('has a first of the month in French', () => {
    expect(told('fr', '2026-12-01', { weekday: 'long', day: 'numeric', month: 'long' })).toBe('mardi 1er décembre');
    expect(told('fr', '2026-12-01', { weekday: 'short', day: 'numeric', month: 'short' })).toBe('mar. 1er déc.');
    expect(told('fr', '2027-01-01', { dateStyle: 'full' })).toBe('vendredi 1er janvier 2027');
    expect(told('fr', '2026-12-11', { dateStyle: 'long' })).toBe('11 décembre 2026');
  });

  it('has a number in English', () => {
    expect(told('en-GB', '2027-01-01', { dateStyle: 'long' })).toBe('1 January 2027');
  });
});
