import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { AnswerLinkService } from '../../src/proposal/answer-link.service';
import { AnswerService } from '../../src/proposal/answer.service';
import { PlanService } from '../../src/plan/plan.service';
import { cellAt, draftOf, makeCampaign, makeRegion, TESTER, type Region } from '../plan-builder';
import { startTestApplication } from '../test-application';

interface Link {
  id: number;
  uai: string;
  path: string;
  expiresAt: string;
}
interface Counts {
  acceptedCount: number;
  unansweredCount: number;
}

const LATER = '2100-01-01T00:00:00Z';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('a plan proposed to heads', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: Region;
  let planId: number;
  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    region = await makeRegion(database, { establishmentCount: 4, classesEach: 2 });
    planId = await draft();
    await open();
  });

  const draft = (base?: { epoch: number; revision: number }) =>
    app.get(PlanService).createDraft(
      TESTER,
      draftOf(
        region,
        [0, 1, 2, 3].flatMap((establishment) => [
          { establishment, classIndex: 0, startCell: cellAt(0, 9), wishCell: cellAt(0, 9) },
          { establishment, classIndex: 1, startCell: cellAt(1, 10), wishCell: cellAt(1, 9, 30) },
        ]),
        base && { base },
      ),
    );
  const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) =>
    app.inject({ method, url: `/v1/campaigns/${region.campaignId}${url}`, ...(payload && { payload }) });
  const open = (fields: object = {}) => send('PUT', '/proposal', { planId, answersUntil: LATER, ...fields });
  const answer = (school: number, payload: object) =>
    send('POST', `/establishments/${region.uais[school]}/answers`, payload);
  const stateOf = async (school: number) =>
    (await send('GET', `/establishments/${region.uais[school]}/proposal`)).json<{ answer: string }>().answer;
  const close = () =>
    database.query(`update proposal set answers_until = now() where campaign_id = ${region.campaignId}`);
  const code = (response: { json: <T>() => T }) => response.json<{ code: string }>().code;

  it('is shown to each school with what it gives its classes', async () => {
    expect((await send('GET', '/proposal')).json()).toMatchObject({
      planId,
      planState: 'draft',
      round: 1,
      phase: 'open',
    });
    expect((await send('GET', `/establishments/${region.uais[0]}/proposal`)).json()).toMatchObject({
      establishmentName: 'Collège 1',
      answer: 'none',
      isAcceptedBySilence: false,
      answers: [],
      classes: [
        { classCode: '6A', windowCount: 1, wishedCount: 1, atWishCount: 1, worstMinutes: 0 },
        { classCode: '6B', windowCount: 1, wishedCount: 1, atWishCount: 0, worstMinutes: 30 },
      ],
    });
  });

  it('is accepted or not, as a whole or class by class, and the last answer holds', async () => {
    const [first, second] = region.classIds[0]!;
    expect((await answer(0, { verdict: 'accept', classIds: [first] })).json()).toMatchObject({
      answer: 'partly_accepted',
    });
    expect((await answer(0, { verdict: 'accept', classIds: [second] })).json()).toMatchObject({ answer: 'accepted' });
    await answer(0, { verdict: 'change', classIds: [second], comment: 'the bus comes at ten' });
    expect(await stateOf(0)).toBe('change_asked');
    const whole = await answer(0, { verdict: 'accept' });
    expect(whole.json()).toMatchObject({ answer: 'accepted', answers: [{ classId: null, quality: 'operator' }] });
    await answer(0, { verdict: 'change', comment: 'all of it' });
    expect(await stateOf(0)).toBe('change_asked');
    const { items } = (await send('GET', `/answers?verdict=change`)).json<{ items: object[] }>();
    expect(items).toMatchObject([
      { comment: 'all of it', isCurrent: true },
      { comment: 'the bus comes at ten', classCode: '6B', isCurrent: false },
    ]);
  });

  it.each<[number, string, object]>([
    [422, 'proposal.change_without_comment', { verdict: 'change' }],
    [422, 'proposal.change_without_comment', { verdict: 'change', comment: '   ' }],
    [422, 'proposal.class_not_concerned', { verdict: 'accept', classIds: [999_999] }],
    [400, 'request.invalid', { verdict: 'perhaps' }],
    [400, 'request.invalid', { verdict: 'accept', name: 'Marie Curie' }],
  ])('refuses an answer with %i %s: %j', async (status, expected, payload) => {
    const response = await answer(0, payload);
    expect([response.statusCode, code(response)]).toEqual([status, expected]);
    expect(await stateOf(0)).toBe('none');
  });

  it('is accepted by silence at the deadline, after which only the operator answers, with a reason', async () => {
    await answer(1, { verdict: 'change', comment: 'later please' });
    await close();
    expect((await send('GET', `/establishments/${region.uais[0]}/proposal`)).json()).toMatchObject({
      isAcceptedBySilence: true,
      proposal: { phase: 'closed' },
    });
    expect((await send('GET', `/establishments/${region.uais[1]}/proposal`)).json()).toMatchObject({
      isAcceptedBySilence: false,
    });
    const refused = await answer(0, { verdict: 'accept' });
    expect([refused.statusCode, code(refused)]).toEqual([409, 'proposal.closed']);
    const head = { role: 'head', subject: 'x', uais: [region.uais[0]!] } as const;
    const late = { verdict: 'accept', lateReason: 'a letter by post' } as const;
    await expect(app.get(AnswerService).give(head, region.campaignId, region.uais[0]!, late)).rejects.toMatchObject({
      code: 'proposal.closed',
    });
    expect((await answer(0, late)).json()).toMatchObject({
      answer: 'accepted',
      answers: [{ lateReason: 'a letter by post', quality: 'operator' }],
    });
    // a longer deadline opens it again and keeps what was answered
    await open();
    expect([await stateOf(0), await stateOf(1)]).toEqual(['accepted', 'change_asked']);
    expect((await answer(2, { verdict: 'accept' })).statusCode).toBe(200);
  });

  it('gives way to another plan, which asks everybody again, and stays with its answers', async () => {
    await answer(0, { verdict: 'accept' });
    const second = await draft();
    expect((await open({ planId: second })).json()).toMatchObject({ planId: second, round: 2 });
    expect(await stateOf(0)).toBe('none');
    const gone = await app.inject({ method: 'DELETE', url: `/v1/plans/${planId}` });
    expect([gone.statusCode, code(gone)]).toEqual([409, 'plan.proposed']);
    expect((await app.inject({ method: 'DELETE', url: `/v1/campaigns/${region.campaignId}` })).statusCode).toBe(204);
  });

  it('goes on with the plan that takes the place of the published one that is shown, and with it back, but not after its deadline', async () => {
    const plans = app.get(PlanService);
    const shown = async (): Promise<object> => (await send('GET', '/proposal')).json();
    const next = await draft();
    await plans.publish(TESTER, planId, 'first');
    await answer(0, { verdict: 'accept' });
    const replan = await draft({ epoch: 1, revision: 1 });
    await plans.publish(TESTER, replan, 'capacity fell');
    expect(await shown()).toMatchObject({ planId: replan, planState: 'published', round: 1 });
    expect([await stateOf(0), await stateOf(1)]).toEqual(['accepted', 'none']);
    await plans.rollback(TESTER, replan, 'back');
    expect(await shown()).toMatchObject({ planId, planState: 'published', round: 1 });
    await close();
    await plans.publish(TESTER, await draft({ epoch: 1, revision: 3 }), 'later');
    expect(await shown()).toMatchObject({ planId, planState: 'superseded' });
    // what was proposed and never published is its operator's to replace
    expect((await open({ planId: next })).statusCode).toBe(200);
    await plans.publish(TESTER, await draft({ epoch: 1, revision: 4 }), 'another');
    expect(await shown()).toMatchObject({ planId: next, planState: 'draft' });
  });

  it('is one of the campaign, not superseded, with a deadline to come', async () => {
    const other = await makeCampaign(database, region.platformId);
    const elsewhere = await app.inject({
      method: 'PUT',
      url: `/v1/campaigns/${other}/proposal`,
      payload: { planId, answersUntil: LATER },
    });
    expect(code(elsewhere)).toBe('proposal.other_campaign');
    expect(code(await open({ answersUntil: '2020-01-01T00:00:00Z' }))).toBe('proposal.deadline_passed');
    expect(code(await open({ planId: 999_999 }))).toBe('plan.not_found');
    expect(code(await app.inject({ url: `/v1/campaigns/${other}/proposal` }))).toBe('proposal.not_found');
  });

  it('is answered only by who answers for the school, and the role alone is kept', async () => {
    const answers = app.get(AnswerService);
    const inspector = { role: 'inspector', subject: 'Marie Curie', uais: [region.uais[0]!] } as const;
    await answers.give(inspector, region.campaignId, region.uais[0]!, { verdict: 'accept' });
    await expect(
      answers.give(inspector, region.campaignId, region.uais[1]!, { verdict: 'accept' }),
    ).rejects.toMatchObject({ code: 'establishment.not_found' });
    const auditor = { role: 'auditor', subject: 'x' } as const;
    await expect(
      answers.give(auditor, region.campaignId, region.uais[1]!, { verdict: 'accept' }),
    ).rejects.toMatchObject({ code: 'proposal.no_quality' });
    const rows = await database.query<{ row: string }[]>('select row_to_json(a)::text as row from proposal_answer a');
    expect(rows.map(({ row }) => row).join()).not.toContain('Curie');
    expect((await answers.list(inspector, region.campaignId, {})).items).toMatchObject([{ quality: 'inspector' }]);
    expect((await answers.list({ ...inspector, uais: [] }, region.campaignId, {})).items).toEqual([]);
  });

  describe('and who has answered', () => {
    beforeEach(async () => {
      await answer(0, { verdict: 'accept' });
      await answer(1, { verdict: 'change', comment: 'x' });
      await answer(2, { verdict: 'accept', classIds: [region.classIds[2]![0]] });
    });

    it('is counted by territory at every level', async () => {
      const departments = (await send('GET', '/answers/territories')).json<{ total: Counts; items: Counts[] }>();
      expect(departments).toMatchObject({
        phase: 'open',
        total: {
          establishmentCount: 4,
          acceptedCount: 1,
          changeAskedCount: 1,
          partlyAcceptedCount: 1,
          unansweredCount: 1,
          acceptedBySilenceCount: 0,
          answeredRatio: 0.5,
          wishesStatedCount: 0,
        },
        items: [
          { name: 'Nord', establishmentCount: 2 },
          { name: 'Aisne', establishmentCount: 2 },
        ],
      });
      for (const level of ['region', 'academy']) {
        const { items } = (await send('GET', `/answers/territories?level=${level}`)).json<{ items: object[] }>();
        expect(items).toMatchObject([{ kind: level, establishmentCount: 4, answeredRatio: 0.5 }]);
      }
      const [one] = departments.items as (Counts & { code: string })[];
      const only = await send('GET', `/answers/territories?territory=${one!.code}`);
      expect(only.json()).toMatchObject({ total: { establishmentCount: 2 }, items: [{ code: one!.code }] });
    });

    it('counts who has stated wishes, also before anything is proposed', async () => {
      await database.query(`delete from proposal where campaign_id = ${region.campaignId}`);
      await send('PUT', `/establishments/${region.uais[3]}/wishes`, { items: [] });
      expect((await send('GET', '/answers/territories')).json()).toMatchObject({
        phase: 'none',
        answersUntil: null,
        total: { establishmentCount: 4, unansweredCount: 4, wishesStatedCount: 1 },
      });
    });

    it('lists those without an answer page by page, and all of them as CSV', async () => {
      await answer(0, { verdict: 'change', comment: 'no' });
      const none = (await send('GET', '/answers/establishments?answer=none')).json<{ items: { uai: string }[] }>();
      expect(none.items.map(({ uai }) => uai)).toEqual([region.uais[3]]);
      const first = (await send('GET', '/answers/establishments?limit=3')).json<{
        items: { uai: string }[];
        nextCursor: string;
      }>();
      const rest = (await send('GET', `/answers/establishments?limit=3&cursor=${first.nextCursor}`)).json<{
        items: { uai: string }[];
      }>();
      expect([...first.items, ...rest.items].map(({ uai }) => uai)).toEqual([...region.uais].sort());
      const csv = await send('GET', '/answers/establishments?format=csv');
      expect(csv.headers['content-type']).toContain('text/csv');
      const lines = csv.body.trimEnd().split('\r\n');
      expect(lines[0]).toBe(
        '\uFEFFuai;nom;type;departement;classes;reponse;accepte_par_silence;qualite;repondu_le;souhaits_exprimes',
      );
      expect(lines).toHaveLength(5);
      expect(lines[4]).toMatch(new RegExp(`^${region.uais[3]};Collège 4;college;\\w+;2;sans réponse;non;;;non$`));
    });

    it('says after the deadline who has accepted by silence, for all or for the rest of their classes', async () => {
      await close();
      const answers = (await send('GET', '/answers/territories')).json<{ total: Counts }>();
      expect(answers).toMatchObject({ phase: 'closed', total: { acceptedCount: 1, acceptedBySilenceCount: 2 } });
      const { items } = (await send('GET', '/answers/establishments')).json<{
        items: { uai: string; hasAcceptedBySilence: boolean }[];
      }>();
      const silent = items.filter(({ hasAcceptedBySilence }) => hasAcceptedBySilence).map(({ uai }) => uai);
      expect(silent.sort()).toEqual([region.uais[2], region.uais[3]].sort());
      expect((await send('GET', '/answers/establishments?format=csv')).body).toContain(';sans réponse;oui;');
    });

    it('is told to each only for the schools that they answer for', async () => {
      const uais = [region.uais[0]!];
      const answers = await app.get(AnswerService).list({ role: 'head', subject: 'x', uais }, region.campaignId, {});
      expect(new Set(answers.items.map(({ uai }) => uai))).toEqual(new Set(uais));
    });
  });

  describe('by a link', () => {
    const make = async (fields: object = {}) =>
      (await send('POST', '/answer-links', { quality: 'head', uais: [region.uais[0]], ...fields })).json<{
        items: Link[];
      }>().items;
    const look = (path: string, language = 'fr') => app.inject({ url: path, headers: { 'accept-language': language } });
    const tap = (path: string, payload: string) => app.inject({ method: 'POST', url: path, payload, headers: FORM });

    it('is looked at without being answered, and accepted with one tap', async () => {
      const [link] = await make();
      for (const method of ['GET', 'HEAD'] as const) {
        expect((await app.inject({ method, url: link!.path })).statusCode).toBe(200);
      }
      expect(await stateOf(0)).toBe('none');
      const page = await look(link!.path);
      expect(page.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      });
      expect(page.body).toContain('Collège 1');
      expect(page.body).toContain('lundi 7 décembre');
      expect(page.body).not.toContain('<script');
      expect((await look(link!.path, 'en')).body).toContain('Proposed connection windows');
      const tapped = await tap(link!.path, 'verdict=accept');
      expect([tapped.statusCode, tapped.headers.location]).toEqual([303, link!.path]);
      expect(await stateOf(0)).toBe('accepted');
      expect((await look(link!.path)).body).toContain('Vous avez accepté');
    });

    it('asks for a change of the classes that are ticked', async () => {
      const [link] = await make({ quality: 'deputy' });
      const [first, second] = region.classIds[0]!;
      expect((await tap(link!.path, 'verdict=change&comment=')).statusCode).toBe(422);
      await tap(link!.path, `verdict=change&comment=trop+tard&classId=${second}`);
      await tap(link!.path, `verdict=change&comment=aussi&classId=${first}&classId=${second}`);
      const { items } = (await send('GET', '/answers')).json<{ items: object[] }>();
      expect(items).toMatchObject([
        { comment: 'aussi', quality: 'deputy', isCurrent: true },
        { comment: 'aussi', quality: 'deputy', isCurrent: true },
        { classId: second, comment: 'trop tard', isCurrent: false },
      ]);
      expect((await tap(link!.path, 'verdict=change&comment=x&classId=999999')).statusCode).toBe(422);
      expect((await tap(link!.path, 'verdict=maybe')).statusCode).toBe(400);
    });

    it('says of a text that is too long that it is, as a page that gives it back; line breaks count as the page counts them', async () => {
      const [link] = await make();
      const ask = (comment: string) => tap(link!.path, new URLSearchParams({ verdict: 'change', comment }).toString());
      const refused = await ask(`<b>${'x'.repeat(1000)}`);
      expect([refused.statusCode, refused.headers['content-type']]).toEqual([422, 'text/html; charset=utf-8']);
      expect(refused.body).toContain(`trop long : 1000 caractères au plus`);
      expect(refused.body).toContain(`&lt;b&gt;${'x'.repeat(1000)}`);
      expect(await stateOf(0)).toBe('none');
      // as browsers send five hundred lines of one character
      expect((await ask('x\r\n'.repeat(500))).statusCode).toBe(303);
      expect(await stateOf(0)).toBe('change_asked');
    });

    it('answers nothing when it is unknown, expired, withdrawn, of an earlier proposal, or after the deadline', async () => {
      const [expired, withdrawn, earlier] = [...(await make()), ...(await make()), ...(await make())];
      await database.query('update answer_link set expires_at = now() where id = $1', [expired!.id]);
      expect((await send('DELETE', `/answer-links/${withdrawn!.id}`)).statusCode).toBe(204);
      const [late] = await make({ uais: [region.uais[1]] });
      const refused = async (path: string) => [
        (await look(path)).statusCode,
        (await tap(path, 'verdict=accept')).statusCode,
      ];
      expect(await refused('/reponse/abc')).toEqual([404, 404]);
      expect(await refused(expired!.path)).toEqual([404, 404]);
      expect(await refused(withdrawn!.path)).toEqual([404, 404]);
      await close();
      expect(await refused(late!.path)).toEqual([200, 409]);
      expect((await look(late!.path)).body).toContain('closes');
      await open({ planId: await draft() });
      expect(await refused(earlier!.path)).toEqual([404, 404]);
      const [{ count }] = await database.query<[{ count: number }]>(
        'select count(*) from proposal_answer a join proposal p on p.id = a.proposal_id where p.campaign_id = $1',
        [region.campaignId],
      );
      expect(count).toBe(0);
    });

    it('is made for every school at once, told once, and kept only as a hash', async () => {
      const links = await make({ uais: undefined });
      expect(links.map(({ uai }) => uai)).toEqual([...region.uais].sort());
      expect(new Set(links.map(({ path }) => path)).size).toBe(4);
      for (const link of links) {
        expect(link.path).toMatch(/^\/reponse\/[\w-]{43}$/);
        expect((await look(link.path)).body).toContain(link.uai);
      }
      const listed = await send('GET', '/answer-links');
      expect(listed.json<{ items: object[] }>().items).toHaveLength(4);
      const rows = await database.query<{ row: string }[]>('select row_to_json(l)::text as row from answer_link l');
      for (const { path } of links) {
        const token = path.slice('/reponse/'.length);
        expect(listed.body + rows.map(({ row }) => row).join()).not.toContain(token);
      }
    });

    it('ends with the deadline, moves with it, and never outlives it', async () => {
      const [link] = await make();
      expect(link!.expiresAt).toBe('2100-01-01T00:00:00.000Z');
      await open({ answersUntil: '2100-02-01T00:00:00Z' });
      const { items } = (await send('GET', `/answer-links?uai=${region.uais[0]}`)).json<{ items: Link[] }>();
      expect(items).toMatchObject([{ id: link!.id, expiresAt: '2100-02-01T00:00:00.000Z' }]);
      expect(code(await send('POST', '/answer-links', { quality: 'head', expiresAt: '2100-03-01T00:00:00Z' }))).toBe(
        'proposal.expiry',
      );
    });

    it('is given by a head to a deputy of the own school only', async () => {
      const links = app.get(AnswerLinkService);
      const head = { role: 'head', subject: 'x', uais: [region.uais[0]!] } as const;
      const made = await links.create(head, region.campaignId, { quality: 'deputy' });
      expect(made.items.map(({ uai }) => uai)).toEqual(head.uais);
      await expect(links.create(head, region.campaignId, { quality: 'inspector' })).rejects.toMatchObject({
        code: 'proposal.only_deputy',
      });
      await expect(
        links.create(head, region.campaignId, { quality: 'deputy', uais: [region.uais[1]!] }),
      ).rejects.toMatchObject({ code: 'proposal.establishment_not_concerned' });
      const stranger = { ...head, uais: [] };
      await expect(links.revoke(stranger, region.campaignId, made.items[0]!.id)).rejects.toMatchObject({
        code: 'answer_link.not_found',
      });
    });
  });
});
