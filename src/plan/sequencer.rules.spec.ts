import { START, stateOf } from '../../test/booking-sequence';

describe('the state of a ledger', () => {
  it('takes no decision over that changes a window twice: its load would be given back twice', () => {
    const state = stateOf(START);
    const [before] = START;
    const changes = [
      { before: before!, after: null },
      { before: before!, after: { ...before!, startCell: before!.startCell + 6 } },
    ];
    const cells = (): unknown => [...state.deltasOf(changes).keys()].map((cell) => ({ ...state.cell(cell) }));
    const earlier = cells();
    expect(() => state.apply({ changes, holds: [] }, state.deltasOf(changes))).toThrow(/changes a window twice/);
    expect(state.window(before!.windowId)).toEqual(before);
    expect(cells()).toEqual(earlier);
  });
});
