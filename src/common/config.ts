import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { plainToInstance, Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min, MinLength, validateSync } from 'class-validator';
import { DomainError } from './domain-error';

export const DEMO_SCALES = ['XS', 'S', 'M', 'L', 'XL'] as const;
/** XS (60 establishments) is for tests and slow machines; S to XL are those of the documentation. */
export type DemoScale = (typeof DEMO_SCALES)[number];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The environment as the README lists it; anything else there is ignored, anything wrong here stops the start. */
class Environment {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT = 3000;

  /** Until access control lands only this machine may ask. */
  @IsOptional()
  @IsIn(['127.0.0.1', '::1', 'localhost'], {
    message: 'HOST must be a loopback address (127.0.0.1, ::1 or localhost): there is no sign-in yet',
  })
  HOST = '127.0.0.1';

  @IsOptional()
  @IsUrl(
    { protocols: ['postgres', 'postgresql'], require_tld: false, require_protocol: true, require_valid_protocol: true },
    { message: 'DATABASE_URL must look like postgres://user:password@host:5432/database' },
  )
  DATABASE_URL?: string;

  @IsOptional()
  @IsString()
  @MinLength(1)
  ETALE_DATA_DIR = join(homedir(), '.etale');

  @IsOptional()
  @IsIn(DEMO_SCALES)
  ETALE_DEMO_SCALE: DemoScale = 'M';

  /** `auto`: a demonstration region in the embedded database only; `always`; `never`. */
  @IsOptional()
  @IsIn(['auto', 'always', 'never'])
  ETALE_DEMO: 'auto' | 'always' | 'never' = 'auto';

  /** Keys the hashes of teacher keys; at least 32 characters. The embedded database keeps one of its own. */
  @IsOptional()
  @Matches(/^.{32,}$/, { message: 'ETALE_SECRET must have at least 32 characters' })
  ETALE_SECRET?: string;

  @IsOptional()
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
  readonly dataDirectory: string;
  readonly demoScale: DemoScale;
  readonly demo: 'auto' | 'always' | 'never';
  readonly secret: string | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly poolSize: number;
}

export class ConfigurationError extends DomainError {
  constructor(messages: string[]) {
    super('configuration.invalid', 'invalid', `The configuration is not valid: ${messages.join('; ')}.`);
  }
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
  return Object.freeze({
    port: values.PORT,
    host: values.HOST,
    databaseUrl: values.DATABASE_URL,
    dataDirectory: resolve(values.ETALE_DATA_DIR),
    demoScale: values.ETALE_DEMO_SCALE,
    demo: values.ETALE_DEMO,
    secret: values.ETALE_SECRET,
    logLevel: values.LOG_LEVEL,
    poolSize: values.ETALE_POOL_SIZE,
  });
}
