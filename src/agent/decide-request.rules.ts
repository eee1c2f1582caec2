import type { GateRequest } from './gate';

/** A request that cannot be answered, as RFC 9457 says it. */
export class RequestInvalid extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

const HOWS = ['signed_header', 'userinfo', 'class_link', 'chosen'] as const;
const FIELDS = [
  'pass',
  'signedHeader',
  'classLink',
  'visitor',
  'knownBy',
  'hasSession',
  'wantsUrgentPass',
  'feature',
  'ticket',
  'at',
];

/** What a program asks; `at` (Unix seconds) where it asks about another instant than the present one. */
export interface DecideRequest extends Omit<GateRequest, 'now'> {
  at: number | undefined;
  /** Of the waiting room, as it was answered before. */
  ticket: string | undefined;
}

/** The body of POST /decide. @throws RequestInvalid */
export function decideRequestOf(body: string): DecideRequest {
  let asked: Record<string, unknown>;
  try {
    asked = JSON.parse(body) as Record<string, unknown>;
  } catch {
    throw new RequestInvalid(400, 'agent.not_json', 'The body is no JSON.');
  }
  if (typeof asked !== 'object' || asked === null || Array.isArray(asked))
    throw new RequestInvalid(400, 'agent.not_an_object', 'The body is no JSON object.');
  const unknown = Object.keys(asked).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined)
    throw new RequestInvalid(400, 'agent.unknown_field', `${unknown.slice(0, 40)} is no field.`);
  const text = (name: string): string | undefined => {
    const value = asked[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') throw new RequestInvalid(400, 'agent.field_invalid', `${name} must be a text.`);
    return value;
  };
  const flag = (name: string): boolean => {
    const value = asked[name] ?? false;
    if (typeof value !== 'boolean')
      throw new RequestInvalid(400, 'agent.field_invalid', `${name} must be true or false.`);
    return value;
  };
  const how = HOWS.find((known) => known === (asked.knownBy ?? 'chosen'));
  if (!how) throw new RequestInvalid(400, 'agent.field_invalid', `knownBy must be one of ${HOWS.join(', ')}.`);
  return {
    pass: text('pass'),
    signedHeader: text('signedHeader'),
    classLink: text('classLink'),
    stated: asked.visitor === undefined ? undefined : { how, claims: asked.visitor },
    hasSession: flag('hasSession'),
    wantsUrgentPass: flag('wantsUrgentPass'),
    feature: text('feature'),
    ticket: text('ticket'),
    at: instantOf(text('at')),
  };
}

function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const milliseconds = /T.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(milliseconds))
    throw new RequestInvalid(400, 'agent.field_invalid', 'at must be an instant with its offset.');
  return milliseconds / 1000;
}
