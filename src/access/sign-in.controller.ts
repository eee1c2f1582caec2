import { Controller, Get, Header, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import { SignInFailedError, SignInNotConfiguredError } from './access.errors';
import { isSecure, sessionCookieName, SIGN_IN_COOKIE } from './cookie.rules';
import { SessionService, SIGN_IN_MINUTES } from './session.service';
import { noRolePage, signInFailedPage } from './sign-in-pages.rules';

/** The pages of signing in, for browsers: they redirect, or say in words what went wrong. */
@ApiExcludeController()
@Controller('sign-in')
export class SignInController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly sessions: SessionService,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  async beginSignIn(@Res() reply: FastifyReply, @Query('returnTo') returnTo?: unknown): Promise<void> {
    try {
      const { url, browser } = await this.sessions.begin(typeof returnTo === 'string' ? returnTo : undefined);
      const options = { httpOnly: true, sameSite: 'lax', secure: isSecure(this.config), path: '/sign-in' } as const;
      await reply.setCookie(SIGN_IN_COOKIE, browser, { ...options, maxAge: SIGN_IN_MINUTES * 60 }).redirect(url, 303);
    } catch (error) {
      await this.tell(reply, error);
    }
  }

  @Get('callback')
  @Header('cache-control', 'no-store')
  async finishSignIn(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    try {
      const query = request.url.split('?')[1] ?? '';
      const { sessionId, account, hasRole, returnTo } = await this.sessions.finish(
        query,
        request.cookies[SIGN_IN_COOKIE],
      );
      const options = { httpOnly: true, sameSite: 'lax', secure: isSecure(this.config), path: '/' } as const;
      void reply
        .clearCookie(SIGN_IN_COOKIE, { path: '/sign-in' })
        .setCookie(sessionCookieName(this.config), sessionId, { ...options, maxAge: this.config.sessionHours * 3600 });
      if (hasRole) await reply.redirect(returnTo, 303);
      else await reply.type('text/html; charset=utf-8').send(noRolePage(account));
    } catch (error) {
      await this.tell(reply, error);
    }
  }

  /** A person stands before the screen: a sentence rather than a problem document. */
  private async tell(reply: FastifyReply, error: unknown): Promise<void> {
    if (!(error instanceof SignInFailedError || error instanceof SignInNotConfiguredError)) throw error;
    const status = error instanceof SignInNotConfiguredError ? 503 : 400;
    await reply.status(status).type('text/html; charset=utf-8').send(signInFailedPage(error.message));
  }
}
