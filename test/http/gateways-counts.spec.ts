import { randomUUID } from 'node:crypto';
import { CountStore } from '../../src/gateway/count.store';
import type { DayCountsDto, GatewayPageDto, ObservedNowDto } from '../../src/gateway/gateway-view.dto';
import { standStillAt } from '../booking-region';
import { cellAt } from '../plan-builder';
import { NOBODY } from '../test-application';
import { NOW, TODAY, TestGateway } from './test-gateway';

describe('gateways', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(() => gateway.stop());
  beforeEach(() => gateway.enterRegion());

  it('report what they run, and are seen with their age, drift, clock and counts', async () => {
    const { content, chain } = await gateway.fetchBundle();
    await gateway.moveFirst();
    await gateway.deltas(1);
    const refused = { code: 'signature_invalid', epoch: 1, revision: 2, at: NOW };
    const status = {
      agent: 'proxy-1',
      version: '1',
      state: 'running',
      posture: 'shadow',
      epoch: 1,
      revision: content.revision,
      edition: 1,
      issuedAt: content.issuedAt - 90,
      chain,
      refused,
      sentAt: '2026-12-07T07:10:00+01:00',
      counts: {
        since: NOW,
        passes: 900,
        attempts: 120,
        admitted: 80,
        deferred: 37,
        refused: 3,
        wouldRefuse: 0,
        waitingBatches: 1,
        droppedAttempts: 2,
      },
      room: { isOpen: true, isAway: false, pupils: 40, unknown: 3, relatives: 12, held: 0, called: 900 },
    };
    const answer = await gateway.post('/v1/gateways/status', status);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      expect.objectContaining({ clockOffsetSeconds: 600, revision: 2 }),
    ]);
    expect((await gateway.post('/v1/gateways/status', { ...status, visitor: 'x' })).statusCode).toBe(400);
    const { items } = (await gateway.get('/v1/gateways')).json<GatewayPageDto>();
    expect(items).toEqual([
      expect.objectContaining({
        agent: 'proxy-1',
        platformId: gateway.region.platformId,
        behindRevisions: 1,
        planAgeSeconds: 90,
        clockOffsetSeconds: 600,
        refused,
        counts: { ...status.counts, refused: null },
        room: { ...status.room, unknown: null },
      }),
    ]);
  });

  it('send counts, each batch once, and pilots see who got nothing, never fewer than five people', async () => {
    const classId = gateway.region.classIds[0]![0]!;
    const row = { admitted: 10, deferred: 2, refused: 0, attempts: 25, wouldRefuse: 0 };
    const windows = [
      {
        ...row,
        audience: 'pupils',
        ownerId: classId,
        startCell: cellAt(0, 9),
        onDate: TODAY,
        ended: 3,
        staySeconds: 1900,
      },
      { ...row, admitted: 2, attempts: 5, audience: 'pupils', ownerId: classId, startCell: null, onDate: TODAY },
      {
        ...row,
        admitted: 3,
        audience: 'pupils',
        ownerId: gateway.region.classIds[1]![0]!,
        startCell: cellAt(0, 14),
        onDate: TODAY,
      },
      { ...row, audience: 'pupils', ownerId: 2_000_000_000, startCell: 1, onDate: TODAY },
      { ...row, audience: 'pupils', ownerId: classId, startCell: 1, onDate: '2026-11-01' },
    ];
    const cell = { ...row, cell: cellAt(0, 9), department: '59', level: null, profile: 'pupil' };
    const cells = [
      // an agent of before says no kind
      cell,
      { ...cell, admitted: 20, wouldRefuse: 9, kind: 'college' },
      { ...cell, admitted: 30, wouldRefuse: 3, kind: 'lycee_gt', department: '62', profile: 'relative' },
      { ...cell, admitted: 30, wouldRefuse: 7, kind: null, department: '', profile: 'relative' },
    ];
    const batch = { agent: 'proxy-1', batchId: randomUUID(), windows, cells };
    expect((await gateway.post('/v1/gateways/counts', batch)).json()).toEqual({
      accepted: 7,
      unknownOwners: 2,
      isRepeated: false,
    });
    const wrong = { ...batch, batchId: randomUUID(), cells: [{ ...cell, kind: 'nonsense' }] };
    expect((await gateway.post('/v1/gateways/counts', wrong)).statusCode).toBe(400);
    expect((await gateway.post('/v1/gateways/counts', batch)).json()).toMatchObject({ accepted: 0, isRepeated: true });
    const stays = await gateway.database.query<unknown[]>(
      `select ended, stay_seconds::int as seconds from gateway_window_count where on_date = $1 and owner_id = $2 order by start_cell`,
      [TODAY, classId],
    );
    expect(stays).toEqual([
      { ended: 0, seconds: 0 },
      { ended: 3, seconds: 1900 },
    ]);
    const page = await gateway.observed();
    expect(page.counts).toEqual({ admitted: 90, deferred: 8, refused: 0, attempts: 100, wouldRefuse: 19 });
    const whoOf = ({ profile, admitted, wouldRefuse }: DayCountsDto & { profile: string }) => [
      profile,
      admitted,
      wouldRefuse,
    ];
    // three would have been refused of 62: hidden, and the least of the others with them, or 19 less the others would tell
    expect(page.departmentProfiles!.map((of) => [of.department, ...whoOf(of)])).toEqual([
      ['', 'relative', 30, null],
      ['59', 'pupil', 30, 9],
      ['62', 'relative', 30, null],
    ]);
    expect(page.kindProfiles!.map((of) => [of.kind, ...whoOf(of)])).toEqual([
      ['', 'pupil', 10, 0],
      ['', 'relative', 30, null],
      ['college', 'pupil', 20, 9],
      ['lycee_gt', 'relative', 30, null],
    ]);
    // those deferred are two each: hidden, which is not the same as none
    expect(page.departmentProfiles!.map(({ deferred, refused }) => [deferred, refused])).toEqual([
      [null, 0],
      [null, 0],
      [null, 0],
    ]);
    // three classes of 25 at 70 %: 18 each
    expect(page.items[0]).toMatchObject({
      uai: gateway.region.uais[0],
      expected: 54,
      admitted: 12,
      gotNothing: 42,
      attempts: 30,
      expectedInsideRatio: 10 / 54,
      adherenceRatio: 10 / 12,
      amplificationRatio: 2.5,
    });
    expect(page.items[1]).toMatchObject({ admitted: null, expectedInsideRatio: null, adherenceRatio: null });
    // nor does a subtraction tell how many
    expect(page.items[1]!.expected! - page.items[1]!.gotNothing!).toBe(4);
    const [all] = page.territories;
    expect(all!.expected! - all!.gotNothing!).toBe(12 + 4);
    // the second establishment's figures below five are in no sum
    expect(page.territories.map(({ admitted }) => admitted).sort()).toEqual([0, 12, 12, 12]);
    expect(page.kinds.reduce((sum, { admitted }) => sum + (admitted ?? 0), 0)).toBe(12);

    // fifteen days later only the sums of the establishment are kept
    const dropped = await gateway.app.get(CountStore).retain('2026-12-22');
    expect(dropped).toEqual(['gateway_cell_count_2026_12_07', 'gateway_window_count_2026_12_07']);
    standStillAt('2026-12-22T07:00:00+01:00');
    const later = await gateway.observed();
    // a day on which nobody came is another thing than one that nobody knows of any more
    expect([later.counts, later.departmentProfiles, later.kindProfiles]).toEqual([null, null, null]);
    expect((await gateway.observed('2026-12-08')).counts).toMatchObject({ admitted: 0, attempts: 0 });
    standStillAt(NOW);
    expect(later.items[0]).toMatchObject({
      expected: 54,
      admitted: 12,
      gotNothing: 42,
      expectedInsideRatio: 10 / 54,
      adherenceRatio: 10 / 12,
    });
  });

  it('count to the school the pupils whose class nobody knows, and apart those who only chose one', async () => {
    const counted = async () => {
      const { items } = await gateway.observed();
      return items.find(({ uai }) => uai === gateway.region.uais[2])?.admitted;
    };
    const row = { admitted: 10, deferred: 0, refused: 0, attempts: 10, wouldRefuse: 0 };
    const [{ id }] = await gateway.database.query<[{ id: number }]>('select id from establishment where uai = $1', [
      gateway.region.uais[2],
    ]);
    const windows = [{ ...row, audience: 'school', ownerId: id, startCell: cellAt(0, 9), onDate: TODAY }];
    const cells = [{ ...row, cell: cellAt(0, 9), department: '59', level: null, profile: 'chosen' }];
    expect(await counted()).not.toBe(10);
    expect(
      (await gateway.post('/v1/gateways/counts', { agent: 'proxy-1', batchId: randomUUID(), windows, cells })).json(),
    ).toEqual({ accepted: 2, unknownOwners: 0, isRepeated: false });
    expect(await counted()).toBe(10);
    const stored = await gateway.database.query<object[]>(
      'select profile, admitted from gateway_cell_count where platform_id = $1 and profile = 4',
      [gateway.region.platformId],
    );
    expect(stored).toEqual([{ profile: 4, admitted: 10 }]);
  });

  it('let pilots follow what they count, live, by profile', async () => {
    const { until, leave } = await gateway.listen(`${gateway.platformUrl}/observed/stream`, {});
    await until(/event: counts\ndata: .*"cells":\[\]/);
    const row = { admitted: 40, deferred: 7, refused: 2, attempts: 60, wouldRefuse: 0 };
    const cells = [
      { ...row, cell: cellAt(0, 9), department: '59', level: null, profile: 'pupil' },
      { ...row, cell: cellAt(0, 9), department: '62', level: null, profile: 'pupil' },
    ];
    await gateway.post('/v1/gateways/counts', { agent: 'proxy-1', batchId: randomUUID(), windows: [], cells });
    const text = await until(/event: counts\ndata: .*"admitted":80.*\n\n/);
    leave();
    const now = JSON.parse(/data: (.*"admitted":80.*)\n/.exec(text)![1]!) as ObservedNowDto;
    expect(now.cells).toEqual([
      {
        startsAt: `${TODAY}T08:00:00Z`,
        profile: 'pupil',
        admitted: 80,
        deferred: 14,
        refused: null,
        attempts: 120,
        wouldRefuse: 0,
      },
    ]);
    const nobody = await gateway.app.inject({ url: `${gateway.platformUrl}/observed/stream`, headers: NOBODY });
    expect(nobody.statusCode).toBe(401);
  });
});
