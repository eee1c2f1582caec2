import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { LOOPBACK_OPERATOR } from './access/actor';
import { createApplication } from './app.factory';
import type { Config } from './common/config';
import { prepareDatabase } from './common/database-preparation';
import { PinoLogger } from './common/pino.logger';
import { progressPrinter } from './common/progress-printer';
import { mountDemonstrationProvider } from './demonstration/demonstration-provider';
import { DemonstrationGateway } from './demonstration/demonstration-gateway.service';
import { DemonstrationService } from './demonstration/demonstration.service';
import { whereToLook } from './demonstration/where-to-look.rules';
import { JobRunner } from './jobs/job-runner.service';

export { demonstrationOidc } from './demonstration/demonstration-provider';

/** Migrates and wires the application; replicas that start together on a shared database migrate one after the other. */
export async function startApplication(
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

export const startJobs = (app: NestFastifyApplication): Promise<void> => app.get(JobRunner).start();

/** Makes the demonstration where it is not there yet; what to tell whoever started the program: where to look, or that it failed, which leaves a service that works. */
export async function demonstrate(
  app: NestFastifyApplication,
  config: Config,
  logger: Logger,
  signal: AbortSignal,
  url: string,
): Promise<string | undefined> {
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
    return whereToLook(url, demonstration, keyFile);
  } catch (error) {
    printer.end();
    if (signal.aborted) return undefined;
    logger.error({ err: error }, 'The demonstration could not be made.');
    const why = error instanceof Error ? error.message : String(error);
    return `La démonstration n'a pas pu être préparée / the demonstration could not be made: ${why}`;
  }
}
