import { mayNamePerson } from './class-alias.rules';

describe("class names that may hold a person's name", () => {
  it.each([
    'CM1 Mme Durand',
    'Classe de M. Petit',
    'CP Durand',
    'CE1-CE2 M Martin',
    'mlle leroy',
    'CM2 DUBOIS',
    'Madame X',
    'Maîtresse Julie',
    'CP/CE1 Nguyen',
    'GS Mme L.',
    'CM1Durand',
    'CP Li',
    'classe de Sophie',
    'CE2 M.Henry',
    'PS-MS Bénédicte',
  ])('are found in a primary school: %s', (name) => expect(mayNamePerson(name, false)).toBe(true));

  it.each([
    'CP',
    'CP A',
    'CM1-CM2',
    'CM1/CM2 B',
    'CE1 bleu',
    'GS-CP 2',
    'ULIS',
    'Petite section',
    'PS MS',
    'Les papillons',
    'Classe 3',
    '6 M',
    'CP M',
    'Grande Section B',
    'CM2 bis',
    'Cycle 3',
    'TPS-PS',
    'UPE2A',
    'Classe de CP',
  ])('are not seen in an ordinary name of a primary school: %s', (name) =>
    expect(mayNamePerson(name, false)).toBe(false),
  );

  it.each(['6e Mme Durand', '6A Durand', '3E M. Petit', 'Sixième Lefebvre', '2nde DURAND'])(
    'are found in the second degree: %s',
    (name) => expect(mayNamePerson(name, true)).toBe(true),
  );

  it.each([
    '6A',
    '601',
    '6EME 3',
    'TMELEC',
    '2GATL',
    '1STMG2',
    'TSTI2D1',
    '1CAP EPC',
    '2NDE 10',
    'T ASSP',
    'MPSI',
    'BTS MCO 1',
    '6AB ALL1',
    'TG3',
  ])('are not seen in an ordinary code of the second degree: %s', (name) =>
    expect(mayNamePerson(name, true)).toBe(false),
  );
});
