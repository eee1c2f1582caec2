import { instantOf, isCivilDate } from './wire-time';

describe('instants and dates on the wire', () => {
  it.each(['2026-11-23T08:00:00Z', '2026-11-23T09:00:00+01:00', '2026-11-23T09:00+01:00', '2026-11-23T08:00:00.000Z'])(
    'reads %s as an instant',
    (text) => {
      expect(instantOf(text)?.toISOString()).toBe('2026-11-23T08:00:00.000Z');
    },
  );

  it.each([
    '2026-11-23T08:00:00',
    '2026-11-23',
    '2026-02-30T08:00:00Z',
    '2026-11-23 08:00:00Z',
    '0000-01-01T00:00:00Z',
    '',
  ])('refuses %j, which names no instant', (text) => {
    expect(instantOf(text)).toBeUndefined();
  });

  it('knows the dates of the calendar', () => {
    expect(['2026-11-23', '2028-02-29'].every(isCivilDate)).toBe(true);
    expect(['2026-02-29', '2026-13-01', '26-11-23', '2026-11-23T00:00:00Z'].some(isCivilDate)).toBe(false);
  });
});
