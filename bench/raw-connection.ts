import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Status line, headers and body of an answer, as text. */
export interface RawAnswer {
  status: number;
  head: string;
  /** Bytes as characters; with its chunk sizes where it came in chunks. */
  body: string;
}

/** A connection that is kept, one question at a time, written and read as bytes: the asking costs little beside what is asked. */
export class RawConnection {
  private text = '';
  private tell: ((answer: RawAnswer) => void) | undefined;
  private fail: ((error: Error) => void) | undefined;
  private socket: Socket | undefined;

  private constructor(private readonly port: number) {}

  static async open(port: number): Promise<RawConnection> {
    const connection = new RawConnection(port);
    await connection.connect();
    return connection;
  }

  private async connect(): Promise<Socket> {
    const socket = connect(this.port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
    await once(socket, 'connect');
    socket.on('data', (chunk: string) => {
      this.text += chunk;
      this.read();
    });
    const broken = () => {
      if (this.socket === socket) this.socket = undefined;
      this.fail?.(new Error('the connection was closed before the answer'));
    };
    socket.on('error', broken).on('close', broken);
    this.text = '';
    this.socket = socket;
    return socket;
  }

  static all(port: number, count: number): Promise<RawConnection[]> {
    return Promise.all(Array.from({ length: count }, () => RawConnection.open(port)));
  }

  /** A connection that was closed after its last answer, as after an error, is opened again. */
  async ask(request: string): Promise<RawAnswer> {
    const socket = this.socket ?? (await this.connect());
    return new Promise((tell, fail) => {
      this.tell = tell;
      this.fail = fail;
      socket.write(request);
    });
  }

  close(): void {
    this.fail = undefined;
    this.socket?.destroy();
  }

  private read(): void {
    const headEnd = this.text.indexOf('\r\n\r\n');
    if (headEnd < 0 || !this.tell) return;
    const head = this.text.slice(0, headEnd);
    const end = headEnd + 4;
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    const isChunked = length === undefined && /\r\ntransfer-encoding: chunked/i.test(head);
    const last = isChunked ? this.text.indexOf('0\r\n\r\n', end) : end + Number(length ?? 0);
    if (last < 0 || this.text.length < last) return;
    const body = this.text.slice(end, last);
    this.text = this.text.slice(isChunked ? last + 5 : last);
    const { tell } = this;
    this.tell = this.fail = undefined;
    if (/\r\nconnection: close/i.test(head)) {
      this.socket?.destroy();
      this.socket = undefined;
    }
    tell({ status: Number(head.slice(9, 12)), head, body });
  }
}

/** A request of a browser, as bytes. */
export const requestText = (path: string, headers: Record<string, string>, method: 'GET' | 'POST' = 'GET'): string =>
  `${method} ${path} HTTP/1.1\r\nhost: ent\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

export const headerOf = ({ head }: RawAnswer, name: string): string | undefined =>
  new RegExp(`\\r\\n${name}: ([^\\r]*)`, 'i').exec(head)?.[1];
