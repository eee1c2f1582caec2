import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { at } from './gate-content';
import { freePort } from '../../bench/real-proxy';
import { cookieOf, TestAgent } from './test-agent';
import { until } from '../until';

describe('what an agent measures', () => {
  let test: TestAgent;
  beforeEach(async () => {
    test = await TestAgent.start();
  });
  afterEach(() => test.stop());

  const enters = (): Promise<Response> => test.get('/auth', test.shown(['77$6e A']));
  /** What the service was sent of a minute. */
  const told = (clock: number) => {
    const items = test.service.measurements.flatMap((its) => its.items);
    return items.find(({ measuredAt }) => Date.parse(measuredAt) / 1000 === clock);
  };

  it('are log-ins and sessions of those whom it let in, minute by minute, as its share of the platform', async () => {
    test.nowSeconds = at(9, 35);
    await test.agent.reports.sendMeasurements();
    expect((await enters()).status).toBe(403);
    test.nowSeconds = at(9, 37);
    await test.agent.reports.sendMeasurements();
    test.nowSeconds = at(9, 50);
    const first = cookieOf(await enters());
    const second = cookieOf(await enters());
    await enters();
    test.nowSeconds = at(9, 52);
    expect((await test.get('/auth', { cookie: first })).status).toBe(204);
    test.nowSeconds = at(9, 53);
    await test.agent.reports.sendMeasurements();
    expect(test.service.measurements.every(({ source, isShare }) => source === 'proxy-1' && isShare)).toBe(true);
    expect([at(9, 35), at(9, 50), at(9, 51), at(9, 52)].map(told)).toMatchObject([
      { sessions: 0, loginsPerMinute: 0 },
      { sessions: 3, loginsPerMinute: 3 },
      { sessions: 3, loginsPerMinute: 0 },
      { sessions: 3, loginsPerMinute: 0 },
    ]);
    expect((await test.status()).measured).toMatchObject({ sessions: 3, logProblem: null });
    // twenty minutes are the idle time of the plan: two were not seen again, and one of them comes back
    for (let minute = 54; minute <= 72; minute++) {
      test.nowSeconds = at(9, minute);
      await test.get('/auth', { cookie: first });
    }
    await test.agent.reports.sendMeasurements();
    expect(told(at(10, 10))).toMatchObject({ sessions: 3 });
    expect(told(at(10, 11))).toMatchObject({ sessions: 1, loginsPerMinute: 0 });
    expect((await test.get('/auth', { cookie: second })).status).toBe(204);
    test.nowSeconds = at(10, 13);
    await test.agent.reports.sendMeasurements();
    expect(told(at(10, 12))).toMatchObject({ sessions: 2, loginsPerMinute: 1 });
  });

  it('are kept while the service is away', async () => {
    test.nowSeconds = at(9, 50);
    await enters();
    test.service.takesCounts = false;
    test.nowSeconds = at(9, 51);
    await expect(test.agent.reports.sendMeasurements()).rejects.toThrow('503');
    test.nowSeconds = at(9, 53);
    test.service.takesCounts = true;
    await test.agent.reports.sendMeasurements();
    expect([at(9, 50), at(9, 51), at(9, 52)].map((minute) => told(minute)?.loginsPerMinute)).toEqual([1, 0, 0]);
  });

  it('are latency and errors where the proxy says enough of the answers, and nothing else it may hear', async () => {
    const socket = createSocket('udp4');
    const says = (line: string) => new Promise((go) => socket.send(line, test.agent.port, '127.0.0.1', go));
    const { measurements } = test.agent.gate;
    const answered = jest.spyOn(measurements, 'answered');
    const heard = async (minute: number, lines: string[]) => {
      test.nowSeconds = at(9, minute);
      measurements.due(test.nowSeconds);
      for (const line of lines) await says(line);
      // the last line is heard after all others
      await says('<190>etale: 599 -');
      await until(() => answered.mock.calls.some(([{ status }, now]) => status === 599 && now === test.nowSeconds));
      test.nowSeconds = at(9, minute + 1);
      return measurements.due(test.nowSeconds).at(-1)!;
    };
    const fast = Array<string>(90).fill('<190>Nov 29 12:03:01 etale: 200 0.040');
    const slow = Array<string>(9).fill('<190>Nov 29 12:03:01 etale: 200 2.000');
    const enough = await heard(20, [...fast, ...slow, 'rubbish', '\u0000']);
    expect(enough).toMatchObject({ requestCount: 100, errorsPerMille: 10 });
    expect(enough.latencyMilliseconds! / 2000).toBeCloseTo(1, 1);
    expect((await heard(30, fast)).latencyMilliseconds! / 40).toBeCloseTo(1, 1);
    expect(await heard(40, fast.slice(0, 10))).not.toHaveProperty('errorsPerMille');
    socket.close();
  });

  it('are sessions and log-ins alone where another program hears at the address of the proxy', async () => {
    // the agent itself hears at the same number by TCP
    const taken = createSocket('udp4').bind(await freePort(), '127.0.0.1');
    await once(taken, 'listening');
    const other = await TestAgent.start({}, { port: taken.address().port });
    expect((await other.status()).measured).toMatchObject({
      logProblem: expect.stringContaining('EADDRINUSE') as string,
    });
    await other.stop();
    taken.close();
  });
});
