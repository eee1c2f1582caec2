import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { ACCESS_RULES, type AccessRule, type Reach } from '../../src/access/access.rules';
import type { Grant } from '../../src/access/account.store';
import { KEY_SCOPES } from '../../src/access/actor';
import type { PostMortemDto } from '../../src/crisis/post-mortem.dto';
import { PlanService } from '../../src/plan/plan.service';
import { publishedRegion, type BookableRegion } from '../booking-region';
import { cellAt, draftOf, TESTER } from '../plan-builder';
import { NOBODY, signedInAs, startTestApplication } from '../test-application';

interface Operation {
  operationId: string;
  method: string;
  path: string;
}
interface Caller {
  name: string;
  headers: Readonly<Record<string, string>>;
  reachOf: (rule: AccessRule) => Reach;
}

const file = join(__dirname, '../../openapi/openapi.json');
const contract = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { paths: {} }) as {
  paths: Record<string, Record<string, { operationId: string }>>;
};
const operations: Operation[] = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId }]) => ({ operationId, method: method.toUpperCase(), path })),
);
const NOTHING = 2_000_000_000;
const NO_UUID = '00000000-0000-4000-8000-000000000000';
/** What a read needs beside its path. */
const QUERIES: Record<string, string> = {
  listDeltas: '?after=1.1',
  // refused before it would stream for ever
  streamDeltas: '?after=nothing',
  streamObserved: '?minutes=nothing',
  readClassAvailability: '?date=2026-12-07',
  readEstablishmentAvailability: '?date=2026-12-07&audience=relatives',
};

describe('every operation, called as every role on its own and on another’s data', () => {
  let app: NestFastifyApplication;
  let region: BookableRegion;
  let draftId: number;
  let callers: Caller[];

  beforeAll(async () => {
    app = await startTestApplication();
    region = await publishedRegion(app, [
      { establishment: 0, classIndex: 0, startCell: cellAt(0, 9) },
      { establishment: 1, classIndex: 0, startCell: cellAt(0, 10) },
    ]);
    draftId = await app.get(PlanService).createDraft(TESTER, draftOf(region, []));
    const [department] = await app
      .get(DataSource)
      .query<{ code: string }[]>('select code from territory where id = $1', [region.departmentIds[0]]);
    const territories = [{ code: department!.code, level: 'territory', kinds: ['college'] }] as const;
    const own = region.uais.filter((_uai, i) => i % 2 === 0);
    const grants: Grant[] = [
      { role: 'head', uais: [region.uais[0]!], territories: [] },
      { role: 'inspector', uais: own, territories: [] },
      { role: 'authority', uais: [], territories: [...territories] },
      { role: 'auditor', uais: [], territories: [] },
      { role: 'operator', uais: [], territories: [] },
    ];
    callers = [{ name: 'visitor', headers: NOBODY, reachOf: ({ reach }) => reach.visitor }];
    for (const grant of grants) {
      const headers = await signedInAs(app, grant, `matrix-${grant.role}`);
      callers.push({ name: grant.role, headers, reachOf: ({ reach }) => reach[grant.role] });
    }
    for (const scope of KEY_SCOPES) {
      const payload = { name: scope, scopes: [scope], platformId: region.platformId };
      const { secret } = (await app.inject({ method: 'POST', url: '/v1/keys', payload })).json<{ secret: string }>();
      callers.push({
        name: `key ${scope}`,
        headers: { authorization: `Bearer ${secret}` },
        reachOf: ({ keys }) => (keys.includes(scope) ? 'all' : '-'),
      });
    }
  });
  afterAll(() => app.close());

  /** The address of an operation on establishment 0 (own) or 1 (another's); changes by who may make them aim at nothing. */
  function addressOf({ operationId, path, method }: Operation, at: 0 | 1, isHarmless: boolean, planId: number): string {
    const real = (id: number | string): string => String(isHarmless ? id : NOTHING);
    const target = ACCESS_RULES[operationId]!.target?.split(':')[1];
    const address = path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
      const before = path.slice(0, path.indexOf(`{${name}}`));
      // what the guard looks at is real for changes too: it must refuse before the body does
      if (name === 'uai') return region.uais[at]!;
      if (name === 'classId' || before.endsWith('/classes/'))
        return target === name ? String(region.classIds[at]![0]) : real(region.classIds[at]![0]!);
      if (name === 'windowId') return real(region.windowIds[at]!);
      if (before.endsWith('/plans/')) return real(planId);
      if (before.endsWith('/platforms/')) return real(region.platformId);
      if (before.endsWith('/campaigns/')) return method === 'GET' ? real(region.campaignId) : String(NOTHING);
      return /bookings|holds|answers|links|feeds/.test(before) ? NO_UUID : String(NOTHING);
    });
    if (operationId === 'comparePlans' || operationId === 'listWindowChanges')
      return `/v1/plans/${draftId}${address.slice(address.indexOf('/comparison'))}?with=${region.planId}`;
    return address + (QUERIES[operationId] ?? '');
  }

  async function statusOf(
    operation: Operation,
    headers: Readonly<Record<string, string>>,
    at: 0 | 1,
    planId = region.planId,
  ) {
    const isRead = operation.method === 'GET';
    // an address is made without a body and may exist once only
    if (/^(create|delete|replace)\w+Feed$/.test(operation.operationId)) {
      await app.get(DataSource).query('delete from feed');
      const url = addressOf(operation, at, isRead, planId).replace(/\/replacement$/, '');
      if (!operation.operationId.startsWith('create')) await app.inject({ method: 'POST', url });
    }
    const answer = await app.inject({
      method: operation.method as 'GET',
      url: addressOf(operation, at, isRead, planId),
      headers: { ...headers },
      ...(isRead || operation.method === 'DELETE' ? {} : { payload: { unknownField: true } }),
    });
    return answer.statusCode;
  }

  it('answers as the table says', async () => {
    const wrong: string[] = [];
    const report: string[] = [];
    const operator = callers.find(({ name }) => name === 'operator')!;
    for (const operation of operations) {
      const { operationId, method } = operation;
      if (operationId === 'endSession') continue;
      const rule = ACCESS_RULES[operationId]!;
      const cells: string[] = [];
      // what only machines may do is compared with a machine
      const able = callers.find((caller) => caller.reachOf(rule) === 'all') ?? operator;
      const reference = operator.reachOf(rule) === '-' ? able : operator;
      const expected = [
        await statusOf(operation, reference.headers, 0),
        await statusOf(operation, reference.headers, 1),
      ];
      for (const caller of callers) {
        const reach = caller.reachOf(rule);
        const refused = caller.name === 'visitor' ? 401 : 403;
        const got = [await statusOf(operation, caller.headers, 0), await statusOf(operation, caller.headers, 1)];
        const guarded = rule.target !== 'service' && rule.target !== undefined;
        const want = reach === '-' ? [refused, refused] : reach === 'own' && guarded ? [expected[0], 404] : expected;
        if (got.join() !== want.join())
          wrong.push(`${operationId} as ${caller.name}: ${got.join()}, not ${want.join()}`);
        if (reach === 'published' && guarded) {
          const draft = await statusOf(operation, caller.headers, 0, draftId);
          if (draft !== 404) wrong.push(`${operationId} as ${caller.name} on a draft: ${draft}, not 404`);
        }
        cells.push(reach.padEnd(9));
      }
      if (expected.some((status) => status >= 500)) wrong.push(`${operationId}: ${expected.join()}`);
      report.push(`${method.padEnd(6)} ${operationId.padEnd(30)} ${cells.join(' ')}`);
    }
    const header = `${'operation'.padEnd(37)} ${callers.map(({ name }) => name.padEnd(9)).join(' ')}`;
    process.stdout.write(`\n${header}\n${report.join('\n')}\n`);
    expect(wrong).toEqual([]);
    // some two thousand requests, on a machine that may have other work
  }, 600_000);

  const as = (name: string): Record<string, string> => ({ ...callers.find((caller) => caller.name === name)!.headers });

  it('gives rows of one’s own establishments only', async () => {
    for (const [name, uais] of [
      ['head', [region.uais[0]]],
      ['inspector', [region.uais[0]]],
      ['authority', [region.uais[0]]],
      ['auditor', region.uais.slice(0, 2)],
      ['operator', region.uais.slice(0, 2)],
    ] as const) {
      const url = `/v1/plans/${region.planId}/windows`;
      const page = await app.inject({ url, headers: as(name) });
      expect([name, page.json<{ items: { uai: string }[] }>().items.map(({ uai }) => uai)]).toEqual([name, uais]);
      const lines = await app.inject({ url: `${url}?format=ndjson`, headers: as(name) });
      expect(lines.body.trimEnd().split('\n')).toHaveLength(uais.length);
      if (name === 'head' || name === 'inspector') continue;
      const changes = await app.inject({
        url: `/v1/plans/${draftId}/comparison/windows?with=${region.planId}`,
        headers: as(name),
      });
      expect([name, changes.json<{ items: { uai: string }[] }>().items.map(({ uai }) => uai)]).toEqual([name, uais]);
    }
  });

  it('hides drafts from those who neither prepare nor approve them', async () => {
    const plans = async (name: string): Promise<string[]> =>
      (await app.inject({ url: '/v1/plans', headers: as(name) }))
        .json<{ items: { state: string }[] }>()
        .items.map(({ state }) => state);
    expect(await plans('head')).toEqual(['published']);
    expect(await plans('authority')).toEqual(['published', 'draft']);
  });

  it('books no window of another, though it is public where they are', async () => {
    const book = async (name: string, at: 0 | 1): Promise<number> =>
      (
        await app.inject({
          method: 'POST',
          url: '/v1/bookings',
          headers: { ...as(name), 'idempotency-key': `${name}-${at}`, 'if-match': '"999"' },
          payload: { operation: 'release', windowId: region.windowIds[at] },
        })
      ).statusCode;
    for (const name of ['head', 'inspector'])
      expect([await book(name, 1), (await book(name, 0)) === 403]).toEqual([403, false]);
    for (const name of ['authority', 'auditor', 'key windows']) expect(await book(name, 0)).toBe(403);
  });

  it('lets no authority look back on a platform for which others answer too, nor write over what they found', async () => {
    const departments = await app
      .get(DataSource)
      .query<{ code: string }[]>('select code from territory where id = any($1)', [region.departmentIds]);
    const territories = departments.map(({ code }) => ({
      code,
      level: 'territory' as const,
      kinds: ['college' as const],
    }));
    const whole = await signedInAs(app, { role: 'authority', uais: [], territories }, 'matrix-whole');
    const url = `/v1/platforms/${region.platformId}/post-mortems`;
    const day = new Date().toISOString().slice(0, 10);
    const make = async (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url, headers, payload: { firstDate: day } });
    const told = await make(as('authority'));
    expect([told.statusCode, told.json<{ code: string }>().code]).toEqual([409, 'protection.not_concerned']);
    const made = await make(whole);
    expect(made.statusCode).toBe(201);
    const { id, revision } = made.json<PostMortemDto>();
    const write = async (headers: Record<string, string>) =>
      app.inject({
        method: 'PUT',
        url: `${url}/${id}`,
        headers,
        payload: { revision, summary: 'rien', causes: [], improvements: [] },
      });
    expect((await write(as('authority'))).statusCode).toBe(409);
    expect((await app.inject({ url: `${url}/${id}`, headers: as('authority') })).json<PostMortemDto>().revision).toBe(
      revision,
    );
    expect((await write(whole)).statusCode).toBe(200);
  });

  it('changes nothing at a role that was taken away: the next request knows', async () => {
    const headers = await signedInAs(app, { role: 'operator', uais: [], territories: [] }, 'demoted');
    const status = async (): Promise<number> => (await app.inject({ url: '/v1/keys', headers })).statusCode;
    expect(await status()).toBe(200);
    await app.get(DataSource).query(`update account set role = 'head' where subject = 'demoted'`);
    expect(await status()).toBe(403);
  });
});
