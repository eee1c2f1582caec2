import { randomInteger, type Random } from '../kernel/random';
import type { EstablishmentKind } from './directory-rows';

const STEMS = (
  'Abr Adr Alb Anv Arb Arg Aub Aur Bald Bar Berl Bern Bois Bram Brev Calm Carv Cern Charv Clair Corm Corv Dam Dorm Drev Elv Erm Esp ' +
  'Fauv Ferr Flor Font Gald Germ Gorm Grand Guer Halv Harm Herb Jarv Jorv Lanv Larm Lav Lorm Luc Malv Marv Merl Mirv Monv Morv Nerv Norm Orb Orv ' +
  'Palm Pelv Pern Plan Quern Ram Rev Roch Ronv Rusc Salv Serv Sorm Talv Tarm Torv Urv Valv Varm Verl Vern Vir'
).split(' ');
const ENDINGS =
  'ay ac ange ault ecourt elles emont erolles erval esnes eux event euil ières igny illac illers illy incourt ineux ois oncelles onne onval ort ost ou ouville ues y'.split(
    ' ',
  );
const RIVERS = [
  'Lorme',
  'Astrée',
  'Mirande',
  'Sylvane',
  'Brume',
  'Orvanne',
  'Clairette',
  'Douvre',
  'Vesline',
  'Aulnette',
];
// oxfmt-ignore
const TAILS = [
  ...RIVERS.map((river) => `-sur-${river}`),
  '-le-Haut', '-le-Bas', '-les-Bois', '-en-Plaine', '-la-Forêt', '-aux-Prés', '-le-Vieux', '-les-Étangs', '-le-Moulin', '-la-Vallée',
];
const HEADS = ['La Chapelle-', 'Le Mesnil-', 'Villers-', 'Mont-', 'Val-', 'Pont-', 'Bois-'];
/** Half of the names stand alone. */
const PLAIN_SHARE = 0.55;
const HEAD_SHARE = 0.12;

const pick = <T>(choices: readonly T[], random: Random): T => choices[randomInteger(random, choices.length)]!;

/** Names of communes that do not exist, all different. */
export function inventedCommunes(count: number, random: Random): string[] {
  const names = new Set<string>();
  while (names.size < count) {
    const name = `${pick(STEMS, random)}${pick(ENDINGS, random)}`;
    const kind = random();
    // a crowded seed leaves fewer plain names: the longer forms always find room
    if (kind < PLAIN_SHARE && !names.has(name)) names.add(name);
    else if (kind < PLAIN_SHARE + HEAD_SHARE) names.add(`${pick(HEADS, random)}${name}`);
    else names.add(`${name}${pick(TAILS, random)}`);
  }
  return [...names];
}

// oxfmt-ignore
const TREES = [
  'les Tilleuls', 'les Marronniers', 'les Grands Pins', 'le Vieux Chêne', 'les Peupliers', 'les Bouleaux', 'les Érables', 'le Grand Noyer',
  'les Charmilles', 'les Acacias', 'les Cerisiers', 'les Saules', 'les Coquelicots', 'les Primevères', 'les Glycines', 'la Roseraie',
  'la Fontaine', 'le Moulin', 'la Clairière', 'les Quatre Vents', 'la Source', 'le Belvédère', 'la Prairie', 'le Grand Pré', 'les Remparts',
  'le Lavoir', 'la Passerelle', 'le Canal', 'les Hirondelles', 'les Alouettes', 'les Mésanges', 'la Garenne', 'les Écureuils', 'la Colline',
  'le Soleil levant', 'les Sources vives', 'la Petite Ourse', "l'Étoile polaire", "l'Horizon", 'les Embruns', 'le Phare', 'la Marée', "l'Estran",
  "l'Étale", 'le Jusant', 'la Grande Ourse', 'les Dunes', 'les Falaises', 'la Boussole', 'le Sextant',
];
const PRIVATE = [
  'Notre-Dame-des-Ormes',
  'La Providence',
  'Sainte-Aurore',
  'Saint-Valoir',
  'Sacré-Cœur-du-Val',
  "L'Espérance",
  'Sainte-Lorme',
];
const WORD: Record<EstablishmentKind, string> = {
  maternelle: 'École maternelle',
  elementaire: 'École élémentaire',
  primaire: 'École primaire',
  college: 'Collège',
  lycee_gt: 'Lycée général et technologique',
  lycee_pro: 'Lycée professionnel',
  lycee_polyvalent: 'Lycée polyvalent',
  erea: 'EREA',
};

/** The name of an establishment: places, trees and the sea, never a person. */
export function inventedSchool(kind: EstablishmentKind, isPrivate: boolean, random: Random): string {
  if (isPrivate)
    return `${WORD[kind]} privé${kind.includes('l') && WORD[kind].startsWith('École') ? 'e' : ''} ${pick(PRIVATE, random)}`;
  return `${WORD[kind]} ${pick(TREES, random)}`;
}
