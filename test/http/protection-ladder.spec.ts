import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import type { LadderDto, RungDto } from '../../src/crisis/ladder.dto';
import { standStillAt } from '../booking-region';
import { makeRegion } from '../plan-builder';
import { signedInAs, startTestApplication } from '../test-application';

interface Refusal {
  code?: string;
  reason?: string;
  rung?: string;
  territory?: string;
}

describe('the ladder of a platform', () => {
  let app: NestFastifyApplication;
  let url: string;
  let second: Record<string, string>;

  beforeAll(async () => {
    standStillAt('2026-12-07T07:50:00+01:00');
    app = await startTestApplication();
    const { platformId } = await makeRegion(app.get(DataSource));
    url = `/v1/platforms/${platformId}/protection-ladder`;
    second = await signedInAs(app, { role: 'operator', uais: [], territories: [] }, 'second');
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  const standAt = (clock: string): unknown => jest.setSystemTime(new Date(`2026-12-07T${clock}:00+01:00`));
  const read = async (): Promise<LadderDto> => (await app.inject({ url })).json<LadderDto>();
  const put = async (
    payload: { rungs: readonly RungDto[]; changedAt?: string | null },
    headers: Record<string, string> = {},
  ) => {
    const response = await app.inject({ method: 'PUT', url, payload, headers });
    return { status: response.statusCode, body: response.json<LadderDto & Refusal>() };
  };

  it('is replaced by who has read it: of two people who change the same one, the slower overwrites nothing unseen', async () => {
    const { usualRungs, changedAt: never } = await read();
    expect(never).toBeNull();
    expect((await put({ rungs: usualRungs })).status).toBe(400);
    const shorter = usualRungs.slice(1);
    const answers = await Promise.all([
      put({ rungs: usualRungs, changedAt: null }),
      put({ rungs: shorter, changedAt: null }, second),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const { body: refused } = answers.find(({ status }) => status === 409)!;
    const { changedAt } = await read();
    expect(refused).toMatchObject({ code: 'protection.ladder_changed', changedAt });
    standAt('07:51');
    const { body: changed } = await put({ rungs: shorter, changedAt });
    expect((await put({ rungs: usualRungs, changedAt }, second)).body).toMatchObject({
      code: 'protection.ladder_changed',
      changedAt: changed.changedAt,
    });
    expect((await read()).rungs.map(({ code }) => code)).toEqual(shorter.map(({ code }) => code));
  });

  it('goes back to the usual rungs, which nobody has approved then', async () => {
    standAt('07:52');
    const { changedAt, usualRungs } = await read();
    const approval = { method: 'POST', url: `${url}/approval`, payload: { changedAt }, headers: second } as const;
    expect((await app.inject(approval)).json<LadderDto>().approvedBy).not.toBeNull();
    const { body: usual } = await put({ rungs: usualRungs, changedAt });
    expect(usual).toMatchObject({ approvedBy: null, simulationId: null, rungs: usualRungs });
  });

  it('is refused with the reason, the rung and what is wrong with it', async () => {
    const { changedAt, usualRungs } = await read();
    const [first] = usualRungs;
    const scope = { ...first!.scope, territories: ['nowhere'] };
    for (const [rungs, refusal] of [
      [[...usualRungs].reverse(), { reason: 'climb_before_milder', rung: 'relatives' }],
      [[{ ...first!, scope }], { reason: 'territory_unknown', rung: 'idle', territory: 'nowhere' }],
    ] as const)
      expect(await put({ rungs, changedAt })).toMatchObject({
        status: 422,
        body: { code: 'protection.invalid', ...refusal },
      });
  });
});
