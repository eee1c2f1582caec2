import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { WishCopyService } from '../../src/wish/wish-copy.service';
import { SmallRegion } from '../small-region';
import { startTestApplication } from '../test-application';

interface Report {
  fromCampaignId: number;
  copiedCount: number;
  classCount: number;
  notCopied: { reason: string; wishCount: number }[];
  items: { uai: string; classCode: string | null; reason: string; wishCount: number }[];
}
interface Wishes {
  items: {
    kind: string;
    weekday: number;
    start: string;
    origin: string;
    teacherKeyId: number | null;
    approval: string;
  }[];
  pendingCount: number;
}

describe('wishes of the campaign before', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: SmallRegion;
  let regionCount = 0;
  let before: number;
  let campaignId: number;
  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    region = await SmallRegion.make(database, `copies-${++regionCount}`);
    before = await create('2026-11-02', '2026-11-06');
    campaignId = await create('2026-11-30', '2026-12-04');
  });

  const create = async (startsOn: string, endsOn: string, fields: object = {}) => {
    const payload = {
      name: 'Semaine',
      platformId: region.platformId,
      startsOn,
      endsOn,
      preset: 'remote-week-everybody',
      ...fields,
    };
    return (await app.inject({ method: 'POST', url: '/v1/campaigns', payload })).json<{ id: number }>().id;
  };
  const state = async (ofCampaign: number, of: string, items: object[]) => {
    const answer = await app.inject({
      method: 'PUT',
      url: `/v1/campaigns/${ofCampaign}/${of}/wishes`,
      payload: { items },
    });
    expect(answer.statusCode).toBe(200);
  };
  const copy = async (payload: object = {}, to = campaignId) => {
    const answer = await app.inject({ method: 'POST', url: `/v1/campaigns/${to}/wish-copies`, payload });
    return { status: answer.statusCode, ...answer.json<Report & { code: string }>() };
  };
  const of = async (classId: number, inCampaign = campaignId) =>
    (await app.inject({ url: `/v1/campaigns/${inCampaign}/classes/${classId}/wishes` })).json<Wishes>();
  const uaiOf = async (id: number) =>
    (await database.query<{ uai: string }[]>('select uai from establishment where id = $1', [id]))[0]!.uai;
  const wished = (weekday: number, start: string, more: object = {}) => ({ kind: 'wished', weekday, start, ...more });

  it('become those of this one, where nothing is stated yet; what cannot be is told with its reason', async () => {
    const school = await region.establishment();
    const uai = await uaiOf(school);
    const teacherKeyId = await region.teacher(school);
    const [kept, own] = [await region.class(school), await region.class(school)];
    await state(before, `classes/${kept}`, [
      wished(1, '09:00', { teacherKeyId }),
      { kind: 'closed', weekday: 4, start: '13:30', end: '18:00', reason: 'sport' },
      { kind: 'wished', on: '2026-11-03', start: '10:00' },
    ]);
    await state(before, `classes/${own}`, [wished(1, '10:00')]);
    await state(before, `establishments/${uai}`, [wished(2, '17:00', { audience: 'relatives' })]);
    await state(campaignId, `classes/${own}`, [wished(5, '11:00')]);

    const dry = await copy({ isDryRun: true });
    expect(dry).toMatchObject({ status: 200, isDryRun: true, copiedCount: 3 });
    expect((await of(kept)).items).toEqual([]);

    expect(await copy()).toMatchObject({
      fromCampaignId: before,
      establishmentCount: 1,
      classCount: 1,
      copiedCount: 3,
      notCopied: [
        { reason: 'has_wishes', wishCount: 1 },
        { reason: 'single_date', wishCount: 1 },
      ],
      leftOffCount: 0,
    });
    expect((await of(kept)).items).toMatchObject([
      { kind: 'wished', weekday: 1, start: '09:00', teacherKeyId, origin: 'copy' },
      { kind: 'closed', weekday: 4, origin: 'copy' },
    ]);
    expect((await of(own)).items).toMatchObject([{ weekday: 5, origin: 'head' }]);
    // a second time there is nothing left to copy
    expect(await copy()).toMatchObject({ copiedCount: 0 });
    expect((await of(kept)).items).toHaveLength(2);
  });

  it('follow a class into the next school year by its code or its level, without its teacher', async () => {
    const school = await region.establishment();
    const teacherKeyId = await region.teacher(school);
    const [a, b] = [await region.class(school), await region.class(school, { levels: ['5E'] })];
    const [c] = [await region.class(school, { levels: ['4E'] })];
    await state(before, `classes/${a}`, [wished(1, '09:00', { teacherKeyId })]);
    await state(before, `classes/${b}`, [wished(1, '10:00')]);
    await state(before, `classes/${c}`, [wished(1, '11:00')]);
    const next = await database.query<{ id: number }[]>(
      `insert into class (establishment_id, school_year, code, kind, levels, headcount, source)
       select establishment_id, '2027-2028', case when id = $1 then code else 'new' end, kind, levels, headcount, source
         from class where id = any($2) order by id returning id`,
      [a, [a, b]],
    );
    const year = await create('2027-09-06', '2027-09-10');
    const report = await copy({}, year);
    expect(report).toMatchObject({
      fromCampaignId: before,
      copiedCount: 2,
      notCopied: [{ reason: 'no_class', wishCount: 1 }],
    });
    expect((await of(next[0]!.id, year)).items).toMatchObject([{ start: '09:00', teacherKeyId: null }]);
    expect((await of(next[1]!.id, year)).items).toMatchObject([{ start: '10:00' }]);
  });

  it('are looked at by the rules and the cap of this one', async () => {
    const school = await region.establishment();
    const classIds = [await region.class(school), await region.class(school), await region.class(school)];
    const exam = { kind: 'fixed', weekday: 2, start: '10:00', reason: 'an exam' };
    for (const id of classIds) await state(before, `classes/${id}`, [exam, wished(4, '09:00')]);
    const short = await create('2026-11-16', '2026-11-18');
    expect(await copy({}, short)).toMatchObject({
      copiedCount: 3,
      notCopied: [{ reason: 'outside_campaign', wishCount: 3 }],
    });
    const pending = await Promise.all(classIds.map(async (id) => (await of(id, short)).pendingCount));
    expect(pending.sort()).toEqual([0, 0, 1]);
  });

  it('come from the last campaign with wishes, or from the one that is named', async () => {
    const classId = await region.class(await region.establishment());
    expect((await copy()).code).toBe('wish.no_campaign_before');
    await state(before, `classes/${classId}`, [wished(1, '09:00')]);
    const between = await create('2026-11-09', '2026-11-13');
    expect((await copy()).fromCampaignId).toBe(before);
    await state(between, `classes/${classId}`, [wished(1, '10:00')]);
    expect((await copy({ isDryRun: true })).fromCampaignId).toBe(between);
    expect((await copy({ fromCampaignId: campaignId })).code).toBe('wish.other_platform');
    expect((await copy({ fromCampaignId: 999_999 })).code).toBe('campaign.not_found');
  });

  it('are copied by a head for the own school, and by nobody after the deadline but the operator who says why', async () => {
    const [mine, other] = [await region.establishment(), await region.establishment()];
    const [own, foreign] = [await region.class(mine), await region.class(other)];
    for (const id of [own, foreign]) await state(before, `classes/${id}`, [wished(1, '09:00')]);
    const head = { role: 'head', subject: 'x', uais: [await uaiOf(mine)] } as const;
    const copies = app.get(WishCopyService);
    await expect(copies.copy(head, campaignId, { uais: [await uaiOf(other)] })).rejects.toMatchObject({
      code: 'establishment.not_found',
    });
    expect(await copies.copy(head, campaignId, {})).toMatchObject({ copiedCount: 1 });
    expect((await of(foreign)).items).toEqual([]);
    await app.inject({
      method: 'PUT',
      url: `/v1/campaigns/${campaignId}/wish-period`,
      payload: { closesAt: '2020-01-01T00:00:00Z' },
    });
    expect(await copy()).toMatchObject({ status: 409, code: 'wish.closed' });
    expect(await copy({ lateReason: 'forgotten' })).toMatchObject({ status: 200, copiedCount: 1 });
  });
});
