import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PlatformMoves } from '../directory/platform-moves';
import { EstablishmentHasWindows } from './plan.errors';

/** Keeps establishments on their platform as long as a published plan has windows of theirs there. */
@Injectable()
export class MovedEstablishmentGuard implements OnModuleInit {
  constructor(private readonly moves: PlatformMoves) {}

  onModuleInit(): void {
    this.moves.add((tx, { platformId, establishmentIds }) => this.refuseHolders(tx, platformId, establishmentIds));
  }

  /** @throws EstablishmentHasWindows */
  private async refuseHolders(
    tx: EntityManager,
    platformId: number,
    establishmentIds: readonly number[],
  ): Promise<void> {
    const plans = await tx.query<{ id: number }[]>(
      `select p.id from plan p join campaign c on c.id = p.campaign_id
        where p.state = 'published' and c.platform_id <> $1 order by p.id`,
      [platformId],
    );
    if (plans.length === 0) return;
    const planIds = plans.map(({ id }) => id).join(', ');
    // today is the establishment's own; plan numbers stand in the text so that other partitions are not even looked at
    const holders = await tx.query<{ uai: string; planId: number; windowCount: number }[]>(
      `select e.uai, min(w.plan_id) as "planId", count(*) as "windowCount"
         from plan_window w join establishment e on e.id = w.establishment_id
        where w.plan_id in (${planIds}) and w.establishment_id = any($1::int[])
          and w.local_date >= (now() at time zone e.time_zone)::date
        group by e.uai order by e.uai`,
      [establishmentIds],
    );
    if (holders.length > 0) throw new EstablishmentHasWindows(holders);
  }
}
