import type { ConcernedClass } from './wish-place.store';

export type MatchedClass = Pick<ConcernedClass, 'id' | 'code' | 'kind' | 'levels'>;

/**
 * Which class of now stands for which class of the campaign before: itself, else the one of the same code, else, in the order of
 * the codes, one of the same kind and levels that stands for none yet.
 *
 * @returns class of now by the id of the class of then; those without one are absent
 */
export function matchClasses<T extends MatchedClass>(then: readonly MatchedClass[], now: readonly T[]): Map<number, T> {
  const matched = new Map<number, T>();
  const free = new Set(now);
  const take = (before: MatchedClass, isIt: (one: T) => boolean): void => {
    if (matched.has(before.id)) return;
    const found = [...free].find(isIt);
    if (!found) return;
    matched.set(before.id, found);
    free.delete(found);
  };
  for (const before of then) take(before, ({ id }) => id === before.id);
  for (const before of then) take(before, ({ code, kind }) => code === before.code && kind === before.kind);
  const levels = ({ kind, levels: list }: MatchedClass): string => `${kind} ${[...list].sort().join()}`;
  for (const before of [...then].sort(byCode)) take(before, (one) => levels(one) === levels(before));
  return matched;
}

const byCode = (a: MatchedClass, b: MatchedClass): number => (a.code < b.code ? -1 : a.code > b.code ? 1 : a.id - b.id);
