import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Contract, ContractOperation, Schema } from './any-request';

const PROBLEM = 'application/problem+json';

/** As JSON Schema has it: OpenAPI 3.0 says `nullable` beside anything, and fields that are not written down are outside the contract. */
function strict(schema: Schema, isClosed: boolean): object {
  const { nullable, properties, items, allOf, oneOf, anyOf, additionalProperties, ...rest } = schema;
  const inner = {
    ...rest,
    ...(rest.$ref && { $ref: rest.$ref.replace('#/', 'contract#/') }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, field]) => [name, strict(field, isClosed)]),
      ),
      ...(isClosed && additionalProperties === undefined && { additionalProperties: false }),
    }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'boolean' ? additionalProperties : strict(additionalProperties, isClosed),
    }),
    ...(items && { items: strict(items, isClosed) }),
    ...Object.fromEntries(
      Object.entries({ allOf, oneOf, anyOf })
        .filter(([, list]) => list)
        .map(([name, list]) => [name, list!.map((one) => strict(one, isClosed))]),
    ),
  };
  return nullable ? { anyOf: [inner, { type: 'null' }] } : inner;
}

/** Compares answers with what the contract says of them. */
export class ContractCheck {
  private readonly ajv = addFormats(new Ajv({ strict: false, allErrors: false }));
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(contract: Contract) {
    const schemas = Object.entries(contract.components.schemas).map(([name, schema]) => [name, strict(schema, true)]);
    this.ajv.addSchema({ $id: 'contract', components: { schemas: Object.fromEntries(schemas) as object } });
  }

  /** What is wrong with an answer; nothing when it is one that the contract describes. */
  wrong(operation: ContractOperation, status: number, contentType: string, body: string): string | undefined {
    // said of the address itself, before any operation is found
    const isOfAddress = status === 414 || (status === 400 && body.includes('"code":"request.address"'));
    const described = isOfAddress ? operation.responses['401'] : operation.responses[String(status)];
    if (described === undefined) return `status ${status} is not in the contract: ${body.slice(0, 200)}`;
    const contents = described.content ?? {};
    const type = contentType.split(';')[0]!.trim();
    if (Object.keys(contents).length === 0)
      return body === '' || status < 300 ? undefined : `status ${status} has a body`;
    const content = contents[type];
    if (content === undefined) return `status ${status} as ${type || 'nothing'}, which is not in the contract`;
    if (type !== 'application/json' && type !== PROBLEM) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return `status ${status} holds no JSON`;
    }
    const check = this.checkOf(`${operation.operationId} ${status} ${type}`, content.schema ?? {}, type !== PROBLEM);
    if (check(value)) return undefined;
    const [error] = check.errors!;
    return `status ${status}: ${error!.instancePath} ${error!.message} ${JSON.stringify(error!.params)}`;
  }

  private checkOf(name: string, schema: Schema, isClosed: boolean): ValidateFunction {
    let check = this.compiled.get(name);
    if (!check) {
      check = this.ajv.compile(strict(schema, isClosed));
      this.compiled.set(name, check);
    }
    return check;
  }
}
