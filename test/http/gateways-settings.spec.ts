import { readClassLink } from '../../src/common/class-link';
import { kidOf } from '../../src/common/signed-bytes';
import type { ClassLinksDto } from '../../src/gateway/class-link.dto';
import type { DeltaPageDto } from '../../src/gateway/bundle-feed.dto';
import type { PassKeysDto } from '../../src/gateway/gateway-key.dto';
import type { GatewaySettingsDto } from '../../src/gateway/gateway-settings.dto';
import { standStillAt } from '../booking-region';
import { NOBODY } from '../test-application';
import { NOW, TODAY, TestGateway } from './test-gateway';

describe('gateways', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(() => gateway.stop());
  beforeEach(() => gateway.enterRegion());

  it('run the settings that an operator gives, which need a new bundle', async () => {
    const { content } = await gateway.fetchBundle();
    const url = `${gateway.platformUrl}/gateway-settings`;
    const settings = (await gateway.app.inject({ url })).json<GatewaySettingsDto>();
    expect(settings).toMatchObject({ posture: 'shadow', walkInPerCell: 100 });
    const exemptions = [
      {
        establishmentId: gateway.region.establishmentIds[0],
        classId: gateway.region.classIds[0]![1],
        startsAt: `${TODAY}T08:00:00+01:00`,
        endsAt: `${TODAY}T12:00:00+01:00`,
        reason: 'exam',
      },
    ];
    const changed = await gateway.app.inject({
      method: 'PUT',
      url,
      payload: { ...settings, posture: 'enforced', walkInPerCell: 60, exemptions },
    });
    expect(changed.statusCode).toBe(200);
    const after = (await gateway.fetchBundle()).content;
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
    const page = (await gateway.get(`/v1/gateways/deltas?after=1.${content.revision}`)).json<DeltaPageDto>();
    expect([page.edition, page.neededEdition]).toEqual([2, 2]);
    const wrong = await gateway.app.inject({ method: 'PUT', url, payload: { ...settings, keptPerCell: 1000 } });
    expect([wrong.statusCode, wrong.json<{ code: string }>().code]).toEqual([422, 'gateway.settings_invalid']);
  });

  it('verify with the old key and the new one while keys rotate, and get keys of passes of their own platform', async () => {
    const before = await gateway.fetchBundle();
    const count = (await gateway.signingKeys()).length;
    const { kid } = (await gateway.app.inject({ method: 'POST', url: '/v1/gateways/keys' })).json<{ kid: string }>();
    const keys = await gateway.signingKeys();
    expect(keys).toHaveLength(count + 1);
    expect(keys[0]).toMatchObject({ kid, kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA' });
    expect(JSON.stringify(keys)).not.toContain('"d"');
    // announced and not yet signing: the bundle is signed by the key that everybody knows
    await gateway.rebuild();
    expect((await gateway.fetchBundle()).content.revision).toBe(before.content.revision);
    await gateway.database.query(`update gateway_signing_key set signs_from = now() where kid = $1`, [kid]);
    await gateway.rebuild();
    await gateway.fetchBundle();
    const signature = String((await gateway.get('/v1/gateways/bundle')).headers['etale-signature']);
    expect(kidOf(signature)).toBe(kid);

    const passKeys = (await gateway.get('/v1/gateways/pass-keys')).json<{ keys: { secret: string }[] }>().keys;
    expect(Buffer.from(passKeys[0]!.secret, 'base64url')).toHaveLength(32);
    await gateway.app.inject({ method: 'POST', url: `${gateway.platformUrl}/pass-keys` });
    const rotated = (await gateway.get('/v1/gateways/pass-keys')).json<{ keys: { secret: string }[] }>().keys;
    expect(rotated.map(({ secret }) => secret)).toEqual([expect.any(String), passKeys[0]!.secret]);
  });

  it('know a class by the link that its school gives to families, as long as the key of passes is good', async () => {
    const url = `/v1/establishments/${gateway.region.uais[0]!}/class-links`;
    const links = (await gateway.app.inject({ url })).json<ClassLinksDto>();
    expect(links.items.map(({ classId, code }) => [classId, code])).toEqual(
      gateway.region.classIds[0]!.map((id, n) => [id, ['6A', '6B', '6C'][n]]),
    );
    expect(links).toMatchObject({ platformId: gateway.region.platformId, portals: [] });
    const portals = [
      { name: 'Neo', url: 'https://neo.example' },
      { name: 'One', url: null },
    ];
    for (const { name, url: its } of portals)
      await gateway.database.query('insert into portal (platform_id, name, url) values ($1, $2, $3)', [
        gateway.region.platformId,
        name,
        its,
      ]);
    expect((await gateway.app.inject({ url })).json<ClassLinksDto>().portals).toEqual(portals.slice(0, 1));
    const keysOf = async () =>
      (await gateway.get('/v1/gateways/pass-keys'))
        .json<PassKeysDto>()
        .keys.map(({ kid, secret }) => ({ kid, secret: Buffer.from(secret, 'base64url') }));
    const { content } = await gateway.fetchBundle();
    const read = async (path: string) =>
      readClassLink(path.replace('/etale/c/', ''), gateway.region.platformId, await keysOf());
    for (const { classId, name, path } of links.items) {
      expect(await read(path)).toBe(classId);
      expect(content.classes.name[content.classes.id.indexOf(classId)]).toBe(name);
      // the number of the class and a proof of it: no name of a class, which letters of a proof may look like
      expect(path).toMatch(new RegExp(`^/etale/c/[\\w-]+\\.${classId.toString(36)}\\.[\\w-]{22}$`));
    }
    expect(await read(links.items[0]!.path.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))).toBeUndefined();

    await gateway.app.inject({ method: 'POST', url: `${gateway.platformUrl}/pass-keys` });
    const later = (await gateway.app.inject({ url })).json<ClassLinksDto>();
    // new ones last, those given out before are still good for a day
    expect(later.items.map(({ classId }) => classId)).toEqual(links.items.map(({ classId }) => classId));
    for (const { items } of [links, later]) expect(await read(items[0]!.path)).toBe(items[0]!.classId);
    expect(later.items[0]!.path).not.toBe(links.items[0]!.path);
    expect((await gateway.app.inject({ url: '/v1/establishments/9999999X/class-links' })).statusCode).toBe(404);
    await gateway.database.query('update establishment set platform_id = null where uai = $1', [
      gateway.region.uais[1],
    ]);
    const nowhere = await gateway.app.inject({ url: `/v1/establishments/${gateway.region.uais[1]!}/class-links` });
    expect([nowhere.statusCode, nowhere.json<{ code: string }>().code]).toEqual([409, 'gateway.no_platform']);
  });

  it("tell an unmodified ENT's own quota what the plan expects, from the networks that are configured", async () => {
    const code = (
      await gateway.database.query<{ code: string }[]>('select code from platform where id = $1', [
        gateway.region.platformId,
      ])
    )[0]!.code;
    const limitAt = async (instant: string): Promise<number> => {
      standStillAt(instant);
      const answer = await gateway.app.inject({ url: '/session/limit', headers: NOBODY });
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
    const url = `${gateway.platformUrl}/regulations`;
    const payload = {
      startsAt: '2026-12-07T12:00:00+01:00',
      endsAt: '2026-12-07T18:00:00+01:00',
      sessionsPerMille: 0,
      loginsPerMille: 0,
      reason: 'test',
    };
    expect((await gateway.app.inject({ method: 'POST', url, payload })).statusCode).toBe(201);
    expect(await limitAt('2026-12-07T14:10:00+01:00')).toBe(1);
    expect(await limitAt('2026-12-07T16:10:00+01:00')).toBe(1);
    standStillAt(NOW);
    const elsewhere = await gateway.app.inject({ url: '/session/limit', headers: NOBODY, remoteAddress: '192.0.2.1' });
    expect([elsewhere.statusCode, elsewhere.json<{ code: string }>().code]).toEqual([403, 'session_limit.network']);
  });
});
