import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCESS_RULES, operationsOutOfStep, OUTSIDE_THE_CONTRACT, reachOf } from './access.rules';

interface Contract {
  paths: Record<string, Record<string, { operationId: string }>>;
}
const file = join(__dirname, '../../openapi/openapi.json');
const contract: Contract = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as Contract)
  : /* the check demands the file */ { paths: {} };
const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId }]) => ({ method, path, operationId })),
);

describe('the table of access', () => {
  it('has a line for every operation of the contract and none for anything else', () => {
    expect(
      operationsOutOfStep(
        operations.map(({ operationId }) => operationId),
        OUTSIDE_THE_CONTRACT,
      ),
    ).toEqual([]);
  });

  it('tells where the establishment or the plan is found wherever a role does not reach everything', () => {
    const blind = Object.entries(ACCESS_RULES).filter(
      ([, { reach, target }]) =>
        Object.values(reach).some((far) => far === 'own' || far === 'published') && target === undefined,
    );
    expect(blind.map(([id]) => id)).toEqual([]);
  });

  it('finds its targets in the path', () => {
    const lost = operations.filter(({ path, operationId }) => {
      const parameter = ACCESS_RULES[operationId]?.target?.split(':')[1];
      return parameter !== undefined && !path.includes(`{${parameter}}`);
    });
    expect(lost).toEqual([]);
  });

  it('lets no auditor and no visitor change anything', () => {
    const changes = operations.filter(({ method, operationId }) => method !== 'get' && operationId !== 'endSession');
    for (const role of ['auditor', 'visitor'] as const) {
      const open = changes.filter(({ operationId }) => ACCESS_RULES[operationId]!.reach[role] !== '-');
      // a link that answers a proposal carries its own right
      const byLink = role === 'visitor' ? ['answerByLink'] : [];
      expect(open.map(({ operationId }) => operationId)).toEqual(byLink);
    }
  });

  it('gives a machine what its key is for and nothing else', () => {
    const gateway = { role: 'machine', subject: 'key:1', keyScopes: ['gateway'] } as const;
    expect(reachOf(gateway, ACCESS_RULES.listClasses!)).toBe('-');
    expect(reachOf(gateway, ACCESS_RULES.importFile!)).toBe('-');
    expect(reachOf({ ...gateway, keyScopes: ['roster'] }, ACCESS_RULES.importFile!)).toBe('all');
  });
});
