import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { recordAudit } from '../audit/audit-entry';
import type { Config } from '../common/config';
import { inTransaction } from '../common/database';
import { CONFIG } from '../common/database.module';
import { DomainError, NotFoundError } from '../common/domain-error';
import { decodeCursor, pageOf } from '../common/keyset';
import type { Actor } from './actor';
import type { DelegationDto, DelegationPageDto } from './delegation.dto';
import { checkMayName, delegationTime, MOST_DEPUTIES, uaiOf } from './delegation.rules';
import { type DelegationRow, DelegationStore } from './delegation.store';

const LARGEST_ID = 2_147_483_647;

/** Heads hand their establishment to deputies for a time, and take it back. */
@Injectable()
export class DelegationService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    private readonly store: DelegationStore,
  ) {}

  /** From its start the deputy acts as head of the establishment, from the next request on. @throws NotFoundError, DomainError */
  async create(
    actor: Actor,
    uaiText: string,
    request: { issuer?: string; subject: string; startsAt?: Date | undefined; endsAt: Date },
    now: Date,
  ): Promise<DelegationDto> {
    const uai = uaiOf(uaiText);
    checkMayName(actor, uai);
    const time = delegationTime(request, now);
    const issuer = request.issuer ?? this.config.oidc?.issuer;
    if (issuer === undefined)
      throw new DomainError('delegation.issuer_needed', 'unprocessable', 'Name the issuer that knows the deputy.');
    const { subject } = request;
    return inTransaction(this.database, async (tx) => {
      if (!(await this.store.holdEstablishment(tx, uai))) throw new NotFoundError('establishment', uai);
      const live = await this.store.live(tx, uai);
      if (live.some((one) => one.issuer === issuer && one.subject === subject))
        throw new DomainError(
          'delegation.exists',
          'conflict',
          'This person is a deputy there already; end that first.',
        );
      if (live.length >= MOST_DEPUTIES)
        throw new DomainError(
          'delegation.too_many',
          'conflict',
          `An establishment has ${MOST_DEPUTIES} deputies at most; end a delegation first.`,
          { mostDeputies: MOST_DEPUTIES },
        );
      const row = await this.store.add(tx, { uai, issuer, subject, delegatedBy: actor.subject, ...time });
      await recordAudit(tx, actor, { action: 'delegation.create', key: row.id, uai, after: valueOf(row) });
      return dtoOf(row);
    });
  }

  /** The delegations of an establishment that run or will, the latest first. @throws NotFoundError, CursorError */
  async list(uaiText: string, limit: number, cursor: string | undefined): Promise<DelegationPageDto> {
    const uai = uaiOf(uaiText);
    if (!(await this.store.establishmentExists(uai))) throw new NotFoundError('establishment', uai);
    const beforeId = cursor === undefined ? LARGEST_ID : (decodeCursor(cursor, ['number'])[0] as number);
    const page = pageOf(await this.store.page(uai, beforeId, limit + 1), limit, ({ id }) => [id]);
    return { ...page, items: page.items.map(dtoOf) };
  }

  /** Ends a delegation at once: the deputy's next request knows. @throws NotFoundError, DomainError */
  async revoke(actor: Actor, uaiText: string, id: number): Promise<void> {
    const uai = uaiOf(uaiText);
    checkMayName(actor, uai);
    await inTransaction(this.database, async (tx) => {
      const row = await this.store.hold(tx, uai, id);
      if (!row) throw new NotFoundError('delegation', id);
      await this.store.end(tx, id);
      await recordAudit(tx, actor, { action: 'delegation.revoke', key: id, uai, before: valueOf(row) });
    });
  }
}

const dtoOf = ({ startsAt, endsAt, ...row }: DelegationRow): DelegationDto => ({
  ...row,
  startsAt: startsAt.toISOString(),
  endsAt: endsAt.toISOString(),
});

/** What the trail keeps: whom and when. */
function valueOf({ issuer, subject, startsAt, endsAt }: DelegationRow): Record<string, unknown> {
  return { issuer, subject, startsAt, endsAt };
}
