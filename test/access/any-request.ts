import fc from 'fast-check';

export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  pattern?: string;
  enum?: unknown[];
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  nullable?: boolean;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
}
export interface ContractOperation {
  operationId: string;
  parameters?: { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}
export interface Contract {
  paths: Record<string, Record<string, ContractOperation>>;
  components: { schemas: Record<string, Schema> };
}

export interface AnyRequest {
  operation: ContractOperation;
  /** As in the contract, with its braces. */
  path: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  payload: unknown;
  caller: number;
}

/** What no field expects; each has broken some service. */
const WILD: unknown[] = [
  null,
  true,
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '😀',
  'x'.repeat(400),
  -1,
  0,
  0.5,
  1e308,
  -2_147_483_649,
  2_147_483_648,
  9_007_199_254_740_992,
  '1e3',
  'NaN',
  '-0',
  '0x10',
  "'; drop table plan; --",
  '%00',
  '%',
  '../../etc/passwd',
  '__proto__',
  '2026-02-30',
  '2026-13-01',
  '0000-01-01',
  '+275760-09-13',
  '2026-10-25T02:30:00',
  '2026-12-07T25:00:00Z',
  '9999-12-31T23:59:59Z',
  '=1+1',
  '<script>',
  [],
  [null],
  {},
  { a: 1 },
];
const SOME_TEXT = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom('Lille', 'neige', 'étale', 'pupils', 'Europe/Paris', '6e', '2026-2027'),
);
const INSTANT = fc
  .integer({ min: 0, max: 40 * 24 * 12 })
  .map((cell) => new Date(Date.UTC(2026, 11, 1) + cell * 300_000).toISOString());

/** Values of the kind that a field of a name takes, of things that are there: without them all requests would end at the door. */
export type Known = (name: string, path: string) => readonly unknown[];

/** Requests made from the contract: mostly well-formed, on things that exist, with something wild here and there. */
export class RequestMaker {
  constructor(
    private readonly contract: Contract,
    private readonly known: Known,
  ) {}

  /** Any request to one of the operations, from one of `callerCount` callers. */
  any(names: readonly string[], callerCount: number): fc.Arbitrary<AnyRequest> {
    const all = Object.entries(this.contract.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
    // each as often as another: integers would lean to the first ones
    const caller = fc.constantFrom(...Array.from({ length: callerCount }, (_, i) => i));
    return fc.oneof(
      ...all
        .filter(({ operation }) => names.includes(operation.operationId))
        .map((one) => fc.tuple(this.parts(one), caller).map(([made, who]) => ({ ...one, ...made, caller: who }))),
    );
  }

  private parts({ path, operation }: { path: string; operation: ContractOperation }) {
    const values = (operation.parameters ?? []).map((parameter) =>
      fc.record({
        parameter: fc.constant(parameter),
        value: this.salted(this.named(parameter.name, path, parameter.schema ?? { type: 'string' }), 15),
        isSent:
          parameter.in === 'path'
            ? fc.constant(true)
            : fc.nat({ max: 9 }).map((n) => (parameter.required ? n > 0 : n > 4)),
      }),
    );
    const contents = Object.entries(operation.requestBody?.content ?? {});
    const bodies = contents.map(([type, { schema }]) =>
      (schema && type === 'application/json' ? this.salted(this.of(schema, path), 15) : SOME_TEXT).map(
        (payload): { type: string | undefined; payload: unknown } => ({ type, payload }),
      ),
    );
    const body =
      bodies.length === 0
        ? fc.constant<{ type: string | undefined; payload: unknown }>({ type: undefined, payload: undefined })
        : fc.oneof(...bodies);
    return fc.tuple(fc.tuple(...values), body).map(([parameters, { type, payload }]) => {
      let url = path;
      const query: string[] = [];
      const headers: Record<string, string> = {};
      for (const { parameter, value, isSent } of parameters) {
        if (!isSent) continue;
        const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
        // what no address or header can carry does not get as far as the service
        if (parameter.in === 'path') url = url.replace(`{${parameter.name}}`, encoded(text) || '%20');
        else if (parameter.in === 'query') query.push(`${parameter.name}=${encoded(text)}`);
        else headers[parameter.name] = text.replace(/[^\x20-\x7e]/g, '');
      }
      if (type !== undefined) headers['content-type'] = type;
      const isText = type !== undefined && type !== 'application/json';
      return {
        url: query.length === 0 ? url : `${url}?${query.join('&')}`,
        headers,
        payload: type === undefined ? undefined : isText ? String(payload) : (JSON.stringify(payload) ?? 'null'),
      };
    });
  }

  private salted(value: fc.Arbitrary<unknown>, weight: number): fc.Arbitrary<unknown> {
    return fc.oneof({ weight, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom(...WILD) });
  }

  /** A value of a field; one that names something that is there nine times of ten. */
  private named(name: string, path: string, schema: Schema): fc.Arbitrary<unknown> {
    const known = this.known(name, path);
    const any = this.of(schema, path);
    return known.length === 0
      ? any
      : fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: any });
  }

  private of(schema: Schema, path: string): fc.Arbitrary<unknown> {
    const plain = this.plain(schema, path);
    return schema.nullable ? fc.option(plain) : plain;
  }

  private plain(schema: Schema, path: string): fc.Arbitrary<unknown> {
    if (schema.$ref) return this.of(this.contract.components.schemas[schema.$ref.split('/').at(-1)!]!, path);
    const choice = schema.oneOf ?? schema.anyOf;
    if (choice) return fc.oneof(...choice.map((one) => this.of(one, path)));
    if (schema.allOf) return this.of(schema.allOf[0]!, path);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    switch (schema.type) {
      case 'integer':
      case 'number': {
        const min = Math.max(schema.minimum ?? -10, -1_000_000);
        const max = Math.max(min, Math.min(schema.maximum ?? 1000, 1_000_000));
        return fc.oneof(fc.integer({ min: Math.ceil(min), max: Math.floor(max) }), fc.constantFrom(min, max));
      }
      case 'boolean':
        return fc.boolean();
      case 'array':
        return fc.array(this.of(schema.items ?? {}, path), {
          minLength: schema.minItems ?? 0,
          maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? 3, 3)),
        });
      case 'object':
        return this.objectOf(schema, path);
      default:
        return textOf(schema);
    }
  }

  private objectOf(schema: Schema, path: string): fc.Arbitrary<unknown> {
    const fields = Object.entries(schema.properties ?? {}).map(
      ([name, field]) => [name, this.salted(this.named(name, path, field), 40)] as const,
    );
    const requiredKeys = (schema.required ?? []).filter((name) => fields.some(([field]) => field === name));
    return fc.record(Object.fromEntries(fields), { requiredKeys });
  }
}

function textOf({ format, pattern, minLength = 0, maxLength = 30 }: Schema): fc.Arbitrary<unknown> {
  if (pattern) return fc.oneof(fc.stringMatching(new RegExp(pattern)), SOME_TEXT);
  if (format === 'date-time') return INSTANT;
  if (format === 'date') return INSTANT.map((instant) => instant.slice(0, 10));
  if (format === 'uuid') return fc.uuid();
  if (format === 'uri') return fc.constantFrom('https://example.org/hook', 'http://127.0.0.1/', 'https://[::1]/');
  return fc.oneof(
    SOME_TEXT,
    fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 50)) }),
    INSTANT,
    INSTANT.map((instant) => instant.slice(0, 10)),
  );
}

/** Percent-encoded; a lone surrogate, which no address can carry, becomes the replacement character. */
const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());
