import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { advisoryLock, inTransaction } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import type { EstablishmentKind } from './directory-rows';
import { lockDirectory } from './import-lock';
import { AssignmentEmptyError, EstablishmentsUnknownError } from './platform-assignment.errors';
import { PlatformAssignmentStore, type PlacedEstablishment } from './platform-assignment.store';
import { PlatformMoves } from './platform-moves';
import { departmentCodeOf } from './territory.rules';
import { checkedUai } from './uai.errors';

/** Which establishments: those for which all that is given holds. */
export interface AssignmentRequest {
  /** Codes of regions, academies or departments; an establishment of any of them. */
  territoryCodes?: readonly string[] | undefined;
  kinds?: readonly EstablishmentKind[] | undefined;
  uais?: readonly string[] | undefined;
}

export interface AssignmentOutcome {
  /** Had no platform before. */
  assignedCount: number;
  /** Were on the platform already. */
  unchangedCount: number;
  /** Came from another platform. */
  movedCount: number;
}

/** Puts establishments on platforms; each one is on one platform at a time. */
/** Establishments that an entry of the audit trail names; the others are counted. */
const MOST_NAMED = 100;

@Injectable()
export class PlatformAssignmentService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly store: PlatformAssignmentStore,
    private readonly moves: PlatformMoves,
  ) {}

  /**
   * All or nothing. Throws AssignmentEmptyError, UaiError, EstablishmentsUnknownError, NotFoundError (platform, territory),
   * and what those refuse who hold windows of the establishments elsewhere.
   */
  async assign(actor: Actor, platformId: number, request: AssignmentRequest): Promise<AssignmentOutcome> {
    const uais = request.uais?.map(checkedUai);
    const { kinds, territoryCodes } = request;
    if (!uais?.length && !kinds?.length && !territoryCodes?.length) throw new AssignmentEmptyError();
    return inTransaction(this.database, async (tx) => {
      // imports and other assignments wait: what is read here stays true until the end
      await lockDirectory(tx);
      await this.requirePlatform(tx, platformId);
      const establishments = await this.store.establishments(tx, {
        departmentIds: territoryCodes?.length ? await this.departmentsOf(tx, territoryCodes) : undefined,
        kinds: kinds?.length ? kinds : undefined,
        uais: uais?.length ? uais : undefined,
      });
      if (uais) await this.requireUais(tx, uais);
      return this.move(tx, actor, platformId, establishments);
    });
  }

  /** Pupils of a platform's establishments by department, in their latest school year. Throws NotFoundError. */
  pupilCounts(_actor: Actor, platformId: number): Promise<{ departmentId: number; pupilCount: number }[]> {
    return inTransaction(this.database, async (tx) => {
      await this.requirePlatform(tx, platformId);
      return this.store.pupilCounts(tx, platformId);
    });
  }

  private async move(
    tx: EntityManager,
    actor: Actor,
    platformId: number,
    establishments: readonly PlacedEstablishment[],
  ): Promise<AssignmentOutcome> {
    const changing = establishments.filter((establishment) => establishment.platformId !== platformId);
    const movedCount = changing.filter((establishment) => establishment.platformId !== null).length;
    const outcome = {
      assignedCount: changing.length - movedCount,
      unchangedCount: establishments.length - changing.length,
      movedCount,
    };
    if (changing.length === 0) return outcome;
    // a publication on the platform that they leave, or on the one that they join, waits; in the order of ids: no deadlock
    const platformIds = new Set([platformId, ...changing.flatMap((establishment) => establishment.platformId ?? [])]);
    for (const id of [...platformIds].sort((a, b) => a - b)) await advisoryLock(tx, 'platform', id);
    const establishmentIds = changing.map(({ id }) => id);
    await this.store.assign(tx, platformId, establishmentIds);
    await recordAudit(tx, actor, {
      action: 'establishment.assign',
      key: platformId,
      platformId,
      before: { platformIds: [...platformIds].filter((id) => id !== platformId) },
      after: { ...outcome, uais: changing.slice(0, MOST_NAMED).map(({ uai }) => uai) },
    });
    await this.moves.tell(tx, { platformId, establishmentIds });
    return outcome;
  }

  private async requirePlatform(tx: EntityManager, platformId: number): Promise<void> {
    if (!(await this.store.isPlatform(tx, platformId))) throw new NotFoundError('platform', platformId);
  }

  private async requireUais(tx: EntityManager, uais: readonly string[]): Promise<void> {
    const unknown = await this.store.unknownUais(tx, uais);
    if (unknown.length > 0) throw new EstablishmentsUnknownError(unknown);
  }

  /** A code as it stands, or a department's in another spelling (`059`, `2a`); never an id, which could be meant as a code. */
  private async departmentsOf(tx: EntityManager, territoryCodes: readonly string[]): Promise<number[]> {
    const departmentIds: number[] = [];
    for (const code of territoryCodes) {
      const below =
        (await this.store.departmentsOf(tx, code)) ??
        (await this.store.departmentsOf(tx, departmentCodeOf(code) ?? code.toUpperCase()));
      if (!below) throw new NotFoundError('territory', code);
      departmentIds.push(...below);
    }
    return departmentIds;
  }
}
