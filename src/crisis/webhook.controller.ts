import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { MadeWebhookDto, MakeWebhookDto, WebhookListDto } from './webhook.dto';
import { WebhookService } from './webhook.service';

/** Signed messages about what protects a platform. */
@ApiTags('protection')
@ApiParam({ name: 'id', description: 'Number of the platform.', schema: { type: 'integer', minimum: 1 } })
@Controller('platforms/:id/webhooks')
export class WebhookController {
  constructor(private readonly webhooks: WebhookService) {}

  @Get()
  @ApiOperation({ operationId: 'listWebhooks', summary: 'Who is told of protection steps by signed messages.' })
  @ApiOkResponse({ description: 'All of them.', type: WebhookListDto })
  @ApiProblems(400, 404)
  async listWebhooks(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<WebhookListDto> {
    const rows = await this.webhooks.list(actor, id);
    return {
      items: rows.map((row) => ({
        ...row,
        createdAt: row.createdAt.toISOString(),
        lastDeliveredAt: row.lastDeliveredAt?.toISOString() ?? null,
      })),
    };
  }

  @Post()
  @HttpCode(201)
  @ApiOperation({
    operationId: 'makeWebhook',
    summary: 'Tell an address of every protection step: Standard Webhooks with a CloudEvents body.',
  })
  @ApiCreatedResponse({ description: 'Its secret, shown once.', type: MadeWebhookDto })
  @ApiProblems(400, 404, 409, 422)
  makeWebhook(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() { url }: MakeWebhookDto,
  ): Promise<MadeWebhookDto> {
    return this.webhooks.make(actor, id, url, new Date());
  }

  @Delete(':webhookId')
  @HttpCode(204)
  @ApiParam({ name: 'webhookId', description: 'Number of the webhook.', schema: { type: 'integer', minimum: 1 } })
  @ApiOperation({ operationId: 'deleteWebhook', summary: 'Tell it no more; what waits for it is dropped.' })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiProblems(400, 404)
  deleteWebhook(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Param('webhookId', RowIdPipe) webhookId: number,
  ): Promise<void> {
    return this.webhooks.delete(actor, id, webhookId);
  }
}
