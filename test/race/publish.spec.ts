import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import type { DomainError } from '../../src/common/domain-error';
import { LedgerService } from '../../src/plan/ledger.service';
import type { Revision } from '../../src/plan/ledger.store';
import { PlanService } from '../../src/plan/plan.service';
import { standStillAt } from '../booking-region';
import {
  cellAt,
  draftOf,
  ledgerDifferenceCount,
  makeCampaign,
  makeRegion,
  TESTER,
  weekOf,
  type Region,
} from '../plan-builder';
import { startTestApplication } from '../test-application';

const RACER_COUNT = 20;

describe('publications at the same time', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let plans: PlanService;
  beforeAll(async () => {
    standStillAt('2026-12-06T12:00:00+01:00');
    app = await startTestApplication({ ETALE_POOL_SIZE: '24' });
    database = app.get<DataSource>(getDataSourceToken());
    plans = app.get(PlanService);
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  interface Outcome {
    revisions: number[];
    codes: string[];
  }
  const race = async (works: (() => Promise<Revision>)[]): Promise<Outcome> => {
    const settled = await Promise.allSettled(works.map((work) => work()));
    return {
      revisions: settled.flatMap((r) => (r.status === 'fulfilled' ? [r.value.revision] : [])).sort((a, b) => a - b),
      codes: settled.flatMap((r) => (r.status === 'rejected' ? [(r.reason as DomainError).code] : [])),
    };
  };
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

  /** What must hold whatever happened: counted in SQL. */
  const expectLawful = async (region: Region, publicationCount: number): Promise<void> => {
    const one = async (query: string): Promise<number> =>
      (await database.query<{ count: number }[]>(query, [region.platformId]))[0]!.count;
    expect(
      await database.query('select revision from plan_change where platform_id = $1 order by revision', [
        region.platformId,
      ]),
    ).toEqual(numbers(publicationCount).map((revision) => ({ revision })));
    expect(
      await one(`select count(*) from (select campaign_id from plan p join campaign c on c.id = p.campaign_id
                  where c.platform_id = $1 and p.state = 'published' group by 1 having count(*) > 1) doubled`),
    ).toBe(0);
    expect(
      await one(
        'select count(*) from ledger_cell where platform_id = $1 and (session_planned > session_limit or login_planned > login_limit)',
      ),
    ).toBe(0);
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  };

  it('of one campaign: one wins, the others are told that they are late', async () => {
    const region = await makeRegion(database, { establishmentCount: 6 });
    const drafts = await Promise.all(
      numbers(RACER_COUNT).map((seed) => plans.createDraft(TESTER, draftOf(region, weekOf(region, seed)))),
    );
    const outcome = await race(drafts.map((id) => () => plans.publish(TESTER, id, 'race')));
    expect(outcome.revisions).toEqual([1]);
    expect(outcome.codes).toEqual(Array<string>(RACER_COUNT - 1).fill('plan.stale_base'));
    await expectLawful(region, 1);
  });

  it('of many campaigns of a platform: all of them, with consecutive revisions', async () => {
    const region = await makeRegion(database, {
      establishmentCount: 6,
      concurrentSessions: 100_000,
      loginsPerMinute: 50_000,
    });
    const drafts = await Promise.all(
      numbers(RACER_COUNT).map(async (seed) =>
        plans.createDraft(
          TESTER,
          draftOf(region, weekOf(region, seed), { campaignId: await makeCampaign(database, region.platformId) }),
        ),
      ),
    );
    const outcome = await race(drafts.map((id) => () => plans.publish(TESTER, id, 'race')));
    expect(outcome).toEqual({ revisions: numbers(RACER_COUNT), codes: [] });
    await expectLawful(region, RACER_COUNT);
  });

  it('for places that do not suffice: as many as fit, never one more', async () => {
    // a window of 30 heads brings 21 sessions: 5 campaigns fit into 110
    const region = await makeRegion(database, { concurrentSessions: 110 });
    const drafts = await Promise.all(
      numbers(RACER_COUNT).map(async () =>
        plans.createDraft(
          TESTER,
          draftOf(region, [{ establishment: 0, classIndex: 0, startCell: cellAt(0, 9), headcount: 30 }], {
            campaignId: await makeCampaign(database, region.platformId),
          }),
        ),
      ),
    );
    const outcome = await race(drafts.map((id) => () => plans.publish(TESTER, id, 'race')));
    expect(outcome.revisions).toEqual(numbers(5));
    expect(outcome.codes).toEqual(Array<string>(RACER_COUNT - 5).fill('plan.over_capacity'));
    await expectLawful(region, 5);
  });

  it('of one draft many times: it is published once', async () => {
    const region = await makeRegion(database);
    const id = await plans.createDraft(TESTER, draftOf(region, weekOf(region, 1)));
    const outcome = await race(numbers(RACER_COUNT).map(() => () => plans.publish(TESTER, id, 'race')));
    expect(outcome.revisions).toEqual([1]);
    expect(new Set(outcome.codes)).toEqual(new Set(['plan.not_a_draft']));
    await expectLawful(region, 1);
  });

  it('with rollbacks, deletions, new drafts and changes of capacity: the ledger is what the windows add up to', async () => {
    const region = await makeRegion(database, {
      establishmentCount: 6,
      concurrentSessions: 100_000,
      loginsPerMinute: 50_000,
    });
    const ledger = app.get(LedgerService);
    const campaigns = await Promise.all(numbers(4).map(() => makeCampaign(database, region.platformId)));
    const known = new Set([
      'plan.stale_base',
      'plan.not_a_draft',
      'plan.not_published',
      'plan.nothing_to_roll_back',
      'plan.not_found',
    ]);
    const attempt = async (work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        if (!known.has((error as DomainError).code)) throw error;
      }
    };
    const client = async (seed: number): Promise<void> => {
      for (let round = 0; round < 4; round++) {
        const campaignId = campaigns[(seed + round) % campaigns.length]!;
        const base = await ledger.revision(region.platformId);
        const id = await plans.createDraft(
          TESTER,
          draftOf(region, weekOf(region, seed * 10 + round), { campaignId, base }),
        );
        await attempt(() => plans.publish(TESTER, id, 'race'));
        if (seed % 3 === 0) await attempt(() => plans.rollback(TESTER, id, 'race'));
        if (seed % 3 === 1) await attempt(() => plans.deleteDraft(TESTER, id));
        if (seed % 3 === 2) await ledger.refreshLimits(region.platformId);
      }
    };
    await Promise.all(numbers(8).map(client));
    const [{ count }] = await database.query<[{ count: number }]>(
      'select count(*) from plan_change where platform_id = $1',
      [region.platformId],
    );
    expect(count).toBeGreaterThan(4);
    await expectLawful(region, count);
  });
});
