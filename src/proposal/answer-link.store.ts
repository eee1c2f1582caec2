import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { LinkQuality } from './proposal.rules';

export interface AnswerLinkRow {
  id: number;
  uai: string;
  establishmentName: string;
  quality: LinkQuality;
  expiresAt: Date;
  createdAt: Date;
  revokedAt: Date | null;
}

/** A link with what it answers. */
export interface UsableLink extends AnswerLinkRow {
  campaignId: number;
}

const FIELDS = `l.id, e.uai, e.name as "establishmentName", l.quality, l.expires_at as "expiresAt",
  l.created_at as "createdAt", l.revoked_at as "revokedAt"`;

/** Links that answer a proposal; of a token only its hash is kept. */
@Injectable()
export class AnswerLinkStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** One link for each establishment, in the order of the UAIs. */
  insert(
    tx: EntityManager,
    link: { proposalId: number; quality: LinkQuality; expiresAt: Date; createdBy: string },
    uais: readonly string[],
    hashes: readonly Buffer[],
  ): Promise<AnswerLinkRow[]> {
    return tx.query(
      `with made as (
         insert into answer_link (proposal_id, establishment_id, quality, token_sha256, expires_at, created_by)
         select $1, e.id, $2, asked.hash, $3, $4
           from unnest($5::text[], $6::bytea[]) as asked (uai, hash) join establishment e on e.uai = asked.uai
         returning *)
       select ${FIELDS} from made l join establishment e on e.id = l.establishment_id order by e.uai`,
      [link.proposalId, link.quality, link.expiresAt, link.createdBy, uais, hashes],
    );
  }

  page(
    proposalId: number,
    filter: { uai: string | undefined; uais: readonly string[] | undefined },
    afterId: number,
    count: number,
  ): Promise<AnswerLinkRow[]> {
    return this.database.query(
      `select ${FIELDS} from answer_link l join establishment e on e.id = l.establishment_id
        where l.proposal_id = $1 and l.id > $2 and ($3::text is null or e.uai = $3) and ($4::text[] is null or e.uai = any($4))
        order by l.id limit $5`,
      [proposalId, afterId, filter.uai ?? null, filter.uais ?? null, count],
    );
  }

  async find(campaignId: number, linkId: number): Promise<AnswerLinkRow | undefined> {
    const [row] = await this.database.query<AnswerLinkRow[]>(
      `select ${FIELDS} from answer_link l join establishment e on e.id = l.establishment_id
         join proposal p on p.id = l.proposal_id where p.campaign_id = $1 and l.id = $2`,
      [campaignId, linkId],
    );
    return row;
  }

  async ofHash(hash: Buffer): Promise<(UsableLink & { isSuperseded: boolean }) | undefined> {
    const [row] = await this.database.query<(UsableLink & { isSuperseded: boolean })[]>(
      `select ${FIELDS}, p.campaign_id as "campaignId", p.superseded_at is not null as "isSuperseded"
         from answer_link l join establishment e on e.id = l.establishment_id join proposal p on p.id = l.proposal_id
        where l.token_sha256 = $1`,
      [hash],
    );
    return row;
  }

  async revoke(tx: EntityManager, linkId: number): Promise<void> {
    await tx.query('update answer_link set revoked_at = now() where id = $1 and revoked_at is null', [linkId]);
  }
}
