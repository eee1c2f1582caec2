import { payloadSha256 } from './booking-request.rules';

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
