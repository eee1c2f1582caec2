import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { DomainError, type ErrorKind } from '../common/domain-error';
import type { SequencedOutcome, SequencedRequest, SequencerJournal, Settled } from '../plan/sequencer';
import { ZonedInstants } from '../plan/zoned-instants';
import type { BookingDto } from './booking.dto';
import { BookingRefused } from './booking.errors';
import { BookingWork, type RequestKey } from './booking-work';

/** An answer as it is kept: what was booked, or why it was refused. */
type KeptAnswer =
  | { booking: BookingDto }
  | { refusal: { code: string; kind: ErrorKind; message: string; facts: Record<string, unknown> } };

interface KeptRow {
  subject: string;
  key: string;
  platformId: number;
  payloadSha256: Buffer;
  answer: KeptAnswer;
}

/** Bookings and the answers to their requests, in the transaction that changes the windows. */
@Injectable()
export class BookingJournal implements SequencerJournal {
  private readonly instants = new ZonedInstants();

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The answer to a request that was answered before. @throws BookingRefused for a key of another request; the refusal that was given */
  async find(key: RequestKey): Promise<BookingDto | undefined> {
    const [row] = await this.rows(this.database.manager, [key]);
    if (!row) return undefined;
    const outcome = outcomeOf(row, key);
    if (outcome.kind === 'refused') throw outcome.error;
    return outcome.kind === 'repeated' ? (outcome.answer as BookingDto) : undefined;
  }

  async answered(tx: EntityManager, requests: readonly SequencedRequest[]): Promise<Map<string, SequencedOutcome>> {
    const works = requests.filter((request) => request instanceof BookingWork);
    const rows = await this.rows(
      tx,
      works.map(({ key }) => key),
    );
    const outcomes = new Map<string, SequencedOutcome>();
    for (const { id, key } of works) {
      const row = rows.find((one) => one.subject === key.subject && one.key === key.key);
      if (row) outcomes.set(id, outcomeOf(row, key));
    }
    return outcomes;
  }

  async record(tx: EntityManager, settled: readonly Settled[]): Promise<void> {
    const bookings: object[] = [];
    const keys: object[] = [];
    for (const { request, outcome } of settled) {
      if (!(request instanceof BookingWork) || outcome.kind === 'repeated') continue;
      const { id, planId, operation, undoesBookingId, actor, reason, key, platformId } = request;
      if (outcome.kind === 'accepted') {
        bookings.push({ id, platformId, planId, operation: operation.kind, undoesBookingId, bookedBy: actor.subject, reason }); // prettier-ignore
      }
      const answer: KeptAnswer =
        outcome.kind === 'accepted'
          ? { booking: request.answer(outcome.epoch, outcome.changes, this.instants) }
          : { refusal: refusalOf(outcome.error) };
      const payload = key.payloadSha256.toString('hex');
      keys.push({ platformId, subject: key.subject, key: key.key, payload, answer }); // prettier-ignore
    }
    if (bookings.length > 0) {
      await tx.query(
        `insert into booking (id, platform_id, plan_id, operation, undoes_booking_id, booked_by, reason)
         select r.id, r."platformId", r."planId", r.operation, r."undoesBookingId", r."bookedBy", r.reason
           from jsonb_to_recordset($1) as r (id uuid, "platformId" int, "planId" int, operation text, "undoesBookingId" uuid,
                "bookedBy" text, reason text)`,
        [JSON.stringify(bookings)],
      );
    }
    if (keys.length > 0) {
      await tx.query(
        `insert into idempotency_key (platform_id, subject, key, payload_sha256, answer)
         select r."platformId", r.subject, r.key, decode(r.payload, 'hex'), r.answer
           from jsonb_to_recordset($1) as r ("platformId" int, subject text, key text, payload text, answer json)`,
        [JSON.stringify(keys)],
      );
    }
  }

  /** A booking that somebody may take back. */
  async booking(id: string): Promise<{ planId: number; platformId: number; bookedBy: string } | undefined> {
    const [row] = await this.database.query<{ planId: number; platformId: number; bookedBy: string }[]>(
      'select plan_id as "planId", platform_id as "platformId", booked_by as "bookedBy" from booking where id = $1',
      [id],
    );
    return row;
  }

  private rows(tx: EntityManager, keys: readonly RequestKey[]): Promise<KeptRow[]> {
    return tx.query<KeptRow[]>(
      `select k.subject, k.key, k.platform_id as "platformId", k.payload_sha256 as "payloadSha256", k.answer
         from unnest($1::text[], $2::text[]) as asked (subject, key)
         join idempotency_key k on k.subject = asked.subject and k.key = asked.key`,
      [keys.map(({ subject }) => subject), keys.map(({ key }) => key)],
    );
  }
}

function outcomeOf(row: KeptRow, key: RequestKey): SequencedOutcome {
  if (!row.payloadSha256.equals(key.payloadSha256)) {
    const message = 'The Idempotency-Key belongs to another request; draw a new one for each.';
    return { kind: 'refused', error: new BookingRefused('key_reused', 'unprocessable', message) };
  }
  if ('booking' in row.answer) return { kind: 'repeated', answer: row.answer.booking };
  const { code, kind, message, facts } = row.answer.refusal;
  return { kind: 'refused', error: new DomainError(code, kind, message, facts) };
}

function refusalOf({ code, kind, message, facts }: DomainError): Extract<KeptAnswer, { refusal: unknown }>['refusal'] {
  return { code, kind, message, facts };
}
