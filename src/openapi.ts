import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createApplication, openApiOf } from './app.factory';
import { loadConfig } from './common/config';

/** Writes openapi/openapi.json from the compiled controllers, with no database and no listening. */
async function main(): Promise<void> {
  const app = await createApplication(loadConfig({}), false, true);
  mkdirSync('openapi', { recursive: true });
  writeFileSync('openapi/openapi.json', `${JSON.stringify(openApiOf(app), null, 2)}\n`);
  await app.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
