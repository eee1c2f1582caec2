import { wishesOfDay } from './wish-precedence.rules';
import type { WishKind } from './wish.rules';

const wish = (kind: WishKind, name: string, weekday: number | null = 1) => ({ kind, name, weekday });
const names = (own: ReturnType<typeof wish>[], whole: ReturnType<typeof wish>[] = []) =>
  wishesOfDay(own, whole, ({ weekday }) => weekday === null || weekday === 1).map(({ name }) => name);

describe('what holds for a class on a day', () => {
  it('is what it asks itself, else what its establishment asks', () => {
    expect(names([wish('wished', 'own')], [wish('wished', 'whole')])).toEqual(['own']);
    expect(names([wish('fixed', 'own')], [wish('fixed', 'whole')])).toEqual(['own']);
    expect(names([], [wish('fixed', 'fixed'), wish('wished', 'wished')])).toEqual(['fixed', 'wished']);
    expect(names([wish('wished', 'another day', 2)], [wish('wished', 'whole')])).toEqual(['whole']);
  });

  it('keeps every closed time, whoever stated it', () => {
    expect(names([wish('closed', 'own')], [wish('closed', 'whole')])).toEqual(['own', 'whole']);
  });

  it("keeps the establishment's fixed window beside a class's own wish", () => {
    expect(names([wish('wished', 'own')], [wish('fixed', 'whole')])).toEqual(['whole', 'own']);
  });

  it('prefers a wish of the date to that of its weekday, and keeps fixed windows of both', () => {
    expect(names([wish('wished', 'weekly'), wish('wished', 'dated', null)])).toEqual(['dated']);
    expect(names([], [wish('wished', 'weekly'), wish('wished', 'dated', null)])).toEqual(['dated']);
    expect(names([wish('wished', 'own weekly')], [wish('wished', 'dated of all', null)])).toEqual(['own weekly']);
    expect(names([wish('fixed', 'weekly'), wish('fixed', 'dated', null)])).toEqual(['weekly', 'dated']);
  });
});
