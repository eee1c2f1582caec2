import { CELL_PRICE_UNITS, LOCAL_PRICE_UNITS } from '../plan/plan-evidence';
import { bestAlternatives, type PricedChoice, startCost } from './start-cost.rules';

const choice = (fields: Partial<PricedChoice> = {}): PricedChoice => ({
  wishCell: 110,
  weight: 1,
  scale: 20_000,
  profile: { sessionsPerMille: [0, 1000, 500, 0], loginsPerMille: [0, 1000, 0, 0] },
  shifts: [0],
  windowCells: 2,
  gapCells: 1,
  siteUnits: 1,
  ...fields,
});
const column = (entries: Record<number, number>) => {
  const values = new Float64Array(100);
  for (const [index, price] of Object.entries(entries)) values[Number(index)] = price * CELL_PRICE_UNITS;
  return values;
};
const prices = { firstCell: 100, sessions: column({ 12: 0.001, 13: 0.002 }), logins: column({ 12: 0.01 }) };

describe('the cost of a start', () => {
  it('is the weighted square of displacement and the price of the cells that the window loads', () => {
    expect(startCost(choice({ weight: 3 }), 112, prices, [])).toEqual({
      startCell: 112,
      displacementCost: 12,
      sessionPrice: 20_000 * 0.001 + 10_000 * 0.002,
      loginPrice: 200,
      teacherPrice: 0,
      classPrice: 0,
      sitePrice: 0,
      cost: 12 + 40 + 200,
    });
  });

  it('has the prices of every date of a series, and is nothing beyond the priced cells', () => {
    expect(startCost(choice({ shifts: [0, 10] }), 102, prices, []).cost).toBe(64 + 240);
    expect(startCost(choice({ wishCell: null }), 500, prices, []).cost).toBe(0);
  });

  it('pays for a teacher and a site while the window lasts, for its class until the gap behind it has ended', () => {
    const local = [0, 1, 2].flatMap((law) =>
      [110, 111, 112, 113].map((cell) => ({ law, ownerId: 1, cell, price: LOCAL_PRICE_UNITS })),
    );
    expect(startCost(choice({ siteUnits: 4 }), 110, prices, local)).toMatchObject({
      teacherPrice: 2,
      classPrice: 3,
      sitePrice: 8,
    });
    expect(startCost(choice({ wishCell: null }), 110, prices, local)).toMatchObject({ teacherPrice: 0, sitePrice: 0 });
  });

  it('ranks the alternatives by cost, the earlier of two equal ones first, without the one that was given', () => {
    const starts = [108, 109, 110, 111, 112].map((cell) =>
      startCost(choice(), cell, { ...prices, sessions: column({}), logins: column({}) }, []),
    );
    expect(bestAlternatives(starts, 110, 3).map(({ startCell }) => startCell)).toEqual([109, 111, 108]);
  });
});
