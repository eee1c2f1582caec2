import { establishmentName, kindOfDenomination } from './establishment-kind.rules';

describe('the kind of an establishment', () => {
  it.each([
    ['ECOLE MATERNELLE D APPLICATION', 'maternelle'],
    ['ECOLE  ELEMENTAIRE D APPLICATION', 'elementaire'],
    ['EC.REGIONALE DU PREMIER DEGRE', 'primaire'],
    ['ECOLE PRIMAIRE PUBLIQUE DU TILLEUL', 'primaire'],
    ['COLLEGE SPECIALISE', 'college'],
    ['LYCEE GEN.ET TECHNOL.PRIVE', 'lycee_gt'],
    ['LYC GEN TECH PRIVE DES METIERS', 'lycee_gt'],
    ['LYCEE EUROPEEN PRIVE', 'lycee_gt'],
    ['LPO LYCEE DES METIERS', 'lycee_polyvalent'],
    ['LYC POLYVAL PRIVE DES METIERS', 'lycee_polyvalent'],
    ['LP LYCEE DES METIERS', 'lycee_pro'],
    ['LYCEE PROF PRIVE DES METIERS', 'lycee_pro'],
    ['ETAB.REGIONAL ENSEIGNT ADAPTE', 'erea'],
  ])('is read in %s', (denomination, kind) => expect(kindOfDenomination(denomination)).toBe(kind));

  it('is not guessed', () => expect(kindOfDenomination('CENTRE D INFORMATION')).toBeUndefined());

  it('makes a name for screens', () => {
    expect(establishmentName('primaire', 'private', 'SACRE COEUR')).toBe('École primaire privée Sacre Coeur');
    expect(establishmentName('college', 'public', "DE L'ABBAYE SUR SOMME")).toBe("Collège De l'Abbaye sur Somme");
    expect(establishmentName('college', 'public', '')).toBe('Collège');
  });
});
