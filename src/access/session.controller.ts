import { Controller, Delete, Get, Header, HttpCode, Inject, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiProblems } from '../common/api-problems';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import type { Actor } from './actor';
import { sessionCookieName } from './cookie.rules';
import { CurrentActor } from './current-actor';
import { SessionDto } from './session.dto';
import { SessionService } from './session.service';

@ApiTags('access')
@Controller('session')
export class SessionController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly sessions: SessionService,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'readSession', summary: 'Who the service takes the caller for.' })
  @ApiOkResponse({ description: 'The role and its scope.', type: SessionDto })
  @ApiProblems()
  readSession(@CurrentActor() { role, subject, uais, delegatedUais, territories, keyScopes }: Actor): SessionDto {
    return {
      role,
      subject,
      uais: [...(uais ?? [])],
      delegatedUais: [...(delegatedUais ?? [])],
      territories: (territories ?? []).map((territory) => ({ ...territory, kinds: [...territory.kinds] })),
      keyScopes: [...(keyScopes ?? [])],
      signInPath: '/sign-in',
      canSignIn: this.config.oidc !== undefined,
    };
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endSession',
    summary: 'Signs out: the session ends on the server, whoever has its cookie.',
  })
  @ApiNoContentResponse({ description: 'There is no session any more.' })
  @ApiProblems()
  async endSession(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const name = sessionCookieName(this.config);
    await this.sessions.close(request.cookies[name]);
    void reply.clearCookie(name, { path: '/' });
  }
}
