import {
  type ArgumentsHost,
  BadRequestException,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isConnectionFailure } from './database';
import { DomainError, type ErrorKind } from './domain-error';

/** RFC 9457 problem details, with the stable code of the refusal. */
interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  instance: string;
  [fact: string]: unknown;
}

const STATUS: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  precondition_failed: 412,
  too_large: 413,
  unsupported: 415,
  unprocessable: 422,
  precondition_required: 428,
  too_many: 429,
  unavailable: 503,
};
const TITLE: Record<number, string> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition failed',
  413: 'Content too large',
  414: 'URI too long',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  428: 'Precondition required',
  429: 'Too many requests',
  500: 'Internal server error',
  503: 'Service unavailable',
};

const INSTANCE_CHARACTERS = 200;

/** The one place where an error becomes an answer: application/problem+json. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = this.problemOf(error, request.url);
    if (problem.status >= 500) this.logger.error(error instanceof Error ? error : String(error));
    if (reply.sent || reply.raw.headersSent) {
      // a stream already under way cannot become a problem document: break it, so that nobody takes half for whole
      reply.raw.destroy();
      return;
    }
    if (problem.status === 503) void reply.header('retry-after', '5');
    void reply
      .status(problem.status)
      .type('application/problem+json')
      .header('cache-control', 'no-store')
      .send(problem);
  }

  /** What the server refuses before there is a request to speak of: an address that is too long, or no address at all. */
  static refuseAddress(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    const status = isFastifyError(error) ? error.statusCode : 400;
    const instance = request.url.slice(0, INSTANCE_CHARACTERS);
    void reply
      .status(status)
      .type('application/problem+json')
      .header('cache-control', 'no-store')
      .send({
        type: 'urn:etale:problem:request.address',
        title: TITLE[status] ?? 'Error',
        status,
        code: 'request.address',
        detail: 'The address cannot be read, or a part of it is too long.',
        instance,
      });
  }

  private problemOf(error: unknown, instance: string): Problem {
    const make = (
      status: number,
      code: string,
      detail: string,
      facts: Readonly<Record<string, unknown>> = {},
    ): Problem => ({
      ...facts,
      type: `urn:etale:problem:${code}`,
      title: TITLE[status] ?? 'Error',
      status,
      code,
      detail,
      instance,
    });
    if (error instanceof DomainError) return make(STATUS[error.kind], error.code, error.message, error.facts);
    if (error instanceof BadRequestException) {
      const body = error.getResponse();
      const messages = typeof body === 'object' && 'message' in body ? body.message : error.message;
      const errors = (Array.isArray(messages) ? messages : [messages]).map(String);
      return make(400, 'request.invalid', errors.join('; '), { errors });
    }
    if (error instanceof HttpException) return make(error.getStatus(), `http.${error.getStatus()}`, error.message);
    if (isFastifyError(error)) return make(error.statusCode, `request.${error.code.toLowerCase()}`, error.message);
    if (isConnectionFailure(error))
      return make(503, 'database.unavailable', 'The database does not answer; try again in some seconds.');
    return make(500, 'internal', 'An unexpected error; it has been logged.');
  }
}

function isFastifyError(error: unknown): error is Error & { statusCode: number; code: string } {
  const candidate = error as { statusCode?: unknown; code?: unknown };
  return (
    error instanceof Error &&
    typeof candidate.statusCode === 'number' &&
    candidate.statusCode < 500 &&
    typeof candidate.code === 'string'
  );
}
