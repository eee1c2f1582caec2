import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { entAnswerOf, type EntAnswer } from './proxy-log.rules';

/** Hears by UDP, at the address of the agent, what the proxy logs of the ENT's answers. */
export class ProxyLog {
  private socket: Socket | undefined;
  /** Why nothing is heard; the gate needs none of it. */
  problem: string | undefined;

  constructor(private readonly onAnswer: (answer: EntAnswer) => void) {}

  async listen(host: string, port: number): Promise<void> {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    socket.on('message', (line) => {
      const answer = entAnswerOf(line.toString('latin1'));
      if (answer) this.onAnswer(answer);
    });
    socket.on('error', ({ message }) => (this.problem = message));
    try {
      socket.bind(port, host);
      await once(socket, 'listening');
      this.socket = socket;
    } catch (error) {
      this.problem = (error as Error).message;
      socket.close();
    }
  }

  close(): void {
    this.socket?.close();
    this.socket = undefined;
  }
}
