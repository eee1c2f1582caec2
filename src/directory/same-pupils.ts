/** The ids of the classes with the same pupils as class `k`, as an expression: a group's sources, the groups of a class, and groups of one source but parallel options. */
export const CLASSES_WITH_SAME_PUPILS = `array(
    select class_id from class_group_source where group_id = k.id
    union all select group_id from class_group_source where class_id = k.id
    union all select other.group_id from class_group_source own
      join class_group_source other on other.class_id = own.class_id and other.group_id <> own.group_id
      join class og on og.id = other.group_id
     where own.group_id = k.id and (k.option_set is null or k.option_set is distinct from og.option_set))`;
