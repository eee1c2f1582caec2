/** Where families find the windows of classes, without an account. */
export const CLASS_PAGES_PATH = '/creneaux';

/** A class as addresses name it: the same in every school year, so that a printed code stays true. */
export interface NamedClass {
  uai: string;
  code: string;
}

export const classKeyOf = ({ uai, code }: NamedClass): string => `${uai}.${code}`;

/** The public page of a class. */
export function classPagePath(named: NamedClass): string {
  return `${CLASS_PAGES_PATH}?${new URLSearchParams({ classe: classKeyOf(named) }).toString()}`;
}
