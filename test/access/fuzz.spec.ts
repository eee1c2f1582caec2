import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import type { Grant } from '../../src/access/account.store';
import { KEY_SCOPES, type Actor } from '../../src/access/actor';
import { BookingService, type BookingHeaders } from '../../src/booking/booking.service';
import { SwapService } from '../../src/exchange/swap.service';
import { PlanService } from '../../src/plan/plan.service';
import { publishedRegion, standStillAt, type BookableRegion } from '../booking-region';
import { cellAt, draftOf, TESTER } from '../plan-builder';
import { NOBODY, signedInAs, startTestApplication } from '../test-application';
import { RequestMaker, type AnyRequest, type Contract } from './any-request';
import { ContractCheck } from './contract-check';

/**
 * A share of the run in each `npm test`, always the same, so that a change is not accepted or refused by chance; FUZZ_REQUESTS=20000 makes the
 * whole run, FUZZ_SEED another one.
 */
const REQUEST_COUNT = Number(process.env.FUZZ_REQUESTS ?? 500);
const SEED = Number(process.env.FUZZ_SEED ?? 2026);
const PATIENCE_MILLISECONDS = 60_000;
const BATCH = 200;
const AT_ONCE = 8;

const SCHOOL_CANARY = 'canary-of-another-school';
const PLATFORM_CANARY = 'canary-of-the-platform';
const SWAP_ID = '00000000-0000-4000-8000-00000000005a';
const WAITING_ID = '00000000-0000-4000-8000-00000000003a';

const file = join(__dirname, '../../openapi/openapi.json');
const contract = (
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { paths: {}, components: {} }
) as Contract;
const names = Object.values(contract.paths)
  .flatMap((methods) => Object.values(methods))
  .map(({ operationId }) => operationId)
  // it would sign the caller out; test/http/sign-in.spec.ts has it
  .filter((name) => name !== 'endSession');

/** Answers that go on until somebody leaves, or wait for news. */
const ENDLESS = new Set([
  'listDeltas',
  ...Object.values(contract.paths)
    .flatMap((methods) => Object.values(methods))
    .filter(({ responses }) => responses['200']?.content?.['text/event-stream'] !== undefined)
    .map(({ operationId }) => operationId),
]);

interface Caller {
  name: string;
  headers: Readonly<Record<string, string>>;
  /** What must never be in an answer to this caller. */
  unseen: readonly string[];
}

describe('any request that the contract allows, and some that it does not', () => {
  let app: NestFastifyApplication;
  let region: BookableRegion;
  let draftId: number;
  let callers: Caller[];
  let territories: { id: number; code: string }[];

  beforeAll(async () => {
    app = await startTestApplication();
    region = await publishedRegion(app, [
      { establishment: 0, classIndex: 0, startCell: cellAt(0, 9) },
      { establishment: 1, classIndex: 0, startCell: cellAt(0, 10) },
      { establishment: 3, classIndex: 0, startCell: cellAt(0, 14) },
    ]);
    draftId = await app.get(PlanService).createDraft(TESTER, draftOf(region, []));
    const database = app.get(DataSource);
    territories = await database.query('select id, code from territory order by id');
    const department = territories.find(({ id }) => id === region.departmentIds[0])!;
    const grants: Grant[] = [
      { role: 'head', uais: [region.uais[0]!], territories: [] },
      { role: 'inspector', uais: region.uais.filter((_uai, i) => i % 2 === 0), territories: [] },
      { role: 'authority', uais: [], territories: [{ code: department.code, level: 'territory', kinds: ['college'] }] },
      { role: 'auditor', uais: [], territories: [] },
      { role: 'operator', uais: [], territories: [] },
    ];
    callers = [{ name: 'visitor', headers: NOBODY, unseen: [SCHOOL_CANARY, PLATFORM_CANARY] }];
    for (const grant of grants) {
      const seesAll = grant.role === 'auditor' || grant.role === 'operator';
      const headers = await signedInAs(app, grant, `fuzz-${grant.role}`);
      callers.push({ name: grant.role, headers, unseen: seesAll ? [] : [SCHOOL_CANARY, PLATFORM_CANARY] });
    }
    for (const scope of KEY_SCOPES) {
      const payload = { name: scope, scopes: [scope], platformId: region.platformId };
      const { secret } = (await app.inject({ method: 'POST', url: '/v1/keys', payload })).json<{ secret: string }>();
      const headers = { authorization: `Bearer ${secret}` };
      callers.push({ name: `key ${scope}`, headers, unseen: [SCHOOL_CANARY, PLATFORM_CANARY] });
    }
    // who may do more is asked more often
    const [head, operator] = ['head', 'operator'].map((name) => callers.find((caller) => caller.name === name)!);
    callers.push(head!, head!, operator!, operator!, operator!, operator!, operator!, operator!);
    await plantCanaries(database);
  });
  afterAll(() => app.close());

  /** What the second school alone, and what operators and auditors alone may read. */
  async function plantCanaries(database: DataSource): Promise<void> {
    await database.query(
      `insert into wish (campaign_id, class_id, kind, weekday, start_minute, reason, origin)
         values ($1, $2, 'wished', 1, 540, $3, 'head')`,
      [region.campaignId, region.classIds[1]![0], SCHOOL_CANARY],
    );
    await database.query(
      `insert into delegation (uai, issuer, subject, delegated_by, ends_at) values ($1, 'https://x.invalid', $2, $2, now() + interval '300 days')`,
      [region.uais[1], SCHOOL_CANARY],
    );
    await database.query(
      `insert into audit_entry (role, subject, action, thing, thing_key, uai, reason) values ('head', $1, 'wish.replace', 'class', '1', $2, $1)`,
      [PLATFORM_CANARY, region.uais[1]],
    );
    // of schools that no caller answers for: a window that was moved, a swap between two of them, a place that is waited for
    const [, windowId, withWindowId] = region.windowIds as [number, number, number];
    const headers = (): BookingHeaders => ({ idempotencyKey: randomUUID(), ifMatch: '"1"' });
    const there: Actor = { role: 'head', subject: PLATFORM_CANARY, uais: [region.uais[1]!] };
    const reason = SCHOOL_CANARY;
    standStillAt('2026-11-30T08:00:00+01:00');
    try {
      const move = { operation: 'move', windowId, startsAt: '2026-12-07T11:00:00+01:00', reason } as const;
      const { changes } = await app.get(BookingService).book(there, move, headers());
      const mine = { idempotencyKey: randomUUID(), ifMatch: `"${changes[0]!.revision}"` };
      const swap = await app.get(SwapService).propose(there, { windowId, withWindowId, withRevision: 1, reason }, mine);
      await database.query('update swap_proposal set id = $2 where id = $1', [swap.id, SWAP_ID]);
    } finally {
      jest.useRealTimers();
    }
    await database.query(
      `insert into waiting_entry (id, platform_id, establishment_id, request, takes_automatically, cells, asked_by, reason, waits_until)
         values ($1, $2, $3, $4, false, '{}', $5, $5, now() + interval '300 days')`,
      [
        WAITING_ID,
        region.platformId,
        region.establishmentIds[1],
        JSON.stringify({ operation: 'move', windowId, startsAt: '2026-12-07T12:00:00+01:00' }),
        SCHOOL_CANARY,
      ],
    );
    const made = await app.inject({
      method: 'POST',
      url: `/v1/platforms/${region.platformId}/webhooks`,
      payload: { url: `https://${PLATFORM_CANARY}.example.org/` },
    });
    const key = await app.inject({
      method: 'POST',
      url: '/v1/keys',
      payload: { name: PLATFORM_CANARY, scopes: ['metrics'] },
    });
    expect([made.statusCode, key.statusCode]).toEqual([201, 201]);
  }

  const known = (name: string, path: string): readonly unknown[] => {
    const before = path.slice(0, path.indexOf(`{${name}}`));
    if (name === 'uai' || name === 'uais') return [region.uais[0], region.uais[1], '0000000A'];
    if (name === 'classId' || before.endsWith('/classes/')) return [region.classIds[0]![0], region.classIds[1]![0]];
    if (name === 'windowId') return [region.windowIds[0], region.windowIds[1]];
    if (name === 'planId' || name === 'with' || before.endsWith('/plans/')) return [region.planId, draftId];
    if (name === 'platformId' || before.endsWith('/platforms/')) return [region.platformId];
    if (name === 'campaignId' || before.endsWith('/campaigns/')) return [region.campaignId];
    if (name === 'territoryId' || name === 'departmentId') return territories.map(({ id }) => id);
    if (/territory|department/.test(name)) return territories.map(({ code }) => code);
    if (name === 'id' && before.includes('/swaps/')) return [SWAP_ID];
    if (name === 'id' && before.includes('/waiting-list/')) return [WAITING_ID];
    if (name === 'id') return [1, 2, '00000000-0000-4000-8000-000000000000'];
    if (name === 'date' || name.endsWith('On')) return ['2026-12-07', '2026-12-08'];
    if (name === 'startsAt') return ['2026-12-07T10:00:00+01:00', '2026-12-08T09:30:00Z'];
    if (name === 'if-match') return ['"1"', '"0"', '*'];
    if (name === 'after') return [0, '1.1', '1.0'];
    if (name === 'schoolYear') return ['2026-2027'];
    if (name === 'headcount') return [25];
    // nobody waits here for news
    if (name === 'wait' || name === 'waitSeconds') return [0];
    return [];
  };

  const answerOf = (request: AnyRequest) => {
    const end = AbortSignal.timeout(ENDLESS.has(request.operation.operationId) ? 200 : PATIENCE_MILLISECONDS);
    return app.inject({
      method: request.method as 'GET',
      url: request.url,
      headers: { ...request.headers, ...callers[request.caller]!.headers },
      signal: end,
      ...(request.payload !== undefined && { payload: request.payload as string }),
    });
  };

  it(`is answered as the contract says, without a 5xx and without another's data (${REQUEST_COUNT} requests, seed ${SEED})`, async () => {
    const check = new ContractCheck(contract);
    const any = new RequestMaker(contract, known).any(names, callers.length);
    const wrong = new Map<string, string>();
    const statuses = new Map<string, number>();
    const asked = new Set<string>();
    const begun = performance.now();
    for (let done = 0; done < REQUEST_COUNT; done += BATCH) {
      const requests = fc.sample(any, { numRuns: Math.min(BATCH, REQUEST_COUNT - done), seed: SEED + done });
      // some at once, as they come to a service
      const askOne = async (request: AnyRequest): Promise<void> => {
        const { operationId } = request.operation;
        const caller = callers[request.caller]!;
        const say = (what: string): void => {
          const example = `${caller.name}: ${request.method} ${request.url} ${JSON.stringify(request.headers)} ${String(request.payload).slice(0, 400)}`;
          const title = `${operationId}: ${what}`;
          if (!wrong.has(title)) wrong.set(title, `${title}\n    ${example}`);
        };
        asked.add(operationId);
        let answer: Awaited<ReturnType<typeof answerOf>>;
        try {
          answer = await answerOf(request);
        } catch (error) {
          if (!ENDLESS.has(operationId)) say(`no answer: ${String(error)}`);
          return;
        }
        const { statusCode, headers, body } = answer;
        const kind = `${Math.floor(statusCode / 100)}xx`;
        statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
        if (statusCode >= 500) say(`status ${statusCode}: ${body.slice(0, 300)}`);
        else {
          const fault = check.wrong(request.operation, statusCode, String(headers['content-type'] ?? ''), body);
          if (fault !== undefined) say(fault);
        }
        for (const canary of caller.unseen)
          if (body.includes(canary)) say(`${caller.name} reads what is not theirs: ${canary}`);
      };
      for (let at = 0; at < requests.length; at += AT_ONCE)
        await Promise.all(requests.slice(at, at + AT_ONCE).map(askOne));
    }
    const seconds = Math.round((performance.now() - begun) / 100) / 10;
    process.stdout.write(
      `fuzz: seed ${SEED}, ${REQUEST_COUNT} requests to ${asked.size} operations in ${seconds} s, ${JSON.stringify(Object.fromEntries(statuses))}\n`,
    );
    expect([...wrong.values()].join('\n')).toBe('');
    if (REQUEST_COUNT >= 2000) expect(asked.size).toBe(names.length);
    // not all refused at the door
    expect(statuses.get('2xx') ?? 0).toBeGreaterThan(REQUEST_COUNT / 10);
  }, 900_000);
});
