import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { WishStore } from '../../src/wish/wish.store';
import { SmallRegion } from '../small-region';
import { startTestApplication } from '../test-application';

interface Problem {
  code: string;
  detail: string;
  [fact: string]: unknown;
}

describe('wishes', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: SmallRegion;
  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    region = await SmallRegion.make(database);
  });
  afterAll(() => app.close());

  const send = (method: 'POST' | 'PUT', url: string, payload: object) =>
    app.inject({ method, url: `/v1${url}`, payload });
  const get = (url: string) => app.inject({ url: `/v1${url}` });
  const create = async (fields: object = {}) => {
    const answer = await send('POST', '/campaigns', {
      name: 'Semaine à distance',
      platformId: region.platformId,
      startsOn: '2026-11-30',
      endsOn: '2026-12-04',
      preset: 'remote-week-everybody',
      ...fields,
    });
    expect(answer.json()).toHaveProperty('id');
    return answer.json<{ id: number }>().id;
  };

  describe('wishes of a class', () => {
    let campaignId: number;
    let establishmentId: number;
    let classId: number;
    beforeAll(async () => {
      campaignId = await create();
      establishmentId = await region.establishment();
      classId = await region.class(establishmentId);
    });
    const replace = (items: object[], ofClass = classId) =>
      send('PUT', `/campaigns/${campaignId}/classes/${ofClass}/wishes`, { items });
    const fixed = (fields: object = {}) => ({
      kind: 'fixed',
      weekday: 1,
      start: '09:00',
      reason: 'a visit',
      ...fields,
    });

    it('are put in the place of the list that there was', async () => {
      const teacherKeyId = await region.teacher(establishmentId);
      await replace([{ kind: 'wished', weekday: 2, start: '10:00' }]);
      const answer = await replace([
        { kind: 'wished', weekday: 1, start: '09:00', teacherKeyId },
        { kind: 'closed', weekday: 4, start: '13:30', end: '24:00', reason: 'sport' },
        fixed({ weekday: undefined, on: '2026-12-01' }),
      ]);
      expect(answer.statusCode).toBe(200);
      const items = [
        { kind: 'wished', weekday: 1, on: null, start: '09:00', end: null, teacherKeyId, reason: null, origin: 'head' },
        {
          kind: 'closed',
          weekday: 4,
          on: null,
          start: '13:30',
          end: '24:00',
          teacherKeyId: null,
          reason: 'sport',
          origin: 'head',
        },
        {
          kind: 'fixed',
          weekday: null,
          on: '2026-12-01',
          start: '09:00',
          end: null,
          teacherKeyId: null,
          reason: 'a visit',
          origin: 'head',
        },
      ];
      expect(answer.json()).toEqual({ items });
      expect((await get(`/campaigns/${campaignId}/classes/${classId}/wishes`)).json()).toEqual({ items });
    });

    it.each<[number, string, object]>([
      [422, 'wish.off_grid', { kind: 'wished', weekday: 1, start: '09:02' }],
      [422, 'wish.over_midnight', { kind: 'wished', weekday: 1, start: '23:40' }],
      [422, 'wish.outside_campaign', { kind: 'wished', on: '2026-12-07', start: '09:00' }],
      [422, 'wish.fixed_without_reason', { kind: 'fixed', weekday: 1, start: '09:00' }],
      [422, 'wish.fixed_on_closed_day', { kind: 'fixed', on: '2026-12-02', start: '14:00', reason: 'x' }],
      [422, 'wish.unknown_teacher', { kind: 'wished', weekday: 1, start: '09:00', teacherKeyId: 999_999 }],
      [400, 'request.invalid', { kind: 'wished', weekday: 8, start: '09:00' }],
      [400, 'request.invalid', { kind: 'wished', weekday: 1, start: '9' }],
      [400, 'request.invalid', { kind: 'dreamed', weekday: 1, start: '09:00' }],
    ])('are refused with %i %s: %j, and the list stays', async (status, code, item) => {
      const closedOnWednesday = await region.class(await region.establishment({ openHalfDays: 0b11_11_00_11_11 }));
      await replace([fixed()], closedOnWednesday);
      const answer = await replace([item], closedOnWednesday);
      expect(answer.json<Problem>()).toMatchObject({ status, code });
      const kept = await get(`/campaigns/${campaignId}/classes/${closedOnWednesday}/wishes`);
      expect(kept.json()).toMatchObject({ items: [{ kind: 'fixed' }] });
    });

    it('may fix two windows a week of a small establishment and no more, over all of its classes, also at once', async () => {
      const small = await region.establishment();
      const classIds: number[] = [];
      for (let k = 0; k < 4; k++) classIds.push(await region.class(small));
      const answers = await Promise.all(classIds.map((id) => replace([fixed()], id)));
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 422, 422]);
      const refused = answers.find(({ statusCode }) => statusCode === 422)!;
      expect(refused.json<Problem>()).toMatchObject({ code: 'wish.too_many_fixed', fixedCount: 3, mostFixedCount: 2 });
    });

    it('are for classes that exist and take part', async () => {
      expect((await replace([], 999_999)).json<Problem>()).toMatchObject({ status: 404, code: 'class.not_found' });
      const elsewhere = await SmallRegion.make(database, 'elsewhere');
      const stranger = await elsewhere.class(await elsewhere.establishment());
      expect((await replace([], stranger)).json<Problem>()).toMatchObject({
        status: 422,
        code: 'wish.class_not_concerned',
      });
    });

    it('come in bulk too, and the table refuses what is not on the grid', async () => {
      const row = {
        campaignId,
        classId,
        kind: 'wished' as const,
        weekday: 3,
        on: null,
        startMinute: 600,
        endMinute: null,
        teacherKeyId: null,
        reason: null,
        origin: 'timetable' as const,
      };
      const store = app.get(WishStore);
      await replace([]);
      await database.transaction((tx) => store.copyWishes(tx, [row, { ...row, weekday: null, on: '2026-12-03' }]));
      expect(await store.list(campaignId, classId)).toMatchObject([
        { weekday: 3, on: null },
        { weekday: null, on: '2026-12-03', origin: 'timetable' },
      ]);
      await expect(database.transaction((tx) => store.copyWishes(tx, [{ ...row, startMinute: 601 }]))).rejects.toThrow(
        'wish_start_check',
      );
    });
  });
});
