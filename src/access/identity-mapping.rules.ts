import type { OidcSettings } from '../common/config';
import type { AccountRole, Grant } from './account.store';
import type { TerritoryScope } from './actor';

export type Claims = Readonly<Record<string, unknown>>;
export type IdentityPreset = OidcSettings['preset'];

/** How a provider is asked and what its answer means here. */
export interface IdentityMapping {
  /** Whether the role stands in the userinfo answer rather than in the ID token. */
  readonly readsUserinfo: boolean;
  /** The media type that names the version of the userinfo answer. */
  readonly userinfoAccept: string;
  /** What the claims grant; nothing where an operator must say it. */
  readonly grantOf: (claims: Claims, clientId: string) => Grant | undefined;
}

const UAI = /^\d{7}[A-Z]$/;
const JSON_TYPE = 'application/json';

export const textsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).filter(
    (item): item is string => typeof item === 'string' && item !== '',
  );
export const uaisOf = (value: unknown): string[] => [
  ...new Set(
    textsOf(value)
      .flatMap((text) => text.split(/[\s,;]+/))
      .map((text) => text.toUpperCase())
      .filter((text) => UAI.test(text)),
  ),
];
/** A head answers for some establishment, or is none. */
export const headOf = (uais: string[]): Grant | undefined =>
  uais.length === 0 ? undefined : { role: 'head', uais, territories: [] };

/** entcore userinfo 1.0: no flag says who is head; the authorised action `<client id>|book` does, whatever the type. */
function entcore1({ uai, authorizedActions }: Claims, clientId: string): Grant | undefined {
  const actions = (Array.isArray(authorizedActions) ? authorizedActions : []).map((action: unknown) =>
    typeof action === 'string' ? action : (action as { name?: unknown } | null)?.name,
  );
  return actions.includes(`${clientId}|book`) ? headOf(uaisOf(uai)) : undefined;
}

/** entcore userinfo 3.0: head of the structures that `functions.ADMIN_LOCAL.scope` names, or by the authorised action of 1.0. */
function entcore3(claims: Claims, clientId: string): Grant | undefined {
  const functions = claims.functions as { ADMIN_LOCAL?: { scope?: unknown } } | null | undefined;
  const administered = new Set(textsOf(functions?.ADMIN_LOCAL?.scope));
  const structures = (Array.isArray(claims.structures) ? claims.structures : []) as Record<string, unknown>[];
  const uais = structures
    .filter((structure) => administered.has(String(structure?.id)))
    .flatMap((structure) => uaisOf(structure.UAI ?? structure.uai));
  return headOf(uais) ?? entcore1({ ...claims, uai: claims.uai ?? structures.map(({ UAI }) => UAI) }, clientId);
}

/** National profiles (SDET): DIR is head; what ACA and COL may see depends on a territory that no claim tells: an operator grants it. */
function sdet(claims: Claims): Grant | undefined {
  const profiles = [claims.ENTPersonProfils, claims.profils, claims.profile].flatMap(textsOf);
  if (!profiles.some((profile) => /^national_dir$/i.test(profile))) return undefined;
  return headOf([claims.ENTPersonStructRattachUAI, claims.rne, claims.uai].flatMap(uaisOf));
}

const ROLES: readonly AccountRole[] = ['head', 'inspector', 'authority', 'auditor', 'operator'];

/** Our own claims, which any provider with mappers can send: `etale_role`, `etale_uais`, `etale_territories`. */
function etale({ etale_role, etale_uais, etale_territories }: Claims): Grant | undefined {
  const role = ROLES.find((known) => known === etale_role);
  if (role === undefined) return undefined;
  const uais = uaisOf(etale_uais);
  const territories = (Array.isArray(etale_territories) ? etale_territories : []).flatMap(territoryOf);
  return role === 'head' ? headOf(uais) : { role, uais, territories };
}

function territoryOf(value: unknown): TerritoryScope[] {
  const { code, level, kinds } = (value ?? {}) as Record<string, unknown>;
  if (typeof code !== 'string') return [];
  return [{ code, level: level === 'commune' ? 'commune' : 'territory', kinds: textsOf(kinds) }];
}

export const IDENTITY_MAPPINGS: Readonly<Record<IdentityPreset, IdentityMapping>> = {
  etale: { readsUserinfo: false, userinfoAccept: JSON_TYPE, grantOf: etale },
  'entcore-1.0': { readsUserinfo: true, userinfoAccept: `${JSON_TYPE};version=1.0`, grantOf: entcore1 },
  'entcore-3.0': { readsUserinfo: true, userinfoAccept: `${JSON_TYPE};version=3.0`, grantOf: entcore3 },
  sdet: { readsUserinfo: true, userinfoAccept: JSON_TYPE, grantOf: sdet },
  // says who somebody is and nothing of what he does: every role is granted by an operator
  proconnect: { readsUserinfo: false, userinfoAccept: JSON_TYPE, grantOf: () => undefined },
};
