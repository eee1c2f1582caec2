import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import ICAL from 'ical.js';
import type { DataSource } from 'typeorm';
import type { NoticePageDto } from '../../src/feeds/notice.dto';
import { PlanService } from '../../src/plan/plan.service';
import { type BookableRegion, publishedRegion, standStillAt } from '../booking-region';
import { cellAt, draftOf, TESTER, type WindowSpec } from '../plan-builder';
import { asOwner, signedInAs, startTestApplication } from '../test-application';

const WINDOWS: WindowSpec[] = [
  { establishment: 0, classIndex: 0, startCell: cellAt(0, 9) },
  { establishment: 0, classIndex: 0, startCell: cellAt(1, 9) },
  { establishment: 0, classIndex: 1, startCell: cellAt(0, 10) },
  { establishment: 0, classIndex: -1, startCell: cellAt(0, 19) },
  { establishment: 1, classIndex: 0, startCell: cellAt(0, 10) },
];

/** What a calendar program keeps of a subscription: events by UID, replaced only by a higher SEQUENCE. */
class CalendarClient {
  readonly events = new Map<string, { sequence: number; status: string; startsAt: string; text: string }>();

  take(text: string): string[] {
    const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
    const seen = calendar.getAllSubcomponents('vevent').map((component) => {
      const event = new ICAL.Event(component);
      const known = this.events.get(event.uid);
      if (!known || event.sequence > known.sequence) {
        this.events.set(event.uid, {
          sequence: event.sequence,
          status: component.getFirstPropertyValue('status') as string,
          startsAt: event.startDate.toJSDate().toISOString(),
          text: event.description,
        });
      }
      return event.uid;
    });
    return seen;
  }

  starts(status = 'CONFIRMED'): string[] {
    return [...this.events.values()]
      .filter((event) => event.status === status)
      .map((event) => event.startsAt)
      .sort();
  }
}

describe('feeds and notices', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: BookableRegion;
  beforeAll(async () => {
    standStillAt('2026-12-01T07:00:00+01:00');
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });
  beforeEach(async () => {
    region = await publishedRegion(app, WINDOWS);
  });

  const send = (method: 'POST' | 'PUT' | 'DELETE', url: string, payload?: object, headers = {}) =>
    app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  const feedOf = async (owner: string): Promise<string> => {
    const answer = await send('POST', `/v1/${owner}/feed`);
    expect(answer.statusCode).toBe(201);
    return answer.json<{ path: string }>().path;
  };
  const classFeed = (index = 0): Promise<string> => feedOf(`classes/${region.classIds[0]![index]!}`);
  const move = async (window: number, startsAt: string, reason = ''): Promise<void> => {
    const answer = await send(
      'POST',
      '/v1/bookings',
      { operation: 'move', windowId: region.windowIds[window], startsAt, reason },
      {
        'idempotency-key': randomUUID(),
        'if-match': `"${await revisionOf(window)}"`,
      },
    );
    expect({ status: answer.statusCode, body: answer.statusCode === 201 || answer.body }).toEqual({
      status: 201,
      body: true,
    });
  };
  const revisionOf = async (window: number): Promise<number> => {
    const [row] = await database.query<{ revision: number }[]>(
      `select greatest(w.revision, p.published_revision) as revision from plan_window w join plan p on p.id = w.plan_id
        where p.state = 'published' and w.window_id = $1`,
      [region.windowIds[window]],
    );
    return row!.revision;
  };
  const replan = async (windows: WindowSpec[]): Promise<number> => {
    const [base] = await database.query<{ epoch: number; revision: number }[]>(
      'select epoch, revision from platform_revision where platform_id = $1',
      [region.platformId],
    );
    const planId = await app.get(PlanService).createDraft(TESTER, draftOf(region, windows, { base: base! }));
    await app.get(PlanService).publish(TESTER, planId, 'Panne annoncée');
    return planId;
  };
  const notices = async (query = '', establishment = 0): Promise<NoticePageDto> =>
    (await app.inject({ url: `/v1/establishments/${region.uais[establishment]}/notices${query}` })).json();

  it('show the windows of a class and of the parents in UTC, in French and in English', async () => {
    const path = await classFeed();
    const answer = await app.inject({ url: path });
    expect(answer.headers['content-type']).toBe('text/calendar; charset=utf-8');
    const client = new CalendarClient();
    client.take(answer.body);
    expect(client.starts()).toEqual([
      '2026-12-07T08:00:00.000Z',
      '2026-12-07T18:00:00.000Z',
      '2026-12-08T08:00:00.000Z',
    ]);
    for (const line of [
      'METHOD:PUBLISH',
      'X-PUBLISHED-TTL:PT1H',
      'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
      'DTSTART:20261207T080000Z',
      'SUMMARY:Créneau de connexion 6A',
      'SEQUENCE:0',
      'X-WR-CALNAME:6A - Collège 1',
    ]) {
      expect(answer.body.split('\r\n')).toContain(line);
    }
    expect(answer.body).toContain('Entrée possible dès 8 h 55.');
    expect((await app.inject({ url: `${path}?lang=en` })).body).toContain('SUMMARY:Connection window 6A');
  });

  it('move a window in a calendar program, and tell from where', async () => {
    const path = await classFeed();
    const client = new CalendarClient();
    const first = client.take((await app.inject({ url: path })).body);
    await move(0, '2026-12-07T14:00:00+01:00', 'Mme X absente');
    const text = (await app.inject({ url: path })).body;
    expect(client.take(text).sort()).toEqual(first.sort());
    expect(client.starts()).toEqual([
      '2026-12-07T13:00:00.000Z',
      '2026-12-07T18:00:00.000Z',
      '2026-12-08T08:00:00.000Z',
    ]);
    const moved = [...client.events.values()].find(({ sequence }) => sequence === 1)!;
    expect(moved.text).toContain('auparavant lundi 7 décembre 2026 de 9 h 00 à 9 h 30');
    expect(text).not.toContain('Mme X');
  });

  it('say nothing of a booking that leaves a window where it stands, as a date of a series may', async () => {
    const path = await classFeed(1);
    const before = (await app.inject({ url: path })).body;
    await move(2, '2026-12-07T10:00:00+01:00');
    expect((await app.inject({ url: path })).body).toBe(before);
    expect((await notices()).items).toEqual([]);
  });

  it('follow a replan and its rollback: moved, cancelled, and back again', async () => {
    const path = await classFeed();
    const client = new CalendarClient();
    client.take((await app.inject({ url: path })).body);
    const planId = await replan([{ ...WINDOWS[0]!, startCell: cellAt(0, 11) }, ...WINDOWS.slice(2)]);
    const text = (await app.inject({ url: path })).body;
    client.take(text);
    expect(client.starts()).toEqual(['2026-12-07T10:00:00.000Z', '2026-12-07T18:00:00.000Z']);
    expect(client.starts('CANCELLED')).toEqual(['2026-12-08T08:00:00.000Z']);
    expect(text.replaceAll('\r\n ', '')).toContain('Motif : Panne annoncée');
    await app.get(PlanService).rollback(TESTER, planId, 'Finalement non');
    client.take((await app.inject({ url: path })).body);
    expect(client.starts()).toEqual([
      '2026-12-07T08:00:00.000Z',
      '2026-12-07T18:00:00.000Z',
      '2026-12-08T08:00:00.000Z',
    ]);
    expect(client.starts('CANCELLED')).toEqual([]);
  });

  it('do not take the window of a class that a roster has taken away for one of the staff', async () => {
    const path = await feedOf(`establishments/${region.uais[0]}`);
    await database.query('delete from class where id = $1', [region.classIds[0]![1]]);
    const { body } = await app.inject({ url: path });
    expect(body).toContain("SUMMARY:Créneau de connexion d'une classe supprimée");
    expect(body).not.toContain('personnels');
  });

  it('let a cancelled window go after thirty days', async () => {
    const path = await classFeed();
    await replan(WINDOWS.slice(1));
    expect((await app.inject({ url: path })).body).toContain('STATUS:CANCELLED');
    await asOwner(app, `update plan_change set changed_at = changed_at - interval '40 days' where platform_id = $1`, [
      region.platformId,
    ]);
    expect((await app.inject({ url: path })).body).not.toContain('STATUS:CANCELLED');
  });

  it('are not sent again to who has them, until something changes in the school', async () => {
    const path = await classFeed();
    const answer = await app.inject({ url: path });
    const etag = answer.headers.etag as string;
    expect(etag).toMatch(/^"[\w-]+"$/);
    const again = (headers: Record<string, string>) => app.inject({ url: path, headers });
    expect((await again({ 'if-none-match': etag })).statusCode).toBe(304);
    expect((await again({ 'if-none-match': `"other", W/${etag}` })).statusCode).toBe(304);
    expect((await again({ 'if-modified-since': answer.headers['last-modified'] as string })).statusCode).toBe(304);
    expect((await again({ 'if-none-match': '"other"' })).statusCode).toBe(200);
    expect((await app.inject({ url: `${path}?lang=en`, headers: { 'if-none-match': etag } })).statusCode).toBe(200);
    await move(4, '2026-12-07T15:00:00+01:00');
    expect((await again({ 'if-none-match': etag })).statusCode).toBe(304);
    await move(2, '2026-12-07T15:00:00+01:00');
    expect((await again({ 'if-none-match': etag })).statusCode).toBe(200);
  });

  it('are sent again when a class of theirs is called otherwise', async () => {
    const [ofClass, ofSchool] = [await classFeed(), await feedOf(`establishments/${region.uais[0]}`)];
    const etagOf = async (url: string): Promise<string> => (await app.inject({ url })).headers.etag as string;
    const etags = [await etagOf(ofClass), await etagOf(ofSchool)] as const;
    const rename = (index: number, code: string): Promise<unknown> =>
      database.query('update class set code = $2 where id = $1', [region.classIds[0]![index], code]);
    const again = async (url: string, etag: string) => app.inject({ url, headers: { 'if-none-match': etag } });
    await rename(1, 'Autre');
    expect((await again(ofClass, etags[0])).statusCode).toBe(304);
    expect((await again(ofSchool, etags[1])).body).toContain('SUMMARY:Créneau de connexion Autre');
    await rename(0, 'Nouveau');
    expect((await again(ofClass, etags[0])).body).toContain('SUMMARY:Créneau de connexion Nouveau');
  });

  it('are sent again to who keeps a date alone, when something that they show has another name', async () => {
    // its clock dates the changes
    const databaseNow = async (): Promise<Date> =>
      (await database.query<[{ at: Date }]>('select clock_timestamp() as at'))[0].at;
    const [ofClass, ofSchool] = [await classFeed(), await feedOf(`establishments/${region.uais[0]}`)];
    const classId = region.classIds[0]![0]!;
    const changes: [what: string, change: string, of: string[]][] = [
      ['another code', `update class set code = 'Nouveau' where id = ${classId}`, [ofClass, ofSchool]],
      [
        'another name of the school',
        `update establishment set name = 'Collège neuf' where uai = '${region.uais[0]}'`,
        [ofClass, ofSchool],
      ],
      [
        'a group',
        `insert into class_group_source (group_id, class_id) values (${region.classIds[0]![2]}, ${classId})`,
        [ofClass],
      ],
      ['no group', `delete from class_group_source where class_id = ${classId}`, [ofClass]],
    ];
    try {
      for (const [what, change, urls] of changes) {
        standStillAt((await databaseNow()).toISOString());
        const since = await Promise.all(
          urls.map(async (url) => (await app.inject({ url })).headers['last-modified'] as string),
        );
        await database.query(change);
        for (const [i, url] of urls.entries()) {
          const again = await app.inject({ url, headers: { 'if-modified-since': since[i]! } });
          expect([what, again.statusCode]).toEqual([what, 200]);
        }
      }
      // and not for what no feed shows
      standStillAt(new Date((await databaseNow()).getTime() + 2000).toISOString());
      const since = (await app.inject({ url: ofClass })).headers['last-modified'] as string;
      await database.query('update class set headcount = headcount + 1 where id = $1', [classId]);
      expect((await app.inject({ url: ofClass, headers: { 'if-modified-since': since } })).statusCode).toBe(304);
    } finally {
      standStillAt('2026-12-01T07:00:00+01:00');
    }
  });

  it('have an address that is kept as a hash, can be replaced and ended', async () => {
    const owner = `/v1/establishments/${region.uais[0]}/feed`;
    const first = (await send('POST', owner)).json<{ path: string }>().path;
    expect((await app.inject({ url: first })).body.match(/BEGIN:VEVENT/g)).toHaveLength(4);
    expect((await send('POST', owner)).json()).toMatchObject({ status: 409, code: 'feed.exists' });
    const second = (await send('POST', `${owner}/replacement`)).json<{ path: string }>().path;
    expect((await app.inject({ url: first })).json()).toMatchObject({ status: 404, code: 'feed.not_found' });
    expect((await app.inject({ url: second })).statusCode).toBe(200);
    const rows = await database.query<{ row: string }[]>('select f::text as row from feed f');
    expect(rows.some(({ row }) => row.includes(second.slice(10, 53)))).toBe(false);
    expect((await send('DELETE', owner)).statusCode).toBe(204);
    expect((await app.inject({ url: second })).statusCode).toBe(404);
    expect((await send('POST', `${owner}/replacement`)).json()).toMatchObject({ code: 'feed.not_found' });
    expect((await app.inject({ url: '/v1/feeds/guess.ics' })).statusCode).toBe(404);
    expect((await send('POST', '/v1/classes/999999/feed')).statusCode).toBe(404);
  });

  it('tell an establishment what moved: from, to, why, by which revision, in pages', async () => {
    expect(await notices()).toEqual({ items: [], nextAfter: null, hasMore: false });
    await move(2, '2026-12-07T15:00:00+01:00', 'examen');
    await replan([{ ...WINDOWS[0]!, startCell: cellAt(0, 11) }, ...WINDOWS.slice(2)]);
    const all = await notices();
    expect(all.items).toMatchObject([
      {
        kind: 'move',
        revision: 2,
        windowId: region.windowIds[2],
        classCode: '6B',
        reason: 'examen',
        before: { startsAt: '2026-12-07T10:00:00+01:00' },
        after: { startsAt: '2026-12-07T15:00:00+01:00' },
      },
      {
        kind: 'publication',
        revision: 3,
        windowId: region.windowIds[0],
        classCode: '6A',
        reason: 'Panne annoncée',
        before: { startsAt: '2026-12-07T09:00:00+01:00' },
        after: { startsAt: '2026-12-07T11:00:00+01:00' },
        isAcknowledged: false,
        french:
          "Créneau de connexion 6A : déplacé, auparavant lundi 7 décembre 2026 de 9 h 00 à 9 h 30, désormais lundi 7 décembre 2026 de 11 h 00 à 11 h 30. Publication d'un nouveau plan, motif : Panne annoncée",
      },
      { kind: 'publication', revision: 3, windowId: region.windowIds[1], before: { date: '2026-12-08' }, after: null },
    ]);
    const page = await notices('?limit=2');
    expect(page).toMatchObject({ items: all.items.slice(0, 2), hasMore: true });
    expect((await notices(`?after=${page.nextAfter}`)).items).toEqual(all.items.slice(2));
    expect((await notices('', 1)).items).toEqual([]);
    // who moved a window himself knows it
    const byOthers = all.items.filter(({ kind }) => kind === 'publication');
    expect((await notices('?ofOthers=true')).items).toEqual(byOthers);
    const other = await signedInAs(app, { role: 'head', uais: [region.uais[0]!], territories: [] });
    const url = `/v1/establishments/${region.uais[0]}/notices?ofOthers=true`;
    expect((await app.inject({ url, headers: other })).json<NoticePageDto>().items).toHaveLength(3);
    const mark = `/v1/establishments/${region.uais[0]}/notices/acknowledgement`;
    expect((await send('PUT', mark, { epoch: 1, revision: 2 })).statusCode).toBe(204);
    expect((await notices('?unacknowledged=true')).items).toEqual(all.items.slice(1));
    expect((await notices()).items.map(({ isAcknowledged }) => isAcknowledged)).toEqual([true, false, false]);
    expect((await send('PUT', mark, { epoch: 1, revision: 99 })).json()).toMatchObject({ code: 'notice.not_told' });
    expect((await app.inject({ url: `/v1/establishments/${region.uais[0]}/notices?after=x` })).statusCode).toBe(400);
  });
});
