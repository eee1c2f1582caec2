import { GatheredRead } from './gathered-read';

describe('a gathered read', () => {
  it('reads for all who ask at once, and gives everybody his own value', async () => {
    const reads: number[][] = [];
    const doubled = new GatheredRead<number, number>((keys) => {
      reads.push(keys);
      return Promise.resolve(keys.map((key) => key * 2));
    });
    expect(await Promise.all([1, 2, 3].map((key) => doubled.get(key)))).toEqual([2, 4, 6]);
    expect(reads).toEqual([[1, 2, 3]]);
  });

  it('answers those who come during a read with the next one, which begins after they asked', async () => {
    let finish: (() => void)[] = [];
    const reads: number[][] = [];
    const gathered = new GatheredRead<number, number>(async (keys) => {
      reads.push(keys);
      await new Promise<void>((resolve) => finish.push(resolve));
      return keys;
    });
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const first = gathered.get(1);
    await turn();
    const later = [gathered.get(2), gathered.get(3)];
    const [end] = finish;
    finish = [];
    end!();
    expect(await first).toBe(1);
    await turn();
    expect(reads).toEqual([[1], [2, 3]]);
    finish[0]!();
    expect(await Promise.all(later)).toEqual([2, 3]);
  });

  it('tells everybody of a failed read, and reads again for the next', async () => {
    let isBroken = true;
    const gathered = new GatheredRead<number, number>((keys) =>
      isBroken ? Promise.reject(new Error('lost')) : Promise.resolve(keys),
    );
    const outcomes = await Promise.allSettled([gathered.get(1), gathered.get(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isBroken = false;
    expect(await gathered.get(3)).toBe(3);
  });
});
