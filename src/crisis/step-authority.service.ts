import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import type { StepScope } from '../protection/protection-step';
import { ProtectionStore } from '../protection/protection.store';
import { NotConcerned, ProtectionInvalid } from './protection.errors';

/** For which departments somebody decides, and which decisions are the whole platform's. */
@Injectable()
export class StepAuthority {
  constructor(private readonly store: ProtectionStore) {}

  /**
   * An operator decides for all. An authority decides where it answers for every department that is concerned, by the map alone: the
   * platform is shared by kinds of schools that different authorities answer for.
   *
   * @param territories none for the whole platform @throws NotConcerned
   */
  async hold(tx: EntityManager, actor: Actor, platformId: number, territories: readonly string[]): Promise<void> {
    if (actor.role !== 'authority') return;
    const own = (actor.territories ?? []).filter(({ level }) => level === 'territory').map(({ code }) => code);
    const answered = new Set([...(await this.store.departmentsInside(own, tx)).values()].flat());
    const platforms = [...(await this.store.schoolsByDepartment(platformId, tx)).keys()];
    const concerned =
      territories.length === 0 ? platforms : [...(await this.store.departmentsInside(territories, tx)).values()].flat();
    const others = [...new Set(concerned)].filter((code) => platforms.includes(code) && !answered.has(code));
    if (others.length > 0) throw new NotConcerned(others);
  }

  /**
   * Whether a scope names no territory, or the departments of all of them together have more than half of the platform's schools.
   * @throws ProtectionInvalid
   */
  async isRegional(tx: EntityManager, platformId: number, scopes: readonly StepScope[]): Promise<boolean> {
    if (scopes.some(({ territories }) => territories.length === 0)) return true;
    const territories = scopes.flatMap((scope) => scope.territories);
    const inside = await this.store.departmentsInside(territories, tx);
    const empty = territories.find((code) => (inside.get(code)?.length ?? 0) === 0);
    if (empty !== undefined) throw ProtectionInvalid.ofTerritory(empty);
    const concerned = new Set([...inside.values()].flat());
    const schools = [...(await this.store.schoolsByDepartment(platformId, tx))];
    const count = (of: typeof schools): number => of.reduce((sum, [, schoolCount]) => sum + schoolCount, 0);
    return 2 * count(schools.filter(([code]) => concerned.has(code))) > count(schools);
  }
}
