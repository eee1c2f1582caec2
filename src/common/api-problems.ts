import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

const DESCRIPTION: Record<number, string> = {
  400: 'The request is not valid: a field that is missing, unknown or out of bounds.',
  401: 'The operation is not public: sign in, or send a key.',
  403: 'The role of the caller, or the scope of the key, does not allow it.',
  404: 'There is no such thing, or not for the caller.',
  409: 'The present state of things refuses it; `code` says which.',
  410: 'What was asked for is no longer kept; `code` says what to read instead.',
  412: 'The window has changed since the revision that If-Match names: read it again.',
  413: 'The content is larger than what is accepted.',
  415: 'The content type is not one that is read here.',
  422: 'The content is well formed but cannot be followed; `code` says why.',
  428: 'A header that this operation needs is missing.',
  429: 'More requests than the policy allows; RateLimit and Retry-After say when to go on.',
  503: 'The service or its database is not available; try again after Retry-After.',
};
const SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', description: 'A URN of the kind of problem.' },
    title: { type: 'string', description: 'The HTTP status in words.' },
    status: { type: 'integer', description: 'The HTTP status.', minimum: 400, maximum: 599 },
    code: { type: 'string', description: 'A stable code that programs may act upon.' },
    detail: { type: 'string', description: 'What went wrong, in a sentence.' },
    instance: { type: 'string', description: 'The address that was asked.' },
    errors: {
      type: 'array',
      items: { type: 'string' },
      description: 'Each field that is wrong, where there are several.',
    },
  },
};

/** Documents the problem answers of an operation (RFC 9457); every operation has at least one. */
export function ApiProblems(...statuses: number[]): MethodDecorator & ClassDecorator {
  const documented = new Set([...statuses, 401, 403, 429, 503]);
  return applyDecorators(
    ...[...documented].map((status) =>
      ApiResponse({
        status,
        description: DESCRIPTION[status] ?? 'A problem.',
        content: { 'application/problem+json': { schema: SCHEMA } },
      }),
    ),
  );
}
