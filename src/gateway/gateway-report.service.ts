import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { JobRunner } from '../jobs/job-runner.service';
import { AgentStore } from './agent.store';
import { platformOfKey } from './bundle.service';
import { BundleStore } from './bundle.store';
import { CountStore } from './count.store';
import type { AgentStatusDto, StatusAnswerDto } from './agent-status.dto';
import type { CountAnswerDto, CountBatchDto } from './count-batch.dto';
import { CLASS_GRAIN_DAYS, INTERVALS } from './gateway-settings.rules';

const DAY_MILLISECONDS = 86_400_000;
const NIGHTLY = '30 2 * * *';

/** Takes what agents report: what they run, and counts. */
@Injectable()
export class GatewayReportService implements OnModuleInit {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly agents: AgentStore,
    private readonly bundles: BundleStore,
    private readonly counts: CountStore,
    private readonly jobs: JobRunner,
  ) {}

  onModuleInit(): void {
    this.jobs.registerNightly({
      kind: 'gateway_retention',
      schedule: NIGHTLY,
      run: async () => {
        await this.counts.retain(new Date().toISOString().slice(0, 10));
      },
    });
  }

  /** Keeps what an agent runs. @throws DomainError */
  async status(actor: Actor, status: AgentStatusDto, now: Date): Promise<StatusAnswerDto> {
    const platformId = platformOfKey(actor);
    const clockOffsetSeconds = (Date.parse(status.sentAt) - now.getTime()) / 1000;
    const { agent, version, state, posture, epoch, revision, edition, chain, refused, counts, room, issuedAt } = status;
    await this.agents.report({
      keyId: keyIdOf(actor),
      agent,
      platformId,
      version,
      state,
      posture: posture ?? null,
      epoch: epoch ?? null,
      revision: revision ?? null,
      edition: edition ?? null,
      chain: chain ?? null,
      planIssuedAt: issuedAt === undefined || issuedAt === null ? null : new Date(issuedAt * 1000),
      refused: refused ?? null,
      counts: counts ?? null,
      room: room ?? null,
      clockOffsetSeconds,
      reportedAt: now,
    });
    const [head, bundle] = [await this.bundles.head(platformId), await this.bundles.bundle(platformId)];
    return {
      receivedAt: now.toISOString(),
      clockOffsetSeconds,
      epoch: head?.epoch ?? null,
      revision: head?.revision ?? null,
      edition: bundle?.edition ?? null,
      intervals: INTERVALS,
    };
  }

  /** Adds a batch of counts, once however often it is sent. @throws DomainError */
  async count(actor: Actor, batch: CountBatchDto, now: Date): Promise<CountAnswerDto> {
    const platformId = platformOfKey(actor);
    const [first, last] = [now.getTime() - (CLASS_GRAIN_DAYS - 1) * DAY_MILLISECONDS, now.getTime() + DAY_MILLISECONDS];
    const isKept = (on: string) => Date.parse(on) >= first - DAY_MILLISECONDS && Date.parse(on) <= last;
    const windows = batch.windows.filter(({ onDate }) => isKept(onDate));
    const dayOf = (cell: number) => new Date(cell * 300_000).toISOString().slice(0, 10);
    const cells = batch.cells.filter(({ cell }) => isKept(dayOf(cell)));
    const days = new Set([...windows.map(({ onDate }) => onDate), ...cells.map(({ cell }) => dayOf(cell))]);
    return this.database.transaction(async (tx) => {
      if (!(await this.counts.addBatch(tx, keyIdOf(actor), batch.batchId)))
        return { accepted: 0, unknownOwners: 0, isRepeated: true };
      await this.counts.ensureDays(tx, [...days].sort());
      const added = await this.counts.addWindows(tx, platformId, windows);
      await this.counts.addCells(tx, platformId, cells);
      await this.counts.announce(tx, platformId);
      const accepted = added + cells.length;
      return { accepted, unknownOwners: batch.windows.length + batch.cells.length - accepted, isRepeated: false };
    });
  }
}

/** Machines are known by the number of their key. */
const keyIdOf = ({ subject }: Actor): number => Number(subject.slice('key:'.length));
