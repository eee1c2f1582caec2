import createClient from 'openapi-fetch';
import type { components, paths } from './api.generated';

/** The client of the API, typed from its contract. */
export const api = createClient<paths>({ baseUrl: '' });

/** The shapes of the contract by their names. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** An answer that refuses, as the API words it (RFC 9457), or a network that did not answer (`status` 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What was asked for; a refusal and a silent network become a Problem. */
export async function answerOf<T>(asked: Promise<Answer<T>>): Promise<T> {
  return (await taggedAnswerOf(asked)).data;
}

/** What was asked for, with the tag by which a change names what it was made from. */
export async function taggedAnswerOf<T>(asked: Promise<Answer<T>>): Promise<{ data: T; tag: string | undefined }> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch (error) {
    throw new Problem(0, 'network', error instanceof Error ? error.message : String(error));
  }
  if (!answer.response.ok) throw problemOf(answer.response.status, answer.error);
  return { data: answer.data as T, tag: answer.response.headers.get('etag') ?? undefined };
}

function problemOf(status: number, body: unknown): Problem {
  const facts = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const { code, detail } = facts;
  return new Problem(
    status,
    typeof code === 'string' ? code : 'unknown',
    typeof detail === 'string' ? detail : `HTTP ${status}`,
    facts,
  );
}

/** The JSON of an answer that may also come as a file. */
export async function jsonOf<T>(asked: Promise<T>): Promise<Exclude<T, string>> {
  return (await asked) as Exclude<T, string>;
}

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** All items of a paged list, page after page; `most` bounds what is read. */
export async function allOf<T>(page: (cursor: string | undefined) => Promise<Page<T>>, most = 20_000): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const { items: next, nextCursor } = await page(cursor);
    items.push(...next);
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < most);
  return items;
}

/** How often the same is sent where nobody answers, a little later each time. */
const MOST_TRIES = 3;
const AGAIN_MILLISECONDS = 1000;

/**
 * Asks for what is to be done once, however often it is sent: while nobody answers it is sent again under the same key, so that it is told as done
 * where the answer alone was lost.
 */
export async function answerOnce<T>(ask: (key: string) => Promise<Answer<T>>): Promise<T> {
  const key = `"${crypto.randomUUID()}"`;
  for (let tries = 1; ; tries++) {
    try {
      return await answerOf(ask(key));
    } catch (error) {
      if (tries === MOST_TRIES || !mayBeDone(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, tries * AGAIN_MILLISECONDS));
    }
  }
}

/** Nobody has said whether it was done: the network is silent, or the first of these requests is worked on still. */
const mayBeDone = (error: unknown): boolean =>
  error instanceof Problem && (error.status === 0 || error.code === 'booking.key_in_progress');

/** A file that the API makes, saved under a name by the browser. */
export async function download(path: string, fileName: string, accept: string): Promise<void> {
  const response = await fetch(path, { headers: { accept } });
  if (!response.ok) throw problemOf(response.status, await response.json().catch(() => ({})));
  saveAs(await response.blob(), fileName);
}

/** Saves content as a file. */
export function saveAs(content: Blob, fileName: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
