import { asOperator } from './demonstration-server';
import { randomUUID } from 'node:crypto';
import { type Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { randomInteger, seededRandom } from '../src/kernel/random';

const CELL_MILLISECONDS = 300_000;

/** A window that a head may move. */
export interface HeldWindow {
  id: number;
  classId: number;
  revision: number;
  startCell: number;
}

export interface Answer {
  status: number;
  text: string;
  milliseconds: number;
}

/** Where the heads want their windows: starts of the day in cells, and how much they are drawn to the wanted ones. */
export interface Wishes {
  wanted: readonly number[];
  others: readonly number[];
  /** Of a hundred moves, those that go to a wanted start. */
  hotPercent: number;
}

/**
 * A head who moves its windows one after the other: as soon as an answer is there, the next request leaves. A window at a wanted hour
 * goes elsewhere, any other one goes where the wishes draw it.
 */
export async function headMoves(
  agent: Agent,
  url: string,
  windows: HeldWindow[],
  wishes: Wishes,
  seed: number,
  hasEnded: () => boolean,
  onAnswer: (answer: Answer) => void,
): Promise<void> {
  const random = seededRandom(seed);
  while (!hasEnded()) {
    const window = windows[randomInteger(random, windows.length)]!;
    const isWanted = !wishes.wanted.includes(window.startCell) && randomInteger(random, 100) < wishes.hotPercent;
    const starts = isWanted ? wishes.wanted : wishes.others;
    const startCell = starts[randomInteger(random, starts.length)]!;
    const startsAt = new Date(startCell * CELL_MILLISECONDS).toISOString();
    const answer = await ask(agent, 'POST', `${url}/v1/bookings`, window.revision, {
      operation: 'move',
      windowId: window.id,
      startsAt,
    });
    if (answer.status === 201) {
      const { changes } = JSON.parse(answer.text) as { changes: { revision: number }[] };
      window.revision = changes[0]!.revision;
      window.startCell = startCell;
    }
    onAnswer(answer);
  }
}

/** One request and its whole answer. */
export function ask(
  agent: Agent,
  method: 'GET' | 'POST',
  url: string,
  revision?: number,
  body?: object,
): Promise<Answer> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const headers =
      body === undefined
        ? { ...asOperator }
        : {
            ...asOperator,
            'content-type': 'application/json',
            'idempotency-key': randomUUID(),
            'if-match': `"${revision}"`,
          };
    const sent = request(url, { agent, method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.once('end', () => resolve({ status: answer.statusCode!, text, milliseconds: performance.now() - startedAt })); // prettier-ignore
      answer.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
