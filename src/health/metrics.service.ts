import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { DomainError } from '../common/domain-error';

/** What Prometheus reads of this process and of the plans in force. */
@Injectable()
export class MetricsService implements OnModuleDestroy {
  private readonly registry = new Registry();

  constructor(@InjectDataSource() private readonly database: DataSource) {
    collectDefaultMetrics({ register: this.registry });
    const source = this.database;
    new Gauge({
      name: 'etale_platform_revision',
      help: 'Revision of the published windows of a platform',
      labelNames: ['platform', 'epoch'],
      registers: [this.registry],
      async collect() {
        this.reset();
        const rows = await source.query<{ code: string; epoch: number; revision: number }[]>(
          'select p.code, r.epoch, r.revision from platform_revision r join platform p on p.id = r.platform_id',
        );
        for (const row of rows) this.set({ platform: row.code, epoch: String(row.epoch) }, Number(row.revision));
      },
    });
    new Gauge({
      name: 'etale_ledger_overfull_cells',
      help: 'Cells whose planned load is above their limit since the limit fell',
      labelNames: ['platform'],
      registers: [this.registry],
      async collect() {
        this.reset();
        const rows = await source.query<{ code: string; count: number }[]>(
          `select p.code, count(l.cell)::int as count from platform p
             left join ledger_cell l on l.platform_id = p.id and (l.session_planned > l.session_limit or l.login_planned > l.login_limit)
            group by p.code`,
        );
        for (const row of rows) this.set({ platform: row.code }, row.count);
      },
    });
    new Gauge({
      name: 'etale_proof_differences',
      help: 'What the latest proof of a platform that was kept found: cells unlike their windows, windows unlike their changes',
      labelNames: ['platform', 'of'],
      registers: [this.registry],
      async collect() {
        this.reset();
        const rows = await source.query<{ code: string; cells: number; windows: number }[]>(
          `select distinct on (l.platform_id) p.code, l.cell_difference_count as cells, l.window_difference_count as windows
             from ledger_proof l join platform p on p.id = l.platform_id order by l.platform_id, l.id desc`,
        );
        for (const { code, cells, windows } of rows) {
          this.set({ platform: code, of: 'cells' }, cells);
          this.set({ platform: code, of: 'windows' }, windows);
        }
      },
    });
    new Gauge({
      name: 'etale_proof_made_seconds',
      help: 'When the latest nightly proof of a platform was made, in seconds since 1970',
      labelNames: ['platform'],
      registers: [this.registry],
      async collect() {
        this.reset();
        const rows = await source.query<{ code: string; seconds: number }[]>(
          `select p.code, extract(epoch from max(l.proved_at))::float8 as seconds from ledger_proof l
             join platform p on p.id = l.platform_id where not l.is_on_demand group by p.code`,
        );
        for (const { code, seconds } of rows) this.set({ platform: code }, seconds);
      },
    });
    new Gauge({
      name: 'etale_jobs',
      help: 'Jobs by state',
      labelNames: ['kind', 'state'],
      registers: [this.registry],
      async collect() {
        this.reset();
        const rows = await source.query<{ kind: string; state: string; count: number }[]>(
          'select kind, state, count(*)::int as count from job_run group by kind, state',
        );
        for (const row of rows) this.set({ kind: row.kind, state: row.state }, row.count);
      },
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  async pingDatabase(): Promise<void> {
    try {
      await this.database.query('select 1');
    } catch {
      throw new DomainError('database.unavailable', 'unavailable', 'The database does not answer.');
    }
  }

  onModuleDestroy(): void {
    this.registry.clear();
  }
}
