import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isConnectionFailure } from '../common/database';
import { DomainError } from '../common/domain-error';
import { LANGUAGES, languageOf } from '../common/language.rules';
import { ProblemFilter } from '../common/problem.filter';
import { failedPage, pageHeaders } from './page-frame.rules';

/** A person stands before the screen: a page with the next step rather than a problem document. */
@Catch()
export class PageFailureFilter implements ExceptionFilter {
  private readonly problems = new ProblemFilter();
  private readonly logger = new Logger(PageFailureFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest<{ Querystring: Record<string, unknown> }>>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    // a key that is not known, or an address that says nothing: what a program did, not what failed
    if ((error instanceof DomainError && error.kind !== 'unavailable') || error instanceof HttpException)
      return this.problems.catch(error, host);
    this.logger.error(error instanceof Error ? error : String(error));
    const isUnavailable = isConnectionFailure(error) || (error instanceof DomainError && error.kind === 'unavailable');
    const status = isUnavailable ? 503 : 500;
    const asked = LANGUAGES.find((one) => one === request.query.lang);
    const language = languageOf(asked, request.headers['accept-language']);
    void reply.status(status).headers(pageHeaders(language, status)).send(failedPage(language, request.url));
  }
}
