import { type Command, Option } from 'commander';
import { AccountService } from '../access/account.service';
import type { AccountRole } from '../access/account.store';
import { COMMAND_LINE_OPERATOR, KEY_SCOPES, type KeyScope } from '../access/actor';
import { NewMachineKeyDto } from '../access/machine-key.dto';
import { MachineKeyService } from '../access/machine-key.service';
import { id, list, positive } from './arguments';
import { validated } from './request';
import { withServices } from './services';
import { tableOf, type Terminal } from './terminal';

interface CreateOptions {
  name: string;
  scope: KeyScope[];
  platform?: number;
  days: number;
}
interface GrantOptions {
  issuer: string;
  subject: string;
  role: AccountRole;
  uai?: string[];
  territory?: string[];
  commune?: string[];
  kind?: string[];
}

const PAGE_SIZE = 100;

/** `key create | list | rotate | revoke` and `account grant`: who may come in. */
export function addAccess(program: Command, terminal: Terminal): void {
  const key = program.command('key').description('make, replace and end the keys of machines');
  addCreate(key, terminal);
  addKeyList(key, terminal);
  addEnds(key, terminal);
  addGrant(program.command('account').description('give people their roles'), terminal);
}

function addCreate(key: Command, terminal: Terminal): void {
  key
    .command('create')
    .description('make a key; its secret is shown this once')
    .requiredOption('--name <text>', 'what uses it: a gateway, a program')
    .requiredOption('--scope <scopes>', `what it is for: ${KEY_SCOPES.join(', ')}`, list)
    .option('--platform <number>', 'the platform that it is bound to; needed for a gateway', id)
    .option('--days <number>', 'until it expires', positive, 366)
    .action(({ name, scope, platform, days }: CreateOptions) =>
      withServices(terminal, async (services) => {
        const platformId = platform === undefined ? {} : { platformId: platform };
        const request = await validated(NewMachineKeyDto, { name, scopes: scope, days, ...platformId });
        const made = await services
          .get(MachineKeyService)
          .make(COMMAND_LINE_OPERATOR, { ...request, days: request.days! }, new Date());
        terminal.answer(
          made,
          `Key ${made.id} "${made.name}" until ${made.expiresAt}, shown this once:\n${made.secret}`,
        );
      }),
    );
}

function addKeyList(key: Command, terminal: Terminal): void {
  key
    .command('list')
    .description('list the keys, without their secrets')
    .option('--cursor <text>', 'go on where the last page ended')
    .action(({ cursor }: { cursor?: string }) =>
      withServices(terminal, async (services) => {
        const page = await services.get(MachineKeyService).list(COMMAND_LINE_OPERATOR, PAGE_SIZE, cursor);
        const rows = page.items.map((one) => [
          one.id,
          one.name,
          one.prefix,
          one.scopes.join(' '),
          one.platformId,
          one.expiresAt,
          one.lastUsedAt,
          one.revokedAt,
        ]);
        const header = ['number', 'name', 'begins', 'scopes', 'platform', 'expires', 'last used', 'revoked'];
        const more = page.nextCursor === null ? '' : `\nMore with --cursor ${page.nextCursor}`;
        terminal.answer(page, tableOf(header, rows) + more);
      }),
    );
}

function addEnds(key: Command, terminal: Terminal): void {
  key
    .command('rotate')
    .description('make a new secret for the same use; the old one ends after the overlap')
    .argument('<key>', 'number of the key', id)
    .option('--overlap-hours <number>', 'for how long the old secret still opens', positive, 24)
    .action((keyId: number, { overlapHours }: { overlapHours: number }) =>
      withServices(terminal, async (services) => {
        const made = await services
          .get(MachineKeyService)
          .rotate(COMMAND_LINE_OPERATOR, keyId, overlapHours, new Date());
        terminal.answer(
          made,
          `Key ${made.id} "${made.name}" until ${made.expiresAt}, shown this once:\n${made.secret}`,
        );
      }),
    );
  key
    .command('revoke')
    .description('end a key at once')
    .argument('<key>', 'number of the key', id)
    .action((keyId: number) =>
      withServices(terminal, async (services) => {
        await services.get(MachineKeyService).revoke(COMMAND_LINE_OPERATOR, keyId, new Date());
        terminal.answer({ id: keyId, isRevoked: true }, `Key ${keyId} opens nothing any more.`);
      }),
    );
}

function addGrant(account: Command, terminal: Terminal): void {
  account
    .command('grant')
    .description(
      'give a role to somebody whom the provider knows; the page after a sign-in without a role shows both codes',
    )
    .requiredOption('--issuer <url>', 'the provider, as its tokens name it')
    .requiredOption('--subject <text>', 'what the provider calls the person')
    .addOption(
      new Option('--role <role>', 'the role')
        .choices(['head', 'inspector', 'authority', 'auditor', 'operator'])
        .makeOptionMandatory(),
    )
    .option('--uai <uais>', 'establishments, for heads and inspectors', list)
    .option('--territory <codes>', 'regions, academies or departments, for authorities', list)
    .option('--commune <codes>', "communes by INSEE's code, for authorities", list)
    .option('--kind <kinds>', 'kinds of establishments in these territories; without it all', list)
    .action(({ issuer, subject, role, uai = [], territory = [], commune = [], kind = [] }: GrantOptions) =>
      withServices(terminal, async (services) => {
        const at = (level: 'territory' | 'commune') => (code: string) => ({ code, level, kinds: kind });
        const territories = [...territory.map(at('territory')), ...commune.map(at('commune'))];
        const granted = await services
          .get(AccountService)
          .grant(COMMAND_LINE_OPERATOR, issuer, subject, { role, uais: uai, territories });
        terminal.answer(granted, `Account ${granted.id} is ${role} from now on.`);
      }),
    );
}
