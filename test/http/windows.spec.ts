import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { parse } from 'csv-parse/sync';
import { type DataSource } from 'typeorm';
import { PlanService } from '../../src/plan/plan.service';
import type { WindowDto, WindowPageDto } from '../../src/plan/window.dto';
import { cellAt, draftOf, makeCampaign, makeRegion, TESTER, weekOf, type Region } from '../plan-builder';
import { startTestApplication } from '../test-application';

describe('windows by REST', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let plans: PlanService;
  let region: Region;
  let planId: number;
  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    plans = app.get(PlanService);
    region = await makeRegion(database, { establishmentCount: 6 });
    await database.query(`update class set code = 'CE1 "bleu"; \\n de l''été' where id = $1`, [region.classIds[0]![0]]);
    planId = await plans.createDraft(TESTER, draftOf(region, weekOf(region, 1)));
  });
  afterAll(() => app.close());

  const read = async <T = WindowPageDto>(url: string): Promise<T> => {
    const answer = await app.inject({ url });
    expect({ url, status: answer.statusCode, body: answer.statusCode < 300 || answer.body }).toEqual({
      url,
      status: 200,
      body: true,
    });
    return answer.json<T>();
  };
  const codeOf = async (url: string): Promise<[number, string]> => {
    const answer = await app.inject({ url });
    return [answer.statusCode, answer.json<{ code: string }>().code];
  };
  const allPages = async (query: string): Promise<WindowDto[]> => {
    const windows: WindowDto[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: WindowPageDto = await read(
        `/v1/plans/${planId}/windows?limit=7${query}${cursor && `&cursor=${cursor}`}`,
      );
      windows.push(...page.items);
      cursor = page.nextCursor;
    }
    return windows;
  };
  const streamed = async (format: string, query = ''): Promise<WindowDto[]> => {
    const { body } = await app.inject({ url: `/v1/plans/${planId}/windows?format=${format}${query}` });
    return body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as WindowDto);
  };
  const byId = (a: WindowDto, b: WindowDto): number => a.id - b.id;

  it('of a plan come in pages by establishment and start, each window once', async () => {
    const windows = await allPages('');
    expect(windows).toHaveLength(120);
    expect(new Set(windows.map(({ id }) => id)).size).toBe(120);
    const order = windows.map(({ uai, startCell, id }) => `${uai} ${startCell} ${String(id).padStart(9, '0')}`);
    expect(order).toEqual([...order].sort());
  });

  it('of a plan are filtered by establishment, department and date', async () => {
    const uai = region.uais[3]!;
    expect((await allPages(`&uai=${uai}`)).map((window) => window.uai)).toEqual(Array<string>(20).fill(uai));
    const [{ code }] = await database.query<[{ code: string }]>('select code from territory where id = $1', [
      region.departmentIds[1],
    ]);
    const inDepartment = await allPages(`&department=${code}`);
    expect(new Set(inDepartment.map((window) => window.uai))).toEqual(new Set([1, 3, 5].map((i) => region.uais[i])));
    expect(new Set(inDepartment.map((window) => window.departmentCode))).toEqual(new Set([code]));
    const onTuesday = await allPages(`&department=${code}&date=2026-12-08`);
    expect(onTuesday).toHaveLength(3 * 4);
    expect(onTuesday.every(({ date, startsAt }) => date === '2026-12-08' && startsAt.startsWith('2026-12-08T'))).toBe(
      true,
    );
  });

  it.each(['', '&date=2026-12-09', '&uai='])(
    'of a plan are the same as a stream of NDJSON as in pages (%s)',
    async (query) => {
      const filter = query === '&uai=' ? `&uai=${region.uais[0]}` : query;
      const pages = await allPages(filter);
      expect(pages.length).toBeGreaterThan(10);
      expect((await streamed('ndjson', filter)).sort(byId)).toEqual(pages.sort(byId));
    },
  );

  it('of a plan are the same in CSV, in French, and survive quotes, semicolons and line feeds', async () => {
    const answer = await app.inject({ url: `/v1/plans/${planId}/windows`, headers: { accept: 'text/csv' } });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.vary).toMatch(/accept/i);
    expect(answer.body.startsWith('\uFEFFcreneau;plan;revision;serie;uai;')).toBe(true);
    const rows = parse<Record<string, string>>(answer.body, { delimiter: ';', columns: true, bom: true });
    const pages = (await allPages('')).sort(byId);
    expect(
      rows
        .sort((a, b) => Number(a.creneau) - Number(b.creneau))
        .map((row) => [row.creneau, row.uai, row.classe, row.debut, row.pas_debut, row.effectif]),
    ).toEqual(
      pages.map((w) => [String(w.id), w.uai, w.classCode ?? '', w.startsAt, String(w.startCell), String(w.headcount)]),
    );
    expect(new Set(rows.map((row) => row.public))).toEqual(new Set(['élèves', 'parents']));
    expect(rows.find((row) => row.id_classe === String(region.classIds[0]![0]))!.classe).toBe(
      'CE1 "bleu"; \\n de l\'été',
    );
  });

  it('of a plan come as what Accept or format asks for', async () => {
    const typeOf = async (accept: string, query = ''): Promise<string> =>
      String(
        (await app.inject({ url: `/v1/plans/${planId}/windows${query}`, headers: { accept } })).headers['content-type'],
      );
    expect(await typeOf('application/x-ndjson')).toContain('application/x-ndjson');
    expect(await typeOf('text/csv;q=0.9, */*')).toContain('text/csv');
    expect(await typeOf('text/html, */*;q=0.8')).toContain('application/json');
    expect(await typeOf('text/csv', '?format=json')).toContain('application/json');
  });

  it('as a stream do not hold the connection of a reader who leaves', async () => {
    const large = await makeRegion(database, { establishmentCount: 500, classesEach: 8 });
    const largePlanId = await plans.createDraft(TESTER, draftOf(large, weekOf(large, 2)));
    await app.listen(0, '127.0.0.1');
    const { port } = new URL(await app.getUrl());
    const url = `http://127.0.0.1:${port}/v1/plans/${largePlanId}/windows?format=ndjson`;
    // more readers than the pool has connections, each of them far from the end: had one stayed, the last would wait for ever
    for (let reader = 0; reader < 12; reader++) {
      const leave = new AbortController();
      const answer = await fetch(url, { signal: leave.signal });
      await answer.body!.getReader().read();
      leave.abort();
    }
    const whole = await (await fetch(url)).text();
    expect(whole.split('\n')).toHaveLength(500 * 9 * 5 + 1);
  });

  it('refuse a bad filter, format, page or cursor', async () => {
    const base = `/v1/plans/${planId}/windows`;
    for (const query of [
      'uai=123',
      'date=2026-02-30',
      "date=2026-12-08'--",
      'format=xml',
      'limit=0',
      'limit=501',
      'cursor=x',
      'cursor=WzEsMiwiMyJd',
      'cursor=WzEsMiwxLjVd',
      'foo=1',
      'format=csv&cursor=WzEsMiwzXQ',
    ]) {
      expect([query, (await app.inject({ url: `${base}?${query}` })).statusCode]).toEqual([query, 400]);
    }
    expect(await codeOf(`${base}?uai=0590000A`)).toEqual([404, 'establishment.not_found']);
    expect(await codeOf(`${base}?department=nowhere`)).toEqual([404, 'department.not_found']);
  });

  describe('that are published', () => {
    let revision: number;
    beforeAll(async () => {
      revision = (await plans.publish(TESTER, planId, 'agreed')).revision;
    });
    const week = 'from=2026-12-07&to=2026-12-13';

    it('are read for an establishment and its classes, by start', async () => {
      const { items } = await read(`/v1/establishments/${region.uais[1]}/windows?${week}`);
      expect(items).toHaveLength(20);
      const starts = items.map(({ startCell }) => startCell);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      const pages: WindowDto[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: WindowPageDto = await read(
          `/v1/establishments/${region.uais[1]}/windows?${week}&limit=3${cursor && `&cursor=${cursor}`}`,
        );
        pages.push(...page.items);
        cursor = page.nextCursor;
      }
      expect(pages).toEqual(items);
    });

    it('say all that a family has to know', async () => {
      const { items } = await read(`/v1/classes/${region.classIds[2]![1]}/windows?from=2026-12-08&to=2026-12-08`);
      const [row] = await database.query<{ id: number; start: number }[]>(
        `select window_id as id, start_cell as start from plan_window where class_id = $1 and local_date = '2026-12-08'`,
        [region.classIds[2]![1]],
      );
      const local = (cell: number): string => new Date((cell + 12) * 300_000).toISOString().replace('.000Z', '+01:00');
      expect(items).toEqual([
        {
          id: row!.id,
          planId,
          revision,
          seriesId: null,
          uai: region.uais[2],
          departmentCode: expect.any(String) as string,
          classId: region.classIds[2]![1],
          classCode: '6B',
          audience: 'pupils',
          activity: 'open',
          origin: 'allocated',
          date: '2026-12-08',
          startsAt: local(row!.start),
          endsAt: local(row!.start + 6),
          entryOpensAt: local(row!.start - 1),
          timeZone: 'Europe/Paris',
          wishedAt: '2026-12-08T08:00:00+01:00',
          displacementDays: 0,
          displacementMinutes: (row!.start - cellAt(1, 8)) * 5,
          headcount: 25,
          profileId: 3,
          startCell: row!.start,
          cellCount: 6,
          teacherKeyId: null,
        },
      ]);
    });

    it('are found by the code of a class in its establishment', async () => {
      const { items } = await read(`/v1/windows?uai=${region.uais[2]}&class=6B&${week}`);
      expect(items.map(({ classId }) => classId)).toEqual(Array<number>(5).fill(region.classIds[2]![1]!));
      expect(await codeOf(`/v1/windows?uai=${region.uais[2]}&class=9Z`)).toEqual([404, 'class.not_found']);
      expect(await codeOf(`/v1/windows?uai=0590000A&class=6B`)).toEqual([404, 'establishment.not_found']);
    });

    it("are found by the ENT's key: by the name that the ENT gives a class, else by its code", async () => {
      const key = (name: string): string => `class-key=${encodeURIComponent(`structure-${region.uais[4]}$${name}`)}`;
      const classOf = async (name: string): Promise<(number | null)[]> => [
        ...new Set((await read(`/v1/windows?${key(name)}&${week}`)).items.map(({ classId }) => classId)),
      ];
      expect(await classOf('6A')).toEqual([region.classIds[4]![0]]);
      await database.query(`update class set ent_class_name = '6A' where id = $1`, [region.classIds[4]![2]]);
      expect(await classOf('6A')).toEqual([region.classIds[4]![2]]);
      expect(await classOf('6B')).toEqual([region.classIds[4]![1]]);
    });

    it('explain what happens to visitors with a key that nobody knows', async () => {
      const answer = await app.inject({ url: `/v1/windows?class-key=structure-${region.uais[4]}$9Z` });
      expect(answer.json()).toMatchObject({
        status: 404,
        code: 'window.class_key_unknown',
        uai: region.uais[4],
        fallback: ['level_windows', 'walk_in_quota'],
      });
      expect(answer.json<{ detail: string }>().detail).toContain(`/v1/establishments/${region.uais[4]}/windows`);
      expect(await codeOf('/v1/windows?class-key=nothing')).toEqual([404, 'window.class_key_unknown']);
      expect(await codeOf('/v1/windows?class-key=unknown$6A')).toEqual([404, 'window.class_key_unknown']);
    });

    it('are those of the days asked, from today by default, seven days in all', async () => {
      const on = async (query: string): Promise<Set<string>> =>
        new Set((await read(`/v1/establishments/${region.uais[1]}/windows?${query}`)).items.map(({ date }) => date));
      expect(await on('from=2026-12-08&to=2026-12-09')).toEqual(new Set(['2026-12-08', '2026-12-09']));
      expect(await on('from=2026-12-05')).toEqual(
        new Set(['2026-12-07', '2026-12-08', '2026-12-09', '2026-12-10', '2026-12-11']),
      );
      expect(await on('from=2026-12-01')).toEqual(new Set(['2026-12-07']));
      jest.useFakeTimers({
        now: new Date('2026-12-09T23:30:00Z'),
        doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask', 'setInterval', 'performance'],
      });
      try {
        expect(await on('')).toEqual(new Set(['2026-12-10', '2026-12-11']));
      } finally {
        jest.useRealTimers();
      }
    });

    it('are those of all campaigns in force, and of no draft', async () => {
      const campaignId = await makeCampaign(database, region.platformId);
      const window = { establishment: 5, classIndex: 0, startCell: cellAt(0, 20), ordinal: 0 };
      const draft = await plans.createDraft(
        TESTER,
        draftOf(region, [window], { campaignId, base: { epoch: 1, revision } }),
      );
      const url = `/v1/classes/${region.classIds[5]![0]}/windows?${week}`;
      const before = await read(url);
      expect(before.items).toHaveLength(5);
      await plans.publish(TESTER, draft, 'agreed too');
      const after = await read(url);
      expect(after.items).toHaveLength(6);
      expect(after.items.filter(({ planId: id }) => id === draft)).toMatchObject([
        { revision: revision + 1, startsAt: '2026-12-07T20:00:00+01:00' },
      ]);
    });

    it('refuse ranges and searches that mean nothing', async () => {
      const uai = region.uais[1];
      for (const url of [
        `/v1/establishments/${uai}/windows?from=2026-12-09&to=2026-12-08`,
        `/v1/establishments/${uai}/windows?from=2026-01-01&to=2027-12-31`,
        `/v1/establishments/${uai}/windows?from=tomorrow`,
        `/v1/establishments/${uai}/windows?cursor=WzFd`,
        '/v1/windows',
        `/v1/windows?uai=${uai}`,
        `/v1/windows?class=6A`,
        `/v1/windows?uai=${uai}&class=6A&class-key=a$b`,
        '/v1/classes/x/windows',
        '/v1/windows?class-key=',
      ]) {
        expect([url, (await app.inject({ url })).statusCode]).toEqual([url, 400]);
      }
      expect(await codeOf('/v1/establishments/0590000A/windows')).toEqual([404, 'establishment.not_found']);
      expect(await codeOf('/v1/classes/2000000000/windows')).toEqual([404, 'class.not_found']);
    });
  });
});
