import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { AccountStore } from '../../src/access/account.store';
import type { DelegationDto, DelegationPageDto } from '../../src/access/delegation.dto';
import { SessionService } from '../../src/access/session.service';
import { type BookableRegion, publishedRegion } from '../booking-region';
import { cellAt } from '../plan-builder';
import { signedInAs, startTestApplication } from '../test-application';
import { TEST_ISSUER } from '../test-issuer';

const DAY_MILLISECONDS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MILLISECONDS).toISOString();

describe('deputies of a head', () => {
  let app: NestFastifyApplication;
  let region: BookableRegion;
  let uai: string;
  let url: string;
  let head: Record<string, string>;
  beforeAll(async () => {
    app = await startTestApplication();
    region = await publishedRegion(app, [{ establishment: 0, classIndex: 0, startCell: cellAt(0, 9) }]);
    uai = region.uais[0]!;
    url = `/v1/establishments/${uai}/delegations`;
    head = await signedInAs(app, { role: 'head', uais: [uai], territories: [] }, 'head');
  });
  afterAll(() => app.close());
  beforeEach(() => app.get(DataSource).query('delete from delegation'));

  /** Somebody who has signed in and has no role; what the provider calls him. */
  async function nobody(): Promise<{ subject: string; headers: Record<string, string> }> {
    const subject = randomUUID();
    const { id } = await app.get(AccountStore).signedIn(TEST_ISSUER, subject, undefined);
    const cookie = `etale_session=${await app.get(SessionService).open(id)}`;
    return { subject, headers: { cookie, 'sec-fetch-site': 'same-origin' } };
  }
  const name = async (subject: string, fields: object = {}, headers = head) =>
    app.inject({
      method: 'POST',
      url,
      headers,
      payload: { issuer: TEST_ISSUER, subject, endsAt: inDays(7), ...fields },
    });
  const codeOf = (answer: { json: <T>() => T }): string => answer.json<{ code: string }>().code;
  /** Whether somebody may read what only who answers for the establishment reads. */
  const actsForIt = async (headers: Record<string, string>): Promise<number> =>
    (await app.inject({ url: `/v1/establishments/${uai}/holds`, headers })).statusCode;

  it('act for the establishment from the next request on, until the head takes it back', async () => {
    const deputy = await nobody();
    expect(await actsForIt(deputy.headers)).toBe(401);
    const made = await name(deputy.subject);
    expect(made.statusCode).toBe(201);
    const { id } = made.json<DelegationDto>();
    expect(made.json()).toMatchObject({ uai, issuer: TEST_ISSUER, subject: deputy.subject });
    expect(await actsForIt(deputy.headers)).toBe(200);
    const session = (await app.inject({ url: '/v1/session', headers: deputy.headers })).json<object>();
    expect(session).toMatchObject({ role: 'head', uais: [uai], delegatedUais: [uai] });
    const other = `/v1/establishments/${region.uais[1]}/holds`;
    expect((await app.inject({ url: other, headers: deputy.headers })).statusCode).toBe(404);

    expect((await app.inject({ url, headers: head })).json<DelegationPageDto>().items.map((one) => one.id)).toEqual([
      id,
    ]);
    const revoke = async () => (await app.inject({ method: 'DELETE', url: `${url}/${id}`, headers: head })).statusCode;
    expect(await revoke()).toBe(204);
    expect(await actsForIt(deputy.headers)).toBe(401);
    expect(await revoke()).toBe(404);
    expect((await app.inject({ url, headers: head })).json<DelegationPageDto>().items).toEqual([]);
  });

  it('change in the head’s place, and the trail says who was named and who did it', async () => {
    const deputy = await nobody();
    await name(deputy.subject);
    const feed = `/v1/establishments/${uai}/feed`;
    expect((await app.inject({ method: 'POST', url: feed, headers: deputy.headers })).statusCode).toBe(201);
    const trail = async (action: string) =>
      (await app.inject({ url: `/v1/audit?action=${action}&uai=${uai}` })).json<{ items: { subject: string }[] }>()
        .items;
    const [named] = await trail('delegation');
    expect(named).toMatchObject({
      action: 'delegation.create',
      role: 'head',
      after: { issuer: TEST_ISSUER, subject: deputy.subject },
    });
    const { subject } = (await app.inject({ url: '/v1/session', headers: deputy.headers })).json<{ subject: string }>();
    expect((await trail('feed')).map((entry) => entry.subject)).toEqual([subject]);
  });

  it('begin and end with their time', async () => {
    const deputy = await nobody();
    const { id } = (await name(deputy.subject, { startsAt: inDays(1) })).json<DelegationDto>();
    expect(await actsForIt(deputy.headers)).toBe(401);
    const database = app.get(DataSource);
    await database.query(`update delegation set starts_at = now() - interval '1 hour' where id = $1`, [id]);
    expect(await actsForIt(deputy.headers)).toBe(200);
    await database.query(`update delegation set ends_at = now() - interval '1 second' where id = $1`, [id]);
    expect(await actsForIt(deputy.headers)).toBe(401);
  });

  it('that have not begun leave nothing when they are taken back', async () => {
    const { id } = (await name(randomUUID(), { startsAt: inDays(1) })).json<DelegationDto>();
    expect((await app.inject({ method: 'DELETE', url: `${url}/${id}`, headers: head })).statusCode).toBe(204);
    expect(await app.get(DataSource).query('select 1 from delegation where id = $1', [id])).toEqual([]);
  });

  it('name no deputies themselves, nor end them', async () => {
    const deputy = await nobody();
    const { id } = (await name(deputy.subject)).json<DelegationDto>();
    const answer = await name(randomUUID(), {}, deputy.headers);
    expect([answer.statusCode, codeOf(answer)]).toEqual([403, 'delegation.deputy']);
    const ended = await app.inject({ method: 'DELETE', url: `${url}/${id}`, headers: deputy.headers });
    expect([ended.statusCode, codeOf(ended)]).toEqual([403, 'delegation.deputy']);
  });

  it('are named for one’s own establishment only, once each, twenty at most, for a year at most', async () => {
    const foreign = `/v1/establishments/${region.uais[1]}/delegations`;
    const payload = { issuer: TEST_ISSUER, subject: 'x', endsAt: inDays(1) };
    expect((await app.inject({ method: 'POST', url: foreign, headers: head, payload })).statusCode).toBe(404);
    const subject = randomUUID();
    expect((await name(subject)).statusCode).toBe(201);
    const again = await name(subject);
    expect([again.statusCode, codeOf(again)]).toEqual([409, 'delegation.exists']);
    const long = await name(randomUUID(), { endsAt: inDays(400) });
    expect([long.statusCode, codeOf(long)]).toEqual([422, 'delegation.too_long']);
    // without an issuer it is the one at which people sign in, and there is none here
    const unknown = await name(randomUUID(), { issuer: undefined });
    expect([unknown.statusCode, codeOf(unknown)]).toEqual([422, 'delegation.issuer_needed']);
    const answers = await Promise.all(Array.from({ length: 25 }, () => name(randomUUID())));
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(19);
    expect(new Set(answers.filter(({ statusCode }) => statusCode !== 201).map(codeOf))).toEqual(
      new Set(['delegation.too_many']),
    );
  });
});
