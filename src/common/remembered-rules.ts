import { getMetadataStorage } from 'class-validator';

type Storage = ReturnType<typeof getMetadataStorage>;
type Rules = ReturnType<Storage['getTargetValidationMetadatas']>;

const storages = new WeakSet<Storage>();

/**
 * Has class-validator remember which rules a class has: it would go through those of all classes for every object that it validates,
 * half of what the validation of a small request costs. Rules are declared with their class and never change.
 */
export function rememberValidationRules(): void {
  const storage = getMetadataStorage();
  if (storages.has(storage)) return;
  storages.add(storage);
  const rulesOf = new WeakMap<object, Rules>();
  const groupsOf = new WeakMap<Rules, ReturnType<Storage['groupByPropertyName']>>();
  const find = storage.getTargetValidationMetadatas.bind(storage);
  const group = storage.groupByPropertyName.bind(storage);
  storage.getTargetValidationMetadatas = (target, schema, always, strictGroups, groups) => {
    if (schema || always || strictGroups || groups?.length || typeof target !== 'function') {
      return find(target, schema, always, strictGroups, groups);
    }
    let rules = rulesOf.get(target);
    if (!rules) rulesOf.set(target, (rules = find(target, schema, always, strictGroups, groups)));
    return rules;
  };
  storage.groupByPropertyName = (rules) => {
    let groups = groupsOf.get(rules);
    if (!groups) groupsOf.set(rules, (groups = group(rules)));
    return groups;
  };
}
