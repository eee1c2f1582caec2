import { asOperator } from './demonstration-server';
import { randomUUID } from 'node:crypto';
import { type Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { randomInteger, seededRandom } from '../src/kernel/random';
import { type RawConnection, requestText } from './raw-connection';

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
 * goes elsewhere, any other one goes where the wishes draw it. The heads share the machine with what they measure, so they ask by bytes.
 */
export async function headMoves(
  connection: RawConnection,
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
    const text = JSON.stringify({ operation: 'move', windowId: window.id, startsAt });
    const headers = {
      ...asOperator,
      'content-type': 'application/json',
      'content-length': String(text.length),
      'idempotency-key': randomUUID(),
      'if-match': `"${window.revision}"`,
    };
    const askedAt = performance.now();
    const { status, body } = await connection.ask(requestText('/v1/bookings', headers, 'POST') + text);
    onAnswer({ status, milliseconds: performance.now() - askedAt });
    if (status === 201) {
      const { changes } = JSON.parse(body) as { changes: { revision: number }[] };
      window.revision = changes[0]!.revision;
      window.startCell = startCell;
    }
  }
}

/** A page that is read, and its whole answer. */
export function ask(agent: Agent, url: string): Promise<Answer> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: asOperator }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve({ status: answer.statusCode!, milliseconds: performance.now() - startedAt }));
      answer.once('error', reject);
    }).once('error', reject);
  });
}
