import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { LOOPBACK_OPERATOR } from '../../src/access/actor';
import type { CreateCampaignDto } from '../../src/campaign/campaign.dto';
import { CampaignService } from '../../src/campaign/campaign.service';
import { unheard } from '../../src/common/progress';
import { ProblemAssembler } from '../../src/load/problem-assembler.service';
import { WishStore, type WishRow } from '../../src/wish/wish.store';
import { windowsOf } from '../assembled-windows';
import { SmallRegion } from '../small-region';
import { startTestApplication } from '../test-application';

export type Rules = NonNullable<CreateCampaignDto['rules']>;

export const LIVE: Rules[number] = {
  audience: 'pupils',
  activity: 'live',
  windowMinutes: 60,
  windowsPerDay: 2,
  windowsPerHalfDay: 1,
  minimumGapMinutes: 30,
  hours: [
    { weekdays: [1, 2, 3, 4, 5, 6], from: '08:00', to: '12:30' },
    { weekdays: [1, 2, 3, 4, 5, 6], from: '13:30', to: '18:00' },
  ],
};
export const OPEN: Rules[number] = { ...LIVE, activity: 'open', windowMinutes: 30 };

/** Makes regions and campaigns, and assembles the problems of these. */
export class TestAssembler {
  private regionCount = 0;

  private constructor(
    readonly app: NestFastifyApplication,
    readonly database: DataSource,
  ) {}

  static async start(): Promise<TestAssembler> {
    const app = await startTestApplication();
    return new TestAssembler(app, app.get<DataSource>(getDataSourceToken()));
  }

  stop(): Promise<void> {
    return this.app.close();
  }

  newRegion(sessions?: number, loginsPerMinute?: number): Promise<SmallRegion> {
    return SmallRegion.make(this.database, `test-${++this.regionCount}`, sessions, loginsPerMinute);
  }

  /** A campaign of live windows in the first week of November 2026, unless the test says otherwise. */
  async campaign(region: SmallRegion, fields: Partial<CreateCampaignDto>): Promise<number> {
    const made = await this.app.get(CampaignService).create(LOOPBACK_OPERATOR, {
      name: 'test',
      platformId: region.platformId,
      startsOn: '2026-11-02',
      endsOn: '2026-11-06',
      rules: [LIVE],
      catchUp: null,
      ...fields,
    });
    return made.id;
  }

  assemble(campaignId: number) {
    return this.app.get(ProblemAssembler).assemble(campaignId, unheard);
  }

  /** The windows of a campaign by the clock of Paris. */
  async windows(campaignId: number) {
    return windowsOf(await this.assemble(campaignId), 'Europe/Paris');
  }

  /** States wishes, of a Monday where the test does not say when. */
  wish(rows: (Partial<WishRow> & Pick<WishRow, 'campaignId' | 'classId' | 'startMinute'>)[]): Promise<void> {
    return this.database.transaction((tx) =>
      this.app.get(WishStore).copyWishes(
        tx,
        rows.map((row) => ({
          kind: 'wished' as const,
          weekday: row.on ? null : 1,
          on: null,
          endMinute: null,
          teacherKeyId: null,
          reason: row.kind === 'fixed' ? 'test' : null,
          origin: 'timetable' as const,
          ...row,
        })),
      ),
    );
  }
}
