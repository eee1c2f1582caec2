import type { EstablishmentKind, Sector } from './directory-rows';
import { plain, titleCase } from './text.rules';

/** First match wins: a `LYCEE PROF ... DES METIERS` is vocational, a `LPO LYCEE DES METIERS` is not. */
const KINDS: readonly (readonly [RegExp, EstablishmentKind])[] = [
  [/\berea\b|regional(e)? (d')?enseignt? adapte|enseignement adapte/, 'erea'],
  [/maternelle/, 'maternelle'],
  [/elementaire/, 'elementaire'],
  [/primaire|premier degre/, 'primaire'],
  [/college/, 'college'],
  [/polyv|\blpo\b/, 'lycee_polyvalent'],
  [/\bprof|\blp\b|\bsep\b|enseignement professionnel/, 'lycee_pro'],
  [/\blyc|enseignement general|general (ou|et) techno/, 'lycee_gt'],
];

/** The kind of an establishment from its official denomination (`ETAB.REGIONAL ENSEIGNT ADAPTE` -> erea); else undefined. */
export function kindOfDenomination(denomination: string): EstablishmentKind | undefined {
  const text = plain(denomination).replace(/[.\s]+/g, ' ');
  return KINDS.find(([pattern]) => pattern.test(text))?.[1];
}

/** Kinds of the first degree; all others are of the second. */
export const FIRST_DEGREE_KINDS: readonly EstablishmentKind[] = ['maternelle', 'elementaire', 'primaire'];

const NAMES: Readonly<Record<EstablishmentKind, readonly [name: string, isFeminine: boolean]>> = {
  maternelle: ['École maternelle', true],
  elementaire: ['École élémentaire', true],
  primaire: ['École primaire', true],
  college: ['Collège', false],
  lycee_gt: ['Lycée général et technologique', false],
  lycee_pro: ['Lycée professionnel', false],
  lycee_polyvalent: ['Lycée polyvalent', false],
  erea: ["Établissement régional d'enseignement adapté", false],
};

/** A name for screens from the official fields in capitals: `École primaire privée Sacre Coeur`. */
export function establishmentName(kind: EstablishmentKind, sector: Sector, patronym: string): string {
  const [name, isFeminine] = NAMES[kind];
  const words = [name, sector === 'private' ? (isFeminine ? 'privée' : 'privé') : '', titleCase(patronym)];
  return words.filter((word) => word !== '').join(' ');
}
