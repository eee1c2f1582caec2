import type { Actor, TerritoryScope } from './actor';

/** Adds a value to the parameters of a statement and gives its place (`$3`). */
export type Bind = (value: unknown) => string;

/** A value written into a statement that takes no parameters, such as COPY. */
export const literal: Bind = (value) =>
  Array.isArray(value) ? `array[${value.map(literal).join(', ')}]` : `'${String(value).replaceAll("'", "''")}'`;

/**
 * The condition that an establishment (alias `e` of table `establishment`) lies in the actor's scope, as SQL: `true` for who is
 * bound to none (operator, auditor, a machine whose key opened the operation), `false` where nothing is in it.
 */
export function scopeCondition({ role, uais }: Actor, bind: Bind): string {
  if (role === 'operator' || role === 'auditor' || role === 'machine') return 'true';
  return placesCondition(uais ?? [], [], bind);
}

/** The same for establishments by UAI and by territory. */
export function placesCondition(uais: readonly string[], territories: readonly TerritoryScope[], bind: Bind): string {
  const places: string[] = [];
  if (uais.length > 0) places.push(`e.uai = any(${bind(uais)}::text[])`);
  for (const { code, level, kinds } of territories) {
    const where =
      level === 'commune'
        ? `e.commune_code = ${bind(code)}::text`
        : `e.department_id in (select x.id from territory x left join territory y on y.id = x.parent_id
             left join territory z on z.id = y.parent_id where ${bind(code)}::text in (x.code, y.code, z.code))`;
    places.push(kinds.length === 0 ? where : `(${where} and e.kind = any(${bind(kinds)}::text[]))`);
  }
  return places.length === 0 ? 'false' : `(${places.join(' or ')})`;
}
