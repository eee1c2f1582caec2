import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Reads and writes how many windows of classes an establishment takes at once. */
@Injectable()
export class WindowLimitStore {
  /** Nobody else changes it until the end of the transaction; undefined for an unknown UAI. */
  async lock(
    tx: EntityManager,
    uai: string,
  ): Promise<{ simultaneousWindowLimit: number | null; platformId: number | null } | undefined> {
    const [row] = await tx.query<{ simultaneousWindowLimit: number | null; platformId: number | null }[]>(
      `select simultaneous_window_limit as "simultaneousWindowLimit", platform_id as "platformId"
         from establishment where uai = $1 for update`,
      [uai],
    );
    return row;
  }

  async set(tx: EntityManager, uai: string, simultaneousWindowLimit: number | null): Promise<void> {
    await tx.query('update establishment set simultaneous_window_limit = $2 where uai = $1', [
      uai,
      simultaneousWindowLimit,
    ]);
  }
}
