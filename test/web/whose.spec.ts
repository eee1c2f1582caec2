import { nameOfWindow, whoseWindow } from '../../web/src/features/head/whose';

describe('whose a window is', () => {
  const words = (key: string, values: Record<string, unknown> = {}): string =>
    [key, ...Object.values(values)].join(' ');

  it.each([
    ['ULIS', 'whose.vowelClass ULIS'],
    ['élémentaire', 'whose.vowelClass élémentaire'],
    ['6A', 'whose.class 6A'],
    ['A1', 'whose.class A1'],
    ['E', 'whose.class E'],
    ['TG3', 'whose.class TG3'],
  ])('%s is elided before where it is a word that begins with a vowel', (classCode, expected) => {
    expect(whoseWindow({ classCode, audience: 'pupils' }, words)).toBe(expected);
  });

  it('names the audience of a window of the whole establishment', () => {
    expect(whoseWindow({ classCode: null, audience: 'relatives' }, words)).toBe('whose.relatives');
  });

  it('says that a class is no more whose window still stands', () => {
    expect(whoseWindow({ classId: 7, classCode: null, audience: 'pupils' }, words)).toBe('whose.goneClass');
    expect(nameOfWindow({ classId: 7, classCode: null, audience: 'pupils' }, words)).toBe('view.goneClass');
  });
});
