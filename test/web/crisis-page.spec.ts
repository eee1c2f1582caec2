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

const place = (id: number, code: string, kind: Place['kind'], parentId: number | null): Place => ({ id, code, kind, parentId }); // prettier-ignore
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
    decisions.decidesOf({ role: 'authority', territories: codes.map((code) => ({ code, level: 'territory', kinds: [] })) }, PLATFORM, places); // prettier-ignore

  it('gives an authority those of its own departments, and the whole platform where it answers for all of it', () => {
    const department = authorityOf('59');
    expect([department(), department({ territories: ['59'] }), department({ territories: ['59', '62'] })]).toEqual([false, true, false]); // prettier-ignore
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
    expect(loadShare(minute({ errorsPerMille: 100, loadPerMille: 1000 }))).toMatchObject({ figure: 'sessions', ratio: 60_000 / 148_900 }); // prettier-ignore
  });

  it('is of log-ins where they are the fuller, and no share where nothing is left of the capacity', async () => {
    const { loadShare } = await load<Shares>('load-share');
    expect(loadShare(minute({ loginsPerMinute: 8_100 }))).toEqual({ figure: 'logins', shown: 8_100, limit: 9_000, ratio: 0.9 }); // prettier-ignore
    expect(loadShare(minute({ sessionLimit: 0 }))).toMatchObject({ ratio: null });
  });
});
