import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import type { ExpectedEffectDto, LadderDto } from '../../src/crisis/ladder.dto';
import type { ProtectionDto, ProtectionStepDto, ProtectionStepPageDto } from '../../src/crisis/protection-step.dto';
import { type BookableRegion, publishedRegion, standStillAt } from '../booking-region';
import { cellAt } from '../plan-builder';
import { NOBODY, signedInAs, startTestApplication } from '../test-application';

export const at = (clock: string): string => `2026-12-07T${clock}:00+01:00`;
export const standAt = (clock: string): unknown => jest.setSystemTime(new Date(at(clock)));

/** A step of one's own, for the whole platform until noon unless the test says otherwise. */
export const own = (measures: object, more: object = {}) => ({
  name: { fr: 'essai', en: 'trial' },
  scope: {},
  measures,
  words: { fr: 'Revenez ce soir.', en: 'Come back tonight.' },
  endsAt: at('12:00'),
  ...more,
});

type Answered = ProtectionStepDto & { code?: string };

/** A platform at ten to eight on the Monday of its plan, one window at nine and one at ten, and who protects it. */
export class ProtectedPlatform {
  /** The plan in force. */
  publishedId: number;

  private constructor(
    readonly app: NestFastifyApplication,
    readonly database: DataSource,
    readonly region: BookableRegion,
    /** Both departments of the platform. */
    readonly codes: string[],
    /** The headers of a second person, who answers for both. */
    readonly second: Record<string, string>,
  ) {
    this.publishedId = region.planId;
  }

  static async start(): Promise<ProtectedPlatform> {
    standStillAt(at('07:50'));
    const app = await startTestApplication();
    const database = app.get(DataSource);
    const region = await publishedRegion(app, [
      { establishment: 0, classIndex: 0, startCell: cellAt(0, 9) },
      { establishment: 1, classIndex: 0, startCell: cellAt(0, 10) },
    ]);
    const departments = await database.query<{ code: string }[]>(
      'select code from territory where id = any($1) order by code',
      [region.departmentIds],
    );
    const codes = departments.map(({ code }) => code);
    const territories = codes.map((code) => ({ code, level: 'territory' as const, kinds: ['college'] }));
    const second = await signedInAs(app, { role: 'authority', uais: [], territories }, 'second');
    return new ProtectedPlatform(app, database, region, codes, second);
  }

  async stop(): Promise<void> {
    await this.app.close();
    jest.useRealTimers();
  }

  async send<T>(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    payload?: object,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: T }> {
    const url = `/v1/platforms/${this.region.platformId}/${path}`;
    const response = await this.app.inject({ method, url, ...(payload && { payload }), headers });
    return { status: response.statusCode, body: response.json<T>() };
  }

  /** Makes the usual ladder the platform's own, which nobody has approved yet. */
  async setUsualLadder(): Promise<LadderDto> {
    const { usualRungs: rungs } = (await this.send<LadderDto>('GET', 'protection-ladder')).body;
    return (await this.send<LadderDto>('PUT', 'protection-ladder', { rungs, changedAt: null })).body;
  }

  approveLadder(read: { changedAt?: string | null }, headers: Record<string, string> = {}) {
    return this.send<LadderDto & { code?: string }>('POST', 'protection-ladder/approval', read, headers);
  }

  enforce(body: object, headers: Record<string, string> = {}) {
    return this.send<Answered>('POST', 'protection-steps', { reason: 'essai', ...body }, headers);
  }

  approve(id: number, headers: Record<string, string>) {
    return this.send<Answered>('POST', `protection-steps/${id}/approval`, undefined, headers);
  }

  undo(id: number, headers: Record<string, string> = {}) {
    return this.send<Answered>('POST', `protection-steps/${id}/undo`, { reason: 'assez' }, headers);
  }

  /** All steps, newest first. */
  async steps(): Promise<ProtectionStepDto[]> {
    return (await this.send<ProtectionStepPageDto>('GET', 'protection-steps?limit=100')).body.items;
  }

  /** Steps that act on people now, as anybody may read them. */
  async inForce(): Promise<ProtectionDto['steps']> {
    return (await this.send<ProtectionDto>('GET', 'protection', undefined, NOBODY)).body.steps;
  }

  async activeNow(): Promise<number[]> {
    return (await this.inForce()).map(({ id }) => id);
  }

  async setPosture(posture: string): Promise<void> {
    const settings = (await this.send<object>('GET', 'gateway-settings')).body;
    expect((await this.send('PUT', 'gateway-settings', { ...settings, posture })).status).toBe(200);
  }

  /** Proposes live lessons alone from a quarter to nine, which were simulated before. */
  async proposeLiveOnly(endsAt: string): Promise<{ step: ProtectionStepDto; simulationId: number }> {
    const step = own({ isLiveOnly: true }, { startsAt: at('08:45'), endsAt });
    const { name: _name, words: _words, ...its } = step;
    const { status, body } = await this.send<{ simulationId: number }>('POST', 'protection-steps/simulation', its);
    expect(status).toBe(202);
    const { simulationId } = body;
    return { step: (await this.enforce({ ...step, simulationId })).body, simulationId };
  }

  /** What is expected of the newest step, once its simulation is done. */
  async expectedOf(id: number): Promise<ExpectedEffectDto> {
    for (;;) {
      const seen = (await this.steps())[0]!;
      expect(seen.id).toBe(id);
      if (seen.expected !== null) return seen.expected;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
