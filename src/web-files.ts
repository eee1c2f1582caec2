import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';

/** Where the built application lies: dist/web, seen from src as well as from dist/src; the sources have no manifest. */
const FOLDERS = [join(__dirname, '../dist/web'), join(__dirname, '../web')];
const PAGES = ['/', '/app', '/app/*'];
const PLAIN_FILES = ['/theme.js', '/icon.svg'];

/** Serves the web application: its page at each address of its own, its files for ever under their hashed names. */
export async function serveWebFiles(app: NestFastifyApplication): Promise<void> {
  const folder = FOLDERS.find((path) => existsSync(join(path, 'manifest.json')));
  if (folder === undefined) return;
  const page = readFileSync(join(folder, 'index.html'));
  const fastify = app.getHttpAdapter().getInstance();
  await app.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: '365d',
    index: false,
  });
  for (const path of PAGES) {
    fastify.get(path, (_request: unknown, reply: FastifyReply) =>
      reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page),
    );
  }
  for (const path of PLAIN_FILES) {
    fastify.get(path, (_request: unknown, reply: FastifyReply) => reply.sendFile(path.slice(1), folder));
  }
  fastify.get('/favicon.ico', (_request: unknown, reply: FastifyReply) => reply.sendFile('icon.svg', folder));
}
