import { holidayZoneOfDepartment, timeZoneOfDepartment, type HolidayZone } from '../calendar/holiday-zone.rules';

/** A department, or a collectivity that stands for one, with everything that hangs on it. */
export interface Department {
  /** `59`, `2A`, `974`: as the official geographic code writes it. */
  readonly code: string;
  readonly name: string;
  /** `A09`: the national code of the academy with an A before it, so that codes differ between kinds of territory. */
  readonly academyCode: string;
  readonly academyName: string;
  /** `R32`: INSEE's code of the region with an R before it. */
  readonly regionCode: string;
  readonly regionName: string;
  /** IANA zone. */
  readonly timeZone: string;
  readonly holidayZone: HolidayZone;
  /** The first three digits of the UAIs of the department. */
  readonly uaiPrefix: string;
}

/** Academies by their national code. */
// oxfmt-ignore
const ACADEMIES: Readonly<Record<string, string>> = {
  '01': 'Paris', '02': 'Aix-Marseille', '03': 'Besançon', '04': 'Bordeaux', '06': 'Clermont-Ferrand', '07': 'Dijon',
  '08': 'Grenoble', '09': 'Lille', '10': 'Lyon', '11': 'Montpellier', '12': 'Nancy-Metz', '13': 'Poitiers',
  '14': 'Rennes', '15': 'Strasbourg', '16': 'Toulouse', '17': 'Nantes', '18': 'Orléans-Tours', '19': 'Reims',
  '20': 'Amiens', '22': 'Limoges', '23': 'Nice', '24': 'Créteil', '25': 'Versailles', '27': 'Corse',
  '28': 'La Réunion', '31': 'Martinique', '32': 'Guadeloupe', '33': 'Guyane', '40': 'Nouvelle-Calédonie', '41': 'Polynésie française',
  '42': 'Wallis-et-Futuna', '43': 'Mayotte', '44': 'Saint-Pierre-et-Miquelon', '70': 'Normandie',
};

/** Regions by INSEE's code; a collectivity without a region is its own. */
// oxfmt-ignore
const REGIONS: Readonly<Record<string, string>> = {
  '01': 'Guadeloupe', '02': 'Martinique', '03': 'Guyane', '04': 'La Réunion', '06': 'Mayotte', '11': 'Île-de-France',
  '24': 'Centre-Val de Loire', '27': 'Bourgogne-Franche-Comté', '28': 'Normandie', '32': 'Hauts-de-France', '44': 'Grand Est',
  '52': 'Pays de la Loire', '53': 'Bretagne', '75': 'Nouvelle-Aquitaine', '76': 'Occitanie', '84': 'Auvergne-Rhône-Alpes',
  '93': "Provence-Alpes-Côte d'Azur", '94': 'Corse', '975': 'Saint-Pierre-et-Miquelon', '977': 'Saint-Barthélemy',
  '978': 'Saint-Martin', '986': 'Wallis-et-Futuna', '987': 'Polynésie française', '988': 'Nouvelle-Calédonie',
};

/** One line per academy and region: `academy region: code name, code name ...`. */
const LINES = `
01 11: 75 Paris
02 93: 04 Alpes-de-Haute-Provence, 05 Hautes-Alpes, 13 Bouches-du-Rhône, 84 Vaucluse
03 27: 25 Doubs, 39 Jura, 70 Haute-Saône, 90 Territoire de Belfort
04 75: 24 Dordogne, 33 Gironde, 40 Landes, 47 Lot-et-Garonne, 64 Pyrénées-Atlantiques
06 84: 03 Allier, 15 Cantal, 43 Haute-Loire, 63 Puy-de-Dôme
07 27: 21 Côte-d'Or, 58 Nièvre, 71 Saône-et-Loire, 89 Yonne
08 84: 07 Ardèche, 26 Drôme, 38 Isère, 73 Savoie, 74 Haute-Savoie
09 32: 59 Nord, 62 Pas-de-Calais
10 84: 01 Ain, 42 Loire, 69 Rhône
11 76: 11 Aude, 30 Gard, 34 Hérault, 48 Lozère, 66 Pyrénées-Orientales
12 44: 54 Meurthe-et-Moselle, 55 Meuse, 57 Moselle, 88 Vosges
13 75: 16 Charente, 17 Charente-Maritime, 79 Deux-Sèvres, 86 Vienne
14 53: 22 Côtes-d'Armor, 29 Finistère, 35 Ille-et-Vilaine, 56 Morbihan
15 44: 67 Bas-Rhin, 68 Haut-Rhin
16 76: 09 Ariège, 12 Aveyron, 31 Haute-Garonne, 32 Gers, 46 Lot, 65 Hautes-Pyrénées, 81 Tarn, 82 Tarn-et-Garonne
17 52: 44 Loire-Atlantique, 49 Maine-et-Loire, 53 Mayenne, 72 Sarthe, 85 Vendée
18 24: 18 Cher, 28 Eure-et-Loir, 36 Indre, 37 Indre-et-Loire, 41 Loir-et-Cher, 45 Loiret
19 44: 08 Ardennes, 10 Aube, 51 Marne, 52 Haute-Marne
20 32: 02 Aisne, 60 Oise, 80 Somme
22 75: 19 Corrèze, 23 Creuse, 87 Haute-Vienne
23 93: 06 Alpes-Maritimes, 83 Var
24 11: 77 Seine-et-Marne, 93 Seine-Saint-Denis, 94 Val-de-Marne
25 11: 78 Yvelines, 91 Essonne, 92 Hauts-de-Seine, 95 Val-d'Oise
27 94: 2A Corse-du-Sud, 2B Haute-Corse
28 04: 974 La Réunion
31 02: 972 Martinique
32 01: 971 Guadeloupe
32 977: 977 Saint-Barthélemy
32 978: 978 Saint-Martin
33 03: 973 Guyane
40 988: 988 Nouvelle-Calédonie
41 987: 987 Polynésie française
42 986: 986 Wallis-et-Futuna
43 06: 976 Mayotte
44 975: 975 Saint-Pierre-et-Miquelon
70 28: 14 Calvados, 27 Eure, 50 Manche, 61 Orne, 76 Seine-Maritime
`;

/** Corsica kept numbers of its own when its department was divided. */
const UAI_PREFIX: Readonly<Record<string, string>> = { '2A': '620', '2B': '720' };

function departmentsOfLine(line: string): Department[] {
  const [, academy, region, list] = /^(\d+) (\d+): (.*)$/.exec(line)!;
  return list!.split(', ').map((entry) => {
    const code = entry.slice(0, entry.indexOf(' '));
    return {
      code,
      name: entry.slice(code.length + 1),
      academyCode: `A${academy!}`,
      academyName: ACADEMIES[academy!]!,
      regionCode: `R${region!}`,
      regionName: REGIONS[region!]!,
      timeZone: timeZoneOfDepartment(code)!,
      holidayZone: holidayZoneOfDepartment(code)!,
      uaiPrefix: UAI_PREFIX[code] ?? code.padStart(3, '0'),
    };
  });
}

/** Every department of France and every collectivity with schools, as of the school year 2026-2027. */
export const DEPARTMENTS: readonly Department[] = LINES.trim().split('\n').flatMap(departmentsOfLine);

const BY_CODE = new Map(DEPARTMENTS.map((department) => [department.code, department]));
const BY_UAI_PREFIX = new Map(DEPARTMENTS.map((department) => [department.uaiPrefix, department]));

/** `059`, `59`, `02A`, `2a`, `1`, `974` -> the code of the department as INSEE writes it; undefined for an unknown one. */
export function departmentCodeOf(text: string): string | undefined {
  const given = text.trim().toUpperCase();
  const code = /^0\d[\dAB]$/.test(given) ? given.slice(1) : given.padStart(2, '0');
  return BY_CODE.has(code) ? code : undefined;
}

/** The department of a code in any of its spellings. */
export function departmentOf(code: string): Department | undefined {
  return BY_CODE.get(departmentCodeOf(code) ?? '');
}

/** The department in which a UAI was registered, from its first three digits; files that name no department need it. */
export function departmentOfUai(uai: string): Department | undefined {
  return BY_UAI_PREFIX.get(uai.slice(0, 3));
}
