import { randomInteger, seededRandom } from '../kernel/random';
import { OpenSessions } from './open-sessions';

const IDLE = 20;

describe('open sessions', () => {
  it('end when nobody was seen for the idle minutes, and begin again with the next page', () => {
    const sessions = new OpenSessions();
    expect(sessions.begin(1, 100, IDLE)).toBe(true);
    expect(sessions.begin(2, 100, IDLE)).toBe(true);
    expect(sessions.seen(1, 110, IDLE)).toBe(false);
    expect([100, 119, 120].map((minute) => sessions.countAt(minute))).toEqual([2, 2, 2]);
    expect([121, 130, 131].map((minute) => sessions.countAt(minute))).toEqual([1, 1, 0]);
    expect(sessions.seen(1, 140, IDLE)).toBe(true);
    expect(sessions.begin(2, 141, IDLE)).toBe(true);
    expect(sessions.countAt(141)).toBe(2);
  });

  it('are those of whom was let in here: a pass of another agent is its own to count', () => {
    const sessions = new OpenSessions();
    expect(sessions.seen(7, 100, IDLE)).toBe(false);
    expect(sessions.countAt(100)).toBe(0);
  });

  it('end sooner where a step shortens the idle minutes', () => {
    const sessions = new OpenSessions();
    sessions.begin(1, 100, IDLE);
    sessions.seen(1, 101, 5);
    expect([106, 107].map((minute) => sessions.countAt(minute))).toEqual([1, 0]);
  });

  it('are as many as a reckoning of each visitor finds, over two days', () => {
    const seed = Number(process.env.SEED ?? 6042021);
    const random = seededRandom(seed);
    const sessions = new OpenSessions();
    const seenAt = new Map<number, number>();
    for (let minute = 0; minute < 2880; minute++) {
      for (let k = 0; k < 3; k++) {
        const draw = randomInteger(random, 300);
        const wasOpen = minute - (seenAt.get(draw) ?? -Infinity) <= IDLE;
        expect({ seed, minute, begins: sessions.begin(draw, minute, IDLE) }).toEqual({
          seed,
          minute,
          begins: !wasOpen,
        });
        seenAt.set(draw, minute);
      }
      const open = [...seenAt.values()].filter((at) => minute - at <= IDLE).length;
      expect({ seed, minute, count: sessions.countAt(minute) }).toEqual({ seed, minute, count: open });
    }
  });
});
