import type { BundleContent } from '../src/kernel/decision/bundle-content';
import { roomStayCells } from '../src/kernel/decision/room-residue';
import { CELL_SECONDS } from '../src/kernel/cell-grid';
import { seededRandom } from '../src/kernel/random';
import { gateCrowd, STORM_UNTIL } from './gate-crowd';

/** The crowd's platform, whose last window closed half an hour ago whenever it is asked: everybody who comes is of the residue. */
export function roomContent(now: number, loginsPerCell: number): BundleContent {
  const { content } = gateCrowd(seededRandom(1), 0);
  const shift = Math.floor((now - STORM_UNTIL) / CELL_SECONDS) * CELL_SECONDS;
  const cellCount = content.endCell - content.firstCell;
  const column = (count: number) => Array<number>(cellCount).fill(count);
  return {
    ...content,
    issuedAt: Math.floor(now) - 60,
    staleAfter: content.staleAfter + shift,
    expiresAt: content.expiresAt + shift,
    firstCell: content.firstCell + shift / CELL_SECONDS,
    endCell: content.endCell + shift / CELL_SECONDS,
    zones: content.zones.map(({ name, midnights }) => ({ name, midnights: midnights.map((at) => at + shift) })),
    campaigns: content.campaigns.map(({ days }) => ({
      days: days.map(([from, to]) => [from + shift, to + shift] as const),
    })),
    quotas: { walkInPerCell: 0, keptPerCell: 0, urgentPerCell: 0 },
    room: {
      logins: column(loginsPerCell),
      sessions: column(loginsPerCell * cellCount),
      stayCells: roomStayCells(content.idleMinutes),
    },
  };
}
