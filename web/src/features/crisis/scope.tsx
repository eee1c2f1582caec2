import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../shared/api';
import { useTerritories, type Territory } from '../../shared/territories';

type Scope = Schema<'StepScopeDto'>;

const isEverybody = ({ territories = [], establishmentKinds = [], levels = [], profiles = [] }: Scope): boolean =>
  [territories, establishmentKinds, levels, profiles].every((list) => list.length === 0);

/** Whom a step concerns, a sentence. */
function scopeOf(scope: Scope, places: readonly Territory[], t: TFunction<'crisis'>): string {
  if (isEverybody(scope)) return t('scope.everybody');
  const { territories = [], establishmentKinds = [], levels = [], profiles = [] } = scope;
  const whom = [
    ...profiles.map((profile) => t(`scope.${profile}`)),
    ...establishmentKinds.map((kind) => t(`kind.${kind}`)),
    ...levels,
    ...territories.map((code) => places.find((place) => place.code === code)?.name ?? code),
  ];
  return t('scope.some', { whom: whom.join(', ') });
}

/** Whom a step or a rung concerns. */
export function ScopeText({ scope }: { scope: Scope }) {
  const { t } = useTranslation('crisis');
  const places = useTerritories();
  return <>{scopeOf(scope, places.data ?? [], t)}</>;
}
