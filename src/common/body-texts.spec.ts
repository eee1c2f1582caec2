import { Readable } from 'node:stream';
import { unstorableProperty } from './body-texts';

describe('texts of a body', () => {
  it.each([
    [{ reason: 'a\u0000b' }, 'reason'],
    [{ windows: [{ name: 'x' }, { name: '\ud800' }] }, 'name'],
    [{ levels: ['6E', '\udc00\ud800'] }, 'levels'],
    [{ words: { ['f\u0000r']: 'x' } }, 'words'],
    ['\u0000', 'body'],
  ])('%j: %s cannot be stored', (body, name) => expect(unstorableProperty(body)).toBe(name));

  it.each([{ name: 'Hélène 👩‍🏫 \t\n' }, [1, null, true], undefined, Readable.from(['\0'])])(
    'everything else can: %#',
    (body) => expect(unstorableProperty(body)).toBeUndefined(),
  );

  it('a body of a hundred thousand nested lists is looked through', () => {
    let body: unknown = '\0';
    for (let depth = 0; depth < 100_000; depth++) body = [body];
    expect(unstorableProperty(body)).toBe('body');
  });
});
