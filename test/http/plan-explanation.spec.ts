import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { LOOPBACK_OPERATOR } from '../../src/access/actor';
import { AllocationService } from '../../src/allocation/allocation.service';
import type { WindowExplanationDto } from '../../src/allocation/window-explanation.dto';
import { presetOf } from '../../src/campaign/campaign-presets.rules';
import { LOAD_SCALE } from '../../src/kernel/cell-grid';
import { CELL_PRICE_UNITS, LOCAL_PRICE_UNITS } from '../../src/plan/plan-evidence';
import type { FairnessDto, PlanPricesDto, ShortfallDto } from '../../src/plan/plan-evidence.dto';
import { PlanPriceStore } from '../../src/plan/plan-price.store';
import type { CertificateDto, RelaxationDto } from '../../src/plan/plan-certificate.dto';
import type { UnplacedDto } from '../../src/plan/plan-unplaced.dto';
import type { WindowDto } from '../../src/plan/window.dto';
import { verifyFromOutside } from '../outside';
import { makeRegion, type Region } from '../plan-builder';
import { startTestApplication } from '../test-application';

/** A region whose log-ins do not do for everybody at the wished hour, allocated: what its plan says about itself. */
describe('a plan explains itself', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let address: string;
  let region: Region;
  let planId: number;
  let certificate: CertificateDto;
  let windows: WindowDto[];

  const ask = (path: string, headers: Record<string, string> = {}) =>
    app.inject({ method: 'GET', url: `/v1/plans/${path}`, headers });
  const get = async <T>(path: string): Promise<T> => {
    const answer = await ask(path);
    expect([path, answer.statusCode]).toEqual([path, 200]);
    return answer.json<T>();
  };

  /** The stored plan, read back: from the outside all is derived that is certified, whatever its rules. */
  async function provenOutside(id: number): Promise<void> {
    const { exitCode, problems, verdict } = await verifyFromOutside(address, id);
    expect([exitCode, problems]).toEqual([0, []]);
    const { objective, lowerBound, peakLowerBoundRatio } = await get<CertificateDto>(`${id}/certificate`);
    expect(verdict).toMatchObject({ violationCount: 0, objective });
    expect(verdict.outsideLowerBound! / Math.max(1, lowerBound)).toBeCloseTo(lowerBound / Math.max(1, lowerBound), 5);
    expect(verdict.outsidePeakLowerBoundRatio).toBeCloseTo(peakLowerBoundRatio, 5);
  }

  async function allocated(
    fields: object,
    shape: Parameters<typeof makeRegion>[1],
    prepare?: (campaignId: number) => Promise<unknown>,
  ): Promise<number> {
    region = await makeRegion(database, shape);
    const created = await app.inject({
      method: 'POST',
      url: '/v1/campaigns',
      payload: {
        name: 'Semaine',
        platformId: region.platformId,
        startsOn: '2026-12-07',
        endsOn: '2026-12-08',
        preset: 'remote-week-secondary',
        ...fields,
      },
    });
    const campaignId = created.json<{ id: number }>().id;
    await prepare?.(campaignId);
    const jobs = app.get(AllocationService);
    return (await jobs.wait(await jobs.request(LOOPBACK_OPERATOR, campaignId))).planId;
  }

  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    planId = await allocated({}, { establishmentCount: 4, classesEach: 4, loginsPerMinute: 13 });
    certificate = await get(`${planId}/certificate`);
    windows = (await get<{ items: WindowDto[] }>(`${planId}/windows?limit=500`)).items;
    await app.listen(0, '127.0.0.1');
    address = `http://127.0.0.1:${new URL(await app.getUrl()).port}`;
  });
  afterAll(() => app.close());

  it('certifies the gap to a bound that was derived again, day by day, and what it saved', () => {
    const { objective, lowerBound, gapRatio, jointLowerBound, dayGapRatios, baselinePeakRatios, saving } = certificate;
    expect(certificate).toMatchObject({ isBoundProved: true, violationCount: 0, unplacedCount: 0 });
    expect(objective).toBeGreaterThan(0);
    expect(lowerBound).toBeGreaterThan(0);
    expect(lowerBound).toBeLessThanOrEqual(objective);
    expect(jointLowerBound).toBeLessThanOrEqual(lowerBound * (1 + 1e-9));
    expect(gapRatio).toBeCloseTo(objective / lowerBound - 1, 5);
    expect(dayGapRatios.map(({ startsAt }) => startsAt.slice(0, 10))).toHaveLength(2);
    expect(dayGapRatios.reduce((sum, day) => sum + day.objective, 0)).toBeCloseTo(objective, 6);
    const { everybodyAtWish, letterByLevel, firstFit } = baselinePeakRatios;
    expect(everybodyAtWish.loginsRatio).toBeGreaterThan(1.2);
    // one level with two hours to itself, evenly filled, is the best that a letter can do
    expect(letterByLevel.loginsRatio).toBeGreaterThan(0);
    expect(letterByLevel.loginsRatio).toBeLessThan(everybodyAtWish.loginsRatio);
    expect(firstFit.loginsRatio).toBeLessThanOrEqual(1);
    expect(saving.fr).toContain('Sans étalement');
  });

  it('has explanations whose least costs add up to the certified bound', async () => {
    const prices = await app.get(PlanPriceStore).find(planId);
    const curve = await get<Record<'sessions' | 'logins', { limit: number[] }> & { firstCell: number }>(
      `${planId}/load?stepMinutes=5`,
    );
    let sum = 0;
    let displacement = 0;
    for (const { id, wishedAt } of windows) {
      const { leastCost, given } = await get<WindowExplanationDto>(`${planId}/windows/${id}/explanation`);
      sum += wishedAt === null ? given.cost : leastCost!;
      displacement += given.displacementCost;
      expect(given.cost).toBeGreaterThanOrEqual(leastCost! - 1e-9);
    }
    expect(displacement).toBe(certificate.objective);
    for (const [price, { limit }] of [
      [prices.objectiveSessions, curve.sessions],
      [prices.objectiveLogins, curve.logins],
    ] as const) {
      price.forEach((units, k) => {
        sum -= (units / CELL_PRICE_UNITS) * (limit[prices.firstCell + k - curve.firstCell] ?? 0) * LOAD_SCALE;
      });
    }
    // no establishment has a limit of its own here: every local law is one of one window at a time
    sum -= prices.localPrice.reduce((total, units) => total + units, 0) / LOCAL_PRICE_UNITS;
    expect(Math.abs(sum - certificate.lowerBound)).toBeLessThan(1e-4 * certificate.lowerBound);
  });

  it('tells of a window that moved what was in its way, for whom, and what else there is', async () => {
    const moved = windows.find(({ displacementMinutes }) => displacementMinutes !== 0)!;
    const told = await get<WindowExplanationDto>(`${planId}/windows/${moved.id}/explanation`);
    expect(told).toMatchObject({ planId, windowId: moved.id, uai: moved.uai, dateCount: 1, timeZone: 'Europe/Paris' });
    expect(told.given).toMatchObject({ startsAt: moved.startsAt, hasRoom: true });
    expect(told.wished).toMatchObject({ startsAt: moved.wishedAt, displacementMinutes: 0, displacementCost: 0 });
    expect(told.alternatives).toHaveLength(3);
    const costs = told.alternatives.map(({ cost }) => cost);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    for (const start of [told.given, told.wished!, ...told.alternatives]) {
      const { displacementCost, sessionPrice, loginPrice, teacherPrice, classPrice, sitePrice, cost } = start;
      expect(displacementCost + sessionPrice + loginPrice + teacherPrice + classPrice + sitePrice).toBeCloseTo(cost, 9);
    }
    const same = windows.filter(
      (other) =>
        other.id !== moved.id &&
        other.wishedAt !== null &&
        Math.abs(Date.parse(other.wishedAt) - Date.parse(moved.wishedAt!)) < moved.cellCount * 300_000,
    );
    expect(told.rivalCount).toBe(same.length);
    expect(told.rivals.reduce((sum, { windowCount }) => sum + windowCount, 0)).toBe(same.length);
    expect(new Set(told.rivals.map(({ kind }) => kind))).toEqual(new Set(['college']));
    expect(told.sentence.fr).toMatch(/^L’heure souhaitée était \d+\u00A0h.* : le créneau commence à .*\.$/);
    expect(JSON.stringify(told.rivals)).not.toMatch(/Collège|\d{7}[A-Z]/);
  });

  it('publishes prices from which the verifier outside derives the certified bounds', async () => {
    const prices = await get<PlanPricesDto>(`${planId}/prices`);
    expect(prices.sessions).toHaveLength(prices.cellCount);
    expect([...prices.logins, ...prices.peakLogins].every((price) => Number.isSafeInteger(price) && price >= 0)).toBe(
      true,
    );
    await provenOutside(planId);
  });

  it.each([
    ['a bound below what its prices prove', '{lowerBound}', '0', 'bound:'],
    ['a cap that its windows do not keep', '{displacement,capMinutes}', '5', 'cap:'],
  ])('is found out from the outside where its certificate claims %s', async (_what, path, value, words) => {
    const set = 'update plan set certificate = jsonb_set(certificate, $2::text[], $3::jsonb) where id = $1';
    const [before] = await database.query<{ value: object }[]>(
      'select certificate #> $2::text[] as value from plan where id = $1',
      [planId, path],
    );
    await database.query(set, [planId, path, value]);
    const { problems } = await verifyFromOutside(address, planId);
    await database.query(set, [planId, path, JSON.stringify(before!.value)]);
    expect(problems.join('\n')).toContain(words);
  });

  it('gives the fairness sheet as JSON and as CSV with a French header', async () => {
    const ofPupils = windows.filter(({ audience }) => audience === 'pupils').length;
    const sheet = await get<FairnessDto>(`${planId}/fairness`);
    expect(sheet.groups[0]).toMatchObject({
      dimension: 'all',
      windowCount: ofPupils,
      worstMinutes: certificate.displacement.worstMinutes,
    });
    for (const answer of [
      await ask(`${planId}/fairness?format=csv`),
      await ask(`${planId}/fairness`, { accept: 'text/csv' }),
    ]) {
      expect(answer.headers['content-type']).toContain('text/csv');
      const lines = answer.body.split('\r\n');
      expect(lines[0]).toBe(
        '\uFEFFcritere;valeur;creneaux;avec_souhait;part_a_l_heure_souhaitee;decalage_moyen_minutes;decalage_median_minutes;' +
          'decalage_p90_minutes;decalage_p95_minutes;decalage_maximal_minutes;part_heures_defavorables;autre_jour',
      );
      expect(lines[1]).toMatch(new RegExp(`^ensemble;ensemble;${ofPupils};${ofPupils};0,\\d+;`));
      expect(lines).toHaveLength(sheet.groups.length + 2);
    }
  });

  it('has nothing short where everybody has a place', async () => {
    expect(await get(`${planId}/shortfall`)).toMatchObject({
      isComplete: true,
      unplacedCount: 0,
      cells: [],
      reasons: [],
    });
  });

  describe('where the limits do not do', () => {
    const shape = { establishmentCount: 4, classesEach: 4, concurrentSessions: 49, loginsPerMinute: 200 };
    let short: number;
    let shortfall: ShortfallDto;
    beforeAll(async () => {
      short = await allocated({}, shape);
      shortfall = await get(`${short}/shortfall`);
    });
    const relaxationOf = (kind: RelaxationDto['kind']) => shortfall.relaxations.find((found) => found.kind === kind)!;

    it('names the extra capacity with which everybody has a place, and what is certified of it', () => {
      const { stretches, parts, beyondCapacityCount } = shortfall.missingCapacity!;
      expect(beyondCapacityCount).toBe(0);
      // two days alike
      expect(parts).toHaveLength(2);
      for (const { ratio, sessionsRatio, leastRatio } of parts) {
        expect(ratio).toBeGreaterThan(1);
        expect(sessionsRatio).toBeLessThanOrEqual(ratio);
        expect(leastRatio).toBeGreaterThan(0.8);
      }
      expect(stretches.length).toBeGreaterThan(1);
      for (const { extraSessions, extraLogins, startCell, cellCount, startsAt, endsAt } of stretches) {
        expect(extraSessions + extraLogins).toBeGreaterThan(0);
        expect(Date.parse(startsAt)).toBe(startCell * 300_000);
        expect(Date.parse(endsAt)).toBe((startCell + cellCount) * 300_000);
      }
    });

    it('tells what could give way instead of the capacity, what takes least first', async () => {
      expect(shortfall).toMatchObject({ isComplete: false, isProvenImpossible: true });
      expect(shortfall.leastCapacityRatio).toBeGreaterThan(1);
      expect(shortfall.cells.length).toBeGreaterThan(0);
      expect(shortfall.relaxations.map(({ kind }) => kind).sort()).toEqual([
        'fewer_windows',
        'lower_participation',
        'shorter_windows',
        'wider_hours',
      ]);
      const enough = shortfall.relaxations.filter(({ isEnough }) => isEnough);
      expect(shortfall.relaxations.slice(0, enough.length)).toEqual(enough);
      expect(enough.map(({ lossRatio }) => lossRatio)).toEqual(
        enough.map(({ lossRatio }) => lossRatio).sort((a, b) => a - b),
      );
      for (const { isEnough, leastCapacityRatio } of shortfall.relaxations)
        expect(isEnough).toBe(leastCapacityRatio! <= 1 / 1.02);
      expect(relaxationOf('wider_hours').lossRatio).toBe(0);
      // loads are in proportion to those who come
      const { amount, leastCapacityRatio } = relaxationOf('lower_participation');
      expect(leastCapacityRatio).toBeCloseTo((shortfall.leastCapacityRatio * amount) / 1000, 9);
      expect(await get(`${short}/certificate`)).toMatchObject({ relaxations: shortfall.relaxations });
    });

    it('is right about it: with no more windows than it says everybody has a place', async () => {
      const { amount, isEnough } = relaxationOf('fewer_windows');
      expect(isEnough).toBe(true);
      const rules = presetOf('remote-week-secondary').windows.map(({ windowsPerDay, windowsPerHalfDay, ...rule }) =>
        rule.audience === 'pupils' || amount < 5
          ? { ...rule, windowsPerWeek: amount }
          : { ...rule, windowsPerDay, windowsPerHalfDay },
      );
      const fewer = await allocated({ preset: undefined, rules }, shape);
      expect(await get(`${fewer}/certificate`)).toMatchObject({ unplacedCount: 0, violationCount: 0 });
      expect(await get(`${fewer}/shortfall`)).toMatchObject({ isComplete: true, relaxations: [] });
    });
  });

  describe('where the capacity is not in the way', () => {
    const MONDAY = '2026-12-07';
    let barred: number;
    let limited: string;
    let shortfall: ShortfallDto;
    let unplaced: UnplacedDto[];
    beforeAll(async () => {
      // one school may have one class connected at a time; a class of the other is closed all day
      barred = await allocated({ endsOn: MONDAY }, { establishmentCount: 2, classesEach: 6 }, async (campaignId) => {
        const [{ uai }] = await database.query<[{ uai: string }]>('select uai from establishment where id = $1', [
          region.establishmentIds[0],
        ]);
        limited = uai;
        const payload = { simultaneousWindowLimit: 1 };
        const answer = await app.inject({ method: 'PUT', url: `/v1/establishments/${uai}/window-limit`, payload });
        expect([answer.statusCode, answer.json()]).toEqual([200, { uai, ...payload }]);
        await database.query(
          `insert into wish (campaign_id, class_id, kind, local_date, start_minute, end_minute, origin)
           values ($1, $2, 'closed', $3, 0, 1435, 'head')`,
          [campaignId, region.classIds[1]![0], MONDAY],
        );
      });
      shortfall = await get(`${barred}/shortfall`);
      unplaced = (await get<{ items: UnplacedDto[] }>(`${barred}/unplaced?limit=500`)).items;
    });
    const relaxationOf = (kind: RelaxationDto['kind']) => shortfall.relaxations.find((found) => found.kind === kind)!;

    it('keeps the limit that its head set, which is in the trail and on its page', async () => {
      const { items } = await get<{ items: WindowDto[] }>(`${barred}/windows?limit=500`);
      const own = items.filter(({ uai }) => uai === limited).sort((a, b) => a.startCell - b.startCell);
      expect(own.length).toBeGreaterThan(4);
      own.slice(1).forEach(({ startCell }, k) => {
        expect(startCell).toBeGreaterThanOrEqual(own[k]!.startCell + own[k]!.cellCount);
      });
      const shown = await app.inject({ method: 'GET', url: `/v1/establishments/${limited}` });
      expect(shown.json()).toMatchObject({ uai: limited, simultaneousWindowLimit: 1 });
      const [entry] = await database.query<object[]>(
        `select before, after, uai from audit_trail where action = 'establishment.limit_windows'`,
      );
      expect(entry).toEqual({
        before: { simultaneousWindowLimit: null },
        after: { simultaneousWindowLimit: 1 },
        uai: limited,
      });
    });

    it.each([0, 1001, 1.5, 'many', undefined])('refuses the limit %p', async (simultaneousWindowLimit) => {
      const url = `/v1/establishments/${limited}/window-limit`;
      expect((await app.inject({ method: 'PUT', url, payload: { simultaneousWindowLimit } })).statusCode).toBe(400);
    });

    it('is proven from the outside with closed times and somebody left out', () => provenOutside(barred));

    it('asks for no capacity, and measures what gives whom a place', () => {
      const { missingCapacity, relaxations } = shortfall;
      expect(missingCapacity).toMatchObject({ stretches: [], beyondCapacityCount: unplaced.length });
      expect(relaxations.every(({ cause, uais }) => cause === 'laws' && uais.length === 2)).toBe(true);
      const [lifted, opened] = [relaxationOf('lift_site_limits'), relaxationOf('lift_closed_times')];
      const before = lifted.leftOutBefore!;
      expect([lifted.leftOutCount, lifted.isEnough]).toEqual([2, false]);
      expect(before - opened.leftOutCount!).toBe(2);
      expect(relaxationOf('wider_hours').leftOutCount).toBeLessThan(before);
      expect(relaxationOf('fewer_windows').leftOutCount).toBeLessThan(before);
      // a law that binds nobody, or gives nobody a place, is no way out
      expect(relaxationOf('lift_groups')).toBeUndefined();
    });

    it('counts by cause what shuts the starts of each window, and says it in a sentence', () => {
      const [closed, full] = [0, 1].map((school) =>
        unplaced.filter(({ classId }) => region.classIds[1 - school]!.includes(classId!)),
      );
      expect(closed!.map(({ reason }) => reason)).toEqual(['no_candidate', 'no_candidate']);
      expect(closed![0]!.why).toMatchObject({
        startCount: 0,
        sentence: { fr: expect.stringContaining('temps fermés') as string },
      });
      expect(closed![0]!.why!.closedStartCount).toBeGreaterThan(20);
      expect(full!.length).toBeGreaterThan(0);
      for (const { reason, why } of full!) {
        expect(reason).toMatch(/^(site_full|conflict)$/);
        const { startCount, shut, sentence } = why!;
        expect(shut.site + shut.class).toBeGreaterThanOrEqual(startCount);
        expect([shut.sessions, shut.logins]).toEqual([0, 0]);
        expect(sentence.fr).toContain('où l’établissement a déjà assez de classes connectées');
        expect(sentence.en).toContain(`None of its ${startCount} possible starts`);
      }
    });
  });

  it('explains windows that wish nothing, and those that keep their hours each week', async () => {
    const open = await allocated(
      { preset: 'work-pick-up', keepsSameHours: true, endsOn: '2026-12-18' },
      { establishmentCount: 4, classesEach: 3 },
    );
    const [window] = (await get<{ items: WindowDto[] }>(`${open}/windows?limit=1`)).items;
    const told = await get<WindowExplanationDto>(`${open}/windows/${window!.id}/explanation`);
    expect(told).toMatchObject({ wished: null, rivalCount: 0, rivals: [], dateCount: 2 });
    expect(told.given).toMatchObject({ displacementMinutes: null, displacementCost: 0 });
    expect(told.sentence.fr).toContain('Aucune heure n’était souhaitée');
    await provenOutside(open);
  });

  /** Room for everybody, so that only other windows are in the way: one teacher in school 0, one window at once in 1, a group in 2. */
  describe('where windows bind each other', () => {
    const DAY = '2026-12-07';
    const GAP_CELLS = 6;
    const SPACING_CELLS = 3;
    let bound: number;
    let all: WindowDto[];
    let told: Map<number, WindowExplanationDto>;
    let groupId: number;
    let sourceId: number;

    beforeAll(async () => {
      const shape = { establishmentCount: 3, classesEach: 4 };
      bound = await allocated({ endsOn: DAY }, shape, async (campaignId) => {
        const [first, second, third] = region.establishmentIds;
        sourceId = region.classIds[2]![0]!;
        const id = async (sql: string, parameters: unknown[]) =>
          (await database.query<{ id: number }[]>(sql, parameters))[0]!.id;
        const teacherKeyId = await id(
          `insert into teacher_key (establishment_id, hash) values ($1, sha256('one')) returning id`,
          [first],
        );
        await database.query('insert into class_teacher select unnest($1::int[]), $2', [
          region.classIds[0],
          teacherKeyId,
        ]);
        await database.query('update establishment set simultaneous_window_limit = 1 where id = $1', [second]);
        await database.query('update establishment set latitude = 50, longitude = 3 where id = any($1)', [
          region.establishmentIds,
        ]);
        groupId = await id(
          `insert into class (establishment_id, school_year, code, kind, levels, headcount, source)
           values ($1, '2026-2027', 'LATIN', 'group', '{6E}', 12, 'test') returning id`,
          [third],
        );
        await database.query('insert into class_group_source (group_id, class_id) values ($1, $2)', [
          groupId,
          sourceId,
        ]);
        await database.query(
          `insert into wish (campaign_id, class_id, kind, local_date, start_minute, origin)
           select $1, unnest($2::int[]), 'wished', $3, 600, 'head'`,
          [campaignId, [groupId, sourceId], DAY],
        );
      });
      all = (await get<{ items: WindowDto[] }>(`${bound}/windows?limit=500`)).items;
      told = new Map();
      for (const { id } of all) told.set(id, await get(`${bound}/windows/${id}/explanation`));
    });

    const cellOf = (startsAt: string): number => Date.parse(startsAt) / 300_000;
    /** The law that a start of a window would break, written down once more. */
    function broken(window: WindowDto, startCell: number): string | undefined {
      const meets = (other: WindowDto, gap = 0): boolean =>
        startCell < other.startCell + other.cellCount + gap && other.startCell < startCell + window.cellCount + gap;
      for (const other of all) {
        if (other.id === window.id) continue;
        const where = `${window.uai} ${startCell} against window ${other.id}`;
        if (window.classId === null) {
          if (other.classId === null && Math.abs(other.startCell - startCell) < SPACING_CELLS) return `near ${where}`;
          continue;
        }
        if (other.classId === window.classId && meets(other, GAP_CELLS)) return `gap ${where}`;
        const pair = [window.classId, other.classId];
        if (pair.includes(groupId) && pair.includes(sourceId) && meets(other)) return `group ${where}`;
        if (window.teacherKeyId !== null && other.teacherKeyId === window.teacherKeyId && meets(other))
          return `teacher ${where}`;
        if (window.uai === region.uais[1] && other.uai === window.uai && other.classId !== null && meets(other))
          return `site ${where}`;
      }
      return undefined;
    }

    it('gives no alternative that another window forbids, whatever the law', () => {
      expect(all.filter(({ teacherKeyId }) => teacherKeyId !== null)).toHaveLength(8);
      expect(all.some(({ classId }) => classId === groupId)).toBe(true);
      expect(all.some(({ classId }) => classId === null)).toBe(true);
      const faults = all.flatMap((window) => {
        const { given, wished, alternatives } = told.get(window.id)!;
        expect(given).toMatchObject({ startsAt: window.startsAt, hasRoom: true });
        if (wished) expect([window.id, wished.hasRoom]).toEqual([window.id, !broken(window, cellOf(wished.startsAt))]);
        expect(alternatives.every(({ hasRoom }) => hasRoom)).toBe(true);
        return alternatives.flatMap(({ startsAt }) => broken(window, cellOf(startsAt)) ?? []);
      });
      expect(faults).toEqual([]);
      expect([...told.values()].filter(({ alternatives }) => alternatives.length === 3).length).toBeGreaterThan(10);
    });

    it('is proven from the outside with a teacher, a limit, a group and neighbours', () => provenOutside(bound));

    it('names in its sentence the hours of these alternatives', () => {
      const moved = all.filter(({ displacementMinutes }) => (displacementMinutes ?? 0) !== 0);
      expect(moved.length).toBeGreaterThan(3);
      for (const { id } of moved) {
        const { sentence, alternatives } = told.get(id)!;
        const hours = [...(sentence.en.split('there is room left at ')[1] ?? '').matchAll(/\d+:\d\d/g)];
        expect(hours.map(([hour]) => hour.padStart(5, '0'))).toEqual(
          alternatives.map(({ startsAt }) => startsAt.slice(11, 16)),
        );
      }
    });

    it('says that pupils of both are in the way where a class and its group wish the same hour', () => {
      const pair = all.filter(
        ({ classId, wishedAt }) => [groupId, sourceId].includes(classId!) && wishedAt?.includes('T10:00'),
      );
      expect(pair).toHaveLength(2);
      const moved = pair.filter(({ displacementMinutes }) => displacementMinutes !== 0);
      expect(moved.length).toBeGreaterThan(0);
      for (const { id } of moved) {
        expect(told.get(id)!.sentence.fr).toContain(
          'L’heure souhaitée était 10\u00A0h, mais une partie de ses élèves a alors un créneau avec une autre classe ou un groupe',
        );
      }
    });

    it('gives those alone that a head can book', async () => {
      const published = await app.inject({
        method: 'POST',
        url: `/v1/plans/${bound}/publish`,
        payload: { reason: 'test' },
      });
      expect(published.statusCode).toBe(200);
      for (const { id, classId, date } of all) {
        if (classId === null) continue;
        const answer = await app.inject({ url: `/v1/classes/${classId}/availability?date=${date}&windowId=${id}` });
        const { starts } = answer.json<{ starts: { startsAt: string; verdict: string }[] }>();
        for (const { startsAt } of told.get(id)!.alternatives) {
          expect([id, 'free']).toEqual([id, starts.find((start) => start.startsAt === startsAt)?.verdict]);
        }
      }
    });
  });

  it.each([
    ['999999/prices', 404, 'plan.not_found'],
    ['999999/fairness', 404, 'plan.not_found'],
    ['999999/shortfall', 404, 'plan.not_found'],
    ['999999/windows/1/explanation', 404, 'plan.not_found'],
    ['one/windows/1/explanation', 400, 'request.invalid'],
    ['1/windows/0/explanation', 400, 'request.invalid'],
    ['1/windows/999999999/explanation', 404, 'window.not_found'],
    ['1/fairness?format=xml', 400, 'request.invalid'],
  ])('answers %s with %i %s', async (path, status, code) => {
    const answer = await ask(path.replace(/^1\//, `${planId}/`));
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
  });
});
