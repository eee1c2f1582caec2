import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor, TerritoryScope } from './actor';
import { placesCondition, scopeCondition } from './scope.rules';

/** Whether what a request names lies in the actor's scope; what does not exist never does. */
@Injectable()
export class ScopeStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  reachesEstablishment(actor: Actor, uai: string): Promise<boolean> {
    return this.reaches(actor, 'establishment e', 'e.uai = $1', uai.toUpperCase());
  }

  reachesClass(actor: Actor, classId: number): Promise<boolean> {
    return this.reaches(actor, 'class c join establishment e on e.id = c.establishment_id', 'c.id = $1', classId);
  }

  reachesWindow(actor: Actor, windowId: number): Promise<boolean> {
    const from = 'plan_window w join establishment e on e.id = w.establishment_id';
    return this.reaches(actor, from, 'w.window_id = $1', windowId);
  }

  async isPublished(planId: number): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(`select 1 from plan where id = $1 and state <> 'draft'`, [
      planId,
    ]);
    return rows.length > 0;
  }

  /** The establishments of a scope that exist. */
  async uaisOf(uais: readonly string[], territories: readonly TerritoryScope[]): Promise<string[]> {
    const parameters: unknown[] = [];
    const condition = placesCondition(uais, territories, (value) => `$${parameters.push(value)}`);
    const rows = await this.database.query<{ uai: string }[]>(
      `select e.uai from establishment e where ${condition} order by e.uai`,
      parameters,
    );
    return rows.map(({ uai }) => uai);
  }

  private async reaches(actor: Actor, from: string, condition: string, key: string | number): Promise<boolean> {
    const parameters: unknown[] = [key];
    const scope = scopeCondition(actor, (value) => `$${parameters.push(value)}`);
    const rows = await this.database.query<unknown[]>(
      `select 1 from ${from} where ${condition} and ${scope} limit 1`,
      parameters,
    );
    return rows.length > 0;
  }
}
