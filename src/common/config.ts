import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { plainToInstance, Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min, MinLength, validateSync } from 'class-validator';
import { MayBeLeftOut } from './may-be-left-out';
import { DomainError } from './domain-error';

export const DEMO_SCALES = ['XS', 'S', 'M', 'L', 'XL'] as const;
/** XS (60 establishments) is for tests and slow machines; S to XL are those of the documentation. */
export type DemoScale = (typeof DEMO_SCALES)[number];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export const OIDC_PRESETS = ['etale', 'entcore-1.0', 'entcore-3.0', 'sdet', 'proconnect'] as const;
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
const WEB_ADDRESS = /^(https:\/\/[^/?#@]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)$/;
const ISSUER = /^(https:\/\/[^?#@]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/[^?#@]*)?)$/;

/** The provider of identities, and what its claims mean. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Absent for a public client, which PKCE alone protects. */
  readonly clientSecret: string | undefined;
  readonly scopes: string;
  readonly preset: (typeof OIDC_PRESETS)[number];
  /** Rules of one's own (JSON), which come before the preset's. */
  readonly mappingFile?: string | undefined;
  /** `login`: the provider asks who somebody is each time. */
  readonly prompt?: 'login';
}

/** The environment as the README lists it; anything else there is ignored, anything wrong here stops the start. */
class Environment {
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT = 3000;

  /** Beyond this machine only with a provider of identities: the accounts of the demonstration are for loopback. */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  HOST = '127.0.0.1';

  /** Where browsers reach the service: `https://...`, or `http:` on this machine. Needed with OIDC_ISSUER. */
  @MayBeLeftOut()
  @Matches(WEB_ADDRESS, { message: 'ETALE_PUBLIC_URL must be an https address without a path (http on loopback)' })
  ETALE_PUBLIC_URL?: string;

  @MayBeLeftOut()
  @Matches(ISSUER, { message: 'OIDC_ISSUER must be an https address (http on loopback)' })
  OIDC_ISSUER?: string;

  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  OIDC_CLIENT_ID = 'etale';

  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  OIDC_CLIENT_SECRET?: string;

  @MayBeLeftOut()
  @Matches(/^openid( [\w:/.-]+)*$/, { message: 'OIDC_SCOPES must begin with openid' })
  OIDC_SCOPES = 'openid';

  /** What the provider's claims mean. */
  @MayBeLeftOut()
  @IsIn(OIDC_PRESETS)
  OIDC_PRESET: (typeof OIDC_PRESETS)[number] = 'etale';

  /** A JSON file of rules from claims to roles, which come before those of the preset. */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  OIDC_MAPPING_FILE?: string;

  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(24)
  ETALE_SESSION_HOURS = 10;

  /** How long the audit trail is kept; never less than 180 days. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(180)
  @Max(36_500)
  ETALE_AUDIT_DAYS = 1095;

  /** The most that a file to import may hold, unpacked: a national file has some hundreds. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100_000)
  ETALE_IMPORT_MEGABYTES = 1000;

  @MayBeLeftOut()
  @IsString()
  NODE_ENV?: string;

  @MayBeLeftOut()
  @IsUrl(
    { protocols: ['postgres', 'postgresql'], require_tld: false, require_protocol: true, require_valid_protocol: true },
    { message: 'DATABASE_URL must look like postgres://user:password@host:5432/database' },
  )
  DATABASE_URL?: string;

  /** The owner of the schema, who migrates and gives DATABASE_URL's role its rights; without it that role owns and migrates. */
  @MayBeLeftOut()
  @IsUrl(
    { protocols: ['postgres', 'postgresql'], require_tld: false, require_protocol: true, require_valid_protocol: true },
    { message: 'MIGRATION_DATABASE_URL must look like postgres://owner:password@host:5432/database' },
  )
  MIGRATION_DATABASE_URL?: string;

  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  ETALE_DATA_DIR = join(homedir(), '.etale');

  @MayBeLeftOut()
  @IsIn(DEMO_SCALES)
  ETALE_DEMO_SCALE: DemoScale = 'M';

  /** `auto`: a demonstration region in the embedded database only; `always`; `never`. */
  @MayBeLeftOut()
  @IsIn(['auto', 'always', 'never'])
  ETALE_DEMO: 'auto' | 'always' | 'never' = 'auto';

  /** Keys the hashes of teacher keys; at least 32 characters. The embedded database keeps one of its own. */
  @MayBeLeftOut()
  @Matches(/^.{32,}$/, { message: 'ETALE_SECRET must have at least 32 characters' })
  ETALE_SECRET?: string;

  /** Networks from which an ENT may read `GET /session/limit`, as CIDR ranges with commas between. */
  @MayBeLeftOut()
  @Matches(/^[0-9a-fA-F:.]+\/\d{1,3}(,[0-9a-fA-F:.]+\/\d{1,3})*$/, {
    message: 'ETALE_SESSION_LIMIT_NETWORKS must be CIDR ranges with commas between, such as 10.0.0.0/8,::1/128',
  })
  ETALE_SESSION_LIMIT_NETWORKS = '127.0.0.0/8,::1/128';

  /** Private networks that webhooks may reach all the same, as CIDR ranges with commas between. */
  @MayBeLeftOut()
  @Matches(/^[0-9a-fA-F:.]+\/\d{1,3}(,[0-9a-fA-F:.]+\/\d{1,3})*$/, {
    message: 'ETALE_WEBHOOK_NETWORKS must be CIDR ranges with commas between, such as 10.1.0.0/16',
  })
  ETALE_WEBHOOK_NETWORKS?: string;

  /** Requests of one address in a minute, 0 for any number: a school's heads and families often come from one. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(10_000_000)
  ETALE_ADDRESS_REQUESTS_PER_MINUTE = 12_000;

  /** Requests with one key in a minute, 0 for any number. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(10_000_000)
  ETALE_KEY_REQUESTS_PER_MINUTE = 6000;

  /** Requests of one address in a minute that sign in (two for each person), 0 for any number. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(10_000_000)
  ETALE_SIGN_IN_REQUESTS_PER_MINUTE = 240;

  /** Proxies whose `X-Forwarded-For` is believed, as CIDR ranges with commas between. */
  @MayBeLeftOut()
  @Matches(/^[0-9a-fA-F:.]+\/\d{1,3}(,[0-9a-fA-F:.]+\/\d{1,3})*$/, {
    message: 'ETALE_TRUSTED_PROXIES must be CIDR ranges with commas between, such as 10.1.0.0/16',
  })
  ETALE_TRUSTED_PROXIES?: string;

  @MayBeLeftOut()
  @IsIn(LOG_LEVELS)
  LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(2)
  @Max(200)
  ETALE_POOL_SIZE = 20;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string | undefined;
  /** The schema's owner, where it is another role than the application's. */
  readonly migrationDatabaseUrl: string | undefined;
  readonly dataDirectory: string;
  readonly demoScale: DemoScale;
  readonly demo: 'auto' | 'always' | 'never';
  readonly secret: string | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly poolSize: number;
  /** Where browsers reach the service; absent: at the address that it listens on. */
  readonly publicUrl: string | undefined;
  /** Absent: nobody signs in, unless the demonstration's provider runs. */
  readonly oidc: OidcSettings | undefined;
  readonly sessionHours: number;
  /** CIDR ranges from which the ENT's own quota is read. */
  readonly sessionLimitNetworks: readonly string[];
  /** CIDR ranges that webhooks may reach although they are private. */
  readonly webhookNetworks: readonly string[];
  readonly auditDays: number;
  readonly importMegabytes: number;
  /** Requests in a minute, 0 for any number. */
  readonly rateLimits: {
    readonly addressPerMinute: number;
    readonly keyPerMinute: number;
    readonly signInPerMinute: number;
  };
  /** CIDR ranges of proxies that say truly for whom they ask. */
  readonly trustedProxies: readonly string[];
  readonly isProduction: boolean;
}

export class ConfigurationError extends DomainError {
  constructor(messages: string[]) {
    super('configuration.invalid', 'invalid', `The configuration is not valid: ${messages.join('; ')}.`);
  }
}

function networksOf(name: string, text: string | undefined): readonly string[] {
  const ranges = text === undefined ? [] : text.split(',');
  for (const range of ranges) {
    const [address, bits] = range.split('/') as [string, string];
    const family = isIP(address);
    if (family === 0 || Number(bits) > (family === 4 ? 32 : 128))
      throw new ConfigurationError([`${name}: ${range} is no CIDR range`]);
  }
  return Object.freeze(ranges);
}

/** Reads and validates the environment once; empty variables count as absent. */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const values = plainToInstance(Environment, given, { exposeDefaultValues: true });
  const errors = validateSync(values, { skipUnknownProperties: true } as object);
  if (errors.length > 0)
    throw new ConfigurationError(errors.flatMap((error) => Object.values(error.constraints ?? {})));
  if (values.OIDC_ISSUER === undefined && !LOOPBACK.includes(values.HOST)) {
    throw new ConfigurationError(['HOST beyond loopback needs OIDC_ISSUER: nobody else could sign in']);
  }
  if (values.OIDC_ISSUER !== undefined && values.ETALE_PUBLIC_URL === undefined)
    throw new ConfigurationError(['OIDC_ISSUER needs ETALE_PUBLIC_URL, to which the provider sends people back']);
  if (values.MIGRATION_DATABASE_URL !== undefined && values.DATABASE_URL === undefined)
    throw new ConfigurationError([
      'MIGRATION_DATABASE_URL needs DATABASE_URL: the embedded database has its own owner',
    ]);
  return Object.freeze({
    port: values.PORT,
    host: values.HOST,
    databaseUrl: values.DATABASE_URL,
    migrationDatabaseUrl: values.MIGRATION_DATABASE_URL,
    dataDirectory: resolve(values.ETALE_DATA_DIR),
    demoScale: values.ETALE_DEMO_SCALE,
    demo: values.ETALE_DEMO,
    secret: values.ETALE_SECRET,
    logLevel: values.LOG_LEVEL,
    poolSize: values.ETALE_POOL_SIZE,
    publicUrl: values.ETALE_PUBLIC_URL,
    oidc:
      values.OIDC_ISSUER === undefined
        ? undefined
        : Object.freeze({
            issuer: values.OIDC_ISSUER,
            clientId: values.OIDC_CLIENT_ID,
            clientSecret: values.OIDC_CLIENT_SECRET,
            scopes: values.OIDC_SCOPES,
            preset: values.OIDC_PRESET,
            mappingFile: values.OIDC_MAPPING_FILE,
          }),
    sessionHours: values.ETALE_SESSION_HOURS,
    sessionLimitNetworks: networksOf('ETALE_SESSION_LIMIT_NETWORKS', values.ETALE_SESSION_LIMIT_NETWORKS),
    webhookNetworks: networksOf('ETALE_WEBHOOK_NETWORKS', values.ETALE_WEBHOOK_NETWORKS),
    auditDays: values.ETALE_AUDIT_DAYS,
    importMegabytes: values.ETALE_IMPORT_MEGABYTES,
    rateLimits: Object.freeze({
      addressPerMinute: values.ETALE_ADDRESS_REQUESTS_PER_MINUTE,
      keyPerMinute: values.ETALE_KEY_REQUESTS_PER_MINUTE,
      signInPerMinute: values.ETALE_SIGN_IN_REQUESTS_PER_MINUTE,
    }),
    trustedProxies: networksOf('ETALE_TRUSTED_PROXIES', values.ETALE_TRUSTED_PROXIES),
    isProduction: values.NODE_ENV === 'production',
  });
}
