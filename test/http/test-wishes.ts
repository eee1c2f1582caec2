import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { SmallRegion } from '../small-region';
import { startTestApplication } from '../test-application';

export interface Problem {
  code: string;
  detail: string;
  [fact: string]: unknown;
}

export interface Wish {
  id: number;
  classId: number;
  weekday: number;
  start: string;
  reason: string;
}

export interface Wishes {
  items: Wish[];
  pendingCount: number;
}

/** A region whose classes and establishments wish windows of campaigns. */
export class TestWishes {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly database: DataSource,
    readonly region: SmallRegion,
  ) {}

  static async start(): Promise<TestWishes> {
    const app = await startTestApplication();
    const database = app.get<DataSource>(getDataSourceToken());
    return new TestWishes(app, database, await SmallRegion.make(database));
  }

  stop(): Promise<void> {
    return this.app.close();
  }

  send(method: 'POST' | 'PUT', url: string, payload: object) {
    return this.app.inject({ method, url: `/v1${url}`, payload });
  }

  get(url: string) {
    return this.app.inject({ url: `/v1${url}` });
  }

  async uaiOf(establishmentId: number): Promise<string> {
    const [row] = await this.database.query<{ uai: string }[]>('select uai from establishment where id = $1', [
      establishmentId,
    ]);
    return row!.uai;
  }

  /** A campaign of a week at a distance for everybody, unless the test says otherwise. */
  async create(fields: object = {}): Promise<number> {
    const answer = await this.send('POST', '/campaigns', {
      name: 'Semaine à distance',
      platformId: this.region.platformId,
      startsOn: '2026-11-30',
      endsOn: '2026-12-04',
      preset: 'remote-week-everybody',
      ...fields,
    });
    expect(answer.json()).toHaveProperty('id');
    return answer.json<{ id: number }>().id;
  }

  /** Puts wishes of a class in the place of those that it had. */
  ofClass(campaignId: number, classId: number, items: object[], more: object = {}) {
    return this.send('PUT', `/campaigns/${campaignId}/classes/${classId}/wishes`, { items, ...more });
  }
}
