import { checkMayName, delegationTime } from './delegation.rules';

const NOW = new Date('2026-12-06T12:00:00Z');
const at = (text: string): Date => new Date(text);

describe('when a delegation runs', () => {
  it('begins now unless it says later; never in the past', () => {
    const endsAt = at('2026-12-20T00:00:00Z');
    expect(delegationTime({ endsAt }, NOW)).toEqual({ startsAt: undefined, endsAt });
    expect(delegationTime({ startsAt: at('2026-01-01T00:00:00Z'), endsAt }, NOW).startsAt).toBeUndefined();
    expect(delegationTime({ startsAt: at('2026-12-10T00:00:00Z'), endsAt }, NOW).startsAt).toEqual(
      at('2026-12-10T00:00:00Z'),
    );
  });

  it.each([
    ['over', undefined, '2026-12-06T12:00:00Z', 'delegation.time'],
    ['ends before it begins', '2026-12-20T00:00:00Z', '2026-12-19T00:00:00Z', 'delegation.time'],
    ['longer than a school year and its summer', undefined, '2027-12-08T12:00:00Z', 'delegation.too_long'],
  ])('is refused when it is %s', (_why, startsAt, endsAt, code) => {
    const ask = { startsAt: startsAt === undefined ? undefined : at(startsAt), endsAt: at(endsAt) };
    expect(() => delegationTime(ask, NOW)).toThrow(expect.objectContaining({ code, kind: 'unprocessable' }) as Error);
  });
});

it('is not handed on by who was handed it', () => {
  expect(() => checkMayName({ delegatedUais: ['0590001A'] }, '0590001A')).toThrow(
    expect.objectContaining({ code: 'delegation.deputy' }) as Error,
  );
  expect(() => checkMayName({ delegatedUais: ['0590001A'] }, '0590002B')).not.toThrow();
  expect(() => checkMayName({}, '0590002B')).not.toThrow();
});
