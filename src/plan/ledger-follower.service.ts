import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CalendarChanges } from '../calendar/calendar-changes';
import { CapacityChanges } from '../capacity/capacity-changes';
import { LedgerService } from './ledger.service';
import { LedgerStore } from './ledger.store';

/** Keeps the limits of the ledger at what capacity and calendar say, in the transaction that changes these. */
@Injectable()
export class LedgerFollower implements OnModuleInit {
  constructor(
    private readonly capacityChanges: CapacityChanges,
    private readonly calendarChanges: CalendarChanges,
    private readonly ledgerStore: LedgerStore,
    private readonly ledger: LedgerService,
  ) {}

  onModuleInit(): void {
    this.capacityChanges.add(async (tx, { platformId, firstCell, endCell }) => {
      await this.ledger.refreshLimits(platformId, firstCell, endCell, tx);
    });
    this.calendarChanges.add(async (tx) => {
      for (const platformId of await this.ledgerStore.platforms(tx)) {
        await this.ledger.refreshLimits(platformId, null, null, tx);
      }
    });
  }
}
