import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { DataSource, type EntityManager } from 'typeorm';
import { advisoryLock } from '../common/database';

/** A new key is published this long before it signs, so that every gateway knows it by then. */
const ANNOUNCED = "interval '10 minutes'";
/** How long what an old key signed is still believed. */
const OVERLAP = "interval '7 days'";

/** A platform's key of passes. */
export interface PassKeyRow {
  kid: string;
  secret: Buffer;
  signsFrom: Date;
  verifiesUntil: Date | null;
}

/** Keys that sign bundles and deltas, and the keys of passes. They live in the database: all replicas sign with the same. */
@Injectable()
export class GatewayKeyStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The key that signs now; the very first one is made, and signs at once. */
  async signingKey(tx: EntityManager): Promise<{ kid: string; privateKey: CryptoKey }> {
    const read = (): Promise<{ kid: string; jwk: JWK }[]> =>
      tx.query(
        'select kid, private_jwk as jwk from gateway_signing_key where signs_from <= now() order by signs_from desc limit 1',
      );
    let [row] = await read();
    if (!row) {
      await advisoryLock(tx, 'gateway', 0);
      [row] = await read();
      row ??= await this.addSigningKey(tx, 'now()');
    }
    return { kid: row.kid, privateKey: (await importJWK(row.jwk, 'EdDSA')) as CryptoKey };
  }

  /** Announces a new signing key; those before it verify for seven days after it begins to sign. */
  async rotateSigningKey(tx: EntityManager): Promise<string> {
    await advisoryLock(tx, 'gateway', 0);
    await tx.query(
      `update gateway_signing_key set verifies_until = now() + ${ANNOUNCED} + ${OVERLAP} where verifies_until is null`,
    );
    return (await this.addSigningKey(tx, `now() + ${ANNOUNCED}`)).kid;
  }

  /** Public halves of the keys that verify, newest first. */
  async publicKeys(): Promise<JWK[]> {
    const rows = await this.database.query<{ kid: string; jwk: JWK }[]>(
      `select kid, private_jwk - 'd' as jwk from gateway_signing_key
        where verifies_until is null or verifies_until > now() order by signs_from desc`,
    );
    return rows.map(({ kid, jwk }) => ({ ...jwk, kid, use: 'sig', alg: 'EdDSA' }));
  }

  /** Keys of a platform's passes that still verify, newest first; the first one is made where there is none. */
  async passKeys(platformId: number): Promise<PassKeyRow[]> {
    const read = (tx: EntityManager): Promise<PassKeyRow[]> =>
      tx.query(
        `select kid, secret, signs_from as "signsFrom", verifies_until as "verifiesUntil" from gateway_pass_key
          where platform_id = $1 and (verifies_until is null or verifies_until > now()) order by signs_from desc`,
        [platformId],
      );
    const known = await read(this.database.manager);
    if (known.length > 0) return known;
    return this.database.transaction(async (tx) => {
      await advisoryLock(tx, 'gateway', platformId);
      if ((await read(tx)).length === 0) await this.addPassKey(tx, platformId, 'now()');
      return read(tx);
    });
  }

  /** A new key of passes from ten minutes on; passes of those before it are good for a day after. */
  async rotatePassKey(tx: EntityManager, platformId: number): Promise<string> {
    await advisoryLock(tx, 'gateway', platformId);
    await tx.query(
      `update gateway_pass_key set verifies_until = now() + ${ANNOUNCED} + interval '1 day'
        where platform_id = $1 and verifies_until is null`,
      [platformId],
    );
    return this.addPassKey(tx, platformId, `now() + ${ANNOUNCED}`);
  }

  private async addSigningKey(tx: EntityManager, signsFrom: string): Promise<{ kid: string; jwk: JWK }> {
    const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    const jwk = await exportJWK(privateKey);
    const kid = randomUUID();
    await tx.query(`insert into gateway_signing_key (kid, private_jwk, signs_from) values ($1, $2, ${signsFrom})`, [
      kid,
      JSON.stringify(jwk),
    ]);
    return { kid, jwk };
  }

  private async addPassKey(tx: EntityManager, platformId: number, signsFrom: string): Promise<string> {
    const kid = randomUUID().slice(0, 8);
    await tx.query(
      `insert into gateway_pass_key (platform_id, kid, secret, signs_from) values ($1, $2, $3, ${signsFrom})`,
      [platformId, kid, randomBytes(32)],
    );
    return kid;
  }
}
