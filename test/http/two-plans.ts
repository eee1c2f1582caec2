import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { PlanService } from '../../src/plan/plan.service';
import { standStillAt } from '../booking-region';
import { cellAt, draftOf, makeRegion, TESTER, weekOf, type Region } from '../plan-builder';
import { startTestApplication } from '../test-application';

interface ComparedWindow {
  change: string;
  uai: string;
}

/** A week of which one plan is published and another one, with a window moved, one gone and one added, is a draft. */
export class TwoPlans {
  firstId = 0;
  secondId = 0;
  readonly database: DataSource;
  readonly plans: PlanService;

  private constructor(
    readonly app: NestFastifyApplication,
    readonly region: Region,
  ) {
    this.database = app.get<DataSource>(getDataSourceToken());
    this.plans = app.get(PlanService);
  }

  static async start(): Promise<TwoPlans> {
    standStillAt('2026-12-06T12:00:00+01:00');
    const app = await startTestApplication();
    const region = await makeRegion(app.get<DataSource>(getDataSourceToken()), { establishmentCount: 6 });
    const test = new TwoPlans(app, region);
    await test.draftBoth();
    return test;
  }

  async stop(): Promise<void> {
    await this.app.close();
    jest.useRealTimers();
  }

  publish(id: number, reason: unknown = 'agreed'): ReturnType<NestFastifyApplication['inject']> {
    return this.app.inject({ method: 'POST', url: `/v1/plans/${id}/publish`, payload: { reason } as object });
  }

  async read<T>(url: string): Promise<T> {
    const answer = await this.app.inject({ url });
    expect({ url, status: answer.statusCode, body: answer.statusCode < 300 || answer.body }).toEqual({
      url,
      status: 200,
      body: true,
    });
    return answer.json<T>();
  }

  async statusOf(url: string): Promise<number> {
    return (await this.app.inject({ url })).statusCode;
  }

  /** What one plan changes of another, window by window. */
  comparedWindows(
    planId: number,
    withId: number,
    more = '',
  ): Promise<{ items: ComparedWindow[]; nextCursor: string | null }> {
    return this.read(`/v1/plans/${planId}/comparison/windows?with=${withId}${more}`);
  }

  private async draftBoth(): Promise<void> {
    const { region, plans } = this;
    const windows = weekOf(region, 1);
    this.firstId = await plans.createDraft(TESTER, draftOf(region, windows, { reservedSessions: 10 }));
    const second = draftOf(
      region,
      [
        { ...windows[0]!, startCell: cellAt(0, 8) },
        ...windows.slice(1, -1),
        { establishment: 0, classIndex: 0, startCell: cellAt(0, 20), ordinal: 1 },
      ],
      { base: { epoch: 1, revision: 1 } },
    );
    second.unplaced = [0, 1, 2].map((classIndex) => ({
      establishmentId: region.establishmentIds[2]!,
      classId: classIndex === 2 ? null : region.classIds[2]![classIndex]!,
      audience: classIndex === 2 ? 'relatives' : 'pupils',
      localDay: Date.UTC(2026, 11, 9) / 86_400_000,
      ordinal: 0,
      reason: 'sessions_full',
      neededSessions: 12_500,
      neededLogins: 0,
    }));
    await this.publish(this.firstId);
    this.secondId = await plans.createDraft(TESTER, second);
  }
}
