/** Text without accents or ligatures, in small letters: what two spellings of one word have in common. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae');
}

/** `AA` after `Z`, as spreadsheets name their columns: 0 -> A, 25 -> Z, 26 -> AA. */
export function letterOf(index: number): string {
  return (index < 26 ? '' : letterOf(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26));
}

const SMALL_WORDS = new Set([
  'a',
  'au',
  'aux',
  'de',
  'des',
  'du',
  'en',
  'et',
  'l',
  'la',
  'le',
  'les',
  'd',
  'sur',
  'sous',
]);

/** `SACRE COEUR DE L'ABBAYE` -> `Sacre Coeur de l'Abbaye`; text that has small letters already stays as it is. */
export function titleCase(text: string): string {
  const trimmed = text.trim().replace(/\s+/g, ' ');
  if (trimmed !== trimmed.toUpperCase()) return trimmed;
  let isFirst = true;
  return trimmed.toLowerCase().replace(/\p{L}+/gu, (word) => {
    const isSmall = !isFirst && SMALL_WORDS.has(word);
    isFirst = false;
    return isSmall ? word : word.charAt(0).toUpperCase() + word.slice(1);
  });
}
