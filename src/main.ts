import 'reflect-metadata';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import { loadConfig, type Config } from './common/config';
import { dataFolderHolder, DataFolderInUseError, openDatabase } from './common/data-folder';
import { DomainError } from './common/domain-error';
import { holdPort, portFailure } from './common/listening-port';
import { createLogger } from './common/pino.logger';
import { carriesOwnProvider } from './demonstration/own-provider.rules';

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
  const opening = openDatabase(config, 'server', (line) => logger.debug({ context: 'postgres' }, line)).then(
    (opened) => {
      undo.push(opened.close);
      return opened;
    },
  );
  // a folder that cannot be had is known at once, and its start has nothing more to read
  await Promise.race([opening, setImmediate()]);
  // two thousand files: read while the database starts, and by no start that ends before here
  const [database, program] = await Promise.all([opening, import('./served-application.js')]);
  void database.ended.then((reason) => reason && stop.abort(reason));
  stop.signal.throwIfAborted();

  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port.port}`;
  const isDemonstration = config.demo === 'always' || (config.demo === 'auto' && database.isEmbedded);
  const hasOwnProvider = carriesOwnProvider(config, isDemonstration);
  const served = {
    ...database.config,
    publicUrl: config.publicUrl ?? url,
    oidc: hasOwnProvider ? program.demonstrationOidc(url) : config.oidc,
  };
  const app = await program.startApplication(served, logger, hasOwnProvider ? url : undefined);
  undo.push(() => app.close());
  await port.release();
  try {
    await app.listen(port.port, config.host);
  } catch (error) {
    throw portFailure(error, config.host, port.port);
  }
  database.lock?.tell({ url });
  await program.startJobs(app);
  say(`Étale écoute sur / listens on ${url}`);

  if (isDemonstration) {
    const told = await program.demonstrate(app, config, logger, stop.signal, url);
    if (told !== undefined) say(told);
  }
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
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
