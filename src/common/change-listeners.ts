import type { EntityManager } from 'typeorm';

type Listener<Change> = (tx: EntityManager, change: Change) => Promise<void>;

/**
 * How a room tells those above it that its facts changed, without knowing them: each listener works inside the transaction
 * of the change, so that both are seen together or not at all.
 */
export class ChangeListeners<Change> {
  private readonly listeners: Listener<Change>[] = [];

  add(listener: Listener<Change>): void {
    this.listeners.push(listener);
  }

  async tell(tx: EntityManager, change: Change): Promise<void> {
    for (const listener of this.listeners) await listener(tx, change);
  }
}
