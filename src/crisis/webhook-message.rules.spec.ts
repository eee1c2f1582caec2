import { cloudEvent, mayReach, retryAfterSeconds, secretText, signedHeaders } from './webhook-message.rules';

describe('a message', () => {
  it('is signed as the example of Standard Webhooks', () => {
    const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const headers = signedHeaders(
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      new Date(1_614_265_330_000),
      '{"test": 2432232314}',
      secret,
    );
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
    expect(secretText(secret)).toBe('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  });

  it('is a CloudEvent', () => {
    expect(JSON.parse(cloudEvent('id', 4, 'etale.protection_step.enforced', new Date(0), { stepId: 1 }))).toEqual({
      specversion: '1.0',
      id: 'id',
      source: '/v1/platforms/4',
      type: 'etale.protection_step.enforced',
      time: '1970-01-01T00:00:00.000Z',
      datacontenttype: 'application/json',
      data: { stepId: 1 },
    });
  });

  it('is sent again after longer and longer waits, and given up after seven of them', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((count) => retryAfterSeconds(count, 0.5)!);
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(retryAfterSeconds(8, 0.5)).toBeUndefined();
  });
});

describe('an address', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fec0::1',
    'feff::1',
    'fd00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'no address',
  ])('%s is not reached', (address) => expect(mayReach(address, [])).toBe(false));

  it.each(['8.8.8.8', '172.32.0.1', '2a00:1450:4007::1', '::ffff:8.8.8.8'])('%s is', (address) =>
    expect(mayReach(address, [])).toBe(true),
  );

  it('of an own network is reached where an operator says so', () => {
    expect(mayReach('10.1.2.3', ['10.1.0.0/16'])).toBe(true);
    expect(mayReach('10.2.2.3', ['10.1.0.0/16'])).toBe(false);
  });
});
