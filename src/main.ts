import 'reflect-metadata';
import { once } from 'node:events';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { LOOPBACK_OPERATOR } from './access/actor';
import { createApplication } from './app.factory';
import { loadConfig, type Config } from './common/config';
import { dataFolderHolder, DataFolderInUseError, openDatabase } from './common/data-folder';
import { prepareDatabase } from './common/database-preparation';
import { DomainError } from './common/domain-error';
import { holdPort, portFailure } from './common/listening-port';
import { createLogger, PinoLogger } from './common/pino.logger';
import { progressPrinter } from './common/progress-printer';
import { JobRunner } from './jobs/job-runner.service';
import { demonstrationOidc, mountDemonstrationProvider } from './demonstration/demonstration-provider';
import { carriesOwnProvider } from './demonstration/own-provider.rules';
import { DemonstrationGateway } from './demonstration/demonstration-gateway.service';
import { DemonstrationService } from './demonstration/demonstration.service';
import { whereToLook } from './demonstration/where-to-look.rules';

type Close = () => Promise<void>;
/** A shutdown that takes longer is cut: PostgreSQL recovers by itself from what is left. */
const SHUTDOWN_SECONDS = 20;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Starts everything, one stage after the other, and waits to be stopped; each stage leaves how it is undone. */
async function serve(config: Config, logger: Logger, stop: AbortController, undo: Close[]): Promise<void> {
  if (!config.databaseUrl) {
    const holder = dataFolderHolder(config.dataDirectory);
    if (holder) throw new DataFolderInUseError(config.dataDirectory, holder);
  }
  const port = await holdPort(config.host, config.port);
  undo.push(port.release);
  const database = await openDatabase(config, 'server', (line) => logger.debug({ context: 'postgres' }, line));
  undo.push(database.close);
  void database.ended.then((reason) => reason && stop.abort(reason));
  stop.signal.throwIfAborted();

  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port.port}`;
  const isDemonstration = config.demo === 'always' || (config.demo === 'auto' && database.isEmbedded);
  const hasOwnProvider = carriesOwnProvider(config, isDemonstration);
  const served = {
    ...database.config,
    publicUrl: config.publicUrl ?? url,
    oidc: hasOwnProvider ? demonstrationOidc(url) : config.oidc,
  };
  const app = await startApplication(served, logger, hasOwnProvider ? url : undefined);
  undo.push(() => app.close());
  await port.release();
  try {
    await app.listen(port.port, config.host);
  } catch (error) {
    throw portFailure(error, config.host, port.port);
  }
  database.lock?.tell({ url });
  await app.get(JobRunner).start();
  say(`Étale écoute sur / listens on ${url}`);

  if (isDemonstration) {
    await demonstrate(app, config, logger, stop.signal, url);
  }
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
}

/** Migrates and wires the application; replicas that start together on a shared database migrate one after the other. */
async function startApplication(
  config: Config,
  logger: Logger,
  ownProviderUrl: string | undefined,
): Promise<NestFastifyApplication> {
  const migrating = await prepareDatabase(config);
  try {
    const app = await createApplication(config, new PinoLogger(logger));
    if (ownProviderUrl !== undefined) await mountDemonstrationProvider(app, ownProviderUrl);
    await app.init();
    return app;
  } finally {
    await migrating.end();
  }
}

/** A failure here leaves a service that works, so it is told and does not end the process. */
async function demonstrate(
  app: NestFastifyApplication,
  config: Config,
  logger: Logger,
  signal: AbortSignal,
  url: string,
): Promise<void> {
  const printer = progressPrinter();
  try {
    const { onProgress } = printer;
    const demonstration = await app
      .get(DemonstrationService)
      .ensure(LOOPBACK_OPERATOR, { scale: config.demoScale, onProgress, signal });
    printer.end();
    const { platformId } = demonstration;
    const gateway = app.get(DemonstrationGateway);
    const keyFile = config.isProduction ? undefined : await gateway.keyFile(LOOPBACK_OPERATOR, platformId, new Date());
    say(whereToLook(url, demonstration, keyFile));
  } catch (error) {
    printer.end();
    if (signal.aborted) return;
    logger.error({ err: error }, 'The demonstration could not be made.');
    const why = error instanceof Error ? error.message : String(error);
    say(`La démonstration n'a pas pu être préparée / the demonstration could not be made: ${why}`);
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<number> {
  let config: Config;
  try {
    config = loadConfig(process.env);
  } catch (error) {
    console.error(sentenceOf(error));
    return 1;
  }
  const logger = createLogger(config.logLevel);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  // started by `npm start`: when that process is killed, nobody is left to stop us
  process.on('disconnect', () => stop.abort());
  // a closed pipe on our output is no reason to stop serving
  process.stdout.on('error', () => undefined);

  const undo: Close[] = [];
  let exitCode = 0;
  try {
    await serve(config, logger, stop, undo);
  } catch (error) {
    if (!stop.signal.aborted) {
      exitCode = 1;
      console.error(sentenceOf(error));
      if (!(error instanceof DomainError)) logger.error({ err: error }, 'The service did not start.');
    }
  }
  if (stop.signal.reason instanceof DomainError) {
    exitCode = 1;
    console.error(stop.signal.reason.message);
  }
  setTimeout(() => process.exit(1), SHUTDOWN_SECONDS * 1000).unref();
  for (const close of undo.reverse()) await close().catch((error: unknown) => logger.error({ err: error }));
  return exitCode;
}

void main().then((exitCode) => process.exit(exitCode));
