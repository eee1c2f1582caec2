import { languageOf } from '../common/language.rules';
import type { WindowDto } from '../plan/window.dto';
import type { EstablishmentProposalDto } from './answer.dto';
import { proposalPage, refusalPage } from './answer-page.rules';

const view = {
  uai: '0590001F',
  establishmentName: 'Collège <b>Jean</b> & "fils"',
  proposal: { answersUntil: '2026-11-27T17:00:00Z', phase: 'open' },
  answer: 'none',
  isAcceptedBySilence: false,
  classes: [{ classId: 7, classCode: '6<A', windowCount: 1, wishedCount: 1, atWishCount: 0, worstMinutes: 25 }],
  answers: [],
} as unknown as EstablishmentProposalDto;
const windows = [
  {
    classId: 7,
    audience: 'pupils',
    startsAt: '2026-12-01T09:40:00+01:00',
    endsAt: '2026-12-01T10:25:00+01:00',
    timeZone: 'Europe/Paris',
    wishedAt: '2026-12-01T09:15:00+01:00',
    displacementDays: 0,
    displacementMinutes: 25,
  },
] as unknown as WindowDto[];

describe('the page of a link', () => {
  it('tells in French what is proposed, by when, and escapes what others wrote', () => {
    const page = proposalPage('fr', view, windows);
    expect(page).toContain('mardi 1er décembre');
    expect(page).toContain('9\u00a0h\u00a040 - 10\u00a0h\u00a025');
    expect(page).toContain('25 min plus tard');
    expect(page).toContain('avant le 27 novembre 2026 à 18 h 00,');
    expect(page).toContain('Collège &lt;b&gt;Jean&lt;/b&gt; &amp; &quot;fils&quot;');
    expect(page).toContain('6&lt;A');
    expect(page).not.toContain('<script');
  });

  it('tells it in English', () => {
    expect(proposalPage('en', view, windows)).toContain('25 min later');
    expect(proposalPage('en', view, windows)).toContain('27 November 2026 at 18:00');
  });

  it('names the zone of schools overseas', () => {
    const overseas = windows.map((window) => ({ ...window, timeZone: 'Indian/Reunion' }));
    expect(proposalPage('fr', view, overseas)).toContain('27 novembre 2026 à 21 h 00 (Indian/Reunion)');
  });

  it('counts one class as one', () => {
    expect(proposalPage('fr', view, windows)).toContain("1 classe a des créneaux proposés : 0 créneau sur 1 à l'heure");
    expect(proposalPage('en', view, windows)).toContain('1 class has proposed windows: 0 of 1 stand at');
  });

  it.each([
    [0, 0, "à l'heure souhaitée"],
    [-1, 0, '1 j plus tôt'],
    [2, -10, '2 j plus tard, 10 min plus tôt'],
  ])(
    'tells of a window that a booking took to another day (%i) how far it went',
    (displacementDays, displacementMinutes, words) => {
      const moved = windows.map((window) => ({ ...window, displacementDays, displacementMinutes }));
      expect(proposalPage('fr', view, moved)).toContain(`<td>${words}</td>`);
    },
  );

  it('has no buttons once answers are closed', () => {
    const closed = { ...view, proposal: { ...view.proposal, phase: 'closed' as const } };
    expect(proposalPage('fr', closed, windows)).not.toContain('<button');
    expect(proposalPage('fr', view, windows)).toContain('<button');
  });

  it.each([
    ['none', 'open', 'la proposition est acceptée.'],
    ['partly_accepted', 'open', 'le reste est accepté.'],
    ['accepted', 'open', "Vous pouvez changer de réponse jusqu'au 27 novembre 2026 à 18 h 00."],
    ['change_asked', 'open', "Vous pouvez changer de réponse jusqu'au 27 novembre 2026 à 18 h 00."],
    ['none', 'closed', 'la proposition est acceptée.'],
    ['partly_accepted', 'closed', 'le reste est accepté.'],
    ['change_asked', 'closed', 'Les réponses sont closes depuis le 27 novembre 2026 à 18 h 00.'],
  ] as const)('says what silence means to who has answered %s, while answers are %s: %s', (answer, phase, sentence) => {
    const page = proposalPage('fr', { ...view, answer, proposal: { ...view.proposal, phase } }, windows);
    expect(page).toContain(`${sentence}</p>`);
  });

  it.each<[string | undefined, string]>([
    [undefined, 'fr'],
    ['', 'fr'],
    ['en-GB,en;q=0.9,fr;q=0.5', 'en'],
    ['fr-FR,en;q=0.5', 'fr'],
    ['de-DE,en;q=0.5', 'en'],
    ['nl', 'fr'],
  ])('speaks, asked with %j, %s', (header, language) => expect(languageOf(undefined, header)).toBe(language));

  it('says why a link does not answer', () => {
    expect(refusalPage('fr', 'gone')).toContain("n'est pas valable");
    expect(refusalPage('en', 'late')).toContain('closed');
  });
});
