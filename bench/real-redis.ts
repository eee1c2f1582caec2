import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { freePort } from './real-proxy';

/** A real Redis (or Valkey) of its own, in memory only, that can be killed and started again on its port. */
export class RealRedis {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly file: string,
    readonly port: number,
    private readonly isCluster: boolean,
    private readonly folder: string,
  ) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  static async start(file: string, isCluster = false): Promise<RealRedis> {
    const redis = new RealRedis(file, await freePort(), isCluster, mkdtempSync(join(tmpdir(), 'etale-redis-')));
    await redis.begin();
    return redis;
  }

  /** Starts it where it is not running; it remembers nothing. */
  async begin(): Promise<void> {
    const cluster = this.isCluster ? ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())] : [];
    const args = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      this.folder,
      ...cluster,
    ];
    this.child = spawn(this.file, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    for await (const chunk of this.child.stdout!) {
      output += String(chunk);
      if (output.includes('Ready to accept connections')) break;
    }
    if (this.child.exitCode !== null) throw new Error(`Redis did not start: ${output}`);
    if (this.isCluster) await this.command(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383']);
    while (this.isCluster && !String(await this.command(['CLUSTER', 'INFO'])).includes('cluster_state:ok'));
  }

  /** With SIGKILL. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'exit');
    child.kill('SIGKILL');
    await closed;
  }

  async command(args: string[]): Promise<unknown> {
    const client = await createClient({ url: this.url }).connect();
    try {
      return await client.sendCommand(args);
    } finally {
      client.destroy();
    }
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
