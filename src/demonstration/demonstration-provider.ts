import { generateKeyPair, randomBytes, type JsonWebKey } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import type { Configuration } from 'oidc-provider';
import { escaped, pageOf } from '../access/sign-in-pages.rules';
import type { OidcSettings } from '../common/config';
import { DemonstrationAccounts, type DemonstrationAccount } from './demonstration-accounts.store';

const MOUNT = '/demonstration/provider';
const ACCOUNTS = '/demonstration/accounts';
const CLIENT_ID = 'etale';
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;
const SESSION_SECONDS = 3600;

/** How the service finds the provider that it carries itself. */
export const demonstrationOidc = (url: string): OidcSettings => ({
  issuer: `${url}${MOUNT}`,
  clientId: CLIENT_ID,
  clientSecret: undefined,
  scopes: 'openid',
  preset: 'etale',
  prompt: 'login',
});

/** A request of this machine itself; a proxy that hands on what others ask would open the accounts to all of them. */
function isOfThisMachine({ headers, socket }: FastifyRequest): boolean {
  const address = socket.remoteAddress ?? '';
  return (
    LOOPBACK.test(headers.host ?? '') &&
    /^(127\.|::1$|::ffff:127\.)/.test(address) &&
    headers.forwarded === undefined &&
    headers['x-forwarded-for'] === undefined
  );
}

/**
 * A real provider of identities with an account of each role and no password, for the demonstration on this machine. People sign in
 * through the same code flow as anywhere else.
 */
export async function mountDemonstrationProvider(app: NestFastifyApplication, url: string): Promise<void> {
  const accounts = app.get(DemonstrationAccounts);
  const configuration = await configurationOf(url, accounts);
  const provider = await quietly(async () => {
    const { default: OidcProvider } = await import('oidc-provider');
    return new OidcProvider(`${url}${MOUNT}`, configuration);
  });
  const handle = provider.callback();
  await app.register((fastify: FastifyInstance, _options: unknown, done: () => void) => {
    // the provider reads bodies itself
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    fastify.addHook('onRequest', async (request, reply) => {
      if (!isOfThisMachine(request)) await reply.code(404).send();
    });
    fastify.all(`${MOUNT}/*`, async (request, reply) => {
      const response = handOver(reply);
      const raw: IncomingMessage & { originalUrl?: string } = request.raw;
      raw.originalUrl = raw.url!;
      raw.url = raw.url!.slice(MOUNT.length);
      await handle(raw, response);
    });
    fastify.get(`${ACCOUNTS}/:uid`, async (request, reply) => choose(provider, accounts, request, reply));
    fastify.post(`${ACCOUNTS}/:uid/:account`, async (request, reply) => {
      const { account } = request.params as { account: string };
      await settle(provider, request.raw, handOver(reply), account);
    });
    done();
  });
}

/** The provider warns on the console of what is meant here: memory as its store, and a Node that it runs on but does not name. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { warn, info } = console;
  const other = (say: typeof warn) => (text: unknown) => void (String(text).includes('oidc-provider') || say(text));
  Object.assign(console, { warn: other(warn), info: other(info) });
  try {
    return await work();
  } finally {
    Object.assign(console, { warn, info });
  }
}

/** The provider writes the answer itself, under the headers that all of ours carry. */
function handOver(reply: FastifyReply): ServerResponse {
  for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value!);
  reply.hijack();
  return reply.raw;
}

async function choose(
  provider: Provider,
  accounts: DemonstrationAccounts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  try {
    const { uid } = await provider.interactionDetails(request.raw, reply.raw);
    await reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(accountsPage(uid, await accounts.all()));
  } catch {
    // the page was open for too long, or the browser sends no cookie
    await reply.redirect('/sign-in', 303);
  }
}

async function settle(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  accountId: string,
): Promise<void> {
  try {
    const result = { login: { accountId, remember: false } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  } catch {
    response.writeHead(303, { location: '/sign-in' }).end();
  }
}

async function configurationOf(url: string, accounts: DemonstrationAccounts): Promise<Configuration> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const key: JsonWebKey = privateKey.export({ format: 'jwk' });
  const find = async (id: string): Promise<DemonstrationAccount | undefined> =>
    (await accounts.all()).find((account) => account.id === id);
  return {
    jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256', kid: randomBytes(8).toString('hex') }] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    clients: [
      {
        client_id: CLIENT_ID,
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${url}/sign-in/callback`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    conformIdTokenClaims: false,
    claims: { openid: ['sub', 'etale_role', 'etale_uais', 'etale_territories'] },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      IdToken: 600,
      Grant: 600,
      Interaction: SESSION_SECONDS,
      Session: SESSION_SECONDS,
    },
    interactions: { url: (_context, { uid }) => `${ACCOUNTS}/${uid}` },
    findAccount: async (_context, id) => {
      const account = await find(id);
      return account && { accountId: id, claims: () => ({ sub: id, ...account.claims }) };
    },
    // there is nothing to consent to: the only client is the service itself
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client!.clientId, accountId: oidc.session!.accountId! });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
  };
}

function accountsPage(uid: string, accounts: readonly DemonstrationAccount[]): string {
  const buttons = accounts.map(
    ({ id, french, english }) =>
      `<form method="post" action="${ACCOUNTS}/${escaped(uid)}/${escaped(id)}"><button><strong>${escaped(french)}</strong><span class="en" lang="en">${escaped(english)}</span></button></form>`,
  );
  return pageOf(
    'Étale — comptes de démonstration',
    `<p>Choisissez un compte. La région n'existe pas, les comptes non plus&nbsp;: aucun mot de passe, et seulement depuis cette machine.</p>
<p class="en" lang="en">Choose an account. The region does not exist, nor do the accounts: no password, and from this machine only.</p>${buttons.join('')}`,
  );
}
