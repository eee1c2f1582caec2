import { gatePlanOf } from '../kernel/decision/gate-plan';
import { gateContent } from '../../test/agent/gate-content';
import { PlanNames } from './identity.rules';

describe('names of the ENT', () => {
  it('a name that two classes of a school share shows their levels, never one of the two as the own class', () => {
    const content = gateContent();
    const names = (name: string[]) => gatePlanOf({ ...content, classes: { ...content.classes, name } });
    const claimsOf = (name: string[], key: string) => {
      const plan = names(name);
      return new PlanNames(plan).claimsOf({ profile: 'pupil', classes: [key] }, plan);
    };
    for (const key of ['77$Classe', '9900002X$Classe'])
      expect(claimsOf(['Classe', 'Classe', 'Classe'], key)).toEqual({
        profile: 0,
        classes: [],
        establishments: [50],
        levels: 2 | 8,
      });
    expect(claimsOf(['6e A', 'Classe', 'Classe'], '77$Classe')).toMatchObject({ classes: [12], levels: 0 });
    expect(claimsOf(['6e A', 'Classe', 'Classe'], '9900003Y$Classe')).toMatchObject({ classes: [13], levels: 0 });
  });
});
