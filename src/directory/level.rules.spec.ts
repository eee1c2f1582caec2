import * as fc from 'fast-check';
import { LEVELS, type Level } from './level';
import { levelsLabel, parseLevel, parseLevels } from './level.rules';

describe('levels', () => {
  const spellings: [Level, string[]][] = [
    ['PS', ['PS', 'Petite section', 'TPS']],
    ['GS', ['GS', 'grande Section', 'G.S.']],
    ['MAT', ['Maternelle', 'pré-élémentaire']],
    ['CP', ['CP', 'cours préparatoire', 'C.P.']],
    ['CE1', ['CE1', 'ce 1', 'Cours élémentaire 1']],
    ['CM2', ['CM2', 'cours moyen 2ème année']],
    ['6E', ['6EME', '6e', '6ème', 'sixième', 'Sixieme', '6']],
    ['3E', ['3e', 'TROISIEME', '3ème prépa-métiers']],
    ['2GT', ['2nde', '2de', 'Seconde', '2nde GT', 'seconde générale et technologique']],
    ['1GT', ['1ère', '1re', 'Première', '1STMG', 'première ST2S']],
    ['TGT', ['Tle', 'Terminale', 'terminale générale', 'TSTI2D', 'Term']],
    ['2PRO', ['2nde pro', '2ndPro', 'Seconde professionnelle']],
    ['TPRO', ['Tle pro', 'Terminale professionnelle']],
    ['CAP1', ['CAP1', '1CAP', 'CAP 1ère année']],
    ['CAP2', ['CAP2', '2CAP']],
    ['POSTBAC', ['BTS', 'BTS1', 'CPGE', 'post-bac']],
    ['ULIS_COLLEGE', ['ULIS collège']],
  ];

  it.each(spellings)('%s is known in its usual spellings', (level, texts) => {
    for (const text of texts) expect({ text, level: parseLevel(text) }).toEqual({ text, level });
  });

  it('are known by their own codes, and no spelling means two of them', () => {
    for (const level of LEVELS) expect(parseLevel(level)).toBe(level);
  });

  it('are unknown when they are anything else', () => {
    for (const text of ['', '7e', 'CM3', 'Durand', 'classe', '2024', 'constructor', '__proto__'])
      expect(parseLevel(text)).toBeUndefined();
  });

  it('come out of a list each once and in the order of age, or not at all', () => {
    expect(parseLevels('CM2| CE1 |cm2')).toEqual(['CE1', 'CM2']);
    expect(parseLevels('CM2|Durand')).toBeUndefined();
    expect(parseLevels(' | ')).toBeUndefined();
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...LEVELS), { minLength: 1 }), (levels) => {
        const parsed = parseLevels(levels.join('|'))!;
        expect(new Set(parsed)).toEqual(new Set(levels));
        expect(parsed).toEqual(LEVELS.filter((level) => parsed.includes(level)));
      }),
    );
  });

  it('label a class in a few signs', () => {
    expect(levelsLabel(['CM1'])).toBe('CM1');
    expect(levelsLabel(['CE1', 'CE2'])).toBe('CE1-CE2');
    expect(levelsLabel(['MAT', 'CP', 'CE1', 'CE2', 'CM1', 'CM2'])).toBe('MAT-CM2');
  });
});
