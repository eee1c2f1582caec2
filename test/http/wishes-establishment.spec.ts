import { FixedWindowService } from '../../src/wish/fixed-window.service';
import { WishService } from '../../src/wish/wish.service';
import { WishStore } from '../../src/wish/wish.store';
import { SmallRegion } from '../small-region';
import { TestWishes, type Problem, type Wish, type Wishes } from './test-wishes';

describe('wishes', () => {
  let test: TestWishes;
  beforeAll(async () => {
    test = await TestWishes.start();
  });
  afterAll(() => test.stop());

  describe('wishes of a whole establishment', () => {
    let campaignId: number;
    let establishmentId: number;
    let uai: string;
    let classIds: number[];
    beforeAll(async () => {
      campaignId = await test.create();
    });
    beforeEach(async () => {
      establishmentId = await test.region.establishment();
      classIds = [await test.region.class(establishmentId), await test.region.class(establishmentId)];
      uai = await test.uaiOf(establishmentId);
    });
    const replace = (items: object[], more: object = {}) =>
      test.send('PUT', `/campaigns/${campaignId}/establishments/${uai}/wishes`, { items, ...more });
    const ofClass = (classId: number, items: object[]) => test.ofClass(campaignId, classId, items);

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
      const kept = await test.get(`/campaigns/${campaignId}/establishments/${uai}/wishes`);
      expect(kept.json()).toEqual(answer.json());
      expect(kept.headers.etag).toBe(answer.headers.etag);
      const stale = await test.app.inject({
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
      expect((await test.get(url('0590001A'))).json<Problem>().status).toBe(400);
      expect((await test.get(url('0590001F'))).json<Problem>().code).toBe('establishment.not_found');
      const elsewhere = await SmallRegion.make(test.database, 'far-away');
      const other = await test.uaiOf(await elsewhere.establishment());
      expect((await test.send('PUT', url(other), { items: [] })).json<Problem>().code).toBe(
        'wish.establishment_not_concerned',
      );
      const head = { role: 'head', subject: 'x', uais: [uai] } as const;
      const stranger = { ...head, uais: [other] };
      const wishes = test.app.get(WishService);
      await expect(wishes.replace(stranger, campaignId, classIds[0]!, { items: [] })).rejects.toMatchObject({
        code: 'class.not_found',
      });
      await expect(wishes.ofEstablishment(stranger, campaignId, uai)).rejects.toMatchObject({
        code: 'establishment.not_found',
      });
      expect(await wishes.replace(head, campaignId, classIds[0]!, { items: [] })).toMatchObject({ items: [] });
    });
  });

  describe('fixed windows beyond the cap', () => {
    let campaignId: number;
    beforeAll(async () => {
      campaignId = await test.create();
    });
    const exam = (fields: object = {}) => ({ kind: 'fixed', weekday: 2, start: '10:00', reason: 'an exam', ...fields });
    const replace = (classId: number, items: object[]) => test.ofClass(campaignId, classId, items);
    const approvals = async (establishmentId: number) =>
      (await test.app.get(WishStore).ofEstablishment(campaignId, establishmentId))
        .map(({ approval }) => approval)
        .sort();
    const pending = async (uai: string) =>
      (await test.get(`/campaigns/${campaignId}/fixed-windows?uai=${uai}`)).json<{ items: Wish[] }>().items;
    const decide = (wishId: number, decision: string) =>
      test.send('POST', `/campaigns/${campaignId}/fixed-windows/${wishId}/decision`, {
        decision,
        reason: 'two rooms only',
      });
    const school = async (classCount: number) => {
      const establishmentId = await test.region.establishment();
      const classIds: number[] = [];
      for (let k = 0; k < classCount; k++) classIds.push(await test.region.class(establishmentId));
      const uai = await test.uaiOf(establishmentId);
      return { establishmentId, classIds, uai };
    };

    it('wait for the authority: two a week of a small establishment need none, over all classes, also at once', async () => {
      const { establishmentId, classIds, uai } = await school(4);
      const answers = await Promise.all(classIds.map((id) => replace(id, [exam()])));
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
      expect(answers.map((answer) => answer.json<Wishes>().pendingCount).sort()).toEqual([0, 0, 1, 1]);
      expect(await approvals(establishmentId)).toEqual(['not_needed', 'not_needed', 'pending', 'pending']);
      expect((await test.get(`/campaigns/${campaignId}/establishments/${uai}/wishes`)).json()).toMatchObject({
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
      await test.send('PUT', `/campaigns/${campaignId}/wish-period`, { closesAt: '2020-01-01T00:00:00Z' });
      expect((await decide(first!.id, 'approve')).json()).toMatchObject({
        approval: 'approved',
        approvalReason: 'two rooms only',
        decidedBy: 'operator',
      });
      expect((await decide(second!.id, 'refuse')).statusCode).toBe(200);
      await test.send('PUT', `/campaigns/${campaignId}/wish-period`, {});
      expect((await decide(first!.id, 'refuse')).json<Problem>()).toMatchObject({
        status: 409,
        code: 'wish.not_pending',
        approval: 'approved',
      });
      expect(await approvals(establishmentId)).toEqual(['approved', 'not_needed', 'not_needed', 'refused']);
      const read = await test.get(`/campaigns/${campaignId}/classes/${first!.classId}/wishes`);
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
      const fixed = test.app.get(FixedWindowService);
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
      const first = (await test.get(url)).json<{ items: Wish[]; nextCursor: string }>();
      const rest = (await test.get(`${url}&cursor=${first.nextCursor}`)).json<{ items: Wish[]; nextCursor: null }>();
      expect([first.items.length, rest.items.length, rest.nextCursor]).toEqual([2, 1, null]);
      expect(new Set([...first.items, ...rest.items].map(({ id }) => id)).size).toBe(3);
    });
  });
});
