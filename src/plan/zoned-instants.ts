import { zonedInstantOfCell } from '../common/civil-time';

const MOST_REMEMBERED = 50_000;

/**
 * Instants of cells with the offset of a zone. The windows of a plan start in some thousand different cells of some zones:
 * working each out once makes whole plans quick to write.
 */
export class ZonedInstants {
  private readonly ofZone = new Map<string, Map<number, string>>();

  of(cell: number, zone: string): string {
    let known = this.ofZone.get(zone);
    if (!known) this.ofZone.set(zone, (known = new Map<number, string>()));
    let instant = known.get(cell);
    if (instant === undefined) {
      if (known.size >= MOST_REMEMBERED) known.clear();
      instant = zonedInstantOfCell(cell, zone);
      known.set(cell, instant);
    }
    return instant;
  }
}
