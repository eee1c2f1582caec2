import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Schema {
  $ref?: string;
  type?: string;
  description?: string;
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  maximum?: number;
}
interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  parameters?: { name: string; description?: string; in: string; schema?: Schema }[];
  responses: Record<string, { description?: string; content?: Record<string, unknown> }>;
}
interface Contract {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const file = join(__dirname, '../../openapi/openapi.json');
const contract = (
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { paths: {}, components: { schemas: {} } }
) as Contract;
const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, operation })),
);

describe('the OpenAPI contract', () => {
  it('lists the operations that the documentation promises', () => {
    const promised = [
      '/v1/territories',
      '/v1/establishments',
      '/v1/establishments/{uai}',
      '/v1/establishments/{uai}/classes',
      '/v1/establishments/{uai}/windows',
      '/v1/classes/{id}/windows',
      '/v1/platforms/{id}/capacity',
      '/v1/campaigns',
      '/v1/campaigns/{id}/allocations',
      '/v1/plans/{id}',
      '/v1/plans/{id}/certificate',
      '/v1/plans/{id}/windows',
      '/v1/plans/{id}/load',
      '/v1/plans/{id}/publish',
      '/v1/plans/{id}/comparison',
      '/v1/windows',
      '/v1/imports',
      '/health/live',
      '/health/ready',
    ];
    expect(promised.filter((path) => !(path in contract.paths))).toEqual([]);
  });

  it('names every operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, at) => !id || ids.indexOf(id) !== at)).toEqual([]);
  });

  it('gives every operation a summary, a tag, a described answer and problem answers', () => {
    const poor = operations.filter(({ operation }) => {
      const answers = Object.values(operation.responses);
      return (
        !operation.summary ||
        !operation.tags?.length ||
        answers.some((answer) => !answer.description) ||
        !answers.some((answer) => answer.content && 'application/problem+json' in answer.content)
      );
    });
    expect(poor.map(({ name }) => name)).toEqual([]);
  });

  it('describes every parameter', () => {
    const poor = operations.flatMap(({ name, operation }) =>
      (operation.parameters ?? [])
        .filter((parameter) => !parameter.description)
        .map((parameter) => `${name} ${parameter.name}`),
    );
    expect(poor).toEqual([]);
  });

  it('describes every field of every schema', () => {
    const poor = Object.entries(contract.components.schemas).flatMap(([schema, { properties }]) =>
      Object.entries(properties ?? {})
        .filter(([, field]) => !field.description)
        .map(([field]) => `${schema}.${field}`),
    );
    expect(poor).toEqual([]);
  });

  it('bounds the page size of every list', () => {
    const unbounded = operations.flatMap(({ name, operation }) =>
      (operation.parameters ?? []).filter((p) => p.name === 'limit' && !p.schema?.maximum).map(() => name),
    );
    expect(unbounded).toEqual([]);
  });
});
