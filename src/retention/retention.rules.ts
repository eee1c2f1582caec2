import { KEPT_HOLDER_ID } from '../plan/kept-room';

/** What goes each night, and when: see docs/privacy.md, which lists the same. */
export interface RetentionRule {
  /** The table that rows go from. */
  readonly thing: string;
  readonly days: number;
  /** Removes rows older than `$1` days and returns their number as `removed`. */
  readonly statement: string;
}

/** An answer is repeated to the same Idempotency-Key for as long. */
const IDEMPOTENCY_DAYS = 2;
/** Who did not sign in for a school year and two summers is somebody else now. */
const ACCOUNT_DAYS = 425;
/** Room that was kept for a waiting list for some milliseconds tells nothing of anybody. */
const KEPT_ROOM_DAYS = 1;
const PROOF_DAYS = 365;
const IMPORT_LINE_DAYS = 90;
/** Whether somebody was told is asked for a season. */
const WEBHOOK_DAYS = 90;
/** A post-mortem looks back a school year. */
const MEASUREMENT_DAYS = 400;

const removing = (from: string, where: string): string =>
  `with gone as (delete from ${from} where ${where} returning 1) select count(*) as removed from gone`;
const OLDER = 'now() - make_interval(days => $1)';

/** @param auditDays how long the audit trail is kept; the database keeps 180 days whatever is said here */
export function retentionRules(auditDays: number): RetentionRule[] {
  return [
    { thing: 'session', days: 0, statement: removing('session', `expires_at < ${OLDER}`) },
    { thing: 'sign_in', days: 0, statement: removing('sign_in', `expires_at < ${OLDER}`) },
    {
      thing: 'idempotency_key',
      days: IDEMPOTENCY_DAYS,
      statement: removing('idempotency_key', `answered_at < ${OLDER}`),
    },
    {
      thing: 'account',
      days: ACCOUNT_DAYS,
      statement: removing('account', `origin = 'claims' and coalesce(last_signed_in_at, created_at) < ${OLDER}`),
    },
    { thing: 'delegation', days: IMPORT_LINE_DAYS, statement: removing('delegation', `ends_at < ${OLDER}`) },
    {
      thing: 'hold',
      days: KEPT_ROOM_DAYS,
      statement: removing('hold', `establishment_id = ${KEPT_HOLDER_ID} and ended_at < ${OLDER}`),
    },
    { thing: 'ledger_proof', days: PROOF_DAYS, statement: removing('ledger_proof', `proved_at < ${OLDER}`) },
    {
      thing: 'import_line',
      days: IMPORT_LINE_DAYS,
      statement: removing('import_line l using import_run r', `r.id = l.import_id and r.ended_at < ${OLDER}`),
    },
    {
      thing: 'measurement',
      days: MEASUREMENT_DAYS,
      statement: removing('measurement', `minute_at < ${OLDER}`),
    },
    {
      thing: 'webhook_delivery',
      days: WEBHOOK_DAYS,
      statement: removing('webhook_delivery', `coalesce(delivered_at, given_up_at) < ${OLDER}`),
    },
    { thing: 'audit_entry', days: auditDays, statement: 'select remove_audit_entries($1) as removed' },
  ];
}
