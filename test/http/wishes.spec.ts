import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { FixedWindowService } from '../../src/wish/fixed-window.service';
import { WishService } from '../../src/wish/wish.service';
import { WishStore } from '../../src/wish/wish.store';
import { SmallRegion } from '../small-region';
import { startTestApplication } from '../test-application';

interface Problem {
  code: string;
  detail: string;
  [fact: string]: unknown;
}

interface Wish {
  id: number;
  classId: number;
  weekday: number;
  start: string;
  reason: string;
}
interface Wishes {
  items: Wish[];
  pendingCount: number;
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
  const uaiOf = async (establishmentId: number) =>
    (await database.query<{ uai: string }[]>('select uai from establishment where id = $1', [establishmentId]))[0]!.uai;
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
      const common = {
        on: null,
        end: null,
        teacherKeyId: null,
        reason: null,
        origin: 'head',
        approval: 'not_needed',
        approvalReason: null,
      };
      const id: unknown = expect.any(Number);
      const items = [
        { ...common, id, kind: 'wished', weekday: 1, start: '09:00', teacherKeyId },
        { ...common, id, kind: 'closed', weekday: 4, start: '13:30', end: '24:00', reason: 'sport' },
        { ...common, id, kind: 'fixed', weekday: null, on: '2026-12-01', start: '09:00', reason: 'a visit' },
      ];
      expect(answer.json()).toEqual({ items, pendingCount: 0 });
      expect((await get(`/campaigns/${campaignId}/classes/${classId}/wishes`)).json()).toEqual(answer.json());
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

    it('are written over by who has read them as they are, and by nobody else', async () => {
      const url = `/v1/campaigns/${campaignId}/classes/${await region.class(establishmentId)}/wishes`;
      const put = (ifMatch: string, weekday: number) =>
        app.inject({
          method: 'PUT',
          url,
          headers: { 'if-match': ifMatch },
          payload: { items: [{ kind: 'wished', weekday, start: '10:00' }] },
        });
      const read = (await app.inject({ url })).headers.etag as string;
      const first = await put(`W/${read}`, 1);
      expect(first.statusCode).toBe(200);
      const second = await put(read, 2);
      expect(second.json<Problem>()).toMatchObject({ status: 412, code: 'wish.stale', etag: first.headers.etag });
      const kept = await app.inject({ url });
      expect(kept.json()).toMatchObject({ items: [{ weekday: 1 }] });
      expect(kept.headers.etag).toBe(first.headers.etag);
      expect((await put('*', 3)).statusCode).toBe(200);
      // of two at once who have read the same, one is told
      const now = (await app.inject({ url })).headers.etag as string;
      const both = await Promise.all([put(now, 4), put(now, 5)]);
      expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
    });

    it('keep their number as long as they are stated unchanged', async () => {
      const [first] = (await replace([fixed(), fixed({ weekday: 4 })])).json<Wishes>().items;
      const again = (await replace([fixed({ weekday: 2 }), fixed()])).json<Wishes>().items;
      expect(again.map(({ weekday, id }) => [weekday, id === first!.id])).toEqual([
        [1, true],
        [2, false],
      ]);
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

  describe('fixed windows beyond the cap', () => {
    let campaignId: number;
    beforeAll(async () => {
      campaignId = await create();
    });
    const exam = (fields: object = {}) => ({ kind: 'fixed', weekday: 2, start: '10:00', reason: 'an exam', ...fields });
    const replace = (classId: number, items: object[]) =>
      send('PUT', `/campaigns/${campaignId}/classes/${classId}/wishes`, { items });
    const approvals = async (establishmentId: number) =>
      (await app.get(WishStore).ofEstablishment(campaignId, establishmentId)).map(({ approval }) => approval).sort();
    const pending = async (uai: string) =>
      (await get(`/campaigns/${campaignId}/fixed-windows?uai=${uai}`)).json<{ items: Wish[] }>().items;
    const decide = (wishId: number, decision: string) =>
      send('POST', `/campaigns/${campaignId}/fixed-windows/${wishId}/decision`, { decision, reason: 'two rooms only' });
    const school = async (classCount: number) => {
      const establishmentId = await region.establishment();
      const classIds: number[] = [];
      for (let k = 0; k < classCount; k++) classIds.push(await region.class(establishmentId));
      const uai = await uaiOf(establishmentId);
      return { establishmentId, classIds, uai };
    };

    it('wait for the authority: two a week of a small establishment need none, over all classes, also at once', async () => {
      const { establishmentId, classIds, uai } = await school(4);
      const answers = await Promise.all(classIds.map((id) => replace(id, [exam()])));
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
      expect(answers.map((answer) => answer.json<Wishes>().pendingCount).sort()).toEqual([0, 0, 1, 1]);
      expect(await approvals(establishmentId)).toEqual(['not_needed', 'not_needed', 'pending', 'pending']);
      expect((await get(`/campaigns/${campaignId}/establishments/${uai}/wishes`)).json()).toMatchObject({
        fixedWindows: { boundCount: 2, mostCount: 2, pendingCount: 2 },
      });
      expect((await pending(uai)).map(({ reason, start }) => [reason, start])).toEqual([
        ['an exam', '10:00'],
        ['an exam', '10:00'],
      ]);
    });

    it('are approved or refused once, with a reason that the head reads, also after the deadline', async () => {
      const { establishmentId, classIds, uai } = await school(4);
      for (const id of classIds) await replace(id, [exam()]);
      const [first, second] = await pending(uai);
      await send('PUT', `/campaigns/${campaignId}/wish-period`, { closesAt: '2020-01-01T00:00:00Z' });
      expect((await decide(first!.id, 'approve')).json()).toMatchObject({
        approval: 'approved',
        approvalReason: 'two rooms only',
        decidedBy: 'operator',
      });
      expect((await decide(second!.id, 'refuse')).statusCode).toBe(200);
      await send('PUT', `/campaigns/${campaignId}/wish-period`, {});
      expect((await decide(first!.id, 'refuse')).json<Problem>()).toMatchObject({
        status: 409,
        code: 'wish.not_pending',
        approval: 'approved',
      });
      expect(await approvals(establishmentId)).toEqual(['approved', 'not_needed', 'not_needed', 'refused']);
      const read = await get(`/campaigns/${campaignId}/classes/${first!.classId}/wishes`);
      expect(read.json<Wishes>().items[0]).toMatchObject({ approval: 'approved', approvalReason: 'two rooms only' });
      // stated again unchanged, the decision stays; with another reason it is asked again
      await replace(second!.classId, [exam()]);
      expect(await approvals(establishmentId)).toEqual(['approved', 'not_needed', 'not_needed', 'refused']);
      await replace(second!.classId, [exam({ reason: 'the national exam' })]);
      expect(await approvals(establishmentId)).toEqual(['approved', 'not_needed', 'not_needed', 'pending']);
      expect((await decide(999_999, 'approve')).json<Problem>().code).toBe('fixed_window.not_found');
      expect((await decide(first!.id, 'perhaps')).statusCode).toBe(400);
    });

    it('are decided once when two decide at the same time', async () => {
      const { classIds, uai } = await school(3);
      for (const id of classIds) await replace(id, [exam()]);
      const [waiting] = await pending(uai);
      const answers = await Promise.all(['approve', 'refuse', 'approve'].map((word) => decide(waiting!.id, word)));
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409, 409]);
    });

    it('need no approval any more once there is room under the cap', async () => {
      const { establishmentId, classIds } = await school(3);
      for (const id of classIds) await replace(id, [exam()]);
      await replace(classIds[0]!, []);
      expect(await approvals(establishmentId)).toEqual(['not_needed', 'not_needed']);
    });

    it('are shown and decided only to who answers for the establishment', async () => {
      const { classIds, uai } = await school(3);
      for (const id of classIds) await replace(id, [exam()]);
      const fixed = app.get(FixedWindowService);
      const [waiting] = await pending(uai);
      const stranger = { role: 'authority', subject: 'x', uais: [] } as const;
      expect((await fixed.list(stranger, campaignId, {})).items).toEqual([]);
      await expect(
        fixed.decide(stranger, campaignId, waiting!.id, { decision: 'approve', reason: 'x' }),
      ).rejects.toMatchObject({ code: 'fixed_window.not_found' });
    });

    it('come page by page', async () => {
      const { classIds, uai } = await school(5);
      for (const id of classIds) await replace(id, [exam()]);
      const url = `/campaigns/${campaignId}/fixed-windows?uai=${uai}&limit=2`;
      const first = (await get(url)).json<{ items: Wish[]; nextCursor: string }>();
      const rest = (await get(`${url}&cursor=${first.nextCursor}`)).json<{ items: Wish[]; nextCursor: null }>();
      expect([first.items.length, rest.items.length, rest.nextCursor]).toEqual([2, 1, null]);
      expect(new Set([...first.items, ...rest.items].map(({ id }) => id)).size).toBe(3);
    });
  });

  describe('wishes of a whole establishment', () => {
    let campaignId: number;
    let establishmentId: number;
    let uai: string;
    let classIds: number[];
    beforeAll(async () => {
      campaignId = await create();
    });
    beforeEach(async () => {
      establishmentId = await region.establishment();
      classIds = [await region.class(establishmentId), await region.class(establishmentId)];
      uai = await uaiOf(establishmentId);
    });
    const replace = (items: object[], more: object = {}) =>
      send('PUT', `/campaigns/${campaignId}/establishments/${uai}/wishes`, { items, ...more });
    const ofClass = (classId: number, items: object[]) =>
      send('PUT', `/campaigns/${campaignId}/classes/${classId}/wishes`, { items });

    it('are stated for its classes, its relatives or its staff, beside those of each class', async () => {
      await ofClass(classIds[1]!, [{ kind: 'wished', weekday: 1, start: '09:00' }]);
      const answer = await replace([
        { kind: 'closed', weekday: 4, start: '13:30', end: '18:00', reason: 'sport' },
        { kind: 'wished', weekday: 1, start: '17:00', audience: 'relatives' },
      ]);
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({
        uai,
        period: { phase: 'open', opensAt: null, closesAt: null },
        items: [
          { kind: 'wished', audience: 'relatives' },
          { kind: 'closed', audience: 'pupils' },
        ],
        classes: [{ classId: classIds[1], items: [{ start: '09:00' }], pendingCount: 0 }],
        lateChanges: [],
      });
      const kept = await get(`/campaigns/${campaignId}/establishments/${uai}/wishes`);
      expect(kept.json()).toEqual(answer.json());
      expect(kept.headers.etag).toBe(answer.headers.etag);
      const stale = await app.inject({
        method: 'PUT',
        url: `/v1/campaigns/${campaignId}/establishments/${uai}/wishes`,
        headers: { 'if-match': '"other"' },
        payload: { items: [] },
      });
      expect(stale.json<Problem>()).toMatchObject({ status: 412, code: 'wish.stale', etag: kept.headers.etag });
    });

    it('count a fixed window once for each class against the cap', async () => {
      const answer = await replace([{ kind: 'fixed', weekday: 2, start: '10:00', reason: 'an exam' }]);
      expect(answer.json()).toMatchObject({ fixedWindows: { boundCount: 2, mostCount: 2, pendingCount: 0 } });
      const more = await replace([
        { kind: 'fixed', weekday: 2, start: '10:00', reason: 'an exam' },
        { kind: 'fixed', weekday: 4, start: '10:00', reason: 'a visit', audience: 'relatives' },
      ]);
      expect(more.json<Problem>()).toMatchObject({ status: 422, code: 'wish.fixed_outside_hours', index: 1 });
      const beyond = await replace([
        { kind: 'fixed', weekday: 2, start: '10:00', reason: 'an exam' },
        { kind: 'fixed', weekday: 4, start: '17:00', reason: 'a meeting', audience: 'relatives' },
      ]);
      expect(beyond.json()).toMatchObject({
        fixedWindows: { boundCount: 2, pendingCount: 1 },
        items: [{ approval: 'not_needed' }, { approval: 'pending' }],
      });
    });

    it('are refused where a class of it could not keep them, and where they would close what a class has fixed', async () => {
      const evening = await replace([{ kind: 'fixed', weekday: 2, start: '20:00', reason: 'x' }]);
      expect(evening.json<Problem>()).toMatchObject({ status: 422, code: 'wish.fixed_outside_hours', index: 0 });
      expect(evening.json<{ classCode: string }>().classCode).toMatch(/^C/);
      await ofClass(classIds[0]!, [{ kind: 'fixed', weekday: 2, start: '10:00', reason: 'an exam' }]);
      const shut = await replace([{ kind: 'closed', weekday: 2, start: '10:30', end: '12:00' }]);
      expect(shut.json<Problem>()).toMatchObject({ code: 'wish.closed_over_fixed', classId: classIds[0] });
      await ofClass(classIds[1]!, [{ kind: 'closed', weekday: 1, start: '08:00', end: '12:00' }]);
      const fixed = await replace([{ kind: 'fixed', weekday: 1, start: '10:00', reason: 'an exam' }]);
      expect(fixed.json<Problem>()).toMatchObject({ code: 'wish.fixed_in_closed_time', classId: classIds[1] });
    });

    it('refuse in turn what a class would fix in a closed time, or close over a fixed window', async () => {
      await replace([
        { kind: 'closed', weekday: 1, start: '08:00', end: '12:00' },
        { kind: 'fixed', weekday: 2, start: '10:00', reason: 'an exam' },
      ]);
      const fixed = await ofClass(classIds[0]!, [{ kind: 'fixed', weekday: 1, start: '09:00', reason: 'x' }]);
      expect(fixed.json<Problem>()).toMatchObject({ code: 'wish.fixed_in_closed_time', index: 0 });
      const closed = { kind: 'closed', weekday: 2, start: '09:00', end: '11:00' };
      expect((await ofClass(classIds[0]!, [closed])).json<Problem>().code).toBe('wish.closed_over_fixed');
      // a fixed window of its own that day takes the place of the establishment's
      const own = { kind: 'fixed', weekday: 2, start: '14:00', reason: 'its own exam' };
      expect((await ofClass(classIds[0]!, [closed, own])).statusCode).toBe(200);
    });

    it.each<[number, string, object]>([
      [422, 'wish.fixed_without_reason', { kind: 'fixed', weekday: 1, start: '09:00' }],
      [422, 'wish.off_grid', { kind: 'wished', weekday: 1, start: '09:01', audience: 'staff' }],
      [400, 'request.invalid', { kind: 'wished', weekday: 1, start: '09:00', audience: 'cats' }],
      [400, 'request.invalid', { kind: 'wished', weekday: 1, start: '09:00', teacherKeyId: 1 }],
    ])('are refused with %i %s: %j', async (status, code, item) => {
      expect((await replace([item])).json<Problem>()).toMatchObject({ status, code });
    });

    it("are for establishments that exist, take part, and are the caller's own", async () => {
      const url = (of: string) => `/campaigns/${campaignId}/establishments/${of}/wishes`;
      expect((await get(url('0590001A'))).json<Problem>().status).toBe(400);
      expect((await get(url('0590001F'))).json<Problem>().code).toBe('establishment.not_found');
      const elsewhere = await SmallRegion.make(database, 'far-away');
      const other = await uaiOf(await elsewhere.establishment());
      expect((await send('PUT', url(other), { items: [] })).json<Problem>().code).toBe(
        'wish.establishment_not_concerned',
      );
      const head = { role: 'head', subject: 'x', uais: [uai] } as const;
      const stranger = { ...head, uais: [other] };
      const wishes = app.get(WishService);
      await expect(wishes.replace(stranger, campaignId, classIds[0]!, { items: [] })).rejects.toMatchObject({
        code: 'class.not_found',
      });
      await expect(wishes.ofEstablishment(stranger, campaignId, uai)).rejects.toMatchObject({
        code: 'establishment.not_found',
      });
      expect(await wishes.replace(head, campaignId, classIds[0]!, { items: [] })).toMatchObject({ items: [] });
    });
  });

  describe('the time in which a campaign is open for them', () => {
    let campaignId: number;
    let classId: number;
    let uai: string;
    beforeAll(async () => {
      campaignId = await create({ wishesCloseAt: '2020-01-01T00:00:00Z' });
      const establishmentId = await region.establishment();
      classId = await region.class(establishmentId);
      uai = await uaiOf(establishmentId);
    });
    const replace = (more: object = {}) =>
      send('PUT', `/campaigns/${campaignId}/classes/${classId}/wishes`, { items: [], ...more });
    const period = (fields: object) => send('PUT', `/campaigns/${campaignId}/wish-period`, fields);

    it('is part of the campaign, read and moved', async () => {
      expect((await get(`/campaigns/${campaignId}`)).json()).toMatchObject({
        wishesOpenAt: null,
        wishesCloseAt: '2020-01-01T00:00:00.000Z',
      });
      expect((await get(`/campaigns/${campaignId}/wish-period`)).json()).toMatchObject({ phase: 'closed' });
      const answer = await period({ opensAt: '2020-01-01T00:00:00+01:00', closesAt: '2100-01-01T00:00:00Z' });
      expect(answer.json()).toEqual({
        phase: 'open',
        opensAt: '2019-12-31T23:00:00.000Z',
        closesAt: '2100-01-01T00:00:00.000Z',
      });
      expect(
        (await period({ opensAt: '2026-01-02T00:00:00Z', closesAt: '2026-01-01T00:00:00Z' })).json<Problem>(),
      ).toMatchObject({ status: 422, code: 'campaign.wish_period_reversed' });
      expect((await period({ closesAt: '2026-01-01T00:00:00' })).statusCode).toBe(400);
    });

    it.each<[string, object]>([
      ['wish.closed', { closesAt: '2020-01-01T00:00:00Z' }],
      ['wish.not_open', { opensAt: '2100-01-01T00:00:00Z' }],
    ])('outside of it a write is refused with %s, but not the operator who says why', async (code, fields) => {
      await period(fields);
      expect((await replace()).json<Problem>()).toMatchObject({ status: 409, code });
      const head = { role: 'head', subject: 'x', uais: [uai] } as const;
      const late = { items: [], lateReason: 'a strike' };
      await expect(app.get(WishService).replace(head, campaignId, classId, late)).rejects.toMatchObject({ code });
      expect((await replace({ lateReason: 'a strike' })).statusCode).toBe(200);
      const { lateChanges } = (await get(`/campaigns/${campaignId}/establishments/${uai}/wishes`)).json<{
        lateChanges: object[];
      }>();
      expect(lateChanges[0]).toMatchObject({ reason: 'a strike', changedBy: 'account:1' });
      await period({});
      expect((await replace()).statusCode).toBe(200);
    });
  });
});
