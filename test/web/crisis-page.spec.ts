import { join } from 'node:path';

const CRISIS = join(__dirname, '../../web/src/features/crisis');
/** A pure file of the page, by its path: the web has a compiler of its own, whose rules of imports are not these. */
const load = async <Exported>(name: string): Promise<Exported> => (await import(join(CRISIS, name))) as Exported;

interface Place {
  id: number;
  code: string;
  kind: 'region' | 'academy' | 'department';
  parentId: number | null;
}
type Decides = (scope?: { territories: string[] }) => boolean;
interface Decisions {
  decidesOf: (session: { role: string; territories: object[] }, platform: string[], places: Place[]) => Decides;
  placesFor: (decides: Decides, platform: string[], places: Place[]) => Place[];
}
interface Shares {
  loadShare: (minute: object) => object;
}

const place = (id: number, code: string, kind: Place['kind'], parentId: number | null): Place => ({
  id,
  code,
  kind,
  parentId,
});
const places = [
  place(1, 'R32', 'region', null),
  place(2, 'A09', 'academy', 1),
  place(3, '59', 'department', 2),
  place(4, '62', 'department', 2),
  place(5, 'R11', 'region', null),
  place(6, '75', 'department', 5),
];
/** Departments with schools of the platform: another region's are none of its. */
const PLATFORM = ['59', '62'];

describe('for whom the page of a bad morning has buttons', () => {
  let decisions: Decisions;
  beforeAll(async () => (decisions = await load<Decisions>('decides')));
  const authorityOf = (...codes: string[]) =>
    decisions.decidesOf(
      { role: 'authority', territories: codes.map((code) => ({ code, level: 'territory', kinds: [] })) },
      PLATFORM,
      places,
    );

  it('gives an authority those of its own departments, and the whole platform where it answers for all of it', () => {
    const department = authorityOf('59');
    expect([department(), department({ territories: ['59'] }), department({ territories: ['59', '62'] })]).toEqual([
      false,
      true,
      false,
    ]);
    expect(decisions.placesFor(department, PLATFORM, places).map(({ code }) => code)).toEqual(['59']);
    const region = authorityOf('R32');
    expect([region(), region({ territories: ['A09'] })]).toEqual([true, true]);
    expect(decisions.placesFor(region, PLATFORM, places).map(({ code }) => code)).toEqual(['R32', 'A09', '59', '62']);
  });

  it('gives an operator all, and who only reads nothing', () => {
    expect(decisions.decidesOf({ role: 'operator', territories: [] }, PLATFORM, places)()).toBe(true);
    expect(decisions.decidesOf({ role: 'auditor', territories: [] }, PLATFORM, places)()).toBe(false);
  });
});

const minute = (fields: object): object => ({
  at: '2026-12-07T09:00:00Z',
  sessions: 60_000,
  loginsPerMinute: null,
  latencyMilliseconds: null,
  errorsPerMille: null,
  sessionLimit: 148_900,
  loginLimit: 9_000,
  loadPerMille: 403,
  ...fields,
});

describe('how full the page says that the platform is', () => {
  it('is the share of the figures beside it, whatever errors add to the load', async () => {
    const { loadShare } = await load<Shares>('load-share');
    expect(loadShare(minute({ errorsPerMille: 100, loadPerMille: 1000 }))).toMatchObject({
      figure: 'sessions',
      ratio: 60_000 / 148_900,
    });
  });

  it('is of log-ins where they are the fuller, and no share where nothing is left of the capacity', async () => {
    const { loadShare } = await load<Shares>('load-share');
    expect(loadShare(minute({ loginsPerMinute: 8_100 }))).toEqual({
      figure: 'logins',
      shown: 8_100,
      limit: 9_000,
      ratio: 0.9,
    });
    expect(loadShare(minute({ sessionLimit: 0 }))).toMatchObject({ ratio: null });
  });
});

interface Rung {
  code: string;
  name: { fr: string; en: string };
  scope: object;
  measures: object;
  minutes: number;
  words: { fr: string; en: string };
  thresholds: { climbPerMille: number; leavePerMille: number };
}
type Draft = Record<string, unknown> & { key: string; name: string };
interface Ladders {
  rungDraftOf: (rung: Rung) => Draft;
  newRung: (rungs: Draft[], key: string) => Draft;
  withRung: (rungs: Draft[], rung: Draft) => Draft[];
  moved: (rungs: Draft[], from: number, to: number) => Draft[];
  wrongThresholds: (rungs: Draft[], at: number) => object;
  agreedRungs: (rungs: Draft[]) => Rung[];
  isSameLadder: (one: Rung[], other: Rung[]) => boolean;
  changesOf: (
    before: Rung[],
    after: Rung[],
  ) => Record<'added' | 'changed' | 'removed', Rung[]> & { isReordered: boolean };
}

const rung = (code: string, climbPerMille: number, more: Partial<Rung> = {}): Rung => ({
  code,
  name: { fr: `Échelon ${code}`, en: `Rung ${code}` },
  scope: { territories: ['59', '62'], establishmentKinds: ['college'], levels: ['6E'], profiles: ['relative'] },
  measures: {
    defersRelatives: true,
    relativesHours: { from: '17:00', to: '24:00' },
    isLiveOnly: false,
    walkInPerMille: 285,
    idleMinutes: 10,
    featuresOff: ['video'],
    capacityPerMille: 1000,
  },
  minutes: 90,
  words: { fr: 'Revenez ce soir.', en: 'Come back tonight.' },
  thresholds: { climbPerMille, leavePerMille: climbPerMille - 155 },
  ...more,
});

describe('a ladder that is written on the page of a bad morning', () => {
  let ladders: Ladders;
  beforeAll(async () => (ladders = await load<Ladders>('ladder-draft')));
  const codes = (rungs: { code: string }[]) => rungs.map(({ code }) => code);

  it('is saved as it was read where nothing was written', () => {
    const rungs = [rung('a', 805), rung('b', 900)];
    expect(ladders.agreedRungs(rungs.map(ladders.rungDraftOf))).toEqual(rungs);
  });

  it('gives a new rung a code of its name that no other has, and thresholds no lower than those of the strictest', () => {
    const rungs = [rung('parents-differes', 800)].map(ladders.rungDraftOf);
    const named = (name: string, key: string, code = ''): Draft => ({ ...ladders.newRung(rungs, key), name, code });
    const written = [named('Parents différés !', 'x'), named('', 'y'), named('Le soir', 'z', 'soir')].reduce(
      ladders.withRung,
      rungs,
    );
    const agreed = ladders.agreedRungs(written);
    expect(codes(agreed)).toEqual(['parents-differes', 'parents-differes-2', 'echelon', 'soir']);
    expect(agreed.map(({ thresholds }) => thresholds.climbPerMille)).toEqual([800, 800, 800, 800]);
    expect(ladders.withRung(written, { ...written[0]!, name: 'Autre nom' })).toHaveLength(4);
  });

  it('keeps the thresholds in their places when a rung moves, and knows those that cannot be', () => {
    const drafts = [rung('a', 800), rung('b', 900), rung('c', 950)].map(ladders.rungDraftOf);
    const agreed = ladders.agreedRungs(ladders.moved(drafts, 2, 0));
    expect(codes(agreed)).toEqual(['c', 'a', 'b']);
    expect(agreed.map(({ thresholds }) => thresholds.climbPerMille)).toEqual([800, 900, 950]);
    expect(ladders.wrongThresholds(drafts, 1)).toEqual({ climb: false, leave: false });
    expect(ladders.wrongThresholds([drafts[1]!, drafts[0]!], 1)).toEqual({ climb: true, leave: false });
    expect(ladders.wrongThresholds([{ ...drafts[0]!, leavePercent: 80 }], 0)).toEqual({ climb: false, leave: true });
  });

  it('is told what somebody else has changed meanwhile, whatever the order of the fields', () => {
    const before = [rung('a', 800), rung('b', 900), rung('c', 950)];
    const [a, b, c] = before as [Rung, Rung, Rung];
    const { code, ...rest } = a;
    expect(ladders.isSameLadder(before, [{ ...rest, code }, b, c])).toBe(true);
    const changes = ladders.changesOf(before, [c, { ...a, minutes: 30 }, rung('d', 990)]);
    expect([changes.added, changes.changed, changes.removed].map(codes)).toEqual([['d'], ['a'], ['b']]);
    expect(changes.isReordered).toBe(true);
    expect(ladders.changesOf(before, [a, c]).isReordered).toBe(false);
  });
});
