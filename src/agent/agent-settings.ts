import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';

/** What the agent is told at its start. */
export interface AgentSettings {
  /** Address of the service, without a path. */
  url: string;
  /** Key of scope `gateway`, bound to one platform. */
  key: string;
  /** Names the process in the service's list. */
  name: string;
  folder: string;
  host: string;
  port: number;
  /** HMAC key shared with the ENT for its header; none: the header is not read. */
  entKey: Buffer | undefined;
  /** The ENT's userinfo, asked once per log-in; none: never asked. */
  userinfoUrl: string | undefined;
  /** Today's work: a static page of the ENT. */
  workUrl: string | undefined;
  /** Beginnings of paths that are never gated. */
  neverGated: readonly string[];
  /** Where the line of those who wait is kept: nowhere, in this process, or on the servers of these addresses. */
  room?: 'off' | 'process' | readonly string[];
  /** The longest time between two questions of a waiting page. */
  roomPollSeconds?: number;
}

export const NEVER_GATED = [
  '/auth/',
  '/login',
  '/logout',
  '/saml/',
  '/cas/',
  '/public/',
  '/assets/',
  '/static/',
  '/favicon.ico',
  '/robots.txt',
  '/.well-known/',
];

/** A sentence for whoever typed the command. */
export class SettingInvalid extends Error {}

const OPTIONS: Record<string, { variable: string; default?: string; says: string }> = {
  url: { variable: 'ETALE_URL', says: 'address of the service, https (http on loopback)' },
  key: {
    variable: 'ETALE_GATEWAY_KEY',
    default: '',
    says: 'key of scope gateway; rather in the environment or a file than on the command line',
  },
  'key-file': { variable: 'ETALE_GATEWAY_KEY_FILE', default: '', says: 'file that holds the key' },
  name: {
    variable: 'ETALE_AGENT_NAME',
    default: hostname()
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .slice(0, 60),
    says: 'names this agent at the service',
  },
  folder: {
    variable: 'ETALE_AGENT_DIR',
    default: './agent-data',
    says: 'where the plan is kept for a restart without the service',
  },
  host: { variable: 'HOST', default: '127.0.0.1', says: 'address to listen on: loopback, or a private network' },
  port: { variable: 'PORT', default: '3900', says: 'port to listen on, 0 for any' },
  'ent-key': {
    variable: 'ETALE_ENT_KEY',
    default: '',
    says: 'HMAC key (32 characters or more) of the header that the ENT signs',
  },
  'userinfo-url': { variable: 'ETALE_USERINFO_URL', default: '', says: "the ENT's userinfo, asked once per log-in" },
  'work-url': { variable: 'ETALE_WORK_URL', default: '', says: "static page with today's work" },
  room: {
    variable: 'ETALE_ROOM',
    default: 'off',
    says: 'waiting room: off; process, where this is the only agent of its platform; redis(s)://... (several with commas: a cluster), where agents share one',
  },
  'room-poll-seconds': {
    variable: 'ETALE_ROOM_POLL_SECONDS',
    default: '60',
    says: 'longest time between two questions of a waiting page, 5 to 300',
  },
  'never-gated': {
    variable: 'ETALE_NEVER_GATED',
    default: NEVER_GATED.join(','),
    says: 'beginnings of paths that are never gated',
  },
};

export const agentUsage = (): string =>
  ['usage: npm run agent -- --url ADDRESS (--key KEY | --key-file FILE) [options]', '']
    .concat(
      Object.entries(OPTIONS).map(([name, { variable, says }]) => `  --${name.padEnd(18)} ${says} (or ${variable})`),
    )
    .join('\n');

/** @throws SettingInvalid with one sentence */
export function agentSettingsOf(args: readonly string[], environment: NodeJS.ProcessEnv): AgentSettings {
  const given = new Map<string, string>();
  for (let k = 0; k < args.length; k += 2) {
    const name = args[k]!.replace(/^--/, '');
    if (!args[k]!.startsWith('--') || !OPTIONS[name]) throw new SettingInvalid(`${args[k]} is no option.`);
    if (args[k + 1] === undefined) throw new SettingInvalid(`--${name} needs a value.`);
    given.set(name, args[k + 1]!);
  }
  const value = (name: string): string => {
    const { variable, default: otherwise } = OPTIONS[name]!;
    const found = given.get(name) ?? environment[variable] ?? otherwise;
    if (found === undefined) throw new SettingInvalid(`--${name} (or ${variable}) is needed.`);
    return found;
  };
  const count = (name: string, most: number): number => {
    const number = Number(value(name));
    if (!Number.isInteger(number) || number < 0 || number > most)
      throw new SettingInvalid(`--${name} must be a whole number from 0 to ${most}.`);
    return number;
  };
  const address = (name: string, isNeeded: boolean): string | undefined => {
    const text = value(name);
    if (text === '' && !isNeeded) return undefined;
    if (!/^(https:\/\/[^/?#@]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(\/[^#]*)?$/.test(text))
      throw new SettingInvalid(`--${name} must be an https address (http on loopback).`);
    return text;
  };
  const name = value('name');
  if (!/^[A-Za-z0-9._-]{1,60}$/.test(name)) throw new SettingInvalid('--name takes letters, digits and . _ -');
  const entKey = value('ent-key');
  if (entKey !== '' && entKey.length < 32) throw new SettingInvalid('--ent-key must have at least 32 characters.');
  const workUrl = value('work-url');
  if (workUrl !== '' && !/^(https:\/\/|\/(?!\/))[^\s"<>]*$/.test(workUrl))
    throw new SettingInvalid('--work-url must be an https address or a path.');
  const neverGated = value('never-gated')
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');
  if (neverGated.some((path) => !/^\/[^\s]+$/.test(path)))
    throw new SettingInvalid('--never-gated takes beginnings of paths, each longer than "/".');
  return {
    url: address('url', true)!.replace(/\/+$/, ''),
    key: keyOf(value('key'), value('key-file')),
    name,
    folder: resolve(value('folder')),
    host: value('host'),
    port: count('port', 65_535),
    entKey: entKey === '' ? undefined : Buffer.from(entKey),
    userinfoUrl: address('userinfo-url', false),
    workUrl: workUrl === '' ? undefined : workUrl,
    neverGated,
    room: roomOf(value('room')),
    roomPollSeconds: Math.max(5, count('room-poll-seconds', 300)),
  };
}

function roomOf(text: string): 'off' | 'process' | readonly string[] {
  if (text === 'off' || text === 'process') return text;
  const urls = text.split(',').map((url) => url.trim());
  if (!urls.every((url) => /^rediss?:\/\/[^\s]+$/.test(url)))
    throw new SettingInvalid('--room must be off, process or addresses that begin with redis:// or rediss://.');
  return urls;
}

function keyOf(key: string, file: string): string {
  if (key !== '') return key;
  if (file === '') throw new SettingInvalid('--key, --key-file (or ETALE_GATEWAY_KEY) is needed.');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new SettingInvalid(`--key-file cannot be read (${(error as NodeJS.ErrnoException).code}): ${file}`);
  }
}
