import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import type { CampaignDto } from '../../src/campaign/campaign.dto';
import { behaviourOf, defaultLoadModel, parametersOf } from '../../src/campaign/load-model.rules';
import { CountStore } from '../../src/gateway/count.store';
import { meanActiveMinutes } from '../../src/kernel/calibration/stay';
import { CELL_SECONDS } from '../../src/kernel/cell-grid';
import { buildProfile } from '../../src/kernel/load/profile';
import { randomInteger, seededRandom } from '../../src/kernel/random';
import type { PlanProfile } from '../../src/plan/plan-draft';
import { PlanService } from '../../src/plan/plan.service';
import type { CalibrationDto, CalibrationPageDto, EstimateDto } from '../../src/simulation/calibration.dto';
import { cellAt, draftOf, makeRegion, TESTER, type Region, type WindowSpec } from '../plan-builder';
import { signedInAs, startTestApplication } from '../test-application';

const SEED = 1604;
const WINDOW_CELLS = 6;
const ESTABLISHMENTS = 40;
const CLASSES = 6;
/** More than a class has: 130,000 visits in the week make chance small beside the 5 %. */
const HEADCOUNT = 90;
const ACCOUNTS_PER_PUPIL = defaultLoadModel('ordinary').relativeAccountsPerThousandPupils / 1000;
/** Accounts of relatives of an establishment, as the plan reckons them. */
const ACCOUNTS = Math.round(CLASSES * HEADCOUNT * ACCOUNTS_PER_PUPIL);
const TRUE = {
  participation: 0.74,
  relatives: 0.37,
  adherence: 0.82,
  /** Of the youngest half of the classes, and of the others. */
  early: { '6E': 0.12, '3E': 0.04 },
  first: { '6E': 0.3, '3E': 0.5 },
  /** Factor on the stay that is believed, of pupils and of relatives. */
  stretch: { pupils: 1.6, relatives: 1.2 },
  logOut: 0.55,
};
/** Index into LEVELS, as counts of cells name them. */
const LEVEL_INDEX = { '6E': 10, '3E': 13 };
const levelOf = (classIndex: number): '6E' | '3E' => (classIndex % 2 === 0 ? '6E' : '3E');
const IDLE_MINUTES = 20;
type Refusal = { code: string };

describe(`calibration of a load model (seed ${SEED})`, () => {
  let app: NestFastifyApplication;
  let region: Region;
  let windows: WindowSpec[];
  beforeAll(async () => {
    app = await startTestApplication();
    region = await makeRegion(app.get(DataSource), { establishmentCount: ESTABLISHMENTS, classesEach: CLASSES });
    const random = seededRandom(SEED);
    const oldest = region.classIds.flatMap((ids) => ids.filter((_, k) => levelOf(k) === '3E'));
    await app.get(DataSource).query(`update class set levels = '{3E}' where id = any($1)`, [oldest]);
    windows = region.establishmentIds.flatMap((_, establishment) => [
      ...Array.from({ length: 5 }, (_none, day) => ({
        establishment,
        classIndex: -1,
        startCell: cellAt(day, 17) + randomInteger(random, 24),
        headcount: ACCOUNTS,
      })),
      ...Array.from({ length: CLASSES * 5 }, (_none, k) => ({
        establishment,
        classIndex: k % CLASSES,
        startCell: cellAt(Math.floor(k / CLASSES), 8) + randomInteger(random, 90),
        headcount: HEADCOUNT,
      })),
    ]);
    const behaviour = behaviourOf(defaultLoadModel('ordinary'), 'pupils', 'college', 'open');
    const { loginsPerMille, sessionsPerMille } = buildProfile(parametersOf(behaviour), WINDOW_CELLS);
    const { audience, levelGroup, activity, participationPerMille } = behaviour;
    const pupils: PlanProfile = {
      profileId: 1,
      audience,
      levelGroup,
      activity,
      windowCells: WINDOW_CELLS,
      participationPerMille,
      loginsPerMille: [...loginsPerMille],
      sessionsPerMille: [...sessionsPerMille],
    };
    const plans = app.get(PlanService);
    const relatives: PlanProfile = { ...pupils, profileId: 2, audience: 'relatives', levelGroup: null };
    const draft = draftOf(region, windows, { profiles: [pupils, relatives] });
    windows.forEach(({ classIndex }, k) => (draft.columns.profileId[k] = classIndex < 0 ? 2 : 1));
    const planId = await plans.createDraft(TESTER, draft);
    await plans.publish(TESTER, planId, 'test');
  });
  afterAll(() => app.close());

  const send = async <T>(method: 'GET' | 'POST', url: string, payload?: object, headers = {}) => {
    const response = await app.inject({ method, url, headers, ...(payload && { payload }) });
    return { status: response.statusCode, body: response.json<T>() };
  };
  const calibrate = (firstOn = '2026-12-07', lastOn = '2026-12-11', headers = {}) =>
    send<CalibrationDto & Refusal>(
      'POST',
      `/v1/campaigns/${region.campaignId}/calibrations`,
      { firstOn, lastOn },
      headers,
    );

  /** What gateways and the ENT would have reported of a week of visitors, drawn one by one. */
  async function countedWeek(): Promise<void> {
    const random = seededRandom(SEED + 1);
    const stay = behaviourOf(defaultLoadModel('ordinary'), 'pupils', 'college', 'open').stay as readonly number[];
    const perWindow = new Map<
      string,
      {
        audience: 'pupils' | 'relatives';
        ownerId: number;
        onDate: string;
        startCell: number | null;
        admitted: number;
        ended: number;
        staySeconds: number;
      }
    >();
    const perCell = new Map<
      string,
      {
        profile: 'pupil' | 'relative';
        level: number | null;
        kind: 'college';
        cell: number;
        department: string;
        admitted: number;
      }
    >();
    const sessions = new Map<number, number>();
    const logins = new Map<number, number>();
    const add = <K>(map: Map<K, number>, key: K) => map.set(key, (map.get(key) ?? 0) + 1);
    const database = app.get(DataSource);
    const codes = await database.query<{ code: string }[]>(
      'select code from territory where id = any($1) order by id',
      [region.departmentIds],
    );
    for (const { establishment, classIndex, startCell, headcount } of windows) {
      const isOfRelatives = classIndex < 0;
      const audience = isOfRelatives ? 'relatives' : 'pupils';
      const profile = isOfRelatives ? 'relative' : 'pupil';
      const onDate = new Date(startCell * CELL_SECONDS * 1000).toISOString().slice(0, 10);
      const ownerId = isOfRelatives
        ? region.establishmentIds[establishment]!
        : region.classIds[establishment]![classIndex]!;
      const department = codes[establishment % 2]!.code;
      const level = levelOf(Math.max(0, classIndex));
      const [early, first] = [TRUE.early[level], TRUE.first[level]];
      for (let visitor = 0; visitor < headcount!; visitor++) {
        if (random() >= (isOfRelatives ? TRUE.relatives : TRUE.participation)) continue;
        const isKept = random() < TRUE.adherence;
        const draw = random();
        const offset = draw < early ? -1 : draw < early + first ? 0 : 1 + randomInteger(random, WINDOW_CELLS - 1);
        const day = cellAt(Math.round((startCell - cellAt(0, 12)) / 288), 0);
        const at = ((isKept ? startCell + offset : day + 90 + randomInteger(random, 110)) + random()) * 5;
        const left = random() * 1000;
        const k = stay.findIndex((share, i) => left <= share && left >= (stay[i + 1] ?? 0));
        const stays = (k + (stay[k]! - left) / (stay[k]! - (stay[k + 1] ?? 0))) * 5 * TRUE.stretch[audience];
        const gone = at + stays + (random() < TRUE.logOut ? 0 : IDLE_MINUTES);
        for (let minute = Math.floor(at); minute + 1 < gone; minute++) add(sessions, minute);
        add(logins, Math.floor(at));
        const its = { audience, ownerId, onDate, startCell: isKept ? startCell : null } as const;
        const row = perWindow.get(JSON.stringify(its)) ?? { ...its, admitted: 0, ended: 0, staySeconds: 0 };
        row.admitted++;
        // the gateway watches one visitor in four
        if (visitor % 4 === 0) {
          row.ended++;
          row.staySeconds += Math.round(stays * 60);
        }
        perWindow.set(JSON.stringify(its), row);
        const cell = Math.floor(at / 5);
        const levelIndex = isOfRelatives ? null : LEVEL_INDEX[level];
        const key = `${profile} ${levelIndex} ${department} ${cell}`;
        const ofCell = perCell.get(key) ?? {
          profile,
          level: levelIndex,
          kind: 'college',
          cell,
          department,
          admitted: 0,
        };
        ofCell.admitted++;
        perCell.set(key, ofCell);
      }
    }
    const nothing = { deferred: 0, refused: 0, attempts: 0, wouldRefuse: 0 };
    const counts = app.get(CountStore);
    await database.transaction(async (tx) => {
      const days = [...new Set([...perWindow.values()].map(({ onDate }) => onDate))];
      await counts.ensureDays(tx, days);
      const rows = [...perWindow.values()].map((row) => ({ ...nothing, ...row }));
      await counts.addWindows(tx, region.platformId, rows);
      await counts.addCells(
        tx,
        region.platformId,
        [...perCell.values()].map((row) => ({ ...nothing, ...row })),
      );
    });
    const minutes = [...sessions.keys()].sort((a, b) => a - b);
    await database.query(
      `insert into measurement (platform_id, source, minute_at, sessions, logins_per_minute)
       select $1, 'ent', to_timestamp(m.minute * 60.0), m.sessions, m.logins from unnest($2::int[], $3::int[], $4::int[]) as m (minute, sessions, logins)`,
      [region.platformId, minutes, minutes.map((m) => sessions.get(m)), minutes.map((m) => logins.get(m) ?? 0)],
    );
  }

  it('proposes nothing where nothing was counted, nor for days that the campaign has not', async () => {
    expect(await calibrate()).toMatchObject({ status: 409, body: { code: 'calibration.nothing_counted' } });
    expect(await calibrate('2026-12-06')).toMatchObject({ status: 422, body: { code: 'calibration.days' } });
    expect(await calibrate('2026-12-09', '2026-12-08')).toMatchObject({ status: 422 });
    expect((await calibrate('soon')).status).toBe(400);
    const headers = await signedInAs(app, { role: 'authority', uais: [], territories: [] });
    expect((await calibrate('2026-12-07', '2026-12-11', headers)).status).toBe(403);
  });

  it('finds within 5 % how visitors behaved, and shows it against what was believed', async () => {
    await countedWeek();
    const { status, body } = await calibrate();
    expect(status).toBe(201);
    const found = body.behaviours.find(({ audience }) => audience === 'pupils');
    expect(found).toMatchObject({
      audience: 'pupils',
      levelGroup: 'college',
      activity: 'open',
      establishmentCount: ESTABLISHMENTS,
    });
    const near = (value: number, truth: number, ratio = 0.05) =>
      expect(Math.abs(value / truth - 1)).toBeLessThan(ratio);
    near(found!.participation!.value, TRUE.participation);
    expect(found!.participation!.low).toBeLessThan(TRUE.participation);
    expect(found!.participation!.high).toBeGreaterThan(TRUE.participation);
    near(found!.adherence!.value, TRUE.adherence);
    // relatives who come for each pupil
    const relatives = body.behaviours.find(({ audience }) => audience === 'relatives');
    near(relatives!.participation!.value, TRUE.relatives);
    near(relatives!.adherence!.value, TRUE.adherence);
    const perPupil = body.relativesPerPupil!;
    const truth = (TRUE.relatives * ACCOUNTS) / (CLASSES * HEADCOUNT);
    near(perPupil.value, truth);
    expect([perPupil.low < truth, perPupil.high > truth]).toEqual([true, true]);
    near(relatives!.proposed.participationPerMille, TRUE.relatives * 1000);
    // shares of five minutes within two hundredths of all visitors: of both levels together ...
    const hasArrivals = (arrivals: EstimateDto[] | null, early: number, first: number) => {
      expect(Math.abs(arrivals![0]!.value - early)).toBeLessThan(0.02);
      expect(Math.abs(arrivals![1]!.value - first)).toBeLessThan(0.02);
    };
    hasArrivals(found!.arrivals, (TRUE.early['6E'] + TRUE.early['3E']) / 2, (TRUE.first['6E'] + TRUE.first['3E']) / 2);
    // ... and of each, with the other figures of the group
    const believedMinutes = meanActiveMinutes(
      behaviourOf(defaultLoadModel('ordinary'), 'pupils', 'college', 'open').stay as readonly number[],
    );
    const groupOf = (by: string, key: string) => body.groups.find((group) => group.by === by && group.key === key)!;
    for (const level of ['6E', '3E'] as const) {
      const group = groupOf('level', level);
      hasArrivals(group.arrivals, TRUE.early[level], TRUE.first[level]);
      near(group.participation!.value, TRUE.participation);
      near(group.adherence!.value, TRUE.adherence);
      near(group.stayMinutes!.value, believedMinutes * TRUE.stretch.pupils);
      expect(group.relativesPerPupil).toBeNull();
    }
    near(groupOf('hour', '10').stayMinutes!.value, believedMinutes * TRUE.stretch.pupils);
    hasArrivals(
      groupOf('hour', '10').arrivals,
      (TRUE.early['6E'] + TRUE.early['3E']) / 2,
      (TRUE.first['6E'] + TRUE.first['3E']) / 2,
    );
    near(groupOf('hour', '18').relativesPerPupil!.value, truth);
    near(groupOf('kind', 'college').relativesPerPupil!.value, truth);
    expect(groupOf('kind', 'college').arrivals).toHaveLength(WINDOW_CELLS + 1);
    near(groupOf('activity', 'open').adherence!.value, TRUE.adherence);
    // what gateways watched explains the sessions of the platform: nothing is left to stretch
    near(found!.stayMinutes!.value, believedMinutes * TRUE.stretch.pupils);
    near(relatives!.stayMinutes!.value, believedMinutes * TRUE.stretch.relatives);
    near(body.stay!.stretch.value, 1);
    near(body.stay!.logOut.value, TRUE.logOut);
    expect(body.stay!.measuredDayCount).toBe(5);
    expect(found!.current.participationPerMille).toBe(600);
    near(found!.proposed.participationPerMille, TRUE.participation * 1000);
    expect(found!.current.adherencePerMille).toBe(900);
    near(found!.proposed.adherencePerMille, TRUE.adherence * 1000);
    expect(body.relativesPerPupilCurrent).toBe(0.1);
    near(body.relativesPerPupilProposed, truth);
    // the stays are those of the stretch
    const meanOf = (stay: number[] | null): number => stay!.reduce((sum, share) => sum + share / 1000, 0);
    expect(meanOf(found!.proposed.stayPerMille) / meanOf(found!.current.stayPerMille)).toBeGreaterThan(1.4);
    expect(meanOf(relatives!.proposed.stayPerMille) / meanOf(relatives!.current.stayPerMille)).toBeLessThan(1.3);
    const kinds = body.groups.map(({ by, key }) => `${by} ${key}`);
    expect(kinds).toEqual(expect.arrayContaining(['kind college', 'level 6E', 'level 3E', 'activity open', 'hour 10']));
    expect(body.silentEstablishmentCount).toBe(0);
    expect((await send('GET', `/v1/calibrations/${body.id}`)).body).toEqual(body);
    const list = await send<CalibrationPageDto>('GET', `/v1/platforms/${region.platformId}/calibrations`);
    expect(list.body.items).toEqual([body]);
  });

  it('changes no campaign but the one that is told to begin with it', async () => {
    const [calibration] = (await send<CalibrationPageDto>('GET', `/v1/platforms/${region.platformId}/calibrations`))
      .body.items;
    const old = (await send<CampaignDto>('GET', `/v1/campaigns/${region.campaignId}`)).body;
    expect(old.loadModel.behaviours).toContainEqual(calibration!.behaviours[0]!.current);
    const request = {
      name: 'Semaine d’après',
      platformId: region.platformId,
      startsOn: '2026-12-14',
      endsOn: '2026-12-18',
      preset: 'work-pick-up',
    };
    const usual = await send<CampaignDto>('POST', '/v1/campaigns', request);
    expect(usual.body.calibrationId).toBeNull();
    expect(usual.body.loadModel.behaviours).not.toContainEqual(calibration!.behaviours[0]!.proposed);
    const next = await send<CampaignDto>('POST', '/v1/campaigns', { ...request, calibrationId: calibration!.id });
    expect(next).toMatchObject({ status: 201, body: { calibrationId: calibration!.id } });
    expect(next.body.loadModel.behaviours).toContainEqual(calibration!.behaviours[0]!.proposed);
    const unknown = await send<Refusal>('POST', '/v1/campaigns', { ...request, calibrationId: 999_999 });
    expect(unknown).toMatchObject({ status: 422, body: { code: 'campaign.unknown_calibration' } });
  });
});
