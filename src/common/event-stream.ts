import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** Ends when the client goes away: a generator that waits cannot be destroyed, this wakes it. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

/** Sends server-sent events as they are made; nothing on the way may keep them back. */
export async function sendEvents(reply: FastifyReply, events: AsyncIterable<string>): Promise<void> {
  await reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(events, { objectMode: false }));
}
