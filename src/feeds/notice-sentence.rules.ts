import type { WindowChangeRow } from '../plan/window-change.store';
import type { Language } from '../common/language.rules';
import { placeTextOf, titleOf } from './family-text.rules';

type Told = Pick<
  WindowChangeRow,
  | 'kind'
  | 'classCode'
  | 'audience'
  | 'activity'
  | 'beforeStartCell'
  | 'beforeCellCount'
  | 'afterStartCell'
  | 'afterCellCount'
  | 'reason'
>;

/** What happened to a window, from where to where and why, as a sentence. */
export function noticeSentenceOf(change: Told, timeZone: string, language: Language): string {
  const french = language === 'fr';
  const place = (startCell: number | null, cellCount: number | null): string | undefined =>
    startCell === null ? undefined : placeTextOf(startCell, cellCount!, timeZone, language);
  const before = place(change.beforeStartCell, change.beforeCellCount);
  const after = place(change.afterStartCell, change.afterCellCount);
  const title = titleOf(change, language);
  const what =
    before === undefined
      ? french
        ? `${title} : ajouté, ${after}.`
        : `${title}: added, ${after}.`
      : after === undefined
        ? french
          ? `${title} : supprimé, auparavant ${before}.`
          : `${title}: released, before ${before}.`
        : french
          ? `${title} : déplacé, auparavant ${before}, désormais ${after}.`
          : `${title}: moved, before ${before}, now ${after}.`;
  const cause = causeOf(change.kind, french);
  if (change.reason === '') return `${what} ${cause}.`;
  return french ? `${what} ${cause}, motif : ${change.reason}` : `${what} ${cause}, reason: ${change.reason}`;
}

function causeOf(kind: Told['kind'], french: boolean): string {
  if (kind === 'publication') return french ? "Publication d'un nouveau plan" : 'A new plan was published';
  if (kind === 'rollback') return french ? 'Retour au plan précédent' : 'The plan before was put back';
  return french ? 'Réservation' : 'A booking';
}
