import { hash } from 'node:crypto';
import cookie from '@fastify/cookie';
import compress from '@fastify/compress';
import etag from '@fastify/etag';
import { BadRequestException, RequestMethod, ValidationPipe, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppModule } from './app.module';
import { unstorableProperty } from './common/body-texts';
import type { Config } from './common/config';
import { ProblemFilter } from './common/problem.filter';
import { rememberValidationRules } from './common/remembered-rules';
import { limitRequests } from './request-limits';
import { secureAnswers } from './security-headers';
import { serveWebFiles } from './web-files';

const BODY_LIMIT_BYTES = 1_000_000;
/** Bodies that reach a controller as a stream: files to import, of any size. */
const FILE_TYPES = ['text/csv', 'application/gzip', 'application/octet-stream', 'application/x-ndjson'];

/** The application as it serves, or in `preview` (no database, no listening) as its contract is generated. */
export async function createApplication(
  config: Config,
  logger: LoggerService | false,
  isPreview = false,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: true,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      ProblemFilter.refuseAddress(error, request, reply),
    // without a proxy that is trusted, what a request says of its address is not believed
    ...(config.trustedProxies.length > 0 && { trustProxy: [...config.trustedProxies] }),
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config), adapter, {
    logger,
    preview: isPreview,
    abortOnError: false,
  });
  app.setGlobalPrefix('v1', {
    exclude: [
      ...[
        'health/live',
        'health/ready',
        'metrics',
        'sign-in',
        'sign-in/callback',
        'session/limit',
        'creneaux',
        'creneaux/:file',
        'prevision',
      ].map((path) => ({
        path,
        method: RequestMethod.GET,
      })),
      { path: 'reponse/:token', method: RequestMethod.ALL },
    ],
  });
  rememberValidationRules();
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      stopAtFirstError: false,
      forbidUnknownValues: true,
    }),
  );
  app.useGlobalFilters(new ProblemFilter());
  if (isPreview) return app;
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addContentTypeParser(
    FILE_TYPES,
    (_request: unknown, payload: unknown, done: (error: null, body: unknown) => void) => done(null, payload),
  );
  await app.register(cookie);
  secureAnswers(app);
  await limitRequests(app, config);
  // no text of the database can hold it, wherever in an address it stands
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    if (/%00/.test(request.url)) ProblemFilter.refuseAddress(new Error('NUL'), request, reply);
    else done();
  });
  fastify.addHook('preValidation', ({ body }: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void) => {
    const name = unstorableProperty(body);
    done(name === undefined ? undefined : new BadRequestException([`${name} must not hold NUL or half a character`]));
  });
  await app.register(compress, { threshold: 1024 });
  await app.register(etag, { weak: true, hashFn: (payload) => hash('sha1', payload, 'base64') });
  await serveWebFiles(app);
  SwaggerModule.setup('docs', app, () => openApiOf(app), {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Étale API',
  });
  return app;
}

/** The contract, from the controllers and their DTOs. */
export function openApiOf(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Étale')
    .setDescription(
      'Plans the connection windows of the schools of a region so that their digital workspace stays below its capacity. ' +
        'Errors are problem details (RFC 9457) with a stable `code`; lists are paged by an opaque cursor; reads carry an ETag.',
    )
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit');
  return SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (_controller, method) => method,
  });
}
