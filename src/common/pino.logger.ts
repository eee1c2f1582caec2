import type { LoggerService } from '@nestjs/common';
import pino, { type DestinationStream, type Logger } from 'pino';

type Level = 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal';

/** Nest's own account of its start (modules, routes): of use to developers only. */
const START_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/**
 * What is told of an error: its kind, sentence, stack and codes. Everything else that a library hangs on it stays out: a failed
 * statement carries its parameters and the rows that it met, which may be secrets or about people.
 */
function toldOf(error: Error): Record<string, unknown> {
  const { code, constraint, table, routine, cause } = error as unknown as Record<string, unknown>;
  return {
    type: error.constructor.name,
    message: error.message,
    stack: error.stack,
    ...Object.fromEntries(
      Object.entries({ code, constraint, table, routine }).filter(([, value]) => value !== undefined),
    ),
    ...(cause instanceof Error && { cause: toldOf(cause) }),
  };
}

/** One line of JSON per event on stderr; stdout belongs to people and to programs that read our answers. */
export function createLogger(level: string, destination: DestinationStream = pino.destination(2)): Logger {
  const err = (value: unknown): unknown => (value instanceof Error ? toldOf(value) : value);
  return pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err } }, destination);
}

/** Nest's logger over pino: the last string argument is the context, a text of several lines before it the stack. */
export class PinoLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  private put(level: Level, message: unknown, rest: unknown[]): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.pop() as string) : undefined;
    const stack = rest.find((item): item is string => typeof item === 'string' && item.includes('\n'));
    const shown = level === 'info' && START_CONTEXTS.has(context ?? '') ? 'debug' : level;
    if (message instanceof Error) this.pino[shown]({ context, err: message });
    else if (typeof message === 'object' && message) this.pino[shown]({ context, stack, ...message });
    else this.pino[shown]({ context, stack }, typeof message === 'string' ? message : JSON.stringify(message));
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.put('info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.put('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.put('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.put('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.put('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.put('fatal', message, rest);
  }
}
