import type { EntityManager } from 'typeorm';

/** What an entry of the audit trail says beside who and when. */
export interface AuditEntry {
  /** `<thing>.<what was done>`, such as `capacity_step.add`. */
  readonly action: `${string}.${string}`;
  /** The number or code of the thing; what stands before the dot of `action` says of which. */
  readonly key: string | number;
  readonly platformId?: number | null | undefined;
  /** The establishment that it is about, where it is about one. */
  readonly uai?: string | null | undefined;
  /** The value before; absent for something new. Never anything about pupils or parents. */
  readonly before?: unknown;
  /** The value after; absent for something that went. */
  readonly after?: unknown;
  /** Why, where a reason was given. */
  readonly reason?: string | null | undefined;
}

/** Who did it: an Actor of `access`, which stands above this room. */
export interface AuditAuthor {
  readonly role: string;
  readonly subject: string;
}

/** What the service does by itself, at night. */
export const THE_SERVICE: AuditAuthor = Object.freeze({ role: 'service', subject: 'service' });

/** Adds entries in the transaction of the change that they tell of: both are there afterwards, or neither. */
export async function recordAudit(tx: EntityManager, author: AuditAuthor, ...entries: AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ action, key, platformId, uai, before, after, reason }) => ({
    action,
    thing: action.split('.')[0],
    thing_key: String(key),
    platform_id: platformId ?? null,
    uai: uai ?? null,
    before: before ?? null,
    after: after ?? null,
    reason: reason ?? null,
  }));
  await tx.query(
    `insert into audit_entry (role, subject, action, thing, thing_key, platform_id, uai, before, after, reason)
     select $1, $2, r.action, r.thing, r.thing_key, r.platform_id, r.uai, nullif(r.before, 'null'), nullif(r.after, 'null'), r.reason
       from jsonb_to_recordset($3) as r (action text, thing text, thing_key text, platform_id int, uai text, before jsonb,
            after jsonb, reason text)`,
    [author.role, author.subject, JSON.stringify(rows)],
  );
}
