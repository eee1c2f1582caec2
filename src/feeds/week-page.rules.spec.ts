import type { WindowRow } from '../plan/window-wire.rules';
import { weekDocument } from './week-page.rules';

const HEADING = {
  uai: '0590001A',
  establishmentName: 'Collège de la Plage',
  timeZone: 'Europe/Paris',
  from: '2026-11-30',
  publicUrl: undefined,
};
const MONDAY_EIGHT = 5_986_812;

/** So many windows on each of the seven days. */
function windows(eachDay: number): WindowRow[] {
  return Array.from({ length: 7 * eachDay }, (_, i) => {
    const day = Math.floor(i / eachDay);
    return {
      date: `2026-12-0${day + 1}`,
      startCell: MONDAY_EIGHT + day * 288 + (i % eachDay) * 9,
      cellCount: 9,
      timeZone: 'Europe/Paris',
      audience: 0,
      activity: 0,
      classCode: '6A',
    } as WindowRow;
  });
}

describe('the printed week of a class', () => {
  const lineMillimetres = (eachDay: number): number => {
    const pages = weekDocument(HEADING, [{ classCode: '6A', windows: windows(eachDay) }], 'fr');
    expect(pages.match(/<td>/g)).toHaveLength(7);
    expect(pages.match(/<b>/g)).toHaveLength(7 * eachDay);
    return Number(/--line:([\d.]+)mm/.exec(pages)![1]);
  };

  it.each([1, 2, 4, 5, 12])('has lines that can be read and fit on their page with %i windows a day', (eachDay) => {
    const line = lineMillimetres(eachDay);
    // letters of half of it: three millimetres are read at arm's length
    expect(line).toBeGreaterThanOrEqual(6);
    const lineCount = 7 * Math.ceil(eachDay / Math.ceil(eachDay / 4));
    expect(line * lineCount).toBeLessThanOrEqual(175.5);
  });
});
