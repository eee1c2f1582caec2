import { float32Column, uint16Column } from './growing-column';

describe('a growing column', () => {
  it('keeps what was pushed, however much it is', () => {
    const column = uint16Column();
    for (let value = 0; value < 5000; value++) column.push(value);
    expect(Array.from(column.take())).toEqual(Array.from({ length: 5000 }, (_, value) => value));
    expect(column.length).toBe(0);
  });

  it('refuses a number that would become another one', () => {
    expect(() => uint16Column().push(65_536)).toThrow(RangeError);
    expect(() => uint16Column().push(-1)).toThrow(RangeError);
    expect(() => float32Column().push(0.1)).toThrow(RangeError);
  });
});
