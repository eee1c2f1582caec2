import { readFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import * as oidc from 'openid-client';
import { ConfigurationError, type Config, type OidcSettings } from '../common/config';
import { CONFIG } from '../common/database.module';
import { SignInFailedError, SignInNotConfiguredError } from './access.errors';
import { mappingFrom } from './identity-mapping-file.rules';
import { IDENTITY_MAPPINGS, type Claims, type IdentityMapping } from './identity-mapping.rules';
import type { Grant } from './account.store';

/** How far the clocks of the provider and ours may be apart. */
const CLOCK_TOLERANCE_SECONDS = 60;
const REQUEST_TIMEOUT_SECONDS = 10;

export interface Identified {
  issuer: string;
  subject: string;
  grant: Grant | undefined;
}

/** The preset, or the rules of a file before it. */
function mappingOf({ preset, mappingFile }: OidcSettings): IdentityMapping {
  if (mappingFile === undefined) return IDENTITY_MAPPINGS[preset];
  try {
    return mappingFrom(readFileSync(mappingFile, 'utf8'), IDENTITY_MAPPINGS[preset]);
  } catch (error) {
    throw new ConfigurationError([`OIDC_MAPPING_FILE cannot be used: ${(error as Error).message}`]);
  }
}

/** Speaks OpenID Connect with the provider: code flow with PKCE; signatures, issuer, nonce and times are checked by openid-client. */
@Injectable()
export class OidcService {
  private discovered: Promise<oidc.Configuration> | undefined;

  private readonly mapping: IdentityMapping | undefined;

  /** @throws ConfigurationError for a mapping file that cannot be used */
  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.mapping = config.oidc && mappingOf(config.oidc);
  }

  get redirectUri(): string {
    return `${this.config.publicUrl}/sign-in/callback`;
  }

  /** Where the browser goes to sign in, and what must be kept until it comes back. */
  async begin(): Promise<{ url: URL; state: string; nonce: string; codeVerifier: string }> {
    const configuration = await this.configuration();
    const codeVerifier = oidc.randomPKCECodeVerifier();
    const state = oidc.randomState();
    const nonce = oidc.randomNonce();
    const methods = configuration.serverMetadata().code_challenge_methods_supported;
    // entcore advertises `plain` alone; whoever knows more, or says nothing, gets S256
    const isPlain = methods !== undefined && !methods.includes('S256') && methods.includes('plain');
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.redirectUri,
      scope: this.config.oidc!.scopes,
      ...(this.config.oidc!.prompt === undefined ? {} : { prompt: this.config.oidc!.prompt }),
      state,
      nonce,
      code_challenge: isPlain ? codeVerifier : await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: isPlain ? 'plain' : 'S256',
    });
    return { url, state, nonce, codeVerifier };
  }

  /** Who came back. @throws SignInFailedError for a code, token or issuer that is not what was asked for */
  async finish(query: string, begun: { state: string; nonce: string; codeVerifier: string }): Promise<Identified> {
    const configuration = await this.configuration();
    const { clientId } = this.config.oidc!;
    const mapping = this.mapping!;
    try {
      const tokens = await oidc.authorizationCodeGrant(configuration, new URL(`${this.redirectUri}?${query}`), {
        pkceCodeVerifier: begun.codeVerifier,
        expectedState: begun.state,
        expectedNonce: begun.nonce,
        idTokenExpected: true,
      });
      const identity = tokens.claims()!;
      const claims = mapping.readsUserinfo
        ? { ...identity, ...(await this.userinfo(configuration, tokens.access_token, mapping.userinfoAccept)) }
        : identity;
      // entcore's own formats have no `sub`; where there is one it is of whom the ID token is
      if (claims.sub !== identity.sub) throw new Error('userinfo is of somebody else');
      return { issuer: identity.iss, subject: identity.sub, grant: mapping.grantOf(claims, clientId) };
    } catch (error) {
      // a signing key that is not known may be a new one: read the provider's keys again at the next sign-in
      this.discovered = undefined;
      throw new SignInFailedError(error instanceof Error ? error.message : String(error));
    }
  }

  private async userinfo(configuration: oidc.Configuration, accessToken: string, accept: string): Promise<Claims> {
    const endpoint = configuration.serverMetadata().userinfo_endpoint;
    if (endpoint === undefined) throw new Error('the provider has no userinfo endpoint');
    const headers = new Headers({ accept });
    const answer = await oidc.fetchProtectedResource(
      configuration,
      accessToken,
      new URL(endpoint),
      'GET',
      undefined,
      headers,
    );
    // entcore answers an unauthenticated call with a redirection to its log-in page
    if (answer.status !== 200) throw new Error(`userinfo answered ${answer.status}`);
    return (await answer.json()) as Claims;
  }

  private configuration(): Promise<oidc.Configuration> {
    const settings = this.config.oidc;
    if (!settings || this.config.publicUrl === undefined) throw new SignInNotConfiguredError();
    this.discovered ??= oidc
      .discovery(
        new URL(settings.issuer),
        settings.clientId,
        { [oidc.clockTolerance]: CLOCK_TOLERANCE_SECONDS },
        settings.clientSecret === undefined ? oidc.None() : oidc.ClientSecretPost(settings.clientSecret),
        {
          timeout: REQUEST_TIMEOUT_SECONDS,
          execute: [
            // in the code flow the library takes the ID token of the token endpoint on trust, unless it is told not to
            oidc.enableNonRepudiationChecks,
            // plain http is for a provider on this machine; the configuration refuses any other
            ...(settings.issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []),
          ],
        },
      )
      .catch((error: unknown) => {
        this.discovered = undefined;
        throw new SignInFailedError(`the provider does not answer: ${error instanceof Error ? error.message : ''}`);
      });
    return this.discovered;
  }
}
