import type { Actor } from '../access/actor';
import { checkOwn } from '../booking/booking-request.rules';
import { NotFoundError } from '../common/domain-error';
import type { WaitingRow, WaitingStore } from './waiting.store';

/** An entry of an establishment that the actor answers for. @throws NotFoundError, BookingRefused */
export async function ownEntry(store: WaitingStore, actor: Actor, id: string): Promise<WaitingRow> {
  const entry = await store.find(id, new Date());
  if (!entry) throw new NotFoundError('waiting_entry', id);
  checkOwn(actor, [entry]);
  return entry;
}
