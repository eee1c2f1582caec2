import type { AccountRole, Grant } from './account.store';
import type { TerritoryScope } from './actor';
import { headOf, textsOf, uaisOf, type Claims, type IdentityMapping } from './identity-mapping.rules';

/** One line of a mapping of one's own: who has these claims gets this role. */
interface MappingRule {
  readonly role: AccountRole;
  /** Claim (`a.b.c` reaches into objects) -> the value or values of which it must hold one, whatever their case. */
  readonly when: Readonly<Record<string, readonly string[]>>;
  /** The claim that holds the establishments. */
  readonly uais: string | undefined;
  readonly territories: readonly TerritoryScope[];
}

const ROLES: readonly AccountRole[] = ['head', 'inspector', 'authority', 'auditor', 'operator'];
const KNOWN = new Set(['role', 'when', 'uais', 'territories']);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a claim holds, arrays on the way taken element by element. */
function valuesAt(claims: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(claims)) return claims.flatMap((item) => valuesAt(item, path));
  const [name, ...rest] = path;
  if (name === undefined) return [claims];
  return isRecord(claims) && Object.hasOwn(claims, name) ? valuesAt(claims[name], rest) : [];
}

const textsAt = (claims: Claims, claim: string): string[] => valuesAt(claims, claim.split('.')).flatMap(textsOf);

function ruleOf(value: unknown, place: string): MappingRule {
  const wrong = (what: string): Error => new Error(`${place} ${what}`);
  if (!isRecord(value)) throw wrong('is no object');
  const { when, uais, territories = [] } = value;
  const unknown = Object.keys(value).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) throw wrong(`has an unknown field ${unknown}`);
  const role = ROLES.find((known) => known === value.role);
  if (role === undefined) throw wrong(`needs a role of ${ROLES.join(', ')}`);
  // a rule without a condition would make everybody who can sign in anywhere what it says
  if (!isRecord(when) || Object.keys(when).length === 0) throw wrong('needs `when`, with one claim at least');
  const conditions = Object.entries(when).map(([claim, wanted]) => {
    const texts = textsOf(wanted);
    if (texts.length === 0) throw wrong(`needs a value, or several, for ${claim}`);
    return [claim, texts.map((text) => text.toLowerCase())] as const;
  });
  if (uais !== undefined && (typeof uais !== 'string' || uais === ''))
    throw wrong('needs the name of a claim in `uais`');
  if ((role === 'head') !== (uais !== undefined) && role !== 'inspector')
    throw wrong(role === 'head' ? 'needs `uais`: a head answers for establishments' : 'has `uais`, which are a head’s');
  return { role, when: Object.fromEntries(conditions), uais, territories: territoriesOf(territories, wrong) };
}

function territoriesOf(value: unknown, wrong: (what: string) => Error): TerritoryScope[] {
  if (!Array.isArray(value)) throw wrong('needs a list in `territories`');
  return value.map((item: unknown) => {
    if (!isRecord(item) || typeof item.code !== 'string') throw wrong('needs the code of each territory');
    const { code, level = 'territory', kinds = [] } = item;
    if (level !== 'territory' && level !== 'commune') throw wrong('knows territories of level territory or commune');
    return { code, level, kinds: textsOf(kinds) };
  });
}

/**
 * A mapping from its file: `{"userinfo": true, "accept": "application/json", "rules": [{"role", "when", "uais", "territories"}]}`. The
 * first rule that fits decides; where none does, the preset does.
 * @throws Error with a sentence that says which rule is wrong
 */
export function mappingFrom(text: string, preset: IdentityMapping): IdentityMapping {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Error('it is no JSON');
  }
  if (!isRecord(file) || !Array.isArray(file.rules)) throw new Error('it has no list `rules`');
  const { userinfo = preset.readsUserinfo, accept = preset.userinfoAccept } = file;
  if (typeof userinfo !== 'boolean' || typeof accept !== 'string')
    throw new Error('`userinfo` is true or false, `accept` a media type');
  const rules = file.rules.map((value, i) => ruleOf(value, `rule ${i + 1}`));
  return {
    readsUserinfo: userinfo,
    userinfoAccept: accept,
    grantOf: (claims, clientId) => {
      for (const { role, when, uais, territories } of rules) {
        const fits = Object.entries(when).every(([claim, wanted]) =>
          textsAt(claims, claim).some((text) => wanted.includes(text.toLowerCase())),
        );
        if (!fits) continue;
        const own = uais === undefined ? [] : uaisOf(textsAt(claims, uais));
        const grant: Grant | undefined =
          role === 'head' ? headOf(own) : { role, uais: own, territories: [...territories] };
        if (grant) return grant;
      }
      return preset.grantOf(claims, clientId);
    },
  };
}
