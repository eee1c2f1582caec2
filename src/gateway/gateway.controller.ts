import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Body, Controller, Get, Headers, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { goneSignal, sendEvents } from '../common/event-stream';
import { BundleService, etagOf, type Position } from './bundle.service';
import { AgentStatusDto, StatusAnswerDto } from './agent-status.dto';
import { DeltaPageDto, DeltaQuery, StreamQuery, WaitQuery } from './bundle-feed.dto';
import { CountAnswerDto, CountBatchDto } from './count-batch.dto';
import { PassKeysDto, VerificationKeysDto } from './gateway-key.dto';
import { GatewayKeyService } from './gateway-key.service';
import { GatewayReportService } from './gateway-report.service';
import { INTERVALS } from './gateway-settings.rules';

const unzipped = promisify(gunzip);
const positionOf = (text: string): Position => {
  const [epoch, revision] = text.split('.').map(Number) as [number, number];
  return { epoch, revision };
};
/** What a gateway reads and reports: docs/gateway-protocol.md. */
@ApiTags('gateways')
@Controller('gateways')
export class GatewayController {
  constructor(
    private readonly bundles: BundleService,
    private readonly keys: GatewayKeyService,
    private readonly reports: GatewayReportService,
  ) {}

  @Get('keys')
  @ApiOperation({ operationId: 'listVerificationKeys', summary: 'The keys that verify bundles and deltas, as a JWKS.' })
  @ApiOkResponse({ description: 'A JSON Web Key Set.', type: VerificationKeysDto })
  @ApiProblems()
  async listVerificationKeys(@Res() reply: FastifyReply): Promise<void> {
    await reply.header('cache-control', 'public, max-age=300').send(await this.keys.verificationKeys());
  }

  @Get('bundle')
  @ApiOperation({
    operationId: 'readBundle',
    summary: "The whole signed plan of the key's platform; a long poll with `wait`.",
  })
  @ApiHeader({
    name: 'if-none-match',
    required: false,
    description: 'The ETag of the bundle that is run: 304 while it is the newest.',
  })
  @ApiHeader({ name: 'accept-encoding', required: false, description: 'The bundle is stored gzipped.' })
  @ApiOkResponse({ description: 'The signed bytes.', content: { 'application/json': { schema: { type: 'object' } } } })
  @ApiResponse({ status: 304, description: 'It is still the newest.' })
  @ApiProblems(400, 503)
  async readBundle(
    @CurrentActor() actor: Actor,
    @Query() { wait }: WaitQuery,
    @Res() reply: FastifyReply,
    @Headers('if-none-match') ifNoneMatch?: string,
    @Headers('accept-encoding') acceptEncoding = '',
  ): Promise<void> {
    const { row, gzipped } = await this.bundles.bundle(actor, ifNoneMatch, wait!, goneSignal(reply));
    void reply
      .header('etag', etagOf(row))
      .header('etale-chain', row.chain)
      .header('etale-poll-seconds', INTERVALS.pollSeconds)
      .header('etale-poll-jitter-seconds', INTERVALS.pollJitterSeconds)
      .header('etale-retry-seconds', INTERVALS.retrySeconds)
      .header('etale-retry-jitter-seconds', INTERVALS.retryJitterSeconds)
      .header('cache-control', 'private, no-cache')
      .header('vary', 'accept-encoding');
    if (!gzipped) {
      await reply.status(304).send();
      return;
    }
    const isGzip = /\bgzip\b/.test(acceptEncoding);
    // said in any case, so that nothing compresses what is compressed, or what was asked for plain
    void reply
      .header('etale-signature', row.signature)
      .header('content-type', 'application/json; charset=utf-8')
      .header('content-encoding', isGzip ? 'gzip' : 'identity');
    await reply.send(isGzip ? gzipped : await unzipped(gzipped));
  }

  @Get('deltas')
  @ApiOperation({ operationId: 'listDeltas', summary: 'Signed deltas after a revision; a long poll with `wait`.' })
  @ApiOkResponse({ description: 'Deltas, oldest first.', type: DeltaPageDto })
  @ApiProblems(400, 409, 410, 503)
  async listDeltas(
    @CurrentActor() actor: Actor,
    @Query() { after, wait }: DeltaQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = await this.bundles.deltas(actor, positionOf(after), wait!, goneSignal(reply));
    await reply.header('cache-control', 'no-store').send(page);
  }

  @Get('stream')
  @ApiOperation({
    operationId: 'streamDeltas',
    summary: 'Signed deltas as server-sent events, and when a whole bundle is needed.',
  })
  @ApiHeader({ name: 'last-event-id', required: false, description: 'What the gateway runs, `<epoch>.<revision>`.' })
  @ApiOkResponse({
    description: '`delta` and `bundle` events.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiProblems(400, 503)
  async streamDeltas(
    @CurrentActor() actor: Actor,
    @Query() { after }: StreamQuery,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastEventId = '',
  ): Promise<void> {
    const asked = /^\d{1,9}\.\d{1,15}$/.test(lastEventId) ? lastEventId : after;
    const events = await this.bundles.stream(
      actor,
      asked === undefined ? undefined : positionOf(asked),
      goneSignal(reply),
    );
    await sendEvents(reply, events);
  }

  @Get('pass-keys')
  @ApiOperation({ operationId: 'listPassKeys', summary: "The keys of passes of the key's platform." })
  @ApiOkResponse({ description: 'Keys, newest first.', type: PassKeysDto })
  @ApiProblems()
  async listPassKeys(@CurrentActor() actor: Actor, @Res() reply: FastifyReply): Promise<void> {
    await reply.header('cache-control', 'no-store').send(await this.keys.passKeys(actor));
  }

  @Post('status')
  @HttpCode(200)
  @ApiOperation({ operationId: 'reportStatus', summary: 'What an agent runs, and what it refused and why.' })
  @ApiOkResponse({ description: 'What the service has, and how far the clocks are apart.', type: StatusAnswerDto })
  @ApiProblems(400)
  reportStatus(@CurrentActor() actor: Actor, @Body() body: AgentStatusDto): Promise<StatusAnswerDto> {
    return this.reports.status(actor, body, new Date());
  }

  @Post('counts')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'reportCounts',
    summary: 'Counts since the batch before; a batch that is sent again changes nothing.',
  })
  @ApiAcceptedResponse({ description: 'How many rows were added.', type: CountAnswerDto })
  @ApiProblems(400, 413)
  reportCounts(@CurrentActor() actor: Actor, @Body() body: CountBatchDto): Promise<CountAnswerDto> {
    return this.reports.count(actor, body, new Date());
  }
}
