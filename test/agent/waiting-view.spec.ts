import { waitingView } from '../../src/agent/waiting-view.rules';
import { decide } from '../../src/kernel/decision/decide';
import { gatePlanOf } from '../../src/kernel/decision/gate-plan';
import { emptyDecision, KNOWN_BY, NOTHING_LEFT, UNKNOWN, type Visitor } from '../../src/kernel/decision/visitor';
import { at, gateContent } from './gate-content';

const STRANGER: Visitor = {
  profile: UNKNOWN,
  classes: [],
  establishments: [],
  levels: 0,
  knownBy: KNOWN_BY.indexOf('nothing'),
  isAdmittedToday: false,
  hasSession: false,
  wantsUrgentPass: false,
  feature: -1,
  draw: 0,
};
const OVERSEAS = { name: 'America/Guadeloupe', midnights: [at(5), at(29), at(53)] };

describe('the page of whoever is unknown', () => {
  it.each([
    ['most schools', [1, 1, 0], 'Europe/Paris'],
    ['most of the others', [0, 0, 1], 'America/Guadeloupe'],
  ])('tells the time of %s, wherever the first one is', (_whose, zone, expected) => {
    const content = gateContent();
    const [one] = [content.establishments];
    const twice = <T>(list: readonly T[]): T[] => [...list, list.at(-1)!];
    const plan = gatePlanOf({
      ...content,
      zones: [OVERSEAS, ...content.zones],
      catchUps: [],
      establishments: {
        id: [50, 51, 52],
        uai: ['9900002X', '9900003Y', '9900004Z'],
        structure: twice(one.structure),
        name: twice(one.name),
        telephone: twice(one.telephone),
        department: twice(one.department),
        zone,
        relativesCampaigns: twice(one.relativesCampaigns),
      },
      windows: { ...content.windows, count: [...content.windows.count, 0, 0] },
    });
    const decision = emptyDecision();
    decide(plan, STRANGER, NOTHING_LEFT, at(8), decision);
    expect(waitingView(plan, STRANGER, decision, at(8), 'fr', undefined).timeZone).toBe(expected);
  });
});
