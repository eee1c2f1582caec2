import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { operationsOutOfStep, OUTSIDE_THE_CONTRACT } from './access/access.rules';
import { createApplication, openApiOf } from './app.factory';
import { loadConfig } from './common/config';

/** Writes openapi/openapi.json from the compiled controllers, with no database and no listening; an operation without a rule of access is an error. */
async function main(): Promise<void> {
  const app = await createApplication(loadConfig({}), false, true);
  const contract = openApiOf(app);
  const operationIds = Object.values(contract.paths).flatMap((path) =>
    Object.values(path as Record<string, { operationId: string }>).map(({ operationId }) => operationId),
  );
  const outOfStep = operationsOutOfStep(operationIds, OUTSIDE_THE_CONTRACT);
  if (outOfStep.length > 0) throw new Error(`src/access/access.rules.ts: ${outOfStep.join('; ')}`);
  mkdirSync('openapi', { recursive: true });
  writeFileSync('openapi/openapi.json', `${JSON.stringify(contract, null, 2)}\n`);
  await app.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
