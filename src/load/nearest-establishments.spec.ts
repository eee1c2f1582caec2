import { seededRandom } from '../kernel/random';
import { nearestEstablishments } from './nearest-establishments';

/** Great-circle distance in radians (haversine). */
function distance(aLatitude: number, aLongitude: number, bLatitude: number, bLongitude: number): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const h =
    Math.sin(radians(bLatitude - aLatitude) / 2) ** 2 +
    Math.cos(radians(aLatitude)) * Math.cos(radians(bLatitude)) * Math.sin(radians(bLongitude - aLongitude) / 2) ** 2;
  return 2 * Math.asin(Math.sqrt(h));
}

/** Lists by comparing everybody with everybody. */
function naively(latitudes: number[], longitudes: number[], count: number): number[][] {
  const lists = latitudes.map(() => new Set<number>());
  latitudes.forEach((latitude, i) => {
    latitudes
      .map((other, j) => ({ j, d: distance(latitude, longitudes[i]!, other, longitudes[j]!) }))
      .filter(({ j, d }) => j !== i && !Number.isNaN(d))
      .sort((a, b) => a.d - b.d)
      .slice(0, count)
      .forEach(({ j }) => {
        lists[i]!.add(j);
        lists[j]!.add(i);
      });
  });
  return lists.map((list) => [...list].sort((a, b) => a - b));
}

function listed(latitudes: number[], longitudes: number[]): number[][] {
  const { offset, neighbour } = nearestEstablishments(Float64Array.from(latitudes), Float64Array.from(longitudes), 3);
  return latitudes.map((_, i) => [...neighbour.subarray(offset[i], offset[i + 1])]);
}

describe('nearest establishments', () => {
  it.each([1, 2, 3])('are those that comparing all pairs finds, in a region, a town and overseas (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const latitudes: number[] = [];
    const longitudes: number[] = [];
    const scatter = (count: number, latitude: number, longitude: number, spread: number) => {
      for (let k = 0; k < count; k++) {
        latitudes.push(latitude + (random() - 0.5) * spread);
        longitudes.push(longitude + (random() - 0.5) * spread);
      }
    };
    scatter(150, 50.3, 2.8, 2);
    scatter(150, 50.63, 3.06, 0.1);
    scatter(30, -21.1, 55.5, 0.6);
    scatter(2, 16.2, -61.5, 0.4);
    // two sides of the date line
    scatter(6, -14.3, 179.95, 0.2);
    expect(listed(latitudes, longitudes)).toEqual(naively(latitudes, longitudes, 3));
  });

  it('leave out those without a position', () => {
    expect(listed([50, NaN, 50.1], [3, NaN, 3.1])).toEqual([[2], [], [0]]);
    expect(listed([], [])).toEqual([]);
  });
});
