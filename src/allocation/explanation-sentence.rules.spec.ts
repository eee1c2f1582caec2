import { type ExplanationFacts, explanationSentences, frenchTime } from './explanation-sentence.rules';

const facts = (fields: Partial<ExplanationFacts>): ExplanationFacts => ({
  origin: 'allocated',
  wishedMinute: 600,
  givenMinute: 635,
  displacementDays: 0,
  displacementMinutes: 35,
  obstacle: 'logins',
  isWishFree: false,
  rivalCount: 1243,
  freeMinutes: [],
  ...fields,
});
/** Spaces of any kind as plain ones. */
const plain = (text: string) => text.replace(/[\u00A0\u202F]/g, ' ');
const told = (fields: Partial<ExplanationFacts>) => {
  const { fr, en } = explanationSentences(facts(fields));
  return [plain(fr), plain(en)];
};

describe('the sentence about a window', () => {
  it('writes hours as people do', () => {
    expect([605, 600, 545, 0].map(frenchTime).map(plain)).toEqual(['10 h 05', '10 h', '9 h 05', '0 h']);
  });

  it('says what was wished, what was in the way, what was given and where there is room', () => {
    expect(told({ freeMinutes: [645, 660, 490] })).toEqual([
      'L’heure souhaitée était 10 h, mais trop de connexions arriveraient alors ensemble (1 243 autres créneaux la souhaitaient) : ' +
        'le créneau commence à 10 h 35, 35 minutes plus tard ; il reste de la place à 10 h 45, 11 h ou 8 h 10.',
      'The wished hour was 10:00, but too many would log in together then (1,243 other windows wished it): ' +
        'the window starts at 10:35, 35 minutes later; there is room left at 10:45, 11:00 or 8:10.',
    ]);
  });

  it('says that the wish has room now, and no more that it has none', () => {
    expect(told({ isWishFree: true, freeMinutes: [605, 595] })).toEqual([
      'L’heure souhaitée, 10 h, n’a pas pu être accordée à la répartition : le créneau commence à 10 h 35, 35 minutes plus tard ; ' +
        'il y a de la place à 10 h à présent, comme à 10 h 05 ou 9 h 55.',
      'The wished hour, 10:00, could not be given when the plan was made: the window starts at 10:35, 35 minutes later; ' +
        'there is room at 10:00 now, as at 10:05 or 9:55.',
    ]);
  });

  it('says hours where the distance is long, and that a window came earlier', () => {
    const [fr, en] = told({ givenMinute: 475, displacementMinutes: -125, obstacle: 'teacher' });
    expect(fr).toContain(
      'l’enseignant a alors une autre classe en direct : le créneau commence à 7 h 55, 2 h 05 plus tôt.',
    );
    expect(en).toContain('starts at 7:55, 2 hours 5 minutes earlier.');
  });

  it('says days as days, and the hour by the clock', () => {
    const [fr, en] = told({ displacementDays: 1, displacementMinutes: -35, givenMinute: 565 });
    expect(fr).toContain('commence à 9 h 25, 1 jour plus tard, 35 minutes plus tôt.');
    expect(en).toContain('starts at 9:25, 1 day later, 35 minutes earlier.');
    expect(told({ displacementDays: -2, displacementMinutes: 0 })[1]).toContain('starts at 10:35, 2 days earlier.');
  });

  it.each([
    ['hours', 'un créneau ne peut pas commencer à cette heure-là (heures permises ou temps fermé)'],
    ['group', 'une partie de ses élèves a alors un créneau avec une autre classe ou un groupe'],
    ['neighbour', 'un établissement voisin reçoit à moins d’un quart d’heure de là'],
    ['room', 'la place manquait alors pour une classe de cette taille'],
    ['unknown', 'elle n’a pas pu être tenue'],
  ] as const)('says of the obstacle %s what is known of it', (obstacle, words) => {
    expect(told({ obstacle })[0]).toBe(
      `L’heure souhaitée était 10 h, mais ${words} : le créneau commence à 10 h 35, 35 minutes plus tard.`,
    );
  });

  it('counts one other window as one', () => {
    expect(told({ rivalCount: 1, obstacle: 'sessions' })[0]).toContain('(1 autre créneau la souhaitait)');
  });

  it.each([
    [
      'a wish that was granted',
      { displacementMinutes: 0, givenMinute: 600 },
      'L’heure souhaitée, 10 h, a été accordée.',
    ],
    [
      'no wish',
      { wishedMinute: null },
      'Aucune heure n’était souhaitée : 10 h 35 est une heure où la plateforme est peu chargée.',
    ],
    ['a fixed hour', { origin: 'fixed' as const }, 'L’heure de 10 h 35 a été imposée : elle n’a pas été déplacée.'],
    ['a booking', { origin: 'booked' as const }, 'L’heure de 10 h 35 a été réservée par l’établissement.'],
  ])('has words of its own for %s', (_what, fields, sentence) => {
    expect(told(fields)[0]).toBe(sentence);
  });
});
