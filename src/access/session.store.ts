import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CrowdDatabase } from '../common/crowd-database';
import { GatheredRead } from '../common/gathered-read';
import type { AccountRole } from './account.store';
import type { TerritoryScope } from './actor';
import { sha256 } from './secret.rules';

export interface SessionRow {
  accountId: number;
  role: AccountRole | null;
  uais: string[];
  territories: TerritoryScope[];
  /** Establishments that somebody else answers for and has handed over for a time. */
  delegatedUais: string[];
  expiresAt: Date;
}

/** Sessions on the server, found by the hash of what the cookie carries: who reads the table cannot sign in with it. */
@Injectable()
export class SessionStore {
  private readonly bySecret = new GatheredRead((hashes: Buffer[]) => this.read(hashes));

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly crowd: CrowdDatabase,
  ) {}

  async open(sessionId: string, accountId: number, hours: number): Promise<void> {
    await this.database.query(
      `insert into session (id_sha256, account_id, expires_at) values ($1, $2, now() + make_interval(secs => $3 * 3600))`,
      [sha256(sessionId), accountId, hours],
    );
  }

  /** A session that has not ended; a crowd's are read together, and none is remembered: who signed out is out. */
  find(sessionId: string): Promise<SessionRow | undefined> {
    return this.bySecret.get(sha256(sessionId));
  }

  async close(sessionId: string): Promise<void> {
    await this.database.query('delete from session where id_sha256 = $1', [sha256(sessionId)]);
  }

  async removeExpired(): Promise<void> {
    await this.database.query('delete from session where expires_at < now()');
    await this.database.query('delete from sign_in where expires_at < now()');
  }

  async beginSignIn(begun: {
    state: string;
    browser: string;
    nonce: string;
    codeVerifier: string;
    returnTo: string;
    minutes: number;
  }): Promise<void> {
    await this.database.query(
      `insert into sign_in (state_sha256, browser_sha256, nonce, code_verifier, return_to, expires_at)
       values ($1, $2, $3, $4, $5, now() + make_interval(mins => $6))`,
      [sha256(begun.state), sha256(begun.browser), begun.nonce, begun.codeVerifier, begun.returnTo, begun.minutes],
    );
  }

  /** What was begun, once only: a state that comes again finds nothing. */
  async takeSignIn(
    state: string,
    browser: string,
  ): Promise<{ nonce: string; codeVerifier: string; returnTo: string } | undefined> {
    const [rows] = await this.database.query<[{ nonce: string; codeVerifier: string; returnTo: string }[], number]>(
      `delete from sign_in where state_sha256 = $1 and browser_sha256 = $2 and expires_at > now()
       returning nonce, code_verifier as "codeVerifier", return_to as "returnTo"`,
      [sha256(state), sha256(browser)],
    );
    return rows[0];
  }

  private async read(hashes: Buffer[]): Promise<(SessionRow | undefined)[]> {
    const rows = await this.crowd.query<SessionRow & { hash: string }>(
      `select encode(s.id_sha256, 'hex') as hash, a.id as "accountId", a.role, a.uais, a.territories, s.expires_at as "expiresAt",
         array(select d.uai from delegation d where d.issuer = a.issuer and d.subject = a.subject
           and d.starts_at <= now() and now() < d.ends_at) as "delegatedUais"
       from session s join account a on a.id = s.account_id where s.id_sha256 = any($1) and s.expires_at > now()`,
      [[...new Map(hashes.map((hash) => [hash.toString('hex'), hash])).values()]],
    );
    const found = new Map(rows.map(({ hash, ...row }) => [hash, row]));
    return hashes.map((hash) => found.get(hash.toString('hex')));
  }
}
