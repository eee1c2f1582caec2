import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import { SignInFailedError } from './access.errors';
import { AccountStore, type AccountRow } from './account.store';
import { ownPath } from './cookie.rules';
import { DelegationStore } from './delegation.store';
import { OidcService } from './oidc.service';
import { newSecret } from './secret.rules';
import { SessionStore } from './session.store';

/** How long somebody may take at the provider's pages. */
export const SIGN_IN_MINUTES = 15;

export interface SignedIn {
  sessionId: string;
  account: AccountRow;
  /** Whether there is anything to do here: a role of one's own, or a head who has named this deputy. */
  hasRole: boolean;
  returnTo: string;
}

/** Signing in and out: what stands between the provider's answer and a session of ours. */
@Injectable()
export class SessionService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly oidc: OidcService,
    private readonly sessions: SessionStore,
    private readonly accounts: AccountStore,
    private readonly delegations: DelegationStore,
  ) {}

  /** Where to send the browser, and the secret of the cookie that binds the answer to it. */
  async begin(returnTo: string | undefined): Promise<{ url: string; browser: string }> {
    const { url, ...begun } = await this.oidc.begin();
    const browser = newSecret();
    await this.sessions.removeExpired();
    await this.sessions.beginSignIn({ ...begun, browser, returnTo: ownPath(returnTo), minutes: SIGN_IN_MINUTES });
    return { url: url.href, browser };
  }

  /** A new session for whoever came back from the provider. @throws SignInFailedError */
  async finish(query: string, browser: string | undefined): Promise<SignedIn> {
    const state = new URLSearchParams(query).get('state');
    const begun = state === null || !browser ? undefined : await this.sessions.takeSignIn(state, browser);
    if (!begun) throw new SignInFailedError('this sign-in was not begun here, took too long, or was finished before');
    const { issuer, subject, grant } = await this.oidc.finish(query, { ...begun, state: state! });
    const account = await this.accounts.signedIn(issuer, subject, grant);
    const hasRole = account.role !== null || (await this.delegations.isDeputy(issuer, subject));
    return { sessionId: await this.open(account.id), account, hasRole, returnTo: begun.returnTo };
  }

  /** A new session, always with a new id: nobody can have fixed it beforehand. */
  async open(accountId: number): Promise<string> {
    const sessionId = newSecret();
    await this.sessions.open(sessionId, accountId, this.config.sessionHours);
    return sessionId;
  }

  async close(sessionId: string | undefined): Promise<void> {
    if (sessionId !== undefined) await this.sessions.close(sessionId);
  }
}
