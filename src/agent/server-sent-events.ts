/** One event of a stream; `data` is undefined for a comment. */
export interface ServerSentEvent {
  event: string | undefined;
  data: string | undefined;
}

/** Takes what has come so far apart: whole events, and the beginning of the next one. */
export function takeEvents(text: string): { events: ServerSentEvent[]; rest: string } {
  const blocks = text.split('\n\n');
  const rest = blocks.pop()!;
  const events = blocks.map((block) => {
    const lines = block.split('\n');
    const field = (name: string) =>
      lines
        .find((line) => line.startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim();
    return { event: field('event'), data: field('data') };
  });
  return { events, rest };
}
