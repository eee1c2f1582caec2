import { armsOf, insidersOf, ladderProblem, stepProblem, usualLadder } from './ladder.rules';
import type { StepMeasures, StepScope } from './protection-step';

const ALL: StepScope = { territories: [], establishmentKinds: [], levels: [], profiles: [] };
const measures = (its: Partial<StepMeasures> = {}): StepMeasures => ({
  defersRelatives: false,
  relativesHours: null,
  isLiveOnly: false,
  walkInPerMille: 1000,
  idleMinutes: null,
  featuresOff: [],
  capacityPerMille: 1000,
  ...its,
});
const problemOf = (its: Partial<StepMeasures>, features: readonly string[], minutes = 120): string | undefined =>
  stepProblem({ scope: ALL, measures: measures(its), minutes }, features)?.sentence;

describe('a protection step', () => {
  it.each([
    [{ defersRelatives: true }, ['gateway_rule'], ['stay_until_pass_ends']],
    [{ isLiveOnly: true }, ['gateway_rule'], ['stay_until_pass_ends']],
    [{ walkInPerMille: 300 }, ['gateway_rule'], ['stay']],
    [{ featuresOff: ['video'] }, ['gateway_rule', 'ent_administration'], ['stay_without_features']],
    [{ idleMinutes: 10 }, ['ent_administration', 'pass_life'], ['idle_out_sooner']],
    [{ capacityPerMille: 800 }, ['capacity'], ['stay']],
    [{}, ['by_hand'], ['stay']],
  ] as const)('of %j is carried out by %j, and those who are inside %j', (its, arms, insiders) => {
    expect([armsOf(measures(its)), insidersOf(measures(its))]).toEqual([arms, insiders]);
  });

  it('switches heavy features off that the gateway knows, and never a basic one', () => {
    const features = ['news', 'video', 'messages', 'diary'];
    expect(problemOf({ featuresOff: ['news', 'video'] }, features)).toBeUndefined();
    expect(problemOf({ featuresOff: ['wiki'] }, features)).toContain('no feature "wiki"');
    for (const name of ['messages', 'diary'])
      expect(problemOf({ featuresOff: ['news', name] }, features)).toContain(`"${name}" is basic`);
  });

  it('that defers relatives for more than half a day says in which hours they come', () => {
    const hours = { from: '17:00', to: '22:00' };
    expect(problemOf({ defersRelatives: true }, [], 720)).toBeUndefined();
    expect(problemOf({ defersRelatives: true }, [], 725)).toContain('states the hours');
    expect(problemOf({ defersRelatives: true, relativesHours: hours }, [], 4320)).toBeUndefined();
    expect(problemOf({ relativesHours: hours }, [])).toContain('belong to a step that defers');
    expect(problemOf({ defersRelatives: true, relativesHours: { from: '22:00', to: '17:00' } }, [])).toContain(
      'end after they begin',
    );
  });
});

describe('a basic feature', () => {
  it.each([
    'messagerie',
    'Messagerie',
    'la_messagerie',
    'messageries',
    'cahier_de_textes',
    'cahier-de-texte',
    'cahierdetextes',
    'Cahier de textes',
    'travail',
    'travaux',
    'travail_a_faire',
    'travail à faire',
    'travail-a-faire',
    'devoirs',
    'mes_devoirs',
    'courriels',
    'boîte aux lettres',
    'cahier_texte',
    'messagerie_eleves',
    'travail_a_rendre',
    'to_do',
    'boite_mail',
    'work',
    'work_to_do',
    'worktodo',
    'home-work',
    'homeworks',
    'e-mail',
  ])('called %s stays open, in French as in English', (name) => {
    expect(problemOf({ featuresOff: [name] }, [name])).toContain('is basic');
  });

  it.each(['actualites', 'videos', 'mediatheque', 'wiki', 'blog', 'network'])('is none that is called %s', (name) => {
    expect(problemOf({ featuresOff: [name] }, [name])).toBeUndefined();
  });
});

describe('the usual ladder', () => {
  it('knows heavy features by their French names too, and says which of them it suspends', () => {
    const its = usualLadder(['fil_d_actualites', 'messagerie', 'vignettes']).find(({ code }) => code === 'features')!;
    expect(its.measures.featuresOff).toEqual(['fil_d_actualites', 'vignettes']);
    expect(its.words.fr).toContain('le fil d’actualité, les vignettes.');
    expect(its.words.fr).not.toContain('vidéos');
    expect(usualLadder(['messagerie', 'blog']).some(({ code }) => code === 'features')).toBe(false);
  });

  it('is a ladder, goes from what touches almost nobody to what touches most, and switches nothing basic off', () => {
    const ladder = usualLadder(['news', 'video', 'messages']);
    expect(ladderProblem(ladder, ['news', 'video', 'messages'])).toBeUndefined();
    expect(ladder.map(({ code }) => code)).toEqual(['idle', 'walk-in', 'features', 'relatives', 'live-only']);
    expect(ladder.find(({ code }) => code === 'features')!.measures.featuresOff).toEqual(['news', 'video']);
    const climbs = ladder.map(({ thresholds }) => thresholds.climbPerMille);
    expect(climbs).toEqual([...climbs].sort((a, b) => a - b));
  });

  it.each([
    ['called alike', 'code_twice', (rungs: ReturnType<typeof usualLadder>) => [rungs[0]!, rungs[0]!]],
    ['in the wrong order', 'climb_before_milder', (rungs: ReturnType<typeof usualLadder>) => [rungs[1]!, rungs[0]!]],
    [
      'three days long without hours of relatives',
      'hours_missing',
      (rungs: ReturnType<typeof usualLadder>) => [{ ...rungs.at(-2)!, minutes: 4320 }],
    ],
    [
      'left where it is climbed to',
      'leave_not_lower',
      (rungs: ReturnType<typeof usualLadder>) => [
        { ...rungs[0]!, thresholds: { climbPerMille: 800, leavePerMille: 800 } },
      ],
    ],
  ])('refuses rungs that are %s, and says which and why: %s', (_, reason, broken) => {
    const rungs = broken(usualLadder([]));
    expect(ladderProblem(rungs, [])?.facts).toEqual({ reason, rung: rungs.at(-1)!.code });
  });
});
