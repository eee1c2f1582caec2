import { parseLevel } from './level.rules';
import { plain } from './text.rules';

/** Words that class names are made of and that are no one's name. Everything else of three letters or more may be one. */
const CLASS_WORDS = new Set(
  `bis ter quater classe classes division groupe groupes niveau section sections petite petites petits moyenne moyennes moyens grande grandes
  grands cours double triple multi unique cycle ulis segpa upe2a ueea uepe clis cham chad bilingue bilangue euro europeenne
  internationale international sport sportive section musique danse theatre arts anglais allemand espagnol italien latin grec
  occitan breton basque corse picard flamand neerlandais chinois russe portugais arabe japonais option options prepa metiers
  generale technologique professionnelle pro gen techno bac cap bts term terminale premiere seconde sixieme cinquieme
  quatrieme troisieme maternelle primaire elementaire college lycee ecole annee bleu bleue rouge vert verte jaune orange violet
  violette rose blanc blanche noir noire gris grise turquoise soleil lune etoile etoiles arc ciel mer terre foret nord sud est
  ouest matin apres midi demi mixte maths francais histoire physique chimie svt eps ses hggsp hlp nsi llce amc spe specialite
  stmg sti2d st2s stl std2a sthr s2tmd stav mpsi pcsi ptsi ecg papillons coccinelles abeilles lapins oursons chats souris
  poissons lutins pirates dauphins hiboux ecureuils tortues grenouilles escargots herissons renards lions tigres elephants
  girafes pingouins koalas pandas kangourous fourmis libellules hirondelles moineaux canards loups ours les des une aux par
  avec sans pour`.split(/\s+/),
);
/** A title that stands before a name; a lone M is the thirteenth class of a level, so it needs a word after it. */
const TITLES =
  /(^|[^a-z0-9])((mme|mmes|mlle|mle|monsieur|madame|mademoiselle|maitre|maitresse|professeure?)([^a-z]|$)|(m|mr|mm|dr|prof)(\.\s*|\s+)[a-z]{2})/;
const PARTICLES = new Set(['de', 'du', 'la', 'le', 'un', 'et', 'au', 'en', 'ou']);

/**
 * Whether a class name may hold a person's name (`CM1 Mme Durand`, `Classe de M. Petit`, `CP Durand`). Careful on purpose: a
 * title, or any word that is neither a level nor a usual word of class names. In the second degree, where divisions bear
 * codes of the school's software (`TMELEC`, `2GATL`), capitals without a space before them are taken for such a code.
 * A name that is only unusual gets an alias too: that costs a label, the other error would keep a person.
 */
export function mayNamePerson(className: string, isSecondDegree: boolean): boolean {
  if (TITLES.test(plain(className))) return true;
  const tokens = className.split(/[^\p{L}\d]+/u).filter((token) => token !== '');
  return tokens.some((token, turn) => {
    if (isKnown(plain(token))) return false;
    if (isSecondDegree && token === token.toUpperCase() && (turn === 0 || token.length < 5)) return false;
    // in a code with digits (`1STMG2`) only a long run of letters can be a name
    const runs = /\d/.test(token) ? token.split(/\d+/).filter((run) => run.length >= 4) : [token];
    return runs.some((run) => {
      const word = plain(run);
      if (isKnown(word)) return false;
      return word.length >= 3 || (word.length === 2 && /^\p{Lu}\p{Ll}$/u.test(run) && !PARTICLES.has(word));
    });
  });
}

function isKnown(word: string): boolean {
  return CLASS_WORDS.has(word) || CLASS_WORDS.has(word.replace(/^t/, '')) || parseLevel(word) !== undefined;
}
