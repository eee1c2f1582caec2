import { entAnswerOf } from './proxy-log.rules';

describe('a line of a proxy', () => {
  it('of nginx says status and time of the server that answered last', () => {
    expect(entAnswerOf('<190>Nov 29 12:03:01 etale: 200 0.004')).toEqual({ status: 200, milliseconds: 4 });
    expect(entAnswerOf('<190>Nov 29 12:03:01 etale: 200 0.001, 1.250\n')).toEqual({ status: 200, milliseconds: 1250 });
    expect(entAnswerOf('<190>Nov 29 12:03:01 proxy-1 etale: 304 0.001 : 0.030')).toEqual({
      status: 304,
      milliseconds: 30,
    });
    expect(entAnswerOf('<190>Nov 29 12:03:01 etale: 502 -')).toEqual({ status: 502, milliseconds: undefined });
  });

  it('of HAProxy says it where the ENT was asked, and nothing of pages of the agent or answers of its own', () => {
    const line = (from: string, times: string, status: number, ended: string): string =>
      `<134>Nov 29 12:03:01 haproxy[1201]: 10.0.1.2:33317 [29/Nov/2026:12:03:01.655] ent ${from} ${times} ${status} 2750 - - ${ended} 1/1/1/1/0 0/0 "GET /timeline HTTP/1.1"`;
    expect(entAnswerOf(line('ent/ent', '10/0/30/69/109', 200, '----'))).toEqual({ status: 200, milliseconds: 69 });
    expect(entAnswerOf(line('ent/ent', '0/0/-1/-1/+3003', 503, 'SC--'))).toEqual({
      status: 503,
      milliseconds: undefined,
    });
    expect(entAnswerOf(line('etale_agent/agent', '0/0/0/2/2', 503, '----'))).toBeUndefined();
    expect(entAnswerOf(line('ent/<NOSRV>', '0/-1/-1/-1/0', 503, 'LR--'))).toBeUndefined();
    expect(entAnswerOf(line('ent/<NOSRV>', '-1/-1/-1/-1/0', 400, 'PR--'))).toBeUndefined();
  });

  it('of anything else says nothing', () => {
    for (const other of ['', 'etale', '<190>Nov 29 12:03:01 nginx: 10.0.0.1 - - "GET / HTTP/1.1" 200 12', 'etale: x 1'])
      expect(entAnswerOf(other)).toBeUndefined();
  });
});
