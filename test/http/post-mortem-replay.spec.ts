import { DataSource } from 'typeorm';
import { PlanService } from '../../src/plan/plan.service';
import type { SimulationDto } from '../../src/simulation/simulation.dto';
import { cellAt, draftOf, TESTER } from '../plan-builder';
import { LookedBackMorning, DAY, COUNTED_DAY, at, cell, standAt } from './looked-back-morning';

describe('post-mortems', () => {
  let morning: LookedBackMorning;
  beforeAll(async () => {
    morning = await LookedBackMorning.start();
  });
  afterAll(() => morning.stop());

  it('replay the same morning with another plan or other steps', async () => {
    const step = { startsAt: at('06:00'), endsAt: at('14:00'), scope: {}, measures: { isLiveOnly: true } };
    const its = await morning.simulated(
      (await morning.make({ firstDate: DAY, variants: [{ name: 'direct seulement', steps: [step] }] })).id,
    );
    const names = its.simulated!.map(({ name }) => name);
    expect(names.at(-1)).toBe('direct seulement');
    expect(its.simulated!.at(-1)!.admittedCount).toBeLessThan(its.simulated![0]!.admittedCount);
  });

  it('replay it under another plan too', async () => {
    const windows = [0, 1].map((establishment) => ({
      establishment,
      classIndex: 0,
      startCell: cellAt(0, 15),
      headcount: 100,
    }));
    const planId = await morning.app.get(PlanService).createDraft(TESTER, draftOf(morning.region, windows));
    const its = await morning.simulated(
      (await morning.make({ firstDate: DAY, variants: [{ name: 'l’après-midi', planId }] })).id,
    );
    const [asItWas, other] = [its.simulated![0]!, its.simulated!.at(-1)!];
    expect([other.name, other.planIds]).toEqual(['l’après-midi', [planId]]);
    const afternoon = cell('15:00') - cell('00:00');
    expect(asItWas.curves.admitted.slice(afternoon).every((count) => count < 5)).toBe(true);
    expect(other.curves.admitted[afternoon]!).toBeGreaterThan(20);
  });

  it('replay the morning under what was set at the gateways then, not what is set now', async () => {
    const settings = await morning.settings();
    const database = morning.app.get(DataSource);
    const [entry] = await database.query<{ id: string }[]>(
      `insert into audit_entry (recorded_at, role, subject, action, thing, thing_key, platform_id, before, after)
       values ('2026-12-08T10:00:00+01:00', 'operator', 'somebody', 'gateway_settings.set', 'gateway_settings', $1::text, $2, $3, $4) returning id`,
      [
        morning.region.platformId,
        morning.region.platformId,
        { ...settings, posture: 'advised', walkInPerCell: 0 },
        settings,
      ],
    );
    expect(entry).toBeDefined();
    standAt('12:00', '2026-12-08');
    const { id, simulationId } = await morning.make();
    await morning.simulated(id);
    const { request } = (await morning.app.inject({ url: `/v1/simulations/${simulationId}` })).json<SimulationDto>();
    expect(request).toMatchObject({ isEnforced: false, walkInPerCell: 0 });
    standAt('12:00');
  });

  it('replay it with the adherence that was counted, and say where it was not', async () => {
    standAt('12:00', COUNTED_DAY);
    const counts = morning.region.classIds.flatMap(([classId]) => {
      const its = {
        audience: 'pupils',
        ownerId: classId,
        onDate: COUNTED_DAY,
        deferred: 0,
        refused: 0,
        wouldRefuse: 0,
      };
      return { ...its, classId: classId! };
    });
    const startOf = new Map(counts.map(({ classId }, k) => [classId, cellAt(1, 9 + k)]));
    const windows = counts.flatMap(({ classId, ...its }) => [
      { ...its, startCell: startOf.get(classId)!, admitted: 42, attempts: 42 },
      { ...its, startCell: null, admitted: 18, attempts: 18 },
    ]);
    await morning.count(windows, []);
    const its = await morning.simulated((await morning.make({ firstDate: COUNTED_DAY })).id);
    expect(its.replayAdherences).toEqual([
      { profile: 'pupil', kind: 'college', countedVisitorCount: 300, adherencePerMille: 700, basis: 'kind' },
      { profile: 'relative', kind: 'college', countedVisitorCount: 0, adherencePerMille: 900, basis: 'assumed' },
    ]);
    // it is the day of which somebody says as much, and no other
    const replayed = its.simulated![0]!;
    const settings = await morning.settings();
    const dayOf = async (adherences: object[]) => {
      const payload = {
        platformId: morning.region.platformId,
        date: COUNTED_DAY,
        isEnforced: settings.posture === 'enforced',
        walkInPerCell: settings.walkInPerCell,
        adherences,
        variants: [{ name: 'as_it_was' }],
      };
      const { id } = (
        await morning.app.inject({ method: 'POST', url: '/v1/simulations', payload })
      ).json<SimulationDto>();
      for (;;) {
        const { variants } = (await morning.app.inject({ url: `/v1/simulations/${id}` })).json<SimulationDto>();
        if (variants) return variants[0]!;
        await new Promise((go) => setTimeout(go, 20));
      }
    };
    expect(replayed).toEqual(await dayOf([{ profile: 'pupil', establishmentKind: null, adherencePerMille: 700 }]));
    expect(replayed.curves.arrivals).not.toEqual((await dayOf([])).curves.arrivals);
    const text = async (path: string) => (await morning.app.inject({ url: `${morning.url}/${its.id}/${path}` })).body;
    expect(await text('page?lang=fr')).toMatch(
      /compté<\/td><td class="n">300<\/td><td class="n">70 %.*non compté, 90 % supposé/s,
    );
    expect(await text('page?lang=en')).toContain('not counted, 90 % assumed');
    expect(await text('csv?part=adherence&lang=fr')).toContain(
      'élèves;collèges;compté;300;0,7\r\nparents;collèges;non compté, 90 % supposé;;0,9',
    );
    expect(await text('csv?part=adherence&lang=en')).toContain(
      'pupils;collèges;counted;300;0.7\r\nrelatives;collèges;not counted, 90 % assumed;;0.9',
    );
    expect((await text('csv?part=replay&lang=en')).split('\r\n')[1]).toMatch(
      new RegExp(`^as it was;${replayed.peakSessions};`),
    );
    expect((await text('csv?part=assumptions&lang=fr')).split('\r\n')).toContainEqual(
      expect.stringMatching(/^Respect du créneau;0,9;0,7;-?[\d,]+$/),
    );
    standAt('12:00');
    const uncounted = await morning.simulated((await morning.make()).id);
    expect(uncounted.replayAdherences.every(({ basis }) => basis === 'assumed')).toBe(true);
    const page = (await morning.app.inject({ url: `${morning.url}/${uncounted.id}/page?lang=fr` })).body;
    expect(page).toContain('Respect du créneau non compté, 90 % supposé.');
  });
});
