import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PlatformMoves } from '../directory/platform-moves';
import { PlanWindowStore } from './plan-window.store';
import { EstablishmentHasWindows } from './plan.errors';

/** Keeps establishments on their platform as long as a published plan has windows of theirs there. */
@Injectable()
export class MovedEstablishmentGuard implements OnModuleInit {
  constructor(
    private readonly moves: PlatformMoves,
    private readonly windows: PlanWindowStore,
  ) {}

  onModuleInit(): void {
    this.moves.add(async (tx, { platformId, establishmentIds }) => {
      const holders = await this.windows.holdersElsewhere(tx, platformId, establishmentIds);
      if (holders.length > 0) throw new EstablishmentHasWindows(holders);
    });
  }
}
