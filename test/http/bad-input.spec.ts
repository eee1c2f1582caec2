import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { TESTER } from '../plan-builder';
import { AllocationService } from '../../src/allocation/allocation.service';
import type { ImportLinePageDto, ImportReportDto } from '../../src/directory/import.dto';
import { checkLetterOf } from '../../src/directory/uai.rules';
import type { PlanCertificate } from '../../src/plan/plan-certificate';
import { SmallRegion } from '../small-region';
import { signedInAs, startTestApplication } from '../test-application';

const uaiOf = (digits: string): string => digits + checkLetterOf(digits);
const SCHOOL = uaiOf('0590001');
const WRONG_LETTER = `0590001${SCHOOL.endsWith('A') ? 'B' : 'A'}`;
const OFFICIAL = {
  rentree_scolaire: '2026',
  numero_ecole: SCHOOL,
  denomination_principale: 'ECOLE PRIMAIRE PUBLIQUE',
  patronyme: 'JEAN MOULIN',
  secteur: 'PUBLIC',
  code_departement: '59',
  commune: 'LILLE',
  nombre_total_classes: 1,
  nombre_total_eleves: 25,
  nombre_eleves_cp_hors_ulis: 25,
};

type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

/** Fields of a body for which the contract has no null. */
function neverNullOf({ components }: OpenAPIObject, schema: Schema): string[] {
  const whole = '$ref' in schema ? components!.schemas![schema.$ref.split('/').at(-1)!]! : schema;
  const properties = 'properties' in whole ? Object.entries(whole.properties ?? {}) : [];
  return properties.filter(([, property]) => !('nullable' in property && property.nullable)).map(([name]) => name);
}

describe('what is wrong with a request or a file', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
  });
  afterAll(() => app.close());

  const post = async <T>(url: string, payload: object) => {
    const answer = await app.inject({ method: 'POST', url: `/v1${url}`, payload });
    return { status: answer.statusCode, body: answer.json<T>() };
  };

  it.each([
    [{ name: 'nul \u0000' }, 'name'],
    [{ name: 'half \ud800' }, 'name'],
    [{ 'half \ud800': 1 }, 'body'],
  ])('is told of a text that no database can hold: %j', async (wrong, property) => {
    const platform = { code: 'no-text', name: 'No text', timeZone: 'Europe/Paris', headroomPerMille: 100, reason: 'x' };
    const answer = await post('/platforms', { ...platform, ...wrong });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect((answer.body as { errors: string[] }).errors[0]).toContain(property);
  });

  describe('in a file', () => {
    const send = async (query: string, payload: string | Buffer, type = 'text/csv') => {
      const headers = { 'content-type': type };
      const answer = await app.inject({ method: 'POST', url: `/v1/imports?${query}`, payload, headers });
      return { status: answer.statusCode, body: answer.json<ImportReportDto & { code?: string }>() };
    };
    const linesOf = async (report: ImportReportDto) => {
      const page = await app.inject({ url: `/v1/imports/${report.id}/lines` });
      return page
        .json<ImportLinePageDto>()
        .items.map(({ lineNumber, severity, field, code }) => [lineNumber, severity, field, code]);
    };

    it('is told record by record for official figures: a wrong UAI letter, a negative headcount', async () => {
      const records = [
        { ...OFFICIAL, numero_ecole: WRONG_LETTER },
        { ...OFFICIAL, nombre_eleves_cp_hors_ulis: -25 },
        OFFICIAL,
      ];
      const { status, body } = await send('kind=official-schools', JSON.stringify(records), 'application/octet-stream');
      expect([status, body.refusedLineCount, body.establishments.createdCount]).toEqual([201, 2, 1]);
      expect(await linesOf(body)).toEqual([
        [1, 'refused', 'numero_ecole', 'uai_check_letter'],
        [2, 'refused', 'nombre_eleves_cp_hors_ulis', 'headcount_negative'],
      ]);
      expect(body.lines[0]!.message).toContain(SCHOOL);
    });

    it('is told line by line for a roster: a wrong UAI letter, an unknown level, a negative headcount', async () => {
      const roster = [
        'uai;classe;niveau;effectif;enseignants',
        `${WRONG_LETTER};CP;CP;24;`,
        `${SCHOOL};CE1;NIVEAU 12;24;`,
        `${SCHOOL};CE2;CE2;-3;`,
        `${SCHOOL};CM1;CM1;24;`,
      ].join('\n');
      const { status, body } = await send('kind=roster&schoolYear=2026-2027', roster);
      expect([status, body.refusedLineCount, body.classes.createdCount]).toEqual([201, 3, 1]);
      expect(await linesOf(body)).toEqual([
        [2, 'refused', 'uai', 'uai_check_letter'],
        [3, 'refused', 'niveau', 'level_unknown'],
        [4, 'refused', 'effectif', 'headcount_negative'],
      ]);
    });

    it('refuses all of it where it cannot be read to its end: a truncated gzip, two gigabytes in one packed line', async () => {
      const packed = gzipSync(JSON.stringify(Array.from({ length: 500 }, () => OFFICIAL)));
      const cut = await send('kind=official-schools', packed.subarray(0, packed.length / 2), 'application/gzip');
      expect(cut).toMatchObject({ status: 422, body: { code: 'import.gzip_truncated' } });
      // members of a gzip follow each other: two gigabytes in two megabytes
      const megabytes = gzipSync(Buffer.alloc(16 * 1_048_576, 'x'));
      const line = Buffer.concat([gzipSync('uai;classe;niveau;effectif\n'), ...Array<Buffer>(128).fill(megabytes)]);
      const before = process.memoryUsage().rss;
      const endless = await send('kind=roster&schoolYear=2026-2027', line, 'application/gzip');
      expect(endless).toMatchObject({ status: 422, body: { code: 'import.record_too_large' } });
      expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
    });
  });

  describe('in the capacity: none at all', () => {
    /** A collège whose campaign finds this capacity. */
    const allocated = async (code: string, prepare: (region: SmallRegion) => Promise<unknown>) => {
      const region = await SmallRegion.make(database, code);
      const college = await region.establishment();
      for (let k = 0; k < 3; k++) await region.class(college);
      await prepare(region);
      const campaign = await post<{ id: number }>('/campaigns', {
        name: 'Semaine',
        platformId: region.platformId,
        startsOn: '2026-11-30',
        endsOn: '2026-12-04',
        preset: 'remote-week-secondary',
        catchUp: null,
      });
      expect(campaign.status).toBe(201);
      const allocations = app.get(AllocationService);
      const { planId } = await allocations.wait(await allocations.request(TESTER, campaign.body.id));
      const certificate = (await app.inject({ url: `/v1/plans/${planId}/certificate` })).json<PlanCertificate>();
      const unplaced = (await app.inject({ url: `/v1/plans/${planId}/unplaced?limit=500` })).json<{
        items: { reason: string; neededSessions: number; neededLogins: number }[];
      }>();
      return { certificate, unplaced: unplaced.items };
    };

    it('is refused as a declared step', async () => {
      const { platformId } = await SmallRegion.make(database, 'no-step');
      const step = {
        startsAt: '2026-09-01T00:00:00+02:00',
        concurrentSessions: 1000,
        loginsPerMinute: 100,
        reason: 'x',
      };
      for (const zero of [{ concurrentSessions: 0 }, { loginsPerMinute: 0 }]) {
        const answer = await post(`/platforms/${platformId}/capacity-steps`, { ...step, ...zero });
        expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
      }
    });

    it.each<[string, (region: SmallRegion) => Promise<unknown>]>([
      [
        'because of a regulation that leaves nothing',
        ({ platformId }) =>
          post(`/platforms/${platformId}/regulations`, {
            startsAt: '2026-11-29T00:00:00Z',
            endsAt: '2026-12-06T00:00:00Z',
            sessionsPerMille: 0,
            loginsPerMille: 0,
            reason: 'closed',
          }),
      ],
      [
        'because no step was declared',
        ({ platformId }) => database.query('delete from capacity_step where platform_id = $1', [platformId]),
      ],
    ])('places no window and lists each with its reason and need, %s', async (why, prepare) => {
      const { certificate, unplaced } = await allocated(why.includes('step') ? 'stepless' : 'regulated', prepare);
      // three classes with nine windows, relatives with five
      expect(certificate).toMatchObject({ windowCount: 0, unplacedCount: 32, violationCount: 0 });
      expect(unplaced).toHaveLength(32);
      for (const { reason, neededSessions, neededLogins } of unplaced) {
        expect(reason).toMatch(/full/);
        expect(neededSessions + neededLogins).toBeGreaterThan(0);
      }
      for (const ratio of [certificate.peakUtilisationRatio, certificate.peakLowerBoundRatio])
        expect(Number.isFinite(ratio)).toBe(true);
    });
  });

  it('is named for every request with a body that has a field nobody knows, or null in one for which the contract has none', async () => {
    const contract = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as OpenAPIObject;
    const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
      (['post', 'put', 'patch'] as const).flatMap((method) => {
        const body = item[method]?.requestBody;
        if (!body || !('content' in body) || !('application/json' in body.content)) return [];
        const uuids = (item[method]?.parameters ?? []).filter(
          (parameter) =>
            'name' in parameter &&
            parameter.schema &&
            'format' in parameter.schema &&
            parameter.schema.format === 'uuid',
        );
        const neverNull = neverNullOf(contract, body.content['application/json'].schema!);
        return [
          { method, path, neverNull, uuids: uuids.map((parameter) => ('name' in parameter ? parameter.name : '')) },
        ];
      }),
    );
    expect(operations.length).toBeGreaterThan(8);
    // what agents report is asked with the key of a gateway, an authority's word as an authority, everything else as an operator
    const { platformId } = await SmallRegion.make(database, 'gateway');
    const key = { name: 'gateway', scopes: ['gateway'], platformId, days: 1 };
    const { secret } = (await app.inject({ method: 'POST', url: '/v1/keys', payload: key })).json<{ secret: string }>();
    const authority = await signedInAs(app, { role: 'authority', uais: [], territories: [] });
    for (const { method, path, neverNull, uuids } of operations) {
      const url = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => (uuids.includes(name) ? randomUUID() : '1'));
      const payload = { colour: 'blue', ...Object.fromEntries(neverNull.map((name) => [name, null])) };
      const isOfGateway = url.startsWith('/v1/gateways/') && url !== '/v1/gateways/keys';
      const isOfAuthority = /^\/v1\/campaigns\/\d+\/approval$/.test(url);
      const headers = isOfGateway ? { authorization: `Bearer ${secret}` } : isOfAuthority ? authority : {};
      const answer = await app.inject({ method: method === 'put' ? 'PUT' : 'POST', url, payload, headers });
      expect([url, answer.statusCode, answer.headers['content-type']]).toEqual([
        url,
        400,
        expect.stringContaining('application/problem+json'),
      ]);
      expect(answer.json<{ code: string; errors: string[] }>()).toMatchObject({
        code: 'request.invalid',
        errors: expect.arrayContaining(
          ['colour', ...neverNull].map((name) => expect.stringContaining(name) as string),
        ) as string[],
      });
    }
  });
});
