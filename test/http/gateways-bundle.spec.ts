import { gunzipSync } from 'node:zlib';
import { BundleBuilder } from '../../src/gateway/bundle-builder.service';
import type { DeltaPageDto } from '../../src/gateway/bundle-feed.dto';
import type { BundleChange, BundleRoomChange } from '../../src/kernel/decision/bundle-content';
import { gatePlanOf } from '../../src/kernel/decision/gate-plan';
import { randomInteger, seededRandom } from '../../src/kernel/random';
import { PlanService } from '../../src/plan/plan.service';
import { bookingViolations } from '../booking-region';
import { cellAt, draftOf, TESTER } from '../plan-builder';
import { NOBODY } from '../test-application';
import { TestGateway, windowsOf } from './test-gateway';

describe('gateways', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(() => gateway.stop());
  beforeEach(() => gateway.enterRegion());

  it('get the whole plan of their platform, signed, with the class keys of the ENT and a strong ETag', async () => {
    const { etag, content } = await gateway.fetchBundle();
    expect(etag).toBe('"1.1.1"');
    expect(content).toMatchObject({ platformId: gateway.region.platformId, epoch: 1, revision: 1, posture: 'shadow' });
    expect(content.establishments.uai).toEqual(gateway.region.uais);
    expect(content.establishments.structure[0]).toBe(`structure-${gateway.region.uais[0]!}`);
    expect(content.classes.name.slice(0, 3)).toEqual(['6A', '6B', '6C']);
    expect((content.endCell - content.firstCell) / 288).toBeGreaterThanOrEqual(7);
    const plan = gatePlanOf(content);
    const windows = windowsOf(plan);
    expect(windows[0]).toEqual([0, 1, 2].map((day) => [cellAt(day, 9), 6, 0]));
    expect(windows[plan.classCount + 1]).toEqual([[cellAt(0, 19), 6, 0]]);
    const again = await gateway.get('/v1/gateways/bundle', { 'if-none-match': etag });
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
    expect(again.headers['etale-poll-seconds']).toBe('5');
  });

  it('are refused without a key, and with the key of something else', async () => {
    for (const path of ['bundle', 'deltas?after=1.0', 'stream', 'pass-keys']) {
      expect((await gateway.app.inject({ url: `/v1/gateways/${path}`, headers: NOBODY })).statusCode).toBe(401);
      expect((await gateway.app.inject({ url: `/v1/gateways/${path}` })).statusCode).toBe(403);
    }
  });

  it('hold, with every delta after a bundle applied, exactly what a fresh bundle holds', async () => {
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed);
      const before = await gateway.fetchBundle();
      const plan = gatePlanOf(before.content);
      let accepted = 0;
      for (let n = 0; n < 12; n++) {
        const windowId = gateway.region.windowIds[randomInteger(random, 9)]!;
        const day = randomInteger(random, 3);
        const minute = String(5 * randomInteger(random, 12)).padStart(2, '0');
        const hour = String(8 + randomInteger(random, 9)).padStart(2, '0');
        const startsAt = `2026-12-${String(7 + day).padStart(2, '0')}T${hour}:${minute}:00+01:00`;
        const isRelease = n === 6 && seed === 3;
        const answer = isRelease
          ? await gateway.book({ operation: 'release', windowId: gateway.region.windowIds[9]!, reason: 'test' })
          : await gateway.book({ operation: 'move', windowId, startsAt, reason: 'test' });
        if (answer.statusCode === 201) accepted++;
      }
      expect({ seed, isAny: accepted > 0 }).toEqual({ seed, isAny: true });
      const reached = await gateway.follow(plan, before);
      await gateway.rebuild();
      const fresh = await gateway.fetchBundle();
      expect({ seed, ...reached }).toEqual({ seed, revision: fresh.content.revision, chain: fresh.chain });
      expect(windowsOf(plan)).toEqual(windowsOf(gatePlanOf(fresh.content)));
      expect(plan.content.room).toEqual(fresh.content.room);
      const at = cellAt(0, 9) - fresh.content.firstCell;
      expect(fresh.content.room!.logins[at]).toBeGreaterThan(0);
    }
  });

  it('hear at once what a regulation leaves for the waiting room, and what its end gives back', async () => {
    const before = await gateway.fetchBundle();
    const plan = gatePlanOf(before.content);
    const stored = async () =>
      (
        await gateway.database.query<{ edition: number }[]>(
          'select edition from gateway_bundle where platform_id = $1',
          [gateway.region.platformId],
        )
      )[0]!.edition;
    const edition = await stored();
    const at = cellAt(0, 9) - before.content.firstCell;
    const whole = before.content.room!.sessions[at]!;
    const url = `${gateway.platformUrl}/regulations`;
    const half = {
      startsAt: '2026-12-07T09:00:00+01:00',
      endsAt: '2026-12-07T09:30:00+01:00',
      sessionsPerMille: 500,
      loginsPerMille: 0,
      reason: 'test',
    };
    const { id } = (await gateway.app.inject({ method: 'POST', url, payload: half })).json<{ id: number }>();
    const [delta, ...others] = (await gateway.deltas(before.content.revision)).deltas;
    expect(others).toEqual([]);
    const { room, changes } = JSON.parse(delta!.bytes) as { room: BundleRoomChange[]; changes: BundleChange[] };
    expect([changes, room.map(([cell, logins]) => [cell, logins])]).toEqual([
      [],
      [0, 1, 2, 3, 4, 5].map((k) => [cellAt(0, 9) + k, 0]),
    ]);
    expect(room[0]![2]).toBeLessThan(whole);

    expect((await gateway.app.inject({ method: 'DELETE', url: `${url}/${id}` })).statusCode).toBe(200);
    const reached = await gateway.follow(plan, before);
    expect(reached.revision).toBe(before.content.revision + 2);
    expect([plan.content.room, await stored()]).toEqual([before.content.room, edition]);
    // one that leaves everything moves no cell: nothing is numbered
    const idle = { ...half, sessionsPerMille: 1000, loginsPerMille: 1000 };
    expect((await gateway.app.inject({ method: 'POST', url, payload: idle })).statusCode).toBe(201);
    expect(await bookingViolations(gateway.database, gateway.region.platformId)).toMatchObject({
      revisionGaps: 0,
      revisionBeyondChanges: 0,
    });
    const revision = await gateway.revision();
    expect(revision).toBe(reached.revision);
    // a step that cuts the capacity: rules and cells in one delta
    const step = {
      name: { fr: 'Réduire', en: 'Cut' },
      words: { fr: 'Moins', en: 'Less' },
      scope: {},
      measures: { capacityPerMille: 800 },
      startsAt: '2026-12-07T10:00:00+01:00',
      endsAt: '2026-12-07T10:10:00+01:00',
      isBreakGlass: true,
      reason: 'test',
    };
    const put = await gateway.app.inject({
      method: 'POST',
      url: `${gateway.platformUrl}/protection-steps`,
      payload: step,
    });
    expect([put.statusCode, put.json<{ state?: string }>().state]).toEqual([201, 'in_force']);
    const { deltas } = await gateway.deltas(revision);
    const said = JSON.parse(deltas[0]!.bytes) as { to: number; rules: unknown[]; room: BundleRoomChange[] };
    expect([said.to, said.rules.length, said.room.map(([cell]) => cell)]).toEqual([
      revision + 2,
      1,
      [cellAt(0, 10), cellAt(0, 10) + 1],
    ]);
  });

  it('are told to fetch the whole bundle where deltas do not lead on: a gap, a publication, another epoch', async () => {
    await gateway.fetchBundle();
    const codeOf = async (after: string) => {
      const answer = await gateway.get(`/v1/gateways/deltas?after=${after}`);
      return [answer.statusCode, answer.json<{ code: string }>().code];
    };
    expect(await codeOf('1.0')).toEqual([410, 'gateway.gap']);
    expect(await codeOf('1.99')).toEqual([409, 'gateway.revision_unknown']);
    expect(await codeOf('nonsense')).toEqual([400, 'request.invalid']);

    const plans = gateway.app.get(PlanService);
    const second = await plans.createDraft(
      TESTER,
      draftOf(gateway.region, [{ establishment: 0, classIndex: 0, startCell: cellAt(3, 9) }], {
        base: { epoch: 1, revision: 1 },
      }),
    );
    await plans.publish(TESTER, second, 'test');
    await gateway.rebuild();
    expect(await codeOf('1.1')).toEqual([410, 'gateway.gap']);
    expect((await gateway.fetchBundle()).content.revision).toBe(2);

    const begun = await gateway.app.inject({ method: 'POST', url: `${gateway.platformUrl}/epoch` });
    expect(begun.json()).toEqual({ epoch: 2, revision: 2 });
    expect(await codeOf('1.2')).toEqual([410, 'gateway.epoch_changed']);
    expect((await gateway.fetchBundle()).etag).toMatch(/^"2\.2\.\d+"$/);
  });

  it('wait for another bundle, or for a delta, and are answered as soon as there is one', async () => {
    const { etag, content } = await gateway.fetchBundle();
    expect((await gateway.get('/v1/gateways/bundle?wait=31')).statusCode).toBe(400);
    const none = await gateway.get('/v1/gateways/bundle?wait=1', { 'if-none-match': etag });
    expect([none.statusCode, none.body, none.headers['etale-signature']]).toEqual([304, '', undefined]);

    const settled: string[] = [];
    const bundle = gateway.get('/v1/gateways/bundle?wait=30', { 'if-none-match': etag, 'accept-encoding': 'gzip' });
    const delta = gateway.get(`/v1/gateways/deltas?after=1.${content.revision}&wait=30`);
    void bundle.then(() => settled.push('bundle'));
    void delta.then(() => settled.push('delta'));
    // both hold while others are answered
    expect((await gateway.get(`/v1/gateways/deltas?after=1.${content.revision}`)).json<DeltaPageDto>().deltas).toEqual(
      [],
    );
    expect(settled).toEqual([]);
    await gateway.moveFirst();
    expect((await delta).json<DeltaPageDto>().deltas).toMatchObject([{ from: 1, to: 2 }]);
    expect(settled).toEqual(['delta']);

    await gateway.rebuild();
    const other = await bundle;
    expect([other.statusCode, other.headers.etag]).toEqual([200, '"1.2.2"']);
    const bytes = gunzipSync(other.rawPayload);
    expect(await gateway.verified(bytes, String(other.headers['etale-signature']), 'etale-bundle')).toBe(
      other.headers['etale-chain'],
    );
    // who has no bundle waits for none
    expect((await gateway.get('/v1/gateways/bundle?wait=30')).statusCode).toBe(200);
  });

  it('see a booking while the whole bundle is built beside it, which two replicas build once', async () => {
    await gateway.fetchBundle();
    await gateway.database.query(
      "update gateway_bundle set issued_at = issued_at - interval '2 minutes' where platform_id = $1",
      [gateway.region.platformId],
    );
    const runner = gateway.database.createQueryRunner();
    await runner.startTransaction();
    try {
      // every build waits here
      await runner.query('lock table gateway_settings in access exclusive mode');
      await gateway.moveFirst();
      const { deltas, edition } = await gateway.deltas(1);
      expect([deltas.map(({ from, to }) => [from, to]), edition]).toEqual([[[1, 2]], 1]);
      const builder = gateway.app.get(BundleBuilder);
      const builds = [
        builder.renew(gateway.region.platformId, new Date()),
        builder.renew(gateway.region.platformId, new Date()),
      ];
      await runner.commitTransaction();
      await Promise.all(builds);
    } finally {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      await runner.release();
    }
    expect((await gateway.fetchBundle()).etag).toBe('"1.2.2"');
  });

  it('find a bounded history: 2,000 deltas, and the whole bundle again for who was away for longer or misses one', async () => {
    await gateway.fetchBundle();
    const at = [gateway.region.platformId, 3000];
    await gateway.database.query('update platform_revision set revision = $2 where platform_id = $1', at);
    await gateway.database.query('update gateway_head set revision = $2 where platform_id = $1', at);
    await gateway.database.query(
      `insert into gateway_delta (platform_id, epoch, from_revision, to_revision, bytes, signature, chain)
       select $1, 1, r, r + 1, '{}', 's', 'c' from generate_series(1, $2 - 1) r`,
      at,
    );
    await gateway.moveFirst();
    const read = (revision: number) => gateway.get(`/v1/gateways/deltas?after=1.${revision}`);
    expect((await gateway.deltas(3000)).deltas).toMatchObject([{ from: 3000, to: 3001 }]);
    const gap = await read(1000);
    expect([gap.statusCode, gap.json<{ code: string }>().code]).toEqual([410, 'gateway.gap']);
    const page = (await read(1001)).json<DeltaPageDto>().deltas;
    expect([page.length, page[0]!.from, page.at(-1)!.to]).toEqual([200, 1001, 1201]);

    await gateway.database.query('delete from gateway_delta where platform_id = $1 and from_revision = 2500', [
      gateway.region.platformId,
    ]);
    expect((await read(2500)).statusCode).toBe(410);
    const { until, leave } = await gateway.listen('/v1/gateways/stream', { ...gateway.key, 'last-event-id': '1.2500' });
    expect(await until(/event: bundle\n/)).not.toMatch(/event: delta/);
    leave();
    await gateway.rebuild();
    expect((await gateway.fetchBundle()).content.revision).toBe(3001);
  });

  it('follow a stream: what was missed first, then each booking as it is committed', async () => {
    const { content } = await gateway.fetchBundle();
    const { until, leave } = await gateway.listen('/v1/gateways/stream', {
      ...gateway.key,
      'last-event-id': `1.${content.revision}`,
    });
    await until(/event: bundle/);
    await gateway.moveFirst();
    const text = await until(/id: 1\.2\nevent: delta\ndata: .*\n\n/);
    leave();
    const delta = JSON.parse(/event: delta\ndata: (.*)\n/.exec(text)![1]!) as { bytes: string; signature: string };
    expect(await gateway.verified(Buffer.from(delta.bytes), delta.signature, 'etale-delta')).toMatch(/^[0-9a-f]{64}$/);
    expect(delta.bytes.length + delta.signature.length).toBeLessThan(2000);
  });
});
