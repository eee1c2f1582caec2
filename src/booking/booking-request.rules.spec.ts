import type { BookingRequest } from './booking.dto';
import type { BookingRefused } from './booking.errors';
import { checkFields, payloadSha256 } from './booking-request.rules';

describe('the fields of an addition', () => {
  const startsAt = '2026-12-07T09:00:00+01:00';
  const refusalOf = (fields: Omit<BookingRequest, 'operation'>): unknown => {
    try {
      checkFields({ operation: 'add', ...fields });
      return undefined;
    } catch (error) {
      return (error as BookingRefused).facts;
    }
  };

  it.each<[string, Omit<BookingRequest, 'operation'>, object | undefined]>([
    ['a class', { classId: 1, startsAt }, undefined],
    ['an audience of an establishment', { uai: '5900001B', audience: 'staff', startsAt }, undefined],
    ['nobody', { startsAt }, { missing: ['classId'], strange: [] }],
    ['an establishment without its audience', { uai: '5900001B', startsAt }, { missing: ['audience'], strange: [] }],
    ['an audience of no establishment', { audience: 'staff', startsAt }, { missing: ['uai'], strange: [] }],
    ['both', { classId: 1, uai: '5900001B', audience: 'staff', startsAt }, { missing: [], strange: ['classId'] }],
  ])('name %s', (_whom, fields, refusal) => expect(refusalOf(fields)).toEqual(refusal));

  it('are no fields of another operation', () => {
    const request: BookingRequest = { operation: 'release', windowId: 1, uai: '5900001B', audience: 'staff' };
    expect(() => checkFields(request)).toThrow('uai has no place; audience has no place');
  });
});

describe('the hash of a request', () => {
  it('is the same whatever the order of its fields, also of those within', () => {
    const asked = { hold: { operation: 'move', windowId: 1, exceptDates: ['2026-12-08', '2026-12-09'] }, revision: 1 };
    const other = { revision: 1, hold: { exceptDates: ['2026-12-08', '2026-12-09'], windowId: 1, operation: 'move' } };
    expect(payloadSha256(other)).toEqual(payloadSha256(asked));
  });

  it('is another one for another value at any depth, and for another order of a list', () => {
    const of = (windowId: number, exceptDates: string[]): string =>
      payloadSha256({ hold: { windowId, exceptDates } }).toString('hex');
    const hashes = [of(1, ['a', 'b']), of(2, ['a', 'b']), of(1, ['b', 'a']), of(1, ['a'])];
    expect(new Set(hashes).size).toBe(4);
  });
});
