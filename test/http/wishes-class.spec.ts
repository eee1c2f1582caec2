import { WishService } from '../../src/wish/wish.service';
import { WishStore } from '../../src/wish/wish.store';
import { SmallRegion } from '../small-region';
import { TestWishes, type Problem, type Wishes } from './test-wishes';

describe('wishes', () => {
  let test: TestWishes;
  beforeAll(async () => {
    test = await TestWishes.start();
  });
  afterAll(() => test.stop());

  describe('wishes of a class', () => {
    let campaignId: number;
    let establishmentId: number;
    let classId: number;
    beforeAll(async () => {
      campaignId = await test.create();
      establishmentId = await test.region.establishment();
      classId = await test.region.class(establishmentId);
    });
    const replace = (items: object[], ofClass = classId) => test.ofClass(campaignId, ofClass, items);
    const fixed = (fields: object = {}) => ({
      kind: 'fixed',
      weekday: 1,
      start: '09:00',
      reason: 'a visit',
      ...fields,
    });

    it('are put in the place of the list that there was', async () => {
      const teacherKeyId = await test.region.teacher(establishmentId);
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
      expect((await test.get(`/campaigns/${campaignId}/classes/${classId}/wishes`)).json()).toEqual(answer.json());
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
      const closedOnWednesday = await test.region.class(
        await test.region.establishment({ openHalfDays: 0b11_11_00_11_11 }),
      );
      await replace([fixed()], closedOnWednesday);
      const answer = await replace([item], closedOnWednesday);
      expect(answer.json<Problem>()).toMatchObject({ status, code });
      const kept = await test.get(`/campaigns/${campaignId}/classes/${closedOnWednesday}/wishes`);
      expect(kept.json()).toMatchObject({ items: [{ kind: 'fixed' }] });
    });

    it('are written over by who has read them as they are, and by nobody else', async () => {
      const url = `/v1/campaigns/${campaignId}/classes/${await test.region.class(establishmentId)}/wishes`;
      const put = (ifMatch: string, weekday: number) =>
        test.app.inject({
          method: 'PUT',
          url,
          headers: { 'if-match': ifMatch },
          payload: { items: [{ kind: 'wished', weekday, start: '10:00' }] },
        });
      const read = (await test.app.inject({ url })).headers.etag as string;
      const first = await put(`W/${read}`, 1);
      expect(first.statusCode).toBe(200);
      const second = await put(read, 2);
      expect(second.json<Problem>()).toMatchObject({ status: 412, code: 'wish.stale', etag: first.headers.etag });
      const kept = await test.app.inject({ url });
      expect(kept.json()).toMatchObject({ items: [{ weekday: 1 }] });
      expect(kept.headers.etag).toBe(first.headers.etag);
      expect((await put('*', 3)).statusCode).toBe(200);
      // of two at once who have read the same, one is told
      const now = (await test.app.inject({ url })).headers.etag as string;
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
      const elsewhere = await SmallRegion.make(test.database, 'elsewhere');
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
      const store = test.app.get(WishStore);
      await replace([]);
      await test.database.transaction((tx) => store.copyWishes(tx, [row, { ...row, weekday: null, on: '2026-12-03' }]));
      expect(await store.list(campaignId, classId)).toMatchObject([
        { weekday: 3, on: null },
        { weekday: null, on: '2026-12-03', origin: 'timetable' },
      ]);
      await expect(
        test.database.transaction((tx) => store.copyWishes(tx, [{ ...row, startMinute: 601 }])),
      ).rejects.toThrow('wish_start_check');
    });
  });

  describe('the time in which a campaign is open for them', () => {
    let campaignId: number;
    let classId: number;
    let uai: string;
    beforeAll(async () => {
      campaignId = await test.create({ wishesCloseAt: '2020-01-01T00:00:00Z' });
      const establishmentId = await test.region.establishment();
      classId = await test.region.class(establishmentId);
      uai = await test.uaiOf(establishmentId);
    });
    const replace = (more: object = {}) => test.ofClass(campaignId, classId, [], more);
    const period = (fields: object) => test.send('PUT', `/campaigns/${campaignId}/wish-period`, fields);

    it('is part of the campaign, read and moved', async () => {
      expect((await test.get(`/campaigns/${campaignId}`)).json()).toMatchObject({
        wishesOpenAt: null,
        wishesCloseAt: '2020-01-01T00:00:00.000Z',
      });
      expect((await test.get(`/campaigns/${campaignId}/wish-period`)).json()).toMatchObject({ phase: 'closed' });
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
      await expect(test.app.get(WishService).replace(head, campaignId, classId, late)).rejects.toMatchObject({ code });
      expect((await replace({ lateReason: 'a strike' })).statusCode).toBe(200);
      const { lateChanges } = (await test.get(`/campaigns/${campaignId}/establishments/${uai}/wishes`)).json<{
        lateChanges: object[];
      }>();
      expect(lateChanges[0]).toMatchObject({ reason: 'a strike', changedBy: 'account:1' });
      await period({});
      expect((await replace()).statusCode).toBe(200);
    });
  });
});
