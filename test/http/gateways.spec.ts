import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { importJWK, type CryptoKey, type JWK } from 'jose';
import type { DataSource } from 'typeorm';
import { readClassLink } from '../../src/common/class-link';
import { kidOf, nextChain, verifyBytes, type SignedType } from '../../src/common/signed-bytes';
import { BundleBuilder } from '../../src/gateway/bundle-builder.service';
import { CountStore } from '../../src/gateway/count.store';
import type { ClassLinksDto } from '../../src/gateway/class-link.dto';
import type { DeltaPageDto } from '../../src/gateway/bundle-feed.dto';
import type { PassKeysDto } from '../../src/gateway/gateway-key.dto';
import type { GatewaySettingsDto } from '../../src/gateway/gateway-settings.dto';
import type { DayCountsDto, GatewayPageDto, ObservedNowDto, ObservedPageDto } from '../../src/gateway/gateway-view.dto';
import type { BundleChange, BundleContent, BundleRoomChange } from '../../src/kernel/decision/bundle-content';
import { applyChanges, gatePlanOf, windowsOfOwner, type GatePlan } from '../../src/kernel/decision/gate-plan';
import { plainBundle, type PackedBundle } from '../../src/kernel/decision/packed-bundle';
import { applyRoomChanges } from '../../src/kernel/decision/room-residue';
import { randomInteger, seededRandom } from '../../src/kernel/random';
import { PlanService } from '../../src/plan/plan.service';
import { bookingViolations, publishedRegion, standStillAt, type BookableRegion } from '../booking-region';
import { cellAt, draftOf, TESTER } from '../plan-builder';
import { NOBODY, startTestApplication } from '../test-application';

const NOW = '2026-12-07T07:00:00+01:00';
const TODAY = '2026-12-07';

interface Fetched {
  etag: string;
  content: BundleContent;
  chain: string;
}

describe('gateways', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: BookableRegion;
  let key: Record<string, string>;

  beforeAll(async () => {
    standStillAt(NOW);
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });
  beforeEach(async () => {
    region = await publishedRegion(app, [
      ...[0, 1, 2].flatMap((classIndex) =>
        [0, 1, 2].map((day) => ({ establishment: 0, classIndex, startCell: cellAt(day, 9 + classIndex) })),
      ),
      { establishment: 1, classIndex: 0, startCell: cellAt(0, 14), headcount: 30 },
      { establishment: 1, classIndex: -1, startCell: cellAt(0, 19), headcount: 40 },
    ]);
    const payload = { name: 'gateway', scopes: ['gateway'], platformId: region.platformId };
    const made = await app.inject({ method: 'POST', url: '/v1/keys', payload });
    key = { authorization: `Bearer ${made.json<{ secret: string }>().secret}` };
  });

  const get = (url: string, headers: Record<string, string> = {}) =>
    app.inject({ url, headers: { ...key, ...headers } });
  const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload, headers: key });
  const verified = async (bytes: Buffer, jws: string, typ: SignedType): Promise<string> => {
    const { keys } = (await app.inject({ url: '/v1/gateways/keys', headers: NOBODY })).json<{ keys: JWK[] }>();
    const jwk = keys.find(({ kid }) => kid === kidOf(jws))!;
    return (await verifyBytes(bytes, jws, (await importJWK(jwk, 'EdDSA')) as CryptoKey, typ)).chain;
  };
  const fetchBundle = async (): Promise<Fetched> => {
    const answer = await get('/v1/gateways/bundle', { 'accept-encoding': 'gzip' });
    expect(answer.statusCode).toBe(200);
    const bytes = gunzipSync(answer.rawPayload);
    const chain = await verified(bytes, String(answer.headers['etale-signature']), 'etale-bundle');
    expect(answer.headers['etale-chain']).toBe(chain);
    const packed = JSON.parse(bytes.toString()) as PackedBundle;
    expect(packed.format).toBe('etale-bundle/2');
    return { etag: String(answer.headers.etag), content: plainBundle(packed), chain };
  };
  /** Follows server-sent events; `until` reads on until all that came matches. */
  const listen = async (path: string, headers: Record<string, string>) => {
    if (!app.getHttpServer().listening) await app.listen(0, '127.0.0.1');
    const gone = new AbortController();
    const response = await fetch((await app.getUrl()) + path, { headers, signal: gone.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (pattern: RegExp): Promise<string> => {
      while (!pattern.test(text)) text += (await reader.read()).value ?? '';
      return text;
    };
    return { until, leave: () => gone.abort() };
  };
  /** Applies every delta after a bundle as an agent does, and gives the chain at the end. */
  const follow = async (plan: GatePlan, from: Fetched): Promise<{ revision: number; chain: string }> => {
    let { chain } = from;
    let { revision } = from.content;
    const { revision: newest } = (
      await database.query<{ revision: number }[]>('select revision from platform_revision where platform_id = $1', [
        region.platformId,
      ])
    )[0]!;
    while (revision < newest) {
      const page = await get(`/v1/gateways/deltas?after=${from.content.epoch}.${revision}&wait=5`);
      expect(page.statusCode).toBe(200);
      for (const delta of page.json<DeltaPageDto>().deltas) {
        const bytes = Buffer.from(delta.bytes);
        chain = nextChain(chain, bytes);
        expect(await verified(bytes, delta.signature, 'etale-delta')).toBe(chain);
        expect(delta.from).toBe(revision);
        const { changes, room = [] } = JSON.parse(delta.bytes) as {
          changes: BundleChange[];
          room?: BundleRoomChange[];
        };
        applyChanges(plan, changes);
        applyRoomChanges(plan.content, room);
        revision = delta.to;
      }
    }
    return { revision, chain };
  };
  const windowsOf = (plan: GatePlan) =>
    plan.content.windows.count.map((_, owner) => windowsOfOwner(plan, owner).map((window) => [...window]));
  const book = async (payload: { windowId: number; [field: string]: unknown }) => {
    const [row] = await database.query<{ revision: number }[]>(
      `select greatest(w.revision, p.published_revision) as revision from plan_window w join plan p on p.id = w.plan_id
        where p.state = 'published' and w.window_id = $1`,
      [payload.windowId],
    );
    const headers = { 'idempotency-key': randomUUID(), 'if-match': `"${row!.revision}"` };
    return app.inject({ method: 'POST', url: '/v1/bookings', payload, headers });
  };
  const move = (windowId: number, startsAt: string) => book({ operation: 'move', windowId, startsAt, reason: 'test' });

  it('get the whole plan of their platform, signed, with the class keys of the ENT and a strong ETag', async () => {
    const { etag, content } = await fetchBundle();
    expect(etag).toBe('"1.1.1"');
    expect(content).toMatchObject({ platformId: region.platformId, epoch: 1, revision: 1, posture: 'shadow' });
    expect(content.establishments.uai).toEqual(region.uais);
    expect(content.establishments.structure[0]).toBe(`structure-${region.uais[0]!}`);
    expect(content.classes.name.slice(0, 3)).toEqual(['6A', '6B', '6C']);
    expect((content.endCell - content.firstCell) / 288).toBeGreaterThanOrEqual(7);
    const plan = gatePlanOf(content);
    const windows = windowsOf(plan);
    expect(windows[0]).toEqual([0, 1, 2].map((day) => [cellAt(day, 9), 6, 0]));
    expect(windows[plan.classCount + 1]).toEqual([[cellAt(0, 19), 6, 0]]);
    const again = await get('/v1/gateways/bundle', { 'if-none-match': etag });
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
    expect(again.headers['etale-poll-seconds']).toBe('5');
  });

  it('are refused without a key, and with the key of something else', async () => {
    for (const path of ['bundle', 'deltas?after=1.0', 'stream', 'pass-keys']) {
      expect((await app.inject({ url: `/v1/gateways/${path}`, headers: NOBODY })).statusCode).toBe(401);
      expect((await app.inject({ url: `/v1/gateways/${path}` })).statusCode).toBe(403);
    }
  });

  it('hold, with every delta after a bundle applied, exactly what a fresh bundle holds', async () => {
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed);
      const before = await fetchBundle();
      const plan = gatePlanOf(before.content);
      let accepted = 0;
      for (let n = 0; n < 12; n++) {
        const windowId = region.windowIds[randomInteger(random, 9)]!;
        const day = randomInteger(random, 3);
        const minute = String(5 * randomInteger(random, 12)).padStart(2, '0');
        const hour = String(8 + randomInteger(random, 9)).padStart(2, '0');
        const startsAt = `2026-12-${String(7 + day).padStart(2, '0')}T${hour}:${minute}:00+01:00`;
        const isRelease = n === 6 && seed === 3;
        const answer = isRelease
          ? await book({ operation: 'release', windowId: region.windowIds[9]!, reason: 'test' })
          : await move(windowId, startsAt);
        if (answer.statusCode === 201) accepted++;
      }
      expect({ seed, isAny: accepted > 0 }).toEqual({ seed, isAny: true });
      const reached = await follow(plan, before);
      await app.get(BundleBuilder).rebuild(region.platformId, new Date());
      const fresh = await fetchBundle();
      expect({ seed, ...reached }).toEqual({ seed, revision: fresh.content.revision, chain: fresh.chain });
      expect(windowsOf(plan)).toEqual(windowsOf(gatePlanOf(fresh.content)));
      expect(plan.content.room).toEqual(fresh.content.room);
      const at = cellAt(0, 9) - fresh.content.firstCell;
      expect(fresh.content.room!.logins[at]).toBeGreaterThan(0);
    }
  });

  it('hear at once what a regulation leaves for the waiting room, and what its end gives back', async () => {
    const before = await fetchBundle();
    const plan = gatePlanOf(before.content);
    const stored = async () =>
      (
        await database.query<{ edition: number }[]>('select edition from gateway_bundle where platform_id = $1', [
          region.platformId,
        ])
      )[0]!.edition;
    const edition = await stored();
    const at = cellAt(0, 9) - before.content.firstCell;
    const whole = before.content.room!.sessions[at]!;
    const url = `/v1/platforms/${region.platformId}/regulations`;
    const half = {
      startsAt: '2026-12-07T09:00:00+01:00',
      endsAt: '2026-12-07T09:30:00+01:00',
      sessionsPerMille: 500,
      loginsPerMille: 0,
      reason: 'test',
    };
    const { id } = (await app.inject({ method: 'POST', url, payload: half })).json<{ id: number }>();
    const [delta, ...others] = (
      await get(`/v1/gateways/deltas?after=1.${before.content.revision}&wait=5`)
    ).json<DeltaPageDto>().deltas;
    expect(others).toEqual([]);
    const { room, changes } = JSON.parse(delta!.bytes) as { room: BundleRoomChange[]; changes: BundleChange[] };
    expect([changes, room.map(([cell, logins]) => [cell, logins])]).toEqual([
      [],
      [0, 1, 2, 3, 4, 5].map((k) => [cellAt(0, 9) + k, 0]),
    ]);
    expect(room[0]![2]).toBeLessThan(whole);

    expect((await app.inject({ method: 'DELETE', url: `${url}/${id}` })).statusCode).toBe(200);
    const reached = await follow(plan, before);
    expect(reached.revision).toBe(before.content.revision + 2);
    expect([plan.content.room, await stored()]).toEqual([before.content.room, edition]);
    // one that leaves everything moves no cell: nothing is numbered
    const idle = { ...half, sessionsPerMille: 1000, loginsPerMille: 1000 };
    expect((await app.inject({ method: 'POST', url, payload: idle })).statusCode).toBe(201);
    expect(await bookingViolations(database, region.platformId)).toMatchObject({
      revisionGaps: 0,
      revisionBeyondChanges: 0,
    });
    const [{ revision }] = await database.query<[{ revision: number }]>(
      'select revision from platform_revision where platform_id = $1',
      [region.platformId],
    );
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
    const put = await app.inject({
      method: 'POST',
      url: `/v1/platforms/${region.platformId}/protection-steps`,
      payload: step,
    });
    expect([put.statusCode, put.json<{ state?: string }>().state]).toEqual([201, 'in_force']);
    const { deltas } = (await get(`/v1/gateways/deltas?after=1.${revision}&wait=5`)).json<DeltaPageDto>();
    const said = JSON.parse(deltas[0]!.bytes) as { to: number; rules: unknown[]; room: BundleRoomChange[] };
    expect([said.to, said.rules.length, said.room.map(([cell]) => cell)]).toEqual([
      revision + 2,
      1,
      [cellAt(0, 10), cellAt(0, 10) + 1],
    ]);
  });

  it('are told to fetch the whole bundle where deltas do not lead on: a gap, a publication, another epoch', async () => {
    await fetchBundle();
    const codeOf = async (after: string) => {
      const answer = await get(`/v1/gateways/deltas?after=${after}`);
      return [answer.statusCode, answer.json<{ code: string }>().code];
    };
    expect(await codeOf('1.0')).toEqual([410, 'gateway.gap']);
    expect(await codeOf('1.99')).toEqual([409, 'gateway.revision_unknown']);
    expect(await codeOf('nonsense')).toEqual([400, 'request.invalid']);

    const plans = app.get(PlanService);
    const second = await plans.createDraft(
      TESTER,
      draftOf(region, [{ establishment: 0, classIndex: 0, startCell: cellAt(3, 9) }], {
        base: { epoch: 1, revision: 1 },
      }),
    );
    await plans.publish(TESTER, second, 'test');
    await app.get(BundleBuilder).rebuild(region.platformId, new Date());
    expect(await codeOf('1.1')).toEqual([410, 'gateway.gap']);
    expect((await fetchBundle()).content.revision).toBe(2);

    const begun = await app.inject({ method: 'POST', url: `/v1/platforms/${region.platformId}/epoch` });
    expect(begun.json()).toEqual({ epoch: 2, revision: 2 });
    expect(await codeOf('1.2')).toEqual([410, 'gateway.epoch_changed']);
    expect((await fetchBundle()).etag).toMatch(/^"2\.2\.\d+"$/);
  });

  it('wait for another bundle, or for a delta, and are answered as soon as there is one', async () => {
    const { etag, content } = await fetchBundle();
    expect((await get('/v1/gateways/bundle?wait=31')).statusCode).toBe(400);
    const none = await get('/v1/gateways/bundle?wait=1', { 'if-none-match': etag });
    expect([none.statusCode, none.body, none.headers['etale-signature']]).toEqual([304, '', undefined]);

    const settled: string[] = [];
    const bundle = get('/v1/gateways/bundle?wait=30', { 'if-none-match': etag, 'accept-encoding': 'gzip' });
    const delta = get(`/v1/gateways/deltas?after=1.${content.revision}&wait=30`);
    void bundle.then(() => settled.push('bundle'));
    void delta.then(() => settled.push('delta'));
    // both hold while others are answered
    expect((await get(`/v1/gateways/deltas?after=1.${content.revision}`)).json<DeltaPageDto>().deltas).toEqual([]);
    expect(settled).toEqual([]);
    expect((await move(region.windowIds[0]!, `${TODAY}T16:00:00+01:00`)).statusCode).toBe(201);
    expect((await delta).json<DeltaPageDto>().deltas).toMatchObject([{ from: 1, to: 2 }]);
    expect(settled).toEqual(['delta']);

    await app.get(BundleBuilder).rebuild(region.platformId, new Date());
    const other = await bundle;
    expect([other.statusCode, other.headers.etag]).toEqual([200, '"1.2.2"']);
    const bytes = gunzipSync(other.rawPayload);
    expect(await verified(bytes, String(other.headers['etale-signature']), 'etale-bundle')).toBe(
      other.headers['etale-chain'],
    );
    // who has no bundle waits for none
    expect((await get('/v1/gateways/bundle?wait=30')).statusCode).toBe(200);
  });

  it('see a booking while the whole bundle is built beside it, which two replicas build once', async () => {
    await fetchBundle();
    await database.query(
      "update gateway_bundle set issued_at = issued_at - interval '2 minutes' where platform_id = $1",
      [region.platformId],
    );
    const runner = database.createQueryRunner();
    await runner.startTransaction();
    try {
      // every build waits here
      await runner.query('lock table gateway_settings in access exclusive mode');
      expect((await move(region.windowIds[0]!, `${TODAY}T16:00:00+01:00`)).statusCode).toBe(201);
      const { deltas, edition } = (await get('/v1/gateways/deltas?after=1.1&wait=5')).json<DeltaPageDto>();
      expect([deltas.map(({ from, to }) => [from, to]), edition]).toEqual([[[1, 2]], 1]);
      const builder = app.get(BundleBuilder);
      const builds = [builder.renew(region.platformId, new Date()), builder.renew(region.platformId, new Date())];
      await runner.commitTransaction();
      await Promise.all(builds);
    } finally {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      await runner.release();
    }
    expect((await fetchBundle()).etag).toBe('"1.2.2"');
  });

  it('find a bounded history: 2,000 deltas, and the whole bundle again for who was away for longer or misses one', async () => {
    await fetchBundle();
    const at = [region.platformId, 3000];
    await database.query('update platform_revision set revision = $2 where platform_id = $1', at);
    await database.query('update gateway_head set revision = $2 where platform_id = $1', at);
    await database.query(
      `insert into gateway_delta (platform_id, epoch, from_revision, to_revision, bytes, signature, chain)
       select $1, 1, r, r + 1, '{}', 's', 'c' from generate_series(1, $2 - 1) r`,
      at,
    );
    expect((await move(region.windowIds[0]!, `${TODAY}T16:00:00+01:00`)).statusCode).toBe(201);
    const read = (revision: number, wait = 0) => get(`/v1/gateways/deltas?after=1.${revision}&wait=${wait}`);
    expect((await read(3000, 5)).json<DeltaPageDto>().deltas).toMatchObject([{ from: 3000, to: 3001 }]);
    const gap = await read(1000);
    expect([gap.statusCode, gap.json<{ code: string }>().code]).toEqual([410, 'gateway.gap']);
    const page = (await read(1001)).json<DeltaPageDto>().deltas;
    expect([page.length, page[0]!.from, page.at(-1)!.to]).toEqual([200, 1001, 1201]);

    await database.query('delete from gateway_delta where platform_id = $1 and from_revision = 2500', [
      region.platformId,
    ]);
    expect((await read(2500)).statusCode).toBe(410);
    const { until, leave } = await listen('/v1/gateways/stream', { ...key, 'last-event-id': '1.2500' });
    expect(await until(/event: bundle\n/)).not.toMatch(/event: delta/);
    leave();
    await app.get(BundleBuilder).rebuild(region.platformId, new Date());
    expect((await fetchBundle()).content.revision).toBe(3001);
  });

  it('follow a stream: what was missed first, then each booking as it is committed', async () => {
    const { content } = await fetchBundle();
    const { until, leave } = await listen('/v1/gateways/stream', { ...key, 'last-event-id': `1.${content.revision}` });
    await until(/event: bundle/);
    expect((await move(region.windowIds[0]!, `${TODAY}T16:00:00+01:00`)).statusCode).toBe(201);
    const text = await until(/id: 1\.2\nevent: delta\ndata: .*\n\n/);
    leave();
    const delta = JSON.parse(/event: delta\ndata: (.*)\n/.exec(text)![1]!) as { bytes: string; signature: string };
    expect(await verified(Buffer.from(delta.bytes), delta.signature, 'etale-delta')).toMatch(/^[0-9a-f]{64}$/);
    expect(delta.bytes.length + delta.signature.length).toBeLessThan(2000);
  });

  it('run the settings that an operator gives, which need a new bundle', async () => {
    const { content } = await fetchBundle();
    const url = `/v1/platforms/${region.platformId}/gateway-settings`;
    const settings = (await app.inject({ url })).json<GatewaySettingsDto>();
    expect(settings).toMatchObject({ posture: 'shadow', walkInPerCell: 100 });
    const exemptions = [
      {
        establishmentId: region.establishmentIds[0],
        classId: region.classIds[0]![1],
        startsAt: `${TODAY}T08:00:00+01:00`,
        endsAt: `${TODAY}T12:00:00+01:00`,
        reason: 'exam',
      },
    ];
    const changed = await app.inject({
      method: 'PUT',
      url,
      payload: { ...settings, posture: 'enforced', walkInPerCell: 60, exemptions },
    });
    expect(changed.statusCode).toBe(200);
    const after = (await fetchBundle()).content;
    expect(after).toMatchObject({
      revision: content.revision,
      posture: 'enforced',
      quotas: { walkInPerCell: 60, keptPerCell: 50 },
    });
    expect(after.exemptions).toEqual([
      {
        classIndex: 1,
        establishmentIndex: 0,
        startsAt: Date.parse(`${TODAY}T07:00:00Z`) / 1000,
        endsAt: Date.parse(`${TODAY}T11:00:00Z`) / 1000,
      },
    ]);
    const page = (await get(`/v1/gateways/deltas?after=1.${content.revision}`)).json<DeltaPageDto>();
    expect([page.edition, page.neededEdition]).toEqual([2, 2]);
    const wrong = await app.inject({ method: 'PUT', url, payload: { ...settings, keptPerCell: 1000 } });
    expect([wrong.statusCode, wrong.json<{ code: string }>().code]).toEqual([422, 'gateway.settings_invalid']);
  });

  it('verify with the old key and the new one while keys rotate, and get keys of passes of their own platform', async () => {
    const before = await fetchBundle();
    const keysOf = async () =>
      (await app.inject({ url: '/v1/gateways/keys', headers: NOBODY })).json<{ keys: JWK[] }>().keys;
    const count = (await keysOf()).length;
    const { kid } = (await app.inject({ method: 'POST', url: '/v1/gateways/keys' })).json<{ kid: string }>();
    const keys = await keysOf();
    expect(keys).toHaveLength(count + 1);
    expect(keys[0]).toMatchObject({ kid, kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA' });
    expect(JSON.stringify(keys)).not.toContain('"d"');
    // announced and not yet signing: the bundle is signed by the key that everybody knows
    await app.get(BundleBuilder).rebuild(region.platformId, new Date());
    expect((await fetchBundle()).content.revision).toBe(before.content.revision);
    await database.query(`update gateway_signing_key set signs_from = now() - interval '1 second' where kid = $1`, [
      kid,
    ]);
    await app.get(BundleBuilder).rebuild(region.platformId, new Date());
    await fetchBundle();
    const signature = String((await get('/v1/gateways/bundle')).headers['etale-signature']);
    expect(kidOf(signature)).toBe(kid);

    const passKeys = (await get('/v1/gateways/pass-keys')).json<{ keys: { secret: string }[] }>().keys;
    expect(Buffer.from(passKeys[0]!.secret, 'base64url')).toHaveLength(32);
    await app.inject({ method: 'POST', url: `/v1/platforms/${region.platformId}/pass-keys` });
    const rotated = (await get('/v1/gateways/pass-keys')).json<{ keys: { secret: string }[] }>().keys;
    expect(rotated.map(({ secret }) => secret)).toEqual([expect.any(String), passKeys[0]!.secret]);
  });

  it('know a class by the link that its school gives to families, as long as the key of passes is good', async () => {
    const url = `/v1/establishments/${region.uais[0]!}/class-links`;
    const links = (await app.inject({ url })).json<ClassLinksDto>();
    expect(links.items.map(({ classId, code }) => [classId, code])).toEqual(
      region.classIds[0]!.map((id, n) => [id, ['6A', '6B', '6C'][n]]),
    );
    expect(links).toMatchObject({ platformId: region.platformId, portals: [] });
    const portals = [
      { name: 'Neo', url: 'https://neo.example' },
      { name: 'One', url: null },
    ];
    for (const { name, url: its } of portals)
      await database.query('insert into portal (platform_id, name, url) values ($1, $2, $3)', [
        region.platformId,
        name,
        its,
      ]);
    expect((await app.inject({ url })).json<ClassLinksDto>().portals).toEqual(portals.slice(0, 1));
    const keysOf = async () =>
      (await get('/v1/gateways/pass-keys'))
        .json<PassKeysDto>()
        .keys.map(({ kid, secret }) => ({ kid, secret: Buffer.from(secret, 'base64url') }));
    const { content } = await fetchBundle();
    const read = async (path: string) =>
      readClassLink(path.replace('/etale/c/', ''), region.platformId, await keysOf());
    for (const { classId, name, path } of links.items) {
      expect(await read(path)).toBe(classId);
      expect(content.classes.name[content.classes.id.indexOf(classId)]).toBe(name);
      // the number of the class and a proof of it: no name of a class, which letters of a proof may look like
      expect(path).toMatch(new RegExp(`^/etale/c/[\\w-]+\\.${classId.toString(36)}\\.[\\w-]{22}$`));
    }
    expect(await read(links.items[0]!.path.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))).toBeUndefined();

    await app.inject({ method: 'POST', url: `/v1/platforms/${region.platformId}/pass-keys` });
    const later = (await app.inject({ url })).json<ClassLinksDto>();
    // new ones last, those given out before are still good for a day
    expect(later.items.map(({ classId }) => classId)).toEqual(links.items.map(({ classId }) => classId));
    for (const { items } of [links, later]) expect(await read(items[0]!.path)).toBe(items[0]!.classId);
    expect(later.items[0]!.path).not.toBe(links.items[0]!.path);
    expect((await app.inject({ url: '/v1/establishments/9999999X/class-links' })).statusCode).toBe(404);
    await database.query('update establishment set platform_id = null where uai = $1', [region.uais[1]]);
    const nowhere = await app.inject({ url: `/v1/establishments/${region.uais[1]!}/class-links` });
    expect([nowhere.statusCode, nowhere.json<{ code: string }>().code]).toEqual([409, 'gateway.no_platform']);
  });

  it('report what they run, and are seen with their age, drift, clock and counts', async () => {
    const { content, chain } = await fetchBundle();
    await move(region.windowIds[0]!, `${TODAY}T16:00:00+01:00`);
    await get(`/v1/gateways/deltas?after=1.1&wait=5`);
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
    const answer = await post('/v1/gateways/status', status);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      expect.objectContaining({ clockOffsetSeconds: 600, revision: 2 }),
    ]);
    expect((await post('/v1/gateways/status', { ...status, visitor: 'x' })).statusCode).toBe(400);
    const { items } = (await get('/v1/gateways')).json<GatewayPageDto>();
    expect(items).toEqual([
      expect.objectContaining({
        agent: 'proxy-1',
        platformId: region.platformId,
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
    const classId = region.classIds[0]![0]!;
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
        ownerId: region.classIds[1]![0]!,
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
    expect((await post('/v1/gateways/counts', batch)).json()).toEqual({
      accepted: 7,
      unknownOwners: 2,
      isRepeated: false,
    });
    const wrong = { ...batch, batchId: randomUUID(), cells: [{ ...cell, kind: 'nonsense' }] };
    expect((await post('/v1/gateways/counts', wrong)).statusCode).toBe(400);
    expect((await post('/v1/gateways/counts', batch)).json()).toMatchObject({ accepted: 0, isRepeated: true });
    const stays = await database.query<unknown[]>(
      `select ended, stay_seconds::int as seconds from gateway_window_count where on_date = $1 and owner_id = $2 order by start_cell`,
      [TODAY, classId],
    );
    expect(stays).toEqual([
      { ended: 0, seconds: 0 },
      { ended: 3, seconds: 1900 },
    ]);
    const observed = async () =>
      (await app.inject({ url: `/v1/platforms/${region.platformId}/observed?date=${TODAY}` })).json<ObservedPageDto>();
    const page = await observed();
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
      uai: region.uais[0],
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
    const dropped = await app.get(CountStore).retain('2026-12-22');
    expect(dropped).toEqual(['gateway_cell_count_2026_12_07', 'gateway_window_count_2026_12_07']);
    standStillAt('2026-12-22T07:00:00+01:00');
    const later = await observed();
    // a day on which nobody came is another thing than one that nobody knows of any more
    expect([later.counts, later.departmentProfiles, later.kindProfiles]).toEqual([null, null, null]);
    const lately = await app.inject({ url: `/v1/platforms/${region.platformId}/observed?date=2026-12-08` });
    expect(lately.json<ObservedPageDto>().counts).toMatchObject({ admitted: 0, attempts: 0 });
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
      const { items } = (
        await app.inject({ url: `/v1/platforms/${region.platformId}/observed?date=${TODAY}` })
      ).json<ObservedPageDto>();
      return items.find(({ uai }) => uai === region.uais[2])?.admitted;
    };
    const row = { admitted: 10, deferred: 0, refused: 0, attempts: 10, wouldRefuse: 0 };
    const [{ id }] = await database.query<[{ id: number }]>('select id from establishment where uai = $1', [
      region.uais[2],
    ]);
    const windows = [{ ...row, audience: 'school', ownerId: id, startCell: cellAt(0, 9), onDate: TODAY }];
    const cells = [{ ...row, cell: cellAt(0, 9), department: '59', level: null, profile: 'chosen' }];
    expect(await counted()).not.toBe(10);
    expect(
      (await post('/v1/gateways/counts', { agent: 'proxy-1', batchId: randomUUID(), windows, cells })).json(),
    ).toEqual({ accepted: 2, unknownOwners: 0, isRepeated: false });
    expect(await counted()).toBe(10);
    const stored = await database.query<object[]>(
      'select profile, admitted from gateway_cell_count where platform_id = $1 and profile = 4',
      [region.platformId],
    );
    expect(stored).toEqual([{ profile: 4, admitted: 10 }]);
  });

  it('let pilots follow what they count, live, by profile', async () => {
    const { until, leave } = await listen(`/v1/platforms/${region.platformId}/observed/stream`, {});
    await until(/event: counts\ndata: .*"cells":\[\]/);
    const row = { admitted: 40, deferred: 7, refused: 2, attempts: 60, wouldRefuse: 0 };
    const cells = [
      { ...row, cell: cellAt(0, 9), department: '59', level: null, profile: 'pupil' },
      { ...row, cell: cellAt(0, 9), department: '62', level: null, profile: 'pupil' },
    ];
    await post('/v1/gateways/counts', { agent: 'proxy-1', batchId: randomUUID(), windows: [], cells });
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
    const nobody = await app.inject({ url: `/v1/platforms/${region.platformId}/observed/stream`, headers: NOBODY });
    expect(nobody.statusCode).toBe(401);
  });

  it("tell an unmodified ENT's own quota what the plan expects, from the networks that are configured", async () => {
    const code = (
      await database.query<{ code: string }[]>('select code from platform where id = $1', [region.platformId])
    )[0]!.code;
    const limitAt = async (instant: string): Promise<number> => {
      standStillAt(instant);
      const answer = await app.inject({ url: '/session/limit', headers: NOBODY });
      expect(answer.statusCode).toBe(200);
      return answer.json<Record<string, number>>()[code]!;
    };
    // nothing is planned: the capacity
    expect(await limitAt(NOW)).toBe(10_000);
    // 70 % of a class, of whom 95 % are there in the later one of the two cells
    expect(await limitAt('2026-12-07T09:10:00+01:00')).toBe(Math.floor(25 * 0.7 * 0.95));
    expect(await limitAt('2026-12-07T14:10:00+01:00')).toBe(Math.floor(30 * 0.7 * 0.95));
    // an ENT reads 0 as unlimited
    standStillAt(NOW);
    const url = `/v1/platforms/${region.platformId}/regulations`;
    const payload = {
      startsAt: '2026-12-07T12:00:00+01:00',
      endsAt: '2026-12-07T18:00:00+01:00',
      sessionsPerMille: 0,
      loginsPerMille: 0,
      reason: 'test',
    };
    expect((await app.inject({ method: 'POST', url, payload })).statusCode).toBe(201);
    expect(await limitAt('2026-12-07T14:10:00+01:00')).toBe(1);
    expect(await limitAt('2026-12-07T16:10:00+01:00')).toBe(1);
    standStillAt(NOW);
    const elsewhere = await app.inject({ url: '/session/limit', headers: NOBODY, remoteAddress: '192.0.2.1' });
    expect([elsewhere.statusCode, elsewhere.json<{ code: string }>().code]).toEqual([403, 'session_limit.network']);
  });
});
