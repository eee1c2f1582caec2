import i18next from 'i18next';
import { formatCivil, formatDate, formatDay, formatInstant, formatShortDay } from '../../web/src/shared/format';

describe('the first of a month', () => {
  beforeAll(() => i18next.init({ lng: 'fr', resources: {} }));

  const texts = (): string[] => [
    formatDay('2026-12-01'),
    formatShortDay('2026-12-01'),
    formatInstant('2026-12-01T09:05:00Z', 'Europe/Paris'),
    formatCivil('2027-01-01'),
    formatDate('2027-11-30T23:30:00Z', 'Europe/Paris'),
  ];

  it('is a first one in French', async () => {
    await i18next.changeLanguage('fr');
    expect(texts().map((text) => text.replaceAll('\u00a0', ' '))).toEqual([
      'mardi 1er décembre',
      'mar. 1er déc.',
      'mardi 1er décembre à 10 h 05',
      'vendredi 1er janvier 2027',
      '1er décembre 2027',
    ]);
    expect(formatDay('2026-12-11')).toBe('vendredi 11 décembre');
  });

  it('is a number in English', async () => {
    await i18next.changeLanguage('en');
    expect(formatDay('2026-12-01')).toMatch(/\b1 December$/);
    expect(formatDate('2027-01-01T12:00:00Z', 'UTC')).toBe('1 January 2027');
  });
});
