import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { ADVISORY_LOCK } from '../../src/common/database';
import { PlanService } from '../../src/plan/plan.service';
import type { ProofDto } from '../../src/plan/proof.dto';
import { standStillAt } from '../booking-region';
import { cellAt, draftOf, makeCampaign, makeRegion, MONDAY_CELL, TESTER, type Region } from '../plan-builder';
import { startTestApplication } from '../test-application';
import { until } from '../until';

const MONDAY_ON = '2026-12-07';

interface LedgerRow {
  cell: number;
  limit: number;
  planned: number;
  ceiling: number;
  writtenBy: string;
}

/** 30 pupils, 21 of whom come: 2.1, 12.6, 16.8, 18.9, 19.95, 21, 21, 10.5 and 7 sessions in the cells from 8:55 on. */
const WINDOW = { establishment: 0, classIndex: 0, startCell: cellAt(0, 9), headcount: 30 };

describe('limits of published cells', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let plans: PlanService;
  beforeAll(async () => {
    standStillAt('2026-12-06T12:00:00+01:00');
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    plans = app.get(PlanService);
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  const send = async <T = Record<string, unknown>>(
    method: 'POST' | 'PUT' | 'DELETE',
    url: string,
    payload?: object,
  ) => {
    const answer = await app.inject({ method, url: `/v1${url}`, ...(payload ? { payload } : {}) });
    return { status: answer.statusCode, body: (answer.body === '' ? {} : answer.json<T>()) as T };
  };
  const publish = (planId: number) =>
    send<{ code?: string; cells?: object[] }>('POST', `/plans/${planId}/publish`, { reason: 'agreed' });
  /** A platform for 100 sessions on which the window is published. */
  const published = async (): Promise<Region & { planId: number }> => {
    const region = await makeRegion(database, { concurrentSessions: 100 });
    const planId = await plans.createDraft(TESTER, draftOf(region, [WINDOW]));
    expect((await publish(planId)).status).toBe(200);
    return { ...region, planId };
  };
  const ledger = (platformId: number): Promise<LedgerRow[]> =>
    database.query<LedgerRow[]>(
      `select cell, session_limit as limit, session_planned as planned, session_ceiling as ceiling, xmin::text as "writtenBy"
         from ledger_cell where platform_id = $1 order by cell`,
      [platformId],
    );
  const overfull = async (platformId: number): Promise<number[]> =>
    (await ledger(platformId)).filter(({ planned, limit }) => planned > limit).map(({ planned }) => planned / 1000);
  const overfullMetric = async (platformId: number): Promise<number> => {
    const [platform] = await database.query<{ code: string }[]>('select code from platform where id = $1', [
      platformId,
    ]);
    const text = (await app.inject({ url: '/metrics' })).body;
    const line = new RegExp(`^etale_ledger_overfull_cells\\{platform="${platform!.code}"\\} (\\d+)$`, 'm').exec(text);
    return Number(line![1]);
  };
  const proof = async (planId: number): Promise<ProofDto> =>
    (await app.inject({ url: `/v1/plans/${planId}/proof` })).json<ProofDto>();
  const limitOfCurve = async (planId: number, cell: number): Promise<number> =>
    (await app.inject({ url: `/v1/plans/${planId}/load` })).json<{ sessions: { limit: number[] } }>().sessions.limit[
      cell - MONDAY_CELL
    ]!;

  /** 15 of the 100 sessions are left from 9:00 to 9:25. */
  const regulation = {
    startsAt: `${MONDAY_ON}T09:00:00+01:00`,
    endsAt: `${MONDAY_ON}T09:25:00+01:00`,
    sessionsPerMille: 150,
    loginsPerMille: 1000,
    reason: 'a server is down',
  };

  it('fall with a regulation in the very transaction that adds it, and rise again when it goes', async () => {
    const { platformId, planId } = await published();
    const before = await ledger(platformId);
    const added = await send<{ id: number }>('POST', `/platforms/${platformId}/regulations`, regulation);
    expect(added.status).toBe(201);

    const [row] = await database.query<{ writer: string }[]>(
      'select xmin::text as writer from regulation where id = $1',
      [added.body.id],
    );
    const after = await ledger(platformId);
    const regulated = after.filter(({ cell }) => cell >= cellAt(0, 9) && cell < cellAt(0, 9, 25));
    expect(regulated.map(({ limit }) => limit)).toEqual([15_000, 15_000, 15_000, 15_000, 15_000]);
    expect(regulated.map(({ ceiling }) => ceiling)).toEqual([15_000, 16_800, 18_900, 19_950, 21_000]);
    expect(new Set(regulated.map(({ writtenBy }) => writtenBy))).toEqual(new Set([row!.writer]));
    expect(after.filter((cell) => !regulated.includes(cell))).toEqual(
      before.filter(({ cell }) => cell < cellAt(0, 9) || cell >= cellAt(0, 9, 25)),
    );

    expect(await overfull(platformId)).toEqual([16.8, 18.9, 19.95, 21]);
    expect(await overfullMetric(platformId)).toBe(4);
    expect(await proof(planId)).toMatchObject({ isProved: true, overfullCellCount: 4 });
    expect(await limitOfCurve(planId, cellAt(0, 9, 10))).toBe(15);

    expect((await send('DELETE', `/platforms/${platformId}/regulations/${added.body.id}`)).status).toBe(200);
    const withoutWriter = (rows: LedgerRow[]): object[] => rows.map((cell) => ({ ...cell, writtenBy: '' }));
    expect(withoutWriter(await ledger(platformId))).toEqual(withoutWriter(before));
    expect(await overfullMetric(platformId)).toBe(0);
    expect(await limitOfCurve(planId, cellAt(0, 9, 10))).toBe(100);
  });

  it('let nothing make an overfull cell worse, accept what makes it better, and everything once they are back', async () => {
    const region = await published();
    const { platformId } = region;
    const added = await send<{ id: number }>('POST', `/platforms/${platformId}/regulations`, regulation);
    const campaignId = await makeCampaign(database, platformId);
    const one = { ...WINDOW, classIndex: 1, headcount: 1 };
    const worse = await plans.createDraft(TESTER, draftOf(region, [one], { campaignId }));
    const before = await ledger(platformId);
    const refused = await publish(worse);
    expect(refused).toMatchObject({ status: 409, body: { code: 'plan.over_capacity' } });
    expect(refused.body.cells).toMatchObject([
      { cell: cellAt(0, 9, 5), sessions: 17.36, sessionLimit: 15 },
      { cell: cellAt(0, 9, 10) },
      { cell: cellAt(0, 9, 15) },
      { cell: cellAt(0, 9, 20) },
    ]);
    expect(await ledger(platformId)).toEqual(before);

    const base = { epoch: 1, revision: 1 };
    const better = await plans.createDraft(TESTER, draftOf(region, [{ ...WINDOW, headcount: 26 }], { base }));
    expect((await publish(better)).status).toBe(200);
    expect(await overfull(platformId)).toEqual([16.38, 17.29, 18.2]);
    const same = (await ledger(platformId)).find(({ cell }) => cell === cellAt(0, 9, 20))!;
    expect(same).toMatchObject({ planned: 18_200, ceiling: 18_200, limit: 15_000 });

    await send('DELETE', `/platforms/${platformId}/regulations/${added.body.id}`);
    expect(await publish(worse)).toMatchObject({ status: 200 });
    expect(await overfullMetric(platformId)).toBe(0);
  });

  it('have followed a day that closes when its exception is answered, because other people come then', async () => {
    const { platformId, planId, departmentIds } = await published();
    const flat = (value: number): number[] => Array<number>(288).fill(value);
    const curve = (dayType: string, sessions: number): object => ({
      dayType,
      sessionsThousandths: flat(sessions * 1000),
      loginsThousandths: flat(0),
    });
    const background = await send('PUT', `/platforms/${platformId}/background`, {
      departments: [{ departmentId: departmentIds[0], curves: [curve('school_day', 5), curve('day_off', 90)] }],
    });
    expect(background.status).toBe(200);
    expect(await limitOfCurve(planId, cellAt(0, 9))).toBe(95);
    expect(await overfullMetric(platformId)).toBe(0);

    const exception = await send<{ id: number }>('POST', '/calendar/exceptions', {
      territoryId: departmentIds[0],
      firstOn: MONDAY_ON,
      lastOn: MONDAY_ON,
      openHalfDays: 0,
      reason: 'snow',
    });
    expect(exception.status).toBe(201);
    const moved = (await ledger(platformId)).filter(({ limit }) => limit === 10_000);
    expect(moved.map(({ cell }) => cell)).toEqual(Array.from({ length: 288 }, (_, i) => MONDAY_CELL + i));
    expect(await overfull(platformId)).toEqual([12.6, 16.8, 18.9, 19.95, 21, 21, 10.5]);
    expect(await overfullMetric(platformId)).toBe(7);

    expect((await send('DELETE', `/calendar/exceptions/${exception.body.id}`)).status).toBe(204);
    expect(await overfullMetric(platformId)).toBe(0);
    expect(await limitOfCurve(planId, cellAt(0, 9))).toBe(95);
  });

  it('are not missed by an exception while a publication of the platform is still under way, for which nobody waits', async () => {
    const { platformId, departmentIds } = await published();
    const flat = (value: number): number[] => Array<number>(288).fill(value);
    const curve = { dayType: 'day_off', sessionsThousandths: flat(90_000), loginsThousandths: flat(0) };
    const background = { departments: [{ departmentId: departmentIds[0], curves: [curve] }] };
    expect((await send('PUT', `/platforms/${platformId}/background`, background)).status).toBe(200);
    const limits = async (): Promise<number[]> => [...new Set((await ledger(platformId)).map(({ limit }) => limit))];
    const publication = database.createQueryRunner();
    await publication.startTransaction();
    try {
      await publication.query('select pg_advisory_xact_lock($1, $2)', [ADVISORY_LOCK.platform, platformId]);
      const stated = await send<{ id: number }>('POST', '/calendar/exceptions', {
        territoryId: departmentIds[0],
        firstOn: MONDAY_ON,
        lastOn: MONDAY_ON,
        openHalfDays: 0,
        reason: 'snow',
      });
      expect(stated.status).toBe(201);
      expect(await limits()).not.toContain(10_000);
      await publication.commitTransaction();
      // by the next look: nobody asks
      await until(async () => (await limits()).includes(10_000));
      expect((await send('DELETE', `/calendar/exceptions/${stated.body.id}`)).status).toBe(204);
    } finally {
      await publication.release();
    }
  });
});
