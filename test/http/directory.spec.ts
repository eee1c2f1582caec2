import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { ClassPageDto, EstablishmentPageDto, TerritoryPageDto } from '../../src/directory/directory.dto';
import type { EstablishmentRow } from '../../src/directory/directory-rows';
import { DirectoryStore } from '../../src/directory/directory.store';
import { checkLetterOf } from '../../src/directory/uai.rules';
import { startTestApplication } from '../test-application';

const uaiOf = (digits: string): string => digits + checkLetterOf(digits);
const establishment = (digits: string, fields: Partial<EstablishmentRow>): EstablishmentRow => ({
  uai: uaiOf(digits),
  name: 'École',
  kind: 'primaire',
  sector: 'public',
  priorityEducation: 'none',
  departmentCode: '59',
  communeCode: null,
  communeName: 'Lille',
  latitude: null,
  longitude: null,
  telephone: null,
  structureExternalId: null,
  openHalfDays: 975,
  simultaneousWindowLimit: null,
  source: 'test',
  ...fields,
});
const LILLE = uaiOf('0590001');
const ROUBAIX = uaiOf('0590002');
const AMIENS = uaiOf('0800001');
const REUNION = uaiOf('9740001');

describe('reading the directory', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await startTestApplication();
    const store = app.get(DirectoryStore);
    await app.get<DataSource>(getDataSourceToken()).transaction(async (tx) => {
      await store.ensureTerritories(tx, ['59', '80', '974']);
      await store.insertEstablishments(tx, [
        establishment('0590001', {
          name: "École Élémentaire de l'Œuvre",
          latitude: 50.6292,
          longitude: 3.0573,
          kind: 'elementaire',
          structureExternalId: '77',
        }),
        establishment('0590002', {
          name: 'Collège Anne Frank',
          communeName: 'Roubaix',
          kind: 'college',
          latitude: 50.6942,
          longitude: 3.1746,
        }),
        establishment('0800001', {
          name: 'Lycée 100%',
          communeName: 'Amiens',
          kind: 'lycee_gt',
          departmentCode: '80',
          latitude: 49.8941,
          longitude: 2.2958,
        }),
        establishment('9740001', {
          name: 'Collège Bourbon',
          communeName: 'Saint-Denis',
          kind: 'college',
          departmentCode: '974',
        }),
      ]);
      const division = {
        uai: LILLE,
        kind: 'division',
        entClassName: null,
        optionSet: null,
        isDerived: false,
        source: 'test',
      } as const;
      await store.insertClasses(tx, [
        { ...division, schoolYear: '2025-2026', code: 'CP', levels: ['CP'], headcount: 20 },
        { ...division, schoolYear: '2026-2027', code: 'CP', levels: ['GS', 'CP'], headcount: 24 },
        {
          ...division,
          schoolYear: '2026-2027',
          code: 'CE1',
          levels: ['CE1'],
          headcount: 25,
          entClassName: 'CE1 rouge',
        },
        {
          ...division,
          schoolYear: '2026-2027',
          code: 'G1',
          levels: ['CE1'],
          headcount: 9,
          kind: 'group',
          optionSet: 'LV',
        },
      ]);
      await store.insertGroupSources(tx, [{ uai: LILLE, schoolYear: '2026-2027', groupCode: 'G1', classCode: 'CE1' }]);
    });
  });
  afterAll(() => app.close());

  const get = async (url: string) => {
    const answer = await app.inject({ url });
    return { status: answer.statusCode, body: answer.json<unknown>(), headers: answer.headers };
  };
  const uais = async (query: string): Promise<string[]> =>
    ((await get(`/v1/establishments?${query}`)).body as EstablishmentPageDto).items.map(({ uai }) => uai);

  it('lists territories with what they belong to, page by page', async () => {
    const first = (await get('/v1/territories?limit=5')).body as TerritoryPageDto;
    const second = (await get(`/v1/territories?limit=5&cursor=${first.nextCursor}`)).body as TerritoryPageDto;
    const all = [...first.items, ...second.items];
    expect(all.map(({ code }) => code).sort()).toEqual(['59', '80', '974', 'A09', 'A20', 'A28', 'R04', 'R32']);
    const nord = all.find(({ code }) => code === '59')!;
    expect(all.find(({ id }) => id === nord.parentId)).toMatchObject({ code: 'A09', kind: 'academy', name: 'Lille' });
    expect(second.nextCursor).toBeNull();
  });

  it('finds establishments by territory of any rank, by code or id', async () => {
    expect(await uais('territory=R32')).toEqual([LILLE, ROUBAIX, AMIENS]);
    expect(await uais('territory=A20')).toEqual([AMIENS]);
    expect(await uais('territory=59')).toEqual([LILLE, ROUBAIX]);
    const { items } = (await get('/v1/territories')).body as TerritoryPageDto;
    const reunion = items.find(({ code }) => code === 'R04')!;
    expect(await uais(`territory=${reunion.id}`)).toEqual([REUNION]);
    expect(await get('/v1/establishments?territory=nowhere')).toMatchObject({
      status: 404,
      body: { code: 'territory.not_found' },
    });
  });

  it('finds them by kind and by text without capitals or accents, wildcards meaning themselves', async () => {
    expect(await uais('kind=college')).toEqual([ROUBAIX, REUNION]);
    expect(await uais('kind=college,lycee_gt')).toEqual([ROUBAIX, AMIENS, REUNION]);
    expect(await uais('kind=college&kind=lycee_gt')).toEqual([ROUBAIX, AMIENS, REUNION]);
    expect(await uais('text=ELEMENTAIRE')).toEqual([LILLE]);
    expect(await uais(`text=${encodeURIComponent("l'œuvre")}`)).toEqual([LILLE]);
    expect(await uais('text=oeuvre')).toEqual([LILLE]);
    expect(await uais('text=roubaix')).toEqual([ROUBAIX]);
    expect(await uais(`text=${AMIENS.toLowerCase()}`)).toEqual([AMIENS]);
    expect(await uais(`text=${encodeURIComponent('100%')}`)).toEqual([AMIENS]);
    expect(await uais(`text=${encodeURIComponent('%')}`)).toEqual([AMIENS]);
    expect(await uais('text=_')).toEqual([]);
  });

  it('lists those near a point by their distance, page by page', async () => {
    expect(await uais('near=50.6292,3.0573')).toEqual([LILLE, ROUBAIX]);
    expect(await uais('near=50.69,3.17&radiusKilometres=2')).toEqual([ROUBAIX]);
    const first = (await get('/v1/establishments?near=50.70,3.17&radiusKilometres=200&limit=2'))
      .body as EstablishmentPageDto;
    expect(first.items.map(({ uai }) => uai)).toEqual([ROUBAIX, LILLE]);
    expect(first.items[1]!.distanceMetres).toBeGreaterThan(10_500);
    expect(first.items[1]!.distanceMetres).toBeLessThan(11_500);
    const second = (
      await get(`/v1/establishments?near=50.70,3.17&radiusKilometres=200&limit=2&cursor=${first.nextCursor}`)
    ).body as EstablishmentPageDto;
    expect(second).toMatchObject({ items: [{ uai: AMIENS }], nextCursor: null });
    for (const near of ['lille', '95,3', '1,2,3', '50,181'])
      expect((await get(`/v1/establishments?near=${near}`)).status).toBe(400);
  });

  it('pages by UAI and refuses a cursor of its own making', async () => {
    const seen: string[] = [];
    for (let url = '/v1/establishments?limit=1'; ;) {
      const page = (await get(url)).body as EstablishmentPageDto;
      seen.push(...page.items.map(({ uai }) => uai));
      if (page.nextCursor === null) break;
      url = `/v1/establishments?limit=1&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual([LILLE, ROUBAIX, AMIENS, REUNION]);
    expect(await get('/v1/establishments?cursor=nonsense')).toMatchObject({
      status: 400,
      body: { code: 'page.cursor_invalid' },
    });
    for (const query of ['limit=0', 'limit=501', 'kind=university', 'colour=blue', 'text='])
      expect((await get(`/v1/establishments?${query}`)).status).toBe(400);
  });

  it('gives one establishment, with a validator that saves sending it again', async () => {
    const { status, body, headers } = await get(`/v1/establishments/${LILLE.toLowerCase()}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      uai: LILLE,
      departmentCode: '59',
      timeZone: 'Europe/Paris',
      holidayZone: 'B',
      structureExternalId: '77',
    });
    const again = await app.inject({
      url: `/v1/establishments/${LILLE.toLowerCase()}`,
      headers: { 'if-none-match': headers.etag as string },
    });
    expect(again.statusCode).toBe(304);
  });

  it('refuses a UAI with a wrong letter and says the right one; an unknown one is not found', async () => {
    const wrong = LILLE.slice(0, 7) + (LILLE.endsWith('Z') ? 'A' : 'Z');
    for (const path of ['', '/classes'])
      expect(await get(`/v1/establishments/${wrong}${path}`)).toMatchObject({
        status: 400,
        body: { code: 'directory.uai_check_letter', expected: LILLE },
      });
    expect(await get('/v1/establishments/lycee')).toMatchObject({
      status: 400,
      body: { code: 'directory.uai_malformed' },
    });
    expect(await get(`/v1/establishments/${uaiOf('0599999')}`)).toMatchObject({
      status: 404,
      body: { code: 'establishment.not_found' },
    });
  });

  it('lists classes of the latest school year, or of the one asked for', async () => {
    const page = (await get(`/v1/establishments/${LILLE}/classes`)).body as ClassPageDto;
    expect(page.items).toMatchObject([
      { code: 'CE1', levels: ['CE1'], levelGroup: 'elementary', headcount: 25, entClassKey: '77$CE1 rouge' },
      { code: 'CP', levels: ['GS', 'CP'], levelGroup: 'elementary', entClassKey: '77$CP', schoolYear: '2026-2027' },
      { code: 'G1', kind: 'group', optionSet: 'LV', groupSourceCodes: ['CE1'], teacherCount: 0 },
    ]);
    const first = (await get(`/v1/establishments/${LILLE}/classes?limit=2`)).body as ClassPageDto;
    const second = (await get(`/v1/establishments/${LILLE}/classes?limit=2&cursor=${first.nextCursor}`))
      .body as ClassPageDto;
    expect([...first.items, ...second.items].map(({ code }) => code)).toEqual(['CE1', 'CP', 'G1']);
    const past = (await get(`/v1/establishments/${LILLE}/classes?schoolYear=2025-2026`)).body as ClassPageDto;
    expect(past.items).toMatchObject([{ code: 'CP', headcount: 20 }]);
    expect((await get(`/v1/establishments/${LILLE}/classes?schoolYear=2025-2027`)).status).toBe(400);
    expect((await get(`/v1/establishments/${ROUBAIX}/classes`)).body).toEqual({ items: [], nextCursor: null });
  });
});
