import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../common/api-problems';
import { ClassLinksDto } from './class-link.dto';
import { ClassLinkService } from './class-link.service';

@ApiTags('gateways')
@Controller('establishments')
export class ClassLinkController {
  constructor(private readonly links: ClassLinkService) {}

  @Get(':uai/class-links')
  @ApiParam({ name: 'uai', description: 'The establishment.', schema: { type: 'string', pattern: '^[0-9]{7}[A-Z]$' } })
  @ApiOperation({
    operationId: 'listClassLinks',
    summary: 'Links by which families show the gateway their class, for the school to hand out: one per class.',
  })
  @ApiOkResponse({ description: 'The links.', type: ClassLinksDto })
  @ApiProblems(404, 409)
  async listClassLinks(@Param('uai') uai: string, @Res() reply: FastifyReply): Promise<void> {
    await reply.header('cache-control', 'no-store').send(await this.links.list(uai));
  }
}
