import { CELL_MINUTES } from '../cell-grid';
import { type Random, randomInteger, seededRandom } from '../random';
import { arrivalLaws, type CellArrivals, type WindowArrivals } from './arrivals';
import { type Cluster, type Estimate, jackknife, ratioEstimate } from './ratio';
import { type MeasuredDay, stayEstimate, stretchedStay, toEndByMinute } from './stay';

const SEED = Number(process.env.TEST_SEED ?? 20_210_406);
const MINUTES = 24 * 60;
const OPEN = { cells: 7, law: [60, 190, 150, 150, 150, 150, 150] };
const LIVE = { cells: 13, law: [430, 320, 120, 60, 40, 30, 0, 0, 0, 0, 0, 0, 0] };
/** What is believed before. */
const PRESENT = [
  [0.1, 0.1, ...Array<number>(5).fill(0.16)],
  [0.25, 0.25, 0.2, 0.12, 0.1, 0.08, ...Array<number>(7).fill(0)],
];
const STAY = [1000, 600, 360, 220, 130, 60, 30];
const TRUE_STRETCH = 1.4;
const TRUE_LOG_OUT = 0.42;
const IDLE_MINUTES = 20;
const PARTICIPATION = [0.55, 0.71];
const ADHERENCE = 0.83;

const drawn = (law: readonly number[], random: Random): number => {
  let left = randomInteger(random, 1000);
  return law.findIndex((share) => (left -= share) < 0);
};

/** A week of visitors one by one, each with a time of their own, as counters see them. */
function traffic(seed: number) {
  const random = seededRandom(seed);
  const windows: WindowArrivals[] = [];
  const cells = new Map<string, CellArrivals>();
  const outside = new Map<number, number>();
  const schools = [new Map<number, Cluster>(), new Map<number, Cluster>()];
  const kept = new Map<number, Cluster>();
  const days: MeasuredDay[] = [];
  for (let day = 0; day < 5; day++) {
    const sessions = new Float64Array(MINUTES);
    const logins = new Float64Array(MINUTES);
    days.push({ sessions, logins: [logins] });
    const visit = (place: number, at: number, until: number): void => {
      const cell = day * 288 + Math.floor(at / CELL_MINUTES);
      const key = `${place} ${cell}`;
      const row = cells.get(key) ?? { place, cell, cameCount: 0 };
      row.cameCount++;
      cells.set(key, row);
      const gone = until + (random() < TRUE_LOG_OUT ? 0 : IDLE_MINUTES);
      logins[Math.floor(at)]!++;
      for (let t = Math.floor(at); t < MINUTES && t + 1 < gone; t++) sessions[t]!++;
    };
    const stays = (): number => {
      const left = random() * 1000;
      const k = STAY.findIndex((share, i) => left <= share && left > (STAY[i + 1] ?? 0));
      const [from, to] = [STAY[k]!, STAY[k + 1] ?? 0];
      return (k + (from - left) / (from - to)) * CELL_MINUTES * TRUE_STRETCH;
    };
    for (let school = 0; school < 400; school++) {
      const place = school % 4;
      for (let classIndex = 0; classIndex < 6; classIndex++) {
        const kind = classIndex % 2;
        const { law, cells: length } = kind === 0 ? OPEN : LIVE;
        // lessons wish the hour and some are moved off it; open windows lie where there is room
        const start =
          kind === 0
            ? 96 + randomInteger(random, 96)
            : 96 + 12 * randomInteger(random, 8) + (random() < 0.6 ? 0 : randomInteger(random, 7) - 3);
        const headcount = 20 + randomInteger(random, 15);
        // schools differ
        const participation = PARTICIPATION[kind]! * (0.8 + (0.4 * (school % 11)) / 10);
        const row: WindowArrivals = { kind, place, startCell: day * 288 + start, cameCount: 0 };
        for (let pupil = 0; pupil < headcount; pupil++) {
          const cluster = schools[kind]!.get(school) ?? { part: 0, whole: 0 };
          cluster.whole++;
          schools[kind]!.set(school, cluster);
          if (random() >= participation) continue;
          cluster.part++;
          const adherence = kept.get(school) ?? { part: 0, whole: 0 };
          adherence.whole++;
          kept.set(school, adherence);
          if (random() < ADHERENCE) {
            adherence.part++;
            row.cameCount++;
            const at = (start - 1 + drawn(law, random) + random()) * CELL_MINUTES;
            visit(place, at, kind === 0 ? at + stays() : (start + length - 1) * CELL_MINUTES);
          } else {
            outside.set(place, (outside.get(place) ?? 0) + 1);
            const at = (90 + random() * 120) * CELL_MINUTES;
            visit(place, at, at + stays());
          }
        }
        windows.push(row);
      }
    }
  }
  return { windows, cells: [...cells.values()], outside, schools, kept, days };
}

describe(`calibration from simulated traffic (seed ${SEED})`, () => {
  const { windows, cells, outside, schools, kept, days } = traffic(SEED);
  const isWithin = ({ value }: Pick<Estimate, 'value'>, truth: number, ratio = 0.05): void =>
    expect(Math.abs(value - truth)).toBeLessThan(ratio * truth);

  it('recovers participation and adherence, with intervals that hold what schools differ by', () => {
    PARTICIPATION.forEach((truth, kind) => {
      const found = ratioEstimate(schools[kind]!.values())!;
      isWithin(found, truth);
      expect([found.low <= truth, found.high >= truth]).toEqual([true, true]);
      expect(found.high - found.low).toBeGreaterThan(0.01);
    });
    isWithin(ratioEstimate(kept.values())!, ADHERENCE);
  });

  it('recovers how visitors of each kind come within their windows, though no count says for which one somebody came', () => {
    const laws = arrivalLaws(PRESENT, windows, cells, outside);
    [OPEN, LIVE].forEach(({ law }, kind) => {
      const { shares, visitorCount } = laws[kind]!;
      expect(visitorCount).toBeGreaterThan(10_000);
      // of the visitors at most one in twenty comes in another cell than was found
      const moved = law.reduce((sum, share, k) => sum + Math.abs(share / 1000 - (shares[k]?.value ?? 0)), 0) / 2;
      expect(moved).toBeLessThan(0.05);
    });
  });

  it('recovers how long visits last and how many log out, with sessions of lessons among them', () => {
    const laws = arrivalLaws(PRESENT, windows, cells, outside);
    // of the log-ins of a cell, the parts that came for a lesson, by how much of it was left
    const all = new Float64Array(5 * 288);
    const ofLessons = LIVE.law.map(() => new Float64Array(5 * 288));
    cells.forEach(({ cell, cameCount }, row) => {
      all[cell]! += cameCount;
      laws[1]!.ofCells.forEach((column, offset) => (ofLessons[offset]![cell]! += column[row]!));
    });
    const split = days.map(({ sessions, logins: [logins] }, day) => {
      const part = (column: Float64Array) =>
        logins!.map((count, t) => {
          const cell = day * 288 + Math.floor(t / CELL_MINUTES);
          return count === 0 ? 0 : (count * column[cell]!) / all[cell]!;
        });
      const lessons = ofLessons.map(part);
      const rest = logins!.map((count, t) => lessons.reduce((left, column) => left - column[t]!, count));
      return { sessions, logins: [rest, ...lessons] };
    });
    const lessons = LIVE.law.map((_, offset) => ({ byMinute: toEndByMinute(offset, LIVE.cells - 1) }));
    const found = stayEstimate(split, [{ perMille: STAY, longer: 1 }, ...lessons], IDLE_MINUTES)!;
    isWithin(found.stretch, TRUE_STRETCH);
    isWithin(found.logOutRatio, TRUE_LOG_OUT);
    expect(found.stretch.low!).toBeLessThanOrEqual(found.stretch.value);
    expect(found.residualRatio).toBeLessThan(0.2);
    // the table of the stretched stay has its mean
    const mean = (table: readonly number[]): number => table.reduce((sum, share) => sum + share, 0) / 1000;
    expect(mean(stretchedStay(STAY, TRUE_STRETCH)) / mean(STAY)).toBeCloseTo(TRUE_STRETCH, 0);
  });
});

describe('calibration of next to nothing', () => {
  it('says nothing of one school, of nobody, or of a day that nobody measured', () => {
    expect(ratioEstimate([{ part: 3, whole: 10 }])).toBeUndefined();
    expect(ratioEstimate([])).toBeUndefined();
    expect(arrivalLaws([[0.5, 0.5]], [], [], new Map())).toEqual([undefined]);
    const silent = { sessions: new Float64Array(10), logins: [new Float64Array(10)] };
    expect(stayEstimate([silent], [{ perMille: STAY, longer: 1 }], 20)).toBeUndefined();
    expect(jackknife(3, [3])).toEqual({ value: 3, low: null, high: null });
  });
});
