import { randomUUID } from 'node:crypto';
import { BookingJournal } from '../../src/booking/booking-journal';
import type { BookingDto } from '../../src/booking/booking.dto';
import { BookingRefused } from '../../src/booking/booking.errors';
import { BookingService } from '../../src/booking/booking.service';
import type { KeyedWork } from '../../src/booking/booking-work';
import { PlanService } from '../../src/plan/plan.service';
import { Sequencer } from '../../src/plan/sequencer.service';
import { cellAt, PROFILE, TESTER } from '../plan-builder';
import { signedInAs } from '../test-application';
import { type Problem, TestBookings, at } from './test-bookings';

describe('bookings by REST', () => {
  let test: TestBookings;
  beforeAll(async () => {
    test = await TestBookings.start();
  });
  afterAll(() => test.stop());
  beforeEach(() => test.enterRegion());
  afterEach(() => test.expectSoundLedger());

  it('are answered as another replica has answered them under their key meanwhile, without the lock', async () => {
    const journal = test.app.get(BookingJournal);
    const answered = journal.answered.bind(journal);
    const key = randomUUID();
    jest.spyOn(journal, 'answered').mockImplementationOnce(async (tx, requests) => {
      const found = await answered(tx, requests);
      const error = new BookingRefused('cell_full', 'conflict', 'There was no room.');
      const work = requests[0] as KeyedWork;
      await journal.keepRefusal(work.key!, work.platformId, error).catch(() => undefined);
      return found;
    });
    const first = await test.move<Problem>(7, at(0, '12:00'), { 'idempotency-key': key });
    expect(first).toMatchObject({ status: 409, body: { code: 'booking.cell_full' } });
    expect(await test.startOf(test.region.windowIds[7]!)).toBe(cellAt(0, 8));
  });

  it('of a series leave a date alone that somebody else has booked while they were on their way', async () => {
    const sequencer = test.app.get(Sequencer);
    const submit = sequencer.submit.bind(sequencer);
    const theirs = at(3, '14:00');
    let moved: BookingDto | undefined;
    jest.spyOn(sequencer, 'submit').mockImplementationOnce(async (request) => {
      moved = (await test.move(3, theirs)).body;
      return submit(request);
    });
    const windowId = test.region.windowIds[0]!;
    const series = { operation: 'move', windowId, startsAt: at(0, '11:00'), isSeries: true };
    const refused = await test.post<Problem>(series);
    expect(moved).toMatchObject({ changes: [{ after: { date: '2026-12-10' } }] });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'booking.moved_since', windowId: test.region.windowIds[3] },
    });
    // what is left of the series moves
    expect((await test.post(series)).body.changes).toMatchObject([
      { windowId },
      { windowId: test.region.windowIds[4] },
    ]);
    expect(await test.startOf(test.region.windowIds[3]!)).toBe(cellAt(3, 14));
  });

  describe('taken back', () => {
    it('only by who made them, and only once', async () => {
      const service = test.app.get(BookingService);
      const theirs = await service.book(
        TESTER,
        { operation: 'move', windowId: test.region.windowIds[0]!, startsAt: at(0, '11:00') },
        { idempotencyKey: randomUUID(), ifMatch: '"1"' },
      );
      expect(await test.undo(theirs.id)).toMatchObject({ status: 409, body: { code: 'booking.not_own' } });
      const mine = await test.move(7, at(0, '12:00'));
      expect((await test.undo(mine.body.id)).status).toBe(201);
      expect(await test.undo(mine.body.id)).toMatchObject({ status: 409, body: { code: 'booking.not_last' } });
      expect(await test.undo(randomUUID())).toMatchObject({ status: 404 });
    });

    it('not when the place was taken meanwhile', async () => {
      const mine = await test.move(2, at(0, '12:00'));
      expect((await test.move(7, at(0, '10:00'))).status).toBe(201);
      const refused = await test.undo(mine.body.id);
      expect(refused).toMatchObject({ status: 409, body: { code: 'booking.cell_full', alternatives: { length: 3 } } });
      // near the place that it had, and whoever has it and could take the present one
      const [best] = refused.body.alternatives as { startsAt: string; minutesFromWanted: number }[];
      expect(Math.abs(best!.minutesFromWanted)).toBeLessThanOrEqual(60);
      const partners = refused.body.swapPartners as { windowId: number; startsAt: string }[];
      expect(partners.map(({ windowId }) => windowId).sort()).toEqual(
        [test.region.windowIds[1], test.region.windowIds[7]].sort(),
      );
      const back = { operation: 'swap', windowId: test.region.windowIds[2], withWindowId: partners[0]!.windowId };
      const revision = mine.body.changes[0]!.revision;
      const withRevision = partners[0]!.windowId === test.region.windowIds[1] ? 1 : revision + 1;
      expect((await test.post({ ...back, withRevision }, { 'if-match': `"${revision}"` })).status).toBe(201);
    });

    it('not when a release left a place that is taken: near it, and on other days where the day is full', async () => {
      const released = await test.release(2);
      expect((await test.move(7, at(0, '10:00'))).status).toBe(201);
      const refused = await test.undo(released.body.id);
      expect(refused).toMatchObject({
        status: 409,
        body: { code: 'booking.cell_full', alternatives: { length: 3 }, swapPartners: [] },
      });
    });
  });

  describe('taken back after something else has happened', () => {
    it('are, where a publication since has left their windows as they were', async () => {
      const windowId = test.region.windowIds[7]!;
      const mine = await test.post({ operation: 'move', windowId, startsAt: at(0, '12:00') });
      const released = await test.release(1);
      // the next plan counts them anew
      await test.database.query('update class set headcount = 27 where id = $1', [test.region.classIds[0]![1]]);
      const again = [{ establishment: 0, classIndex: 2, startCell: cellAt(0, 8), headcount: 30 }];
      const nextId = await test.replan(again, 3, [{ ...PROFILE, profileId: 4 }]);
      const restored = await test.undo(released.body.id);
      const { windowId: id, before } = released.body.changes[0]!;
      expect(restored).toMatchObject({
        status: 201,
        body: { planId: nextId, changes: [{ kind: 'add', windowId: id, before: null, after: before }] },
      });
      const weighed = await test.database.query<{ headcount: number; profile: number }[]>(
        'select headcount, profile_id as profile from plan_window where plan_id = $1 and window_id = $2',
        [nextId, id],
      );
      expect(weighed).toEqual([{ headcount: 27, profile: 4 }]);
      const { status, body } = await test.undo(mine.body.id);
      expect([status, body.planId, body.changes[0]!.after!.startsAt]).toEqual([201, nextId, at(0, '08:00')]);
    });

    it('are, where the publication comes while they are on their way', async () => {
      const released = await test.release(1);
      const sequencer = test.app.get(Sequencer);
      const submit = sequencer.submit.bind(sequencer);
      let nextId = 0;
      jest.spyOn(sequencer, 'submit').mockImplementationOnce(async (request) => {
        nextId = await test.replan([], 2);
        return submit(request);
      });
      expect(await test.undo(released.body.id)).toMatchObject({ status: 201, body: { planId: nextId } });
      jest.spyOn(sequencer, 'submit').mockImplementationOnce(async (request) => {
        nextId = await test.replan([], 4);
        return submit(request);
      });
      const add = { operation: 'add', classId: test.region.classIds[2]![1], startsAt: at(4, '12:00') };
      const key = { 'idempotency-key': randomUUID() };
      const added = await test.post(add, key);
      expect(added).toMatchObject({ status: 201, body: { planId: nextId } });
      expect(await test.post(add, key)).toEqual(added);
    });

    it('are not a second time, over the release by a deputy since', async () => {
      const windowId = test.region.windowIds[2]!;
      const of = (name: string) =>
        signedInAs(test.app, { role: 'head', uais: [test.region.uais[2]!], territories: [] }, name);
      const [mine, deputy] = [await of('mine'), await of('deputy')];
      const released = await test.post({ operation: 'release', windowId }, mine);
      const undone = await test.undo(released.body.id, mine);
      const ifMatch = { 'if-match': `"${undone.body.changes[0]!.revision}"` };
      expect((await test.post({ operation: 'release', windowId }, { ...deputy, ...ifMatch })).status).toBe(201);
      expect(await test.undo(released.body.id, mine)).toMatchObject({
        status: 409,
        body: { code: 'booking.not_last' },
      });
      expect(await test.startOf(windowId)).toBeUndefined();
    });

    it('are not a second time, over the release since, where both were asked at once and one is decided late', async () => {
      const windowId = test.region.windowIds[2]!;
      const released = await test.post({ operation: 'release', windowId });
      const sequencer = test.app.get(Sequencer);
      const submit = sequencer.submit.bind(sequencer);
      let decide = (): void => undefined;
      const decided = new Promise<void>((resolve) => (decide = resolve));
      const asked = new Promise<void>((resolve) => {
        jest.spyOn(sequencer, 'submit').mockImplementationOnce(async (request) => {
          resolve();
          await decided;
          return submit(request);
        });
      });
      const late = test.undo(released.body.id);
      await asked;
      const undone = await test.undo(released.body.id);
      const ifMatch = { 'if-match': `"${undone.body.changes[0]!.revision}"` };
      expect((await test.post({ operation: 'release', windowId }, ifMatch)).status).toBe(201);
      decide();
      expect(await late).toMatchObject({ status: 409, body: { code: 'booking.not_last' } });
      expect(await test.startOf(windowId)).toBeUndefined();
    });

    it('are answered alike where another replica takes them back meanwhile by the same request', async () => {
      const released = await test.release(2);
      const same = { 'idempotency-key': randomUUID() };
      const undone = await test.undo(released.body.id, same);
      // it looked for an answer before there was one
      jest.spyOn(test.app.get(BookingJournal), 'find').mockResolvedValueOnce(undefined);
      expect(await test.undo(released.body.id, same)).toEqual(undone);
      expect(undone.status).toBe(201);
    });

    it('are not onto a day that was closed meanwhile', async () => {
      const mine = await test.move(3, at(3, '09:00'));
      await test.close('2026-12-08');
      expect(await test.undo(mine.body.id)).toMatchObject({ status: 422, body: { code: 'booking.closed' } });
      expect(await test.startOf(test.region.windowIds[3]!)).toBe(cellAt(3, 9));
    });
  });

  describe('and their stream of changes', () => {
    const listen = async (): Promise<void> => {
      if (!test.app.getHttpServer().listening) await test.app.listen(0, '127.0.0.1');
    };

    it('has a page per revision, in order', async () => {
      await test.post({
        operation: 'move',
        windowId: test.region.windowIds[0],
        startsAt: at(0, '11:00'),
        reason: 'sortie',
      });
      const { body } = await test.changes(test.region.planId);
      expect(body.items.map(({ revision, kind, reason }) => [revision, kind, reason])).toEqual([
        [1, 'publication', 'test'],
        [2, 'move', 'sortie'],
      ]);
      const first = await test.changes(test.region.planId, '?limit=1');
      expect(first.body).toMatchObject({ revision: 2, nextAfter: 1, hasMore: true });
    });

    it('goes on as a stream of events after Last-Event-ID', async () => {
      await listen();
      await test.move(0, at(0, '11:00'));
      const gone = new AbortController();
      const response = await fetch(`${await test.app.getUrl()}/v1/plans/${test.region.planId}/changes`, {
        headers: { accept: 'text/event-stream', 'last-event-id': '1' },
        signal: gone.signal,
      });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      const reader = response.body!.getReader();
      let text = '';
      const readUntil = async (part: string): Promise<void> => {
        while (!text.includes(part)) text += new TextDecoder().decode((await reader.read()).value as Uint8Array);
      };
      await readUntil('id: 2\n');
      await test.move(7, at(0, '12:00'));
      await readUntil('id: 3\n');
      gone.abort();
      expect(text).not.toContain('id: 1\n');
      expect(text.match(/^id: /gm)).toHaveLength(2);
    });

    it('tells who follows a plan that another one takes its place, and goes on there without losing a change', async () => {
      await listen();
      const moved = { operation: 'move', windowId: test.region.windowIds[0], startsAt: at(0, '11:00') };
      expect((await test.post(moved)).status).toBe(201);
      const waiting = test.changes(test.region.planId, '?after=2&waitSeconds=20');
      const stream = await fetch(`${await test.app.getUrl()}/v1/plans/${test.region.planId}/changes?after=1`, {
        headers: { accept: 'text/event-stream' },
      });
      const windows = [{ establishment: 0, classIndex: 0, startCell: cellAt(0, 11), headcount: 30 }];
      const planId = await test.replan(windows, 2);
      const supersededBy = { planId, epoch: 1, revision: 3 };
      expect((await waiting).body).toMatchObject({ items: [], nextAfter: 2, hasMore: false, supersededBy });
      // it ends by itself, behind the last change
      const events = (await stream.text()).match(/^(id|event|data): .*$/gm)!;
      expect(events.filter((line) => !line.startsWith('data'))).toEqual([
        'id: 2',
        'event: change',
        'id: 3',
        'event: superseded',
      ]);
      expect(JSON.parse(events.at(-1)!.slice('data: '.length))).toEqual(supersededBy);

      const [row] = await test.database.query<[{ id: number }]>(
        'select window_id as id from plan_window where plan_id = $1',
        [planId],
      );
      const later = { operation: 'move', windowId: row.id, startsAt: at(0, '12:00') };
      expect((await test.post(later, { 'if-match': '"3"' })).status).toBe(201);
      expect((await test.changes(planId, '?after=3')).body).toMatchObject({
        items: [{ revision: 4 }],
        supersededBy: null,
      });
      // a page that does not reach the end of the plan says nothing of it yet; who comes late is told where to go on
      const first = await test.changes(test.region.planId, '?after=0&limit=1');
      expect(first.body).toMatchObject({ items: [{ revision: 1 }], hasMore: true, supersededBy: null });
      expect((await test.changes(test.region.planId, '?after=4')).body).toMatchObject({ items: [], supersededBy });
    });

    it('begins anew for a plan that a rollback brings back: what it was before and what it is since are not one stream', async () => {
      const plans = test.app.get(PlanService);
      const windows = [{ establishment: 0, classIndex: 0, startCell: cellAt(0, 11), headcount: 30 }];
      const planId = await test.replan(windows, 1);
      await plans.rollback(TESTER, planId, 'no');
      expect((await test.changes(planId, '?after=2')).body.supersededBy).toEqual({
        planId: test.region.planId,
        epoch: 1,
        revision: 3,
      });
      const whole = await test.changes(test.region.planId, '?after=0');
      expect(whole.body).toMatchObject({ items: [{ revision: 1 }], supersededBy: { planId, epoch: 1, revision: 2 } });
      expect((await test.changes(test.region.planId, '?after=2')).body).toMatchObject({
        items: [{ revision: 3, kind: 'rollback' }],
        supersededBy: null,
      });
    });

    it('goes on over a new epoch without losing a change, for who has not read to its beginning, nor tells one twice', async () => {
      await test.move(0, at(0, '11:00'));
      await test.move(7, at(0, '12:00'));
      const url = `/v1/platforms/${test.region.platformId}/epoch`;
      const begun = await test.post<{ epoch: number; revision: number }>({}, {}, url);
      expect(begun.body).toMatchObject({ epoch: 2, revision: 3 });
      await test.move(1, at(0, '13:00'));
      const revisionsAfter = async (after: number): Promise<number[]> =>
        (await test.changes(test.region.planId, `?after=${after}`)).body.items.map(({ revision }) => revision);
      expect(await revisionsAfter(1)).toEqual([2, 3, 4]);
      expect(await revisionsAfter(3)).toEqual([4]);
      await test.post({}, {}, url);
      expect(await revisionsAfter(2)).toEqual([3, 4]);
      expect(await revisionsAfter(4)).toEqual([]);
    });

    it('is refused after a revision that is still to come, which who follows can only have from elsewhere', async () => {
      const url = `/v1/plans/${test.region.planId}/changes`;
      const refused = { code: 'plan.revision_unknown', after: 5, epoch: 1, revision: 1 };
      expect(await test.get(`${url}?after=5&waitSeconds=60`)).toMatchObject({ status: 409, body: refused });
      const headers = { accept: 'text/event-stream', 'last-event-id': '5' };
      const stream = await test.app.inject({ method: 'GET', url, headers });
      expect([stream.statusCode, stream.json()]).toMatchObject([409, refused]);
    });

    it('wakes who waits, and answers with nothing when the time is over', async () => {
      const waiting = test.changes(test.region.planId, '?after=1&waitSeconds=20');
      await test.move(0, at(0, '11:00'));
      expect((await waiting).body.items.map(({ revision }) => revision)).toEqual([2]);
      const empty = await test.changes(test.region.planId, '?after=2&waitSeconds=1');
      expect(empty.body).toMatchObject({ items: [], nextAfter: 2, revision: 2 });
    });
  });
});
