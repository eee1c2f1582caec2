import { csvText } from './csv.rules';

describe('a table for spreadsheets', () => {
  it('keeps figures figures, below zero too, and disarms texts that would be formulas', () => {
    expect(csvText([[-0.5, 12, null, '=1+1', '-5', 'a;b']])).toBe('-0.5;12;;\'=1+1;\'-5;"a;b"\r\n');
  });

  it('writes decimals with a comma where French spreadsheets are to read them', () => {
    expect(csvText([[-0.5, 13.0927, 3]], { hasDecimalComma: true })).toBe('-0,5;13,0927;3\r\n');
  });
});
