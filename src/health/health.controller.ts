import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../common/api-problems';
import { HealthDto } from './health.dto';
import { MetricsService } from './metrics.service';

@ApiTags('health')
@Controller()
export class HealthController {
  constructor(private readonly metrics: MetricsService) {}

  @Get('health/live')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'isLive', summary: 'The process runs.' })
  @ApiOkResponse({ description: 'It runs.' })
  @ApiProblems()
  isLive(): HealthDto {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'isReady', summary: 'The process serves: its database answers.' })
  @ApiOkResponse({ description: 'It serves.' })
  @ApiProblems(503)
  async isReady(): Promise<HealthDto> {
    await this.metrics.pingDatabase();
    return { status: 'ok' };
  }

  @Get('metrics')
  @ApiExcludeEndpoint()
  async readMetrics(@Res() reply: FastifyReply): Promise<void> {
    await reply.type(this.metrics.contentType).send(await this.metrics.text());
  }
}
