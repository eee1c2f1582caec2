import { unplacedSentences, type UnplacedFacts } from './unplaced-sentence.rules';

const told = (fields: Partial<Omit<UnplacedFacts, 'shut'>> & { shut?: Partial<UnplacedFacts['shut']> }) => {
  const none = { sessions: 0, logins: 0, class: 0, group: 0, teacher: 0, site: 0, neighbour: 0 };
  const { fr, en } = unplacedSentences({
    startCount: 84,
    closedStartCount: 0,
    ...fields,
    shut: { ...none, ...fields.shut },
  });
  return [fr.replaceAll('\u00A0', ' '), en];
};

describe('why a window has no place', () => {
  it('counts the starts that each cause shuts, the most frequent first', () => {
    expect(told({ shut: { class: 12, logins: 70, teacher: 3 } })).toEqual([
      'Aucun de ses 84 débuts possibles n’était libre : 70 où trop de connexions arriveraient ensemble, ' +
        '12 pris par un autre créneau de la classe ou trop près de lui, 3 où l’enseignant a une autre classe en direct.',
      'None of its 84 possible starts was free: 70 when too many would log in together, ' +
        '12 taken by another window of the class, or too near to it, 3 when the teacher has another live class.',
    ]);
  });

  it('says what closed times take besides', () => {
    const [fr, en] = told({ startCount: 6, closedStartCount: 30, shut: { site: 6 } });
    expect(fr).toContain('6 débuts possibles (30 autres sont dans un temps fermé)');
    expect(en).toContain('6 possible starts (30 others lie in a closed time)');
  });

  it('speaks of a single start, and of a single closed one, as of one', () => {
    expect(told({ startCount: 1, closedStartCount: 1, shut: { site: 1 } })).toEqual([
      'Son seul début possible (un autre est dans un temps fermé) n’était pas libre : 1 où l’établissement a déjà assez de classes connectées.',
      'Its only possible start (another one lies in a closed time) was not free: 1 when the school has enough classes connected already.',
    ]);
  });

  it.each([
    [
      0,
      'Les heures permises ne laissent aucun début possible ce jour-là.',
      'The allowed hours leave no start on that day.',
    ],
    [
      1,
      'Des temps fermés occupent le seul début possible de ce jour-là.',
      'Closed times take the only start of that day.',
    ],
    [
      9,
      'Des temps fermés occupent les 9 débuts possibles de ce jour-là.',
      'Closed times take all 9 starts of that day.',
    ],
  ])('says what leaves no start at all (%i closed)', (closedStartCount, fr, en) => {
    expect(told({ startCount: 0, closedStartCount })).toEqual([fr, en]);
  });
});
