import { BlockList, isIP } from 'node:net';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import { DomainError } from '../common/domain-error';
import { GatewayViewService } from './gateway-view.service';

@ApiTags('gateways')
@Controller('session')
export class SessionLimitController {
  private readonly allowed = new BlockList();

  constructor(
    private readonly views: GatewayViewService,
    @Inject(CONFIG) config: Config,
  ) {
    for (const range of config.sessionLimitNetworks) {
      const [address, bits] = range.split('/') as [string, string];
      this.allowed.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
    }
  }

  @Get('limit')
  @ApiOperation({
    operationId: 'readSessionLimits',
    summary:
      "Maximum sessions of each platform by its code, as an ENT's own quota reads it: from configured networks, without credentials.",
  })
  @ApiOkResponse({
    description: 'Platform code -> maximum sessions now, never below 1.',
    schema: { type: 'object', additionalProperties: { type: 'integer', minimum: 1 } },
  })
  @ApiProblems()
  async readSessionLimits(
    @CurrentActor() actor: Actor,
    @Req() { ip }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!this.allowed.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4'))
      throw new DomainError('session_limit.network', 'forbidden', 'Not one of the networks that may read this.');
    await reply.header('cache-control', 'no-store').send(await this.views.sessionLimits(actor, new Date()));
  }
}
