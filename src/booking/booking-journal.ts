import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { CrowdDatabase } from '../common/crowd-database';
import { isUniqueViolation } from '../common/database';
import { GatheredRead } from '../common/gathered-read';
import { DomainError, type ErrorKind } from '../common/domain-error';
import { PlanNotPublished } from '../plan/plan.errors';
import type { SequencedOutcome, SequencedRequest, SequencerJournal, Settled } from '../plan/sequencer';
import { ZonedInstants } from '../plan/zoned-instants';
import { BookingRefused } from './booking.errors';
import { KeyedWork, type RequestKey, UndoWork } from './booking-work';

/** An answer as it is kept: what was done, or why it was refused. */
type KeptAnswer =
  | { answer: object }
  | { refusal: { code: string; kind: ErrorKind; message: string; facts: Record<string, unknown> } };

interface KeptBooking {
  planId: number;
  platformId: number;
  bookedBy: string;
}

interface Refusal {
  key: RequestKey;
  platformId: number;
  error: DomainError;
}

interface KeptRow {
  subject: string;
  key: string;
  platformId: number;
  payloadSha256: Buffer;
  answer: KeptAnswer;
}

// `offset 0` keeps it a look at the index for each key, whatever was known of the table when the statement was planned
const KEPT_ROWS = `select k.subject, k.key, k.platform_id as "platformId", k.payload_sha256 as "payloadSha256", k.answer
    from unnest($1::text[], $2::text[]) as asked (subject, key)
    cross join lateral (select * from idempotency_key k where k.subject = asked.subject and k.key = asked.key offset 0) k`;

const KEEP = `insert into idempotency_key (platform_id, subject, key, payload_sha256, answer)
  select r."platformId", r.subject, r.key, decode(r.payload, 'hex'), r.answer
    from json_to_recordset($1) as r ("platformId" int, subject text, key text, payload text, answer json)`;

const nameOf = ({ subject, key }: { subject: string; key: string }): string => `${subject}\n${key}`;

/** Bookings and the answers to requests, in the transaction that changes the windows. */
@Injectable()
export class BookingJournal implements SequencerJournal {
  private readonly instants = new ZonedInstants();

  private readonly rowsByKey = new GatheredRead((keys: RequestKey[]) =>
    this.rowOfEach((text, values) => this.crowd.query(text, values), keys),
  );

  private readonly refusals = new GatheredRead((refusals: Refusal[]) => this.writeRefusals(refusals));

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly crowd: CrowdDatabase,
  ) {}

  /** The answer to a request that was answered before. @throws BookingRefused for a key of another request; the refusal that was given */
  async find(key: RequestKey): Promise<object | undefined> {
    const row = await this.rowsByKey.get(key);
    if (!row) return undefined;
    const outcome = outcomeOf(row, key);
    if (outcome.kind === 'refused') throw outcome.error;
    return outcome.kind === 'repeated' ? (outcome.answer as object) : undefined;
  }

  async answered(tx: EntityManager, requests: readonly SequencedRequest[]): Promise<Map<string, SequencedOutcome>> {
    const works = requests.filter((request) => request instanceof KeyedWork);
    const keyed = works.filter(({ key }) => key !== null);
    const rows = await this.rowOfEach(
      (text, values) => tx.query(text, values),
      keyed.map(({ key }) => key!),
    );
    const rowOf = new Map(keyed.map((work, i) => [work, rows[i]]));
    const outcomes = new Map<string, SequencedOutcome>();
    for (const work of works) {
      const row = rowOf.get(work);
      const outcome = row ? outcomeOf(row, work.key!) : await refusalOfCheck(tx, work);
      if (outcome) outcomes.set(work.id, outcome);
    }
    return outcomes;
  }

  async record(tx: EntityManager, settled: readonly Settled[]): Promise<void> {
    const works = settled.filter(({ request }) => request instanceof KeyedWork);
    const keys = works.flatMap(({ request, outcome }) => {
      const { key, platformId } = request as KeyedWork;
      if (!key || outcome.kind === 'repeated') return [];
      if (outcome.kind === 'refused' && isOpen(request as KeyedWork, outcome.error)) return [];
      return [
        this.keyRow(
          key,
          platformId,
          outcome.kind === 'accepted'
            ? { answer: (request as KeyedWork).answer(outcome, this.instants) }
            : { refusal: refusalOf(outcome.error) },
        ),
      ];
    });
    const recorded = this.recordBookings(tx, works);
    // they refer to the booking, whose row is on its way before them
    const ofFeatures = works.map(({ request, outcome }) =>
      outcome.kind === 'accepted' ? (request as KeyedWork).record?.(tx, outcome, this.instants) : undefined,
    );
    await Promise.all([recorded, ...ofFeatures, this.recordKeys(tx, keys)]);
  }

  /**
   * Keeps the answer to a request that changes no window, in the transaction of what it does. @throws BookingRefused where another replica
   * keeps one under the same key meanwhile: that one counts
   */
  async keep(tx: EntityManager, key: RequestKey, platformId: number, answer: object): Promise<void> {
    try {
      await this.recordKeys(tx, [this.keyRow(key, platformId, { answer })]);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new BookingRefused('key_in_progress', 'conflict', 'The same request is being worked on.');
    }
  }

  leavesAtOnce(settled: readonly Settled[]): boolean {
    return settled.every(({ request }) => !(request as KeyedWork).record);
  }

  /**
   * Keeps a refusal that was explained after it was decided, a crowd's in one statement. Where another replica has answered the
   * same request meanwhile, that answer counts. @throws DomainError the refusal that counts
   */
  async keepRefusal(key: RequestKey, platformId: number, error: DomainError): Promise<object> {
    if (await this.refusals.get({ key, platformId, error })) throw error;
    const earlier = await this.find(key);
    if (!earlier) throw error;
    return earlier;
  }

  /** A booking that somebody may take back. */
  async booking(id: string): Promise<KeptBooking | undefined> {
    const [row] = await this.database.query<KeptBooking[]>(
      'select plan_id as "planId", platform_id as "platformId", booked_by as "bookedBy" from booking where id = $1',
      [id],
    );
    return row;
  }

  /** Whether a booking was taken back once, whatever happened to that since. */
  async isUndone(tx: EntityManager, bookingId: string): Promise<boolean> {
    const rows = await tx.query<object[]>('select from booking where undoes_booking_id = $1 limit 1', [bookingId]);
    return rows.length > 0;
  }

  /** Which of them are kept now. */
  private async writeRefusals(refusals: Refusal[]): Promise<boolean[]> {
    const rows = refusals.map(({ key, platformId, error }) =>
      this.keyRow(key, platformId, { refusal: refusalOf(error) }),
    );
    const kept = await this.crowd.query<{ subject: string; key: string }>(
      `${KEEP} on conflict do nothing returning subject, key`,
      [JSON.stringify(rows)],
    );
    const names = new Set(kept.map(nameOf));
    return refusals.map(({ key }) => names.has(nameOf(key)));
  }

  private async recordBookings(tx: EntityManager, settled: readonly Settled[]): Promise<void> {
    const bookings = settled.flatMap(({ request, outcome }) => {
      const work = request as KeyedWork;
      if (outcome.kind !== 'accepted' || !work.isBooking()) return [];
      const { id, planId, operation, actor, reason, platformId } = work;
      const undoesBookingId = work instanceof UndoWork ? work.undoesBookingId : null;
      return [{ id, platformId, planId, operation: operation.kind, undoesBookingId, bookedBy: actor.subject, reason }];
    });
    if (bookings.length === 0) return;
    await tx.query(
      `insert into booking (id, platform_id, plan_id, operation, undoes_booking_id, booked_by, reason)
       select r.id, r."platformId", r."planId", r.operation, r."undoesBookingId", r."bookedBy", r.reason
         from json_to_recordset($1) as r (id uuid, "platformId" int, "planId" int, operation text, "undoesBookingId" uuid,
              "bookedBy" text, reason text)`,
      [JSON.stringify(bookings)],
    );
  }

  private async recordKeys(tx: EntityManager, keys: readonly object[]): Promise<void> {
    if (keys.length === 0) return;
    await tx.query(KEEP, [JSON.stringify(keys)]);
  }

  private keyRow({ subject, key, payloadSha256 }: RequestKey, platformId: number, answer: KeptAnswer): object {
    return { platformId, subject, key, payload: payloadSha256.toString('hex'), answer };
  }

  private async rowOfEach(
    read: (text: string, values: unknown[]) => Promise<KeptRow[]>,
    keys: readonly RequestKey[],
  ): Promise<(KeptRow | undefined)[]> {
    if (keys.length === 0) return [];
    const rows = await read(KEPT_ROWS, [keys.map(({ subject }) => subject), keys.map(({ key }) => key)]);
    const found = new Map(rows.map((row) => [nameOf(row), row]));
    return keys.map((key) => found.get(nameOf(key)));
  }
}

/** Why the tables of its feature refuse a request, if they do. */
async function refusalOfCheck(tx: EntityManager, work: KeyedWork): Promise<SequencedOutcome | undefined> {
  try {
    await work.check?.(tx);
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return { kind: 'refused', error };
    throw error;
  }
}

function outcomeOf(row: KeptRow, key: RequestKey): SequencedOutcome {
  if (!row.payloadSha256.equals(key.payloadSha256)) {
    const message = 'The Idempotency-Key belongs to another request; draw a new one for each.';
    return { kind: 'refused', error: new BookingRefused('key_reused', 'unprocessable', message) };
  }
  if ('answer' in row.answer) return { kind: 'repeated', answer: row.answer.answer };
  const { code, kind, message, facts } = row.answer.refusal;
  return { kind: 'refused', error: new DomainError(code, kind, message, facts) };
}

/** Whether a refusal is not the answer yet: more is to be said of it, or the request is decided anew on the plan in force. */
const isOpen = (work: KeyedWork, error: DomainError): boolean =>
  work.isExplained(error) || error instanceof PlanNotPublished;

function refusalOf({ code, kind, message, facts }: DomainError): Extract<KeptAnswer, { refusal: unknown }>['refusal'] {
  return { code, kind, message, facts };
}
