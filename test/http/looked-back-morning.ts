import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import type { PostMortemDto } from '../../src/crisis/post-mortem.dto';
import type { GatewaySettingsDto } from '../../src/gateway/gateway-settings.dto';
import { JobRunner } from '../../src/jobs/job-runner.service';
import { cellOfSeconds } from '../../src/kernel/cell-grid';
import { type BookableRegion, publishedRegion, standStillAt } from '../booking-region';
import { cellAt } from '../plan-builder';
import { startTestApplication } from '../test-application';

export const DAY = '2026-12-07';
/** A day of which enough was counted to know who kept to the windows. */
export const COUNTED_DAY = '2026-12-08';
export const at = (clock: string, day = DAY): string => `${day}T${clock}:00+01:00`;
export const cell = (clock: string): number => cellOfSeconds(Date.parse(at(clock)) / 1000);
export const standAt = (clock: string, day = DAY): unknown => jest.setSystemTime(new Date(at(clock, day)));

const countsOf = (admitted: number, deferred: number, refused: number, attempts: number) => ({
  admitted,
  deferred,
  refused,
  attempts,
  wouldRefuse: 0,
});

/** A morning on which more came than the platform took, at noon of the same day, and what is told of it afterwards. */
export class LookedBackMorning {
  private key!: { authorization: string };

  private constructor(
    readonly app: NestFastifyApplication,
    readonly region: BookableRegion,
  ) {}

  static async start(): Promise<LookedBackMorning> {
    standStillAt(at('06:00'));
    const app = await startTestApplication();
    const region = await publishedRegion(
      app,
      [
        ...[0, 1].flatMap((establishment) => [
          { establishment, classIndex: 0, startCell: cellAt(0, 9), headcount: 100 },
          { establishment, classIndex: 1, startCell: cellAt(0, 10), headcount: 100 },
        ]),
        ...[0, 1, 2, 3, 4].flatMap((establishment) => [
          { establishment, classIndex: 0, startCell: cellAt(1, 9 + establishment), headcount: 100 },
          { establishment, classIndex: -1, startCell: cellAt(1, 18), headcount: 20 },
        ]),
      ],
      { establishmentCount: 5, concurrentSessions: 1000, loginsPerMinute: 200 },
    );
    const morning = new LookedBackMorning(app, region);
    await morning.prepareGateways();
    await app.get(JobRunner).start();
    await morning.holdRelativesBack();
    standAt('12:00');
    await morning.countThoseWhoCame();
    await morning.measure();
    await app.get(DataSource).query(
      `insert into audit_entry (recorded_at, role, subject, action, thing, thing_key, platform_id, reason)
       values ($1, 'operator', 'somebody', 'regulation.add', 'regulation', '7', $2, 'panne')`,
      [at('09:10'), region.platformId],
    );
    return morning;
  }

  async stop(): Promise<void> {
    await this.app.close();
    jest.useRealTimers();
  }

  get platformUrl(): string {
    return `/v1/platforms/${this.region.platformId}`;
  }

  get url(): string {
    return `${this.platformUrl}/post-mortems`;
  }

  async settings(): Promise<GatewaySettingsDto> {
    return (await this.app.inject({ url: `${this.platformUrl}/gateway-settings` })).json<GatewaySettingsDto>();
  }

  /** Looks back on the morning, or on what the test asks for. */
  async make(payload: object = { firstDate: DAY }, url = this.url): Promise<PostMortemDto> {
    const response = await this.app.inject({ method: 'POST', url, payload });
    expect([response.statusCode, response.statusCode === 201 ? '' : response.body]).toEqual([201, '']);
    return response.json<PostMortemDto>();
  }

  /** The same with its replay, once that is done. */
  async simulated(id: number): Promise<PostMortemDto> {
    for (;;) {
      const its = (await this.app.inject({ url: `${this.url}/${id}` })).json<PostMortemDto>();
      if (its.simulated) return its;
      await new Promise((go) => setTimeout(go, 20));
    }
  }

  /** What a gateway counted. */
  async count(windows: readonly object[], cells: readonly object[]): Promise<void> {
    await this.tell('/v1/gateways/counts', { agent: 'proxy-1', batchId: randomUUID(), windows, cells });
  }

  private async tell(url: string, payload: object): Promise<void> {
    const told = await this.app.inject({ method: 'POST', url, payload, headers: this.key });
    expect(told.statusCode).toBe(202);
  }

  private async prepareGateways(): Promise<void> {
    // in any other posture no step holds anybody back
    const payload = { ...(await this.settings()), posture: 'enforced' };
    const set = await this.app.inject({ method: 'PUT', url: `${this.platformUrl}/gateway-settings`, payload });
    expect(set.statusCode).toBe(200);
    const asked = { name: 'passerelle', scopes: ['gateway'], platformId: this.region.platformId };
    const made = await this.app.inject({ method: 'POST', url: '/v1/keys', payload: asked });
    this.key = { authorization: `Bearer ${made.json<{ secret: string }>().secret}` };
  }

  private async holdRelativesBack(): Promise<void> {
    const payload = {
      name: { fr: 'parents plus tard', en: 'relatives later' },
      scope: { profiles: ['relative'] },
      reason: 'trop de monde',
      endsAt: at('06:25'),
      words: { fr: 'Plus tard.', en: 'Later.' },
      isBreakGlass: true,
      measures: { defersRelatives: true, featuresOff: [] },
    };
    const posted = await this.app.inject({ method: 'POST', url: `${this.platformUrl}/protection-steps`, payload });
    expect([posted.statusCode, posted.body.slice(0, 300)]).toEqual([201, expect.anything()]);
  }

  private async countThoseWhoCame(): Promise<void> {
    const [row] = await this.app
      .get(DataSource)
      .query<{ classId: number }[]>(
        'select class_id as "classId" from plan_window where class_id is not null order by window_id limit 1',
      );
    const ofClass = { audience: 'pupils', ownerId: row!.classId, onDate: DAY };
    const ofCell = { department: '59', level: 8, profile: 'pupil' };
    await this.count(
      [
        { ...ofClass, startCell: cellAt(0, 9), ...countsOf(60, 0, 0, 60) },
        { ...ofClass, startCell: null, ...countsOf(40, 150, 3, 240) },
      ],
      [
        { ...ofCell, cell: cell('09:00'), ...countsOf(60, 100, 0, 160) },
        { ...ofCell, cell: cell('09:05'), ...countsOf(40, 50, 3, 140) },
      ],
    );
  }

  private measure(): Promise<void> {
    const items = [
      { measuredAt: at('09:01'), sessions: 90, loginsPerMinute: 20, errorsPerMille: 0 },
      { measuredAt: at('09:02'), sessions: 120, loginsPerMinute: 40, errorsPerMille: 80 },
    ];
    return this.tell(`${this.platformUrl}/measurements`, { source: 'ent', items });
  }
}
