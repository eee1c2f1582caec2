import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { statedCodes } from './refusal-codes';

const WEB = join(__dirname, '../../web/src');
const SERVICE = join(__dirname, '../../src');
/** Of these a page says what their status means; 503 is nobody's refusal. */
const BY_STATUS = ['not_found', 'forbidden', 'unauthenticated', 'unavailable'];
/** Refusals that no page can meet: of commands, of agents and other machines, of jobs, of operations without a screen. */
const ELSEWHERE = new RegExp(
  [
    '^(access|allocation|configuration|data_folder|database|demonstration|directory|file|load|measurement|notice|page|request|start|webhook|window)[.]',
    '^gateway[.](epoch_changed|gap|no_platform|revision_unknown)$',
    '^(import[.]refused|job[.](cancelled|process_lost)|platform[.]no_establishments)$',
    '^plan[.](columns_invalid|other_platform|over_limit|revision_unknown|window_outside)$',
    // fields and headers that every page sends as they should be, and ends of work that the service does by itself
    '^booking[.](fields|(key|if_match)_(missing|invalid)|key_reused)$|^waiting[.](fields|met)$|^import[.]school_year_missing$',
    '^wish[.](end|teacher|day|unknown_teacher)$|^proposal[.](expiry|other_campaign|class_not_concerned)$',
    // rules of a campaign: pages take a preset
    '^campaign[.](unknown_.+|no_rules|rules_overlap|catch_up_.+|load_model|levels_not_for_audience|windows?_.+|gap_length|no_hours|hours_.+|weekdays)$',
  ].join('|'),
);
const PLURAL = /_(zero|one|two|few|many|other)$/;

type Messages = { [key: string]: string | Messages };

function keysOf(messages: Messages, before = ''): string[] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${before}${key}`] : keysOf(value, `${before}${key}.`),
  );
}

const read = (language: string, namespace: string): Messages =>
  JSON.parse(readFileSync(join(WEB, 'messages', language, `${namespace}.json`), 'utf8')) as Messages;
const namespaces = readdirSync(join(WEB, 'messages/fr')).map((name) => name.replace('.json', ''));
const valueOf = (messages: Messages, key: string): string =>
  key.split('.').reduce<string | Messages>((at, part) => (at as Messages)[part]!, messages) as string;

const sources = readdirSync(WEB, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.generated.d.ts'))
  .map((name) => ({ name, text: readFileSync(join(WEB, name), 'utf8') }));

describe('messages of the web', () => {
  it.each(namespaces)('%s says the same things in French and in English', (namespace) => {
    const [french, english] = ['fr', 'en'].map((language) =>
      [...new Set(keysOf(read(language, namespace)).map((key) => key.replace(PLURAL, '')))].sort(),
    );
    expect(english).toEqual(french);
  });

  it.each(namespaces)('%s fills the same places in both', (namespace) => {
    const [french, english] = [read('fr', namespace), read('en', namespace)];
    const placesOf = (text: string): string[] => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort();
    for (const key of keysOf(english).filter((one) => !PLURAL.test(one))) {
      expect([key, placesOf(valueOf(french, key))]).toEqual([key, placesOf(valueOf(english, key))]);
    }
  });

  it('has every message that the code asks for', () => {
    const known = new Set(
      namespaces.flatMap((namespace) => keysOf(read('fr', namespace)).map((key) => key.replace(PLURAL, ''))),
    );
    const asked = sources.flatMap(({ name, text }) =>
      [...text.matchAll(/\b(?:t|common)\(\s*'([\w.]+)'/g)].map(([, key]) => ({ name, key: key! })),
    );
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.filter(({ key }) => !known.has(key))).toEqual([]);
  });

  it.each(namespaces)('%s holds no message that nobody asks for', (namespace) => {
    const text = sources.map((source) => source.text).join('\n');
    // keys that are put together at run time: `state.${state}`
    const prefixes = [...text.matchAll(/`([\w.]+)\.\$\{/g)].map(([, prefix]) => `${prefix}.`);
    const unused = keysOf(read('fr', namespace))
      .map((key) => key.replace(PLURAL, ''))
      .filter((key) => !text.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)));
    expect(unused).toEqual([]);
  });

  it('has words for every refusal of the service that a page can meet', () => {
    const files = readdirSync(SERVICE, { recursive: true, encoding: 'utf8' });
    const stated = statedCodes(
      files.filter((name) => /(?<!\.spec)\.ts$/.test(name)).map((name) => readFileSync(join(SERVICE, name), 'utf8')),
    );
    // one of each way in which a code is stated: whole, to a class, as its own union, by a function of its file
    const ways = ['job.already_ended', 'booking.no_date_left', 'wish.closed', 'wish.closed_over_fixed'];
    expect(ways.filter((one) => !stated.some(({ code }) => code === one))).toEqual([]);
    const met = stated.filter(({ code, kind }) => !BY_STATUS.includes(kind ?? '') && !ELSEWHERE.test(code));
    const told = new Set(keysOf(read('fr', 'problems')));
    expect([...new Set(met.map(({ code }) => `code.${code}`))].filter((one) => !told.has(one))).toEqual([]);
  });
});
