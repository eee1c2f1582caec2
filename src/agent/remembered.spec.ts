import { Remembered } from './remembered';

describe('what the agent remembers of texts', () => {
  it('forgets what nobody has asked for, never what is asked for again and again, and stays bounded', () => {
    const remembered = new Remembered<number>(100);
    remembered.set('asked for', 1);
    remembered.set('once', 2);
    for (let k = 0; k < 1000; k++) {
      remembered.set(`another ${k}`, k);
      expect(remembered.get('asked for')).toBe(1);
    }
    expect(remembered.get('once')).toBeUndefined();
    expect(remembered.get('another 999')).toBe(999);
    const held = Array.from({ length: 1000 }, (_, k) => remembered.get(`another ${k}`)).filter(
      (its) => its !== undefined,
    );
    expect(held.length).toBeGreaterThanOrEqual(98);
    expect(held.length).toBeLessThanOrEqual(200);
    remembered.clear();
    expect(remembered.get('asked for')).toBeUndefined();
  });

  it('keeps the text, not the header that it was cut out of', () => {
    const remembered = new Remembered<number>(10_000);
    const before = process.memoryUsage().heapUsed;
    for (let k = 0; k < 5000; k++) {
      const header = `etale_pass=${String(k).padStart(40, '0')}; ${'x'.repeat(8000)}${k}`;
      remembered.set(header.slice(11, 51), k);
    }
    expect(remembered.get('4999'.padStart(40, '0'))).toBe(4999);
    // 5,000 headers would be 40 MB
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
  });
});
