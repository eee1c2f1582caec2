import { LEVELS, type Level } from './level';
import { plain } from './text.rules';

/** Spellings met in rosters, as they are once spaces, accents, signs and capitals are gone. */
const SPELLINGS: Readonly<Record<Level, string>> = {
  PS: 'ps tps petitesection toutepetitesection petits petitssection',
  MS: 'ms moyennesection moyens',
  GS: 'gs grandesection grands',
  MAT: 'mat maternelle preelementaire preelem',
  CP: 'cp courspreparatoire 11eme 11e',
  CE1: 'ce1 courselementaire1 courselementaire1ereannee courselementairepremiereannee',
  CE2: 'ce2 courselementaire2 courselementaire2emeannee courselementairedeuxiemeannee',
  CM1: 'cm1 coursmoyen1 coursmoyen1ereannee coursmoyenpremiereannee',
  CM2: 'cm2 coursmoyen2 coursmoyen2emeannee coursmoyendeuxiemeannee',
  ULIS_ECOLE: 'ulis ulisecole clis ueea uliselementaire',
  '6E': '6e 6eme 6emes 6 sixieme sixiemes 6emesegpa 6esegpa',
  '5E': '5e 5eme 5emes 5 cinquieme cinquiemes 5emesegpa 5esegpa',
  '4E': '4e 4eme 4emes 4 quatrieme quatriemes 4emesegpa 4esegpa',
  '3E': '3e 3eme 3emes 3 troisieme troisiemes 3emesegpa 3esegpa 3prepametiers 3emeprepametiers 3pm',
  ULIS_COLLEGE: 'uliscollege',
  '2GT':
    '2gt 2nde 2de 2ndes 2des seconde secondes 2ndegt 2degt 2ndesgt secondegt 2ndegenerale secondegenerale 2e 2eme 2sthr 2ndegeneraleettechnologique secondegeneraleettechnologique',
  '1GT':
    '1gt 1re 1ere 1res 1eres 1e 1g premiere premieres 1reg 1ereg 1regt 1eregt premieregenerale premieretechnologique 1regenerale 1eregenerale premieregt premieregeneraleettechnologique',
  TGT: 'tgt t tg tle term terminale terminales tles tleg terminaleg terminalegenerale terminaletechnologique tlegenerale terminalegt tlegt terminalegeneraleettechnologique',
  CAP1: 'cap1 1cap 1cap2 cap1ereannee 1ereanneecap capannee1 1erecap 1recap premiereanneecap',
  CAP2: 'cap2 2cap 2cap2 cap2emeannee 2emeanneecap capannee2 tcap tlecap terminalecap deuxiemeanneecap',
  '2PRO': '2pro 2ndpro 2ndepro 2depro secondepro secondeprofessionnelle 2ndeprofessionnelle 2bacpro 2ndebacpro 2p',
  '1PRO': '1pro 1repro 1erepro premierepro premiereprofessionnelle 1reprofessionnelle 1ereprofessionnelle 1bacpro 1p',
  TPRO: 'tpro tlepro terminalepro termpro terminaleprofessionnelle tleprofessionnelle tbacpro tp',
  PRO_OTHER: 'proother bma bma1 bma2 1bma 2bma mc mentioncomplementaire certificatdespecialisation fcil',
  POSTBAC:
    'postbac bts bts1 bts2 1bts 2bts 1bts2 2bts2 btsannee1 btsannee2 cpge prepa dnmade dcg superieur enseignementsuperieur',
};

const BY_SPELLING = new Map(
  LEVELS.flatMap((level) => SPELLINGS[level].split(' ').map((spelling) => [spelling, level])),
);
/** Technological series of the lycée, written with their level: `1STMG`, `Terminale ST2S`. */
const SERIES = /^(1|1re|1ere|premiere|t|tle|term|terminale)(stmg|sti2d|st2s|stl|std2a|sthr|s2tmd|stav)$/;

/** The level that a text names, in any of the usual spellings (`6EME`, `sixième`, `Grande section`, `2nde`); else undefined. */
export function parseLevel(text: string): Level | undefined {
  const spelling = plain(text)
    .replace(/[^a-z0-9]/g, '')
    .replace(/^(classede|niveau|nive)/, '');
  const series = SERIES.exec(spelling);
  if (series) return series[1]!.startsWith('t') ? 'TGT' : '1GT';
  const exact = text.trim().toUpperCase();
  return (LEVELS as readonly string[]).includes(exact) ? (exact as Level) : BY_SPELLING.get(spelling);
}

/** The levels of a list separated by `|`, each once, in the order of age; undefined if one of them is unknown or none is given. */
export function parseLevels(text: string): Level[] | undefined {
  const parts = text.split('|').filter((part) => part.trim() !== '');
  const levels = parts.map(parseLevel);
  if (levels.length === 0 || levels.includes(undefined)) return undefined;
  return LEVELS.filter((level) => levels.includes(level));
}

/** How a level reads in the code of a class that has no other name: `CM1`, `6E`, `2GT`, `BTS`. */
function levelLabel(level: Level): string {
  const own: Partial<Record<Level, string>> = {
    ULIS_ECOLE: 'ULIS',
    ULIS_COLLEGE: 'ULIS',
    PRO_OTHER: 'PRO',
    POSTBAC: 'SUP',
    '2PRO': '2NDE PRO',
    '1PRO': '1RE PRO',
    TPRO: 'TLE PRO',
  };
  return own[level] ?? level;
}

/** `CE1-CE2`: the label of the levels of a class, from its youngest to its oldest. */
export function levelsLabel(levels: readonly Level[]): string {
  const labels = levels.map(levelLabel);
  return labels.length <= 3 ? labels.join('-') : `${labels[0]!}-${labels[labels.length - 1]!}`;
}
