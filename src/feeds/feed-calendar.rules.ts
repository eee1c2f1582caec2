import ical, { escape, ICalCalendarMethod, ICalEventStatus, ICalEventTransparency } from 'ical-generator';
import { ACTIVITIES } from '../campaign/window-kind';
import type { Language } from '../common/language.rules';
import { LEAD_CELLS, secondsOfCell } from '../kernel/cell-grid';
import type { WindowChangeRow } from '../plan/window-change.store';
import type { WindowRow } from '../plan/window-wire.rules';
import { clockOf, placeTextOf, titleOf, type WindowSubject } from './family-text.rules';

/** How often a calendar program is asked to look again. */
const REFRESH_SECONDS = 3600;
/** A new epoch begins with what a restore has kept: counts of changes that were lost must not lower a SEQUENCE. */
const SEQUENCES_PER_EPOCH = 1_000_000;

export type LastChange = WindowChangeRow & { changeCount: number };

/** Where and what a feed shows. */
export interface FeedContent {
  uai: string;
  establishmentName: string;
  timeZone: string;
  classCode: string | null;
  epoch: number;
  publishedAt: Date;
  windows: readonly WindowRow[];
  /** Of the windows that changed, by window. */
  lastChanges: ReadonlyMap<number, LastChange>;
  cancelled: readonly LastChange[];
}

interface Event {
  windowId: number;
  subject: WindowSubject;
  startCell: number;
  cellCount: number;
  change: LastChange | undefined;
  isCancelled: boolean;
}

/**
 * A calendar (RFC 5545, 7986) whose bytes depend on nothing but its arguments: instants in UTC, one event a window with a UID
 * that never changes, a SEQUENCE that counts the numbered changes of the window.
 */
export function calendarTextOf(content: FeedContent, language: Language): string {
  const { classCode, establishmentName, uai } = content;
  const name = classCode === null ? establishmentName : `${classCode} - ${establishmentName}`;
  const calendar = ical({
    prodId: { company: 'Etale', product: 'Connection windows', language: language.toUpperCase() },
    method: ICalCalendarMethod.PUBLISH,
    // the generator writes it as it is
    name: escape(name, false),
    ttl: REFRESH_SECONDS,
  });
  const add = ({ windowId, subject, startCell, cellCount, change, isCancelled }: Event): void => {
    const stamp = change?.changedAt ?? content.publishedAt;
    calendar.createEvent({
      id: `window-${windowId}.${uai}@etale`,
      sequence: (content.epoch - 1) * SEQUENCES_PER_EPOCH + (change?.changeCount ?? 0),
      stamp,
      lastModified: stamp,
      start: new Date(secondsOfCell(startCell) * 1000),
      end: new Date(secondsOfCell(startCell + cellCount) * 1000),
      summary: titleOf(subject, language),
      description: descriptionOf(content, startCell, change, isCancelled, language),
      status: isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
      // an open window is an offer, nobody is busy through it
      transparency:
        ACTIVITIES[subject.activity] === 'live' ? ICalEventTransparency.OPAQUE : ICalEventTransparency.TRANSPARENT,
    });
  };
  for (const row of content.windows) {
    const { id, startCell, cellCount } = row;
    add({ windowId: id, subject: row, startCell, cellCount, change: content.lastChanges.get(id), isCancelled: false });
  }
  for (const change of content.cancelled) {
    const [startCell, cellCount] = [change.beforeStartCell!, change.beforeCellCount!];
    add({ windowId: change.windowId, subject: change, startCell, cellCount, change, isCancelled: true });
  }
  return calendar.toString();
}

function descriptionOf(
  { establishmentName, uai, timeZone }: FeedContent,
  startCell: number,
  change: LastChange | undefined,
  isCancelled: boolean,
  language: Language,
): string {
  const lines = [`${establishmentName} (${uai})`];
  if (!isCancelled) {
    const opens = clockOf(startCell - LEAD_CELLS, timeZone, language);
    lines.push(language === 'fr' ? `Entrée possible dès ${opens}.` : `Entry opens at ${opens}.`);
  }
  if (change) lines.push(...toldOf(change, timeZone, isCancelled, language));
  return lines.join('\n');
}

/** From where it moved and why. What a head wrote is not for a feed that anybody may pass on: it may name somebody. */
function toldOf(change: LastChange, timeZone: string, isCancelled: boolean, language: Language): string[] {
  const { kind, reason, beforeStartCell, beforeCellCount } = change;
  const isPublication = kind === 'publication' || kind === 'rollback';
  const before =
    beforeStartCell === null ? undefined : placeTextOf(beforeStartCell, beforeCellCount!, timeZone, language);
  const french = language === 'fr';
  const told: string[] = [];
  if (isCancelled) told.push(french ? 'Créneau annulé.' : 'Window cancelled.');
  else if (before) told.push(french ? `Déplacé : auparavant ${before}.` : `Moved: before, ${before}.`);
  else told.push(french ? 'Créneau ajouté.' : 'Window added.');
  if (isPublication) told.push(french ? `Motif : ${reason}` : `Reason: ${reason}`);
  else told.push(french ? "Motif : réservation de l'établissement." : 'Reason: a booking of the establishment.');
  return told;
}
