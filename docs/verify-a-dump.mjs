// Checks a case from the outside: node docs/verify-a-dump.mjs FILE, where FILE is what the benchmark dumps or /v1/plans/{id}/case gives.
// Takes nothing over but the file, whose fields allocation-dump.md tells. Exit code 0: the plan holds, and so do its claims.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { createGunzip } from 'node:zlib';
import { movedBounds } from './moved-bounds.mjs';

const near = (a, b) => Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a), Math.abs(b));

/** Reads the lines of a case; `onDemand` is shown every demand. Gives what is wrong with it, and what its prices prove. */
export async function verifyCase(lines, onDemand = () => {}) {
  let instance;
  let plan;
  let replan;
  const pairs = [];
  const demands = [];
  const problems = [];
  const problem = (text) => problems.push(text);
  const localPrices = new Map();
  const sharesPriced = new Map();
  const establishments = [];
  const sharing = new Map();
  const windowsOf = { class: new Map(), teacher: new Map(), site: new Map(), own: new Map() };
  const sums = {
    windowCount: 0,
    unplacedCount: 0,
    beyondCapCount: 0,
    objective: 0,
    wished: 0,
    wishless: 0,
    wishlessAsTheyStand: 0,
    peak: 0,
  };
  let sessions;
  let logins;
  const unitPrices = new Map();
  const leastPeakPrices = new Map();

  const collect = (map, key, window) => (map.has(key) ? map.get(key).push(window) : map.set(key, [window]));

  /** What one unit of scale pays at a start, its dates together; Infinity where it would load a cell without room. */
  function unitPrice(demand, start) {
    const key = `${demand.profile} ${demand.occurrenceSet} ${start}`;
    if (unitPrices.has(key)) return unitPrices.get(key);
    const { sessionsPerMille, loginsPerMille } = instance.profiles[demand.profile];
    let price = 0;
    for (const shift of instance.occurrenceSets[demand.occurrenceSet]) {
      sessionsPerMille.forEach((share, k) => {
        const cell = start + shift - 1 + k;
        const isShut =
          (share > 0 && instance.sessionLimit[cell] <= 0) || (loginsPerMille[k] > 0 && instance.loginLimit[cell] <= 0);
        price += isShut ? Infinity : share * plan.sessionPrices[cell] + loginsPerMille[k] * plan.loginPrices[cell];
      });
    }
    const cost = price / 1000 / plan.cellPriceUnits;
    unitPrices.set(key, cost);
    return cost;
  }

  /** The least that one unit of scale pays at the prices of the peak, whatever its start; nothing where it has none that is open. */
  function leastPeakPrice(demand, candidates) {
    const key = `${demand.profile} ${demand.occurrenceSet} ${demand.candidateSet}`;
    if (leastPeakPrices.has(key)) return leastPeakPrices.get(key);
    const { sessionsPerMille, loginsPerMille } = instance.profiles[demand.profile];
    let least = Infinity;
    for (const start of candidates) {
      if (unitPrice(demand, start) === Infinity) continue;
      let price = 0;
      for (const shift of instance.occurrenceSets[demand.occurrenceSet])
        sessionsPerMille.forEach((share, k) => {
          const cell = start + shift - 1 + k;
          price += share * (plan.peakSessionPrices[cell] ?? 0) + loginsPerMille[k] * (plan.peakLoginPrices[cell] ?? 0);
        });
      least = Math.min(least, price / 1000);
    }
    leastPeakPrices.set(key, least === Infinity ? 0 : least);
    return leastPeakPrices.get(key);
  }

  /** Prices on the teacher, the class and the site for the cells that a demand with a wish would hold. */
  function localPrice(demand, start) {
    const held = (law, owner, length) =>
      (localPrices.get(`${law} ${owner}`) ?? []).reduce(
        (sum, { cell, price }) => (cell >= start && cell < start + length ? sum + price : sum),
        0,
      ) / plan.localPriceUnits;
    return (
      (demand.teacher < 0 ? 0 : held('teacher', demand.teacher, demand.cells)) +
      (demand.class < 0 ? 0 : held('class', demand.class, demand.cells + demand.gapCells)) +
      demand.siteUnits * held('site', demand.establishment, demand.cells) +
      (sharesPriced.get(demand.establishment) ?? []).reduce(
        (sum, shares) =>
          sum +
          wholeShares(demand.siteUnits, demand.establishment, shares) *
            held(`siteShares ${shares}`, demand.establishment, demand.cells),
        0,
      )
    );
  }

  /** How many whole shares of (limit + 1) / (shares + 1) units: whoever keeps the limit keeps `shares` of them at the most. */
  const wholeShares = (units, owner, shares) =>
    Math.floor((units * (shares + 1)) / (establishments[owner].siteLimit + 1));

  /** The cheapest start under the cap by cost and prices: what the demand adds to the bound. */
  function cheapest(demand, candidates) {
    const away = (start) => (demand.wish < 0 ? 0 : Math.abs(start - demand.wish));
    const open = candidates.filter((start) => unitPrice(demand, start) < Infinity);
    const reach = open.reduce((least, start) => Math.min(least, away(start)), Infinity);
    let least = Infinity;
    for (const start of open) {
      if (away(start) > Math.max(reach, plan.displacementCapCells)) continue;
      const cost = demand.weight * away(start) ** 2 + demand.scale * unitPrice(demand, start);
      least = Math.min(least, demand.wish < 0 || cost >= least ? cost : cost + localPrice(demand, start));
    }
    return least;
  }

  function takeDemand(demand) {
    const candidates = instance.candidateSets[demand.candidateSet];
    const { sessionsPerMille, loginsPerMille } = instance.profiles[demand.profile];
    const { id, start, cells } = demand;
    const price = cheapest(demand, candidates);
    if (price < Infinity) sums[demand.wish < 0 ? 'wishless' : 'wished'] += price;
    if (plan.peakSessionPrices) sums.peak += demand.scale * leastPeakPrice(demand, candidates);
    onDemand(demand, instance);
    if (replan) demands.push(demand);
    if (start < 0) return void sums.unplacedCount++;
    if (!candidates.includes(start)) problem(`demand ${id}: start ${start} is not allowed`);
    if (demand.wish >= 0 && Math.abs(start - demand.wish) > plan.displacementCapCells) {
      const open = candidates.filter((other) => unitPrice(demand, other) < Infinity);
      const nearest = open.reduce((least, other) => Math.min(least, Math.abs(other - demand.wish)), Infinity);
      sums.beyondCapCount++;
      if (Math.abs(start - demand.wish) > nearest) problem(`demand ${id}: ${start} is beyond the displacement cap`);
    }
    if (demand.wish >= 0) sums.objective += demand.weight * (start - demand.wish) ** 2;
    for (const shift of instance.occurrenceSets[demand.occurrenceSet]) {
      sums.windowCount++;
      const from = start + shift;
      for (let k = 0; k < sessionsPerMille.length; k++) {
        const cell = from - 1 + k;
        const load = {
          s: Math.ceil((demand.scale * sessionsPerMille[k]) / 1000),
          l: Math.ceil((demand.scale * loginsPerMille[k]) / 1000),
        };
        sessions[cell] += load.s;
        logins[cell] += load.l;
        if (demand.wish < 0)
          sums.wishlessAsTheyStand +=
            (load.s * plan.sessionPrices[cell] + load.l * plan.loginPrices[cell]) / plan.cellPriceUnits;
      }
      // what frozen windows of a replan break among themselves is a fact; everybody else keeps clear of them
      const isLifted = replan?.isFrozenLifted === true && demand.frozen;
      const owner = demand.liftedClass ?? demand.class;
      const teacher = demand.liftedTeacher ?? demand.teacher;
      const units = demand.liftedSiteUnits ?? demand.siteUnits;
      const window = { id, from, to: from + cells, gap: demand.gapCells, units, isLifted };
      if (owner >= 0) collect(windowsOf.class, owner, window);
      else collect(windowsOf.own, demand.establishment, window);
      if (teacher >= 0) collect(windowsOf.teacher, teacher, window);
      if (units > 0) collect(windowsOf.site, demand.establishment, window);
    }
  }

  const take = {
    instance: (line) => {
      if (line.format !== 1) throw new Error(`format ${line.format} is not known here`);
      instance = line;
      sessions = new Float64Array(line.cellCount);
      logins = new Float64Array(line.cellCount);
    },
    plan: (line) => {
      plan = line;
      if ([...line.sessionPrices, ...line.loginPrices].some((price) => !(price >= 0)))
        problem('a negative price proves nothing');
    },
    replan: (line) => void (replan = line),
    pairPrice: (line) => void pairs.push(line),
    localPrice: ({ law, owner, cell, price, shares }) => {
      if (!(price >= 0)) problem(`${law} ${owner}: a negative price proves nothing`);
      const name = law === 'siteShares' ? `siteShares ${shares}` : law;
      if (law === 'siteShares' && !localPrices.has(`${name} ${owner}`)) collect(sharesPriced, owner, shares);
      collect(localPrices, `${name} ${owner}`, { cell, price });
    },
    establishment: (line) => void (establishments[line.id] = line),
    class: (line) => void sharing.set(line.id, line.sharesPupilsWith),
    demand: takeDemand,
  };
  for await (const text of lines) {
    const line = JSON.parse(text);
    take[line.line](line);
  }

  // no cell over its limit
  for (const [name, load, limit] of [
    ['sessions', sessions, instance.sessionLimit],
    ['logins', logins, instance.loginLimit],
  ])
    load.forEach((loaded, cell) => {
      if (loaded > 0 && loaded > limit[cell])
        problem(`${name} of cell ${cell}: ${loaded} over the limit of ${limit[cell]}`);
    });
  // a class and a teacher in one window at a time, the class with its gap
  for (const [who, gapped] of [
    ['class', true],
    ['teacher', false],
  ])
    for (const [owner, windows] of windowsOf[who]) {
      windows.sort((a, b) => a.from - b.from);
      for (let a = 0; a < windows.length; a++)
        for (let b = a + 1; b < windows.length && windows[b].from < windows[a].to + 300; b++) {
          if (windows[a].isLifted && windows[b].isLifted) continue;
          const gap = gapped ? Math.max(windows[a].gap, windows[b].gap) : 0;
          if (windows[b].from < windows[a].to + gap)
            problem(`${who} ${owner}: demands ${windows[a].id} and ${windows[b].id} meet`);
        }
    }
  for (const [owner, others] of sharing)
    for (const other of others)
      for (const a of windowsOf.class.get(owner) ?? [])
        for (const b of windowsOf.class.get(other) ?? [])
          if (owner < other && a.from < b.to && b.from < a.to && !(a.isLifted && b.isLifted))
            problem(`classes ${owner} and ${other} share pupils and meet`);
  // the limit of simultaneous units of an establishment, and neighbours apart
  for (const [owner, windows] of windowsOf.site) {
    const { siteLimit } = establishments[owner];
    if (siteLimit <= 0) continue;
    const units = new Map();
    const lifted = new Map();
    for (const window of windows)
      for (let cell = window.from; cell < window.to; cell++) {
        units.set(cell, (units.get(cell) ?? 0) + window.units);
        if (window.isLifted) lifted.set(cell, (lifted.get(cell) ?? 0) + window.units);
      }
    for (const [cell, used] of units)
      if (used > Math.max(siteLimit, lifted.get(cell) ?? 0))
        problem(`establishment ${owner}: ${used} of ${siteLimit} in cell ${cell}`);
  }
  for (const [owner, windows] of windowsOf.own)
    for (const other of establishments[owner].neighbours)
      for (const a of windows)
        for (const b of windowsOf.own.get(other) ?? [])
          if (
            owner < other &&
            Math.abs(a.from - b.from) < instance.neighbourSpacingCells &&
            !(a.isLifted && b.isLifted)
          )
            problem(`establishments ${owner} and ${other} start ${Math.abs(a.from - b.from)} cells apart`);

  // the bounds: see allocation.md, "The bound, and its proof"
  const priceOfLimits =
    ['session', 'login'].reduce(
      (sum, name) =>
        sum +
        plan[`${name}Prices`].reduce(
          (part, price, cell) => part + (price > 0 ? price * instance[`${name}Limit`][cell] : 0),
          0,
        ),
      0,
    ) / plan.cellPriceUnits;
  let local = 0;
  for (const [key, rows] of localPrices) {
    const [law, ...of] = key.split(' ').map((word, k) => (k === 0 ? word : Number(word)));
    const owner = of.at(-1);
    const { siteLimit } = establishments[owner] ?? {};
    const room = law === 'site' ? siteLimit : law === 'siteShares' ? wholeShares(siteLimit, owner, of[0]) : 1;
    for (const { price } of rows) local += (price * room) / plan.localPriceUnits;
  }
  const lowerBound = Math.max(0, sums.wished - local - (priceOfLimits - sums.wishlessAsTheyStand));
  const jointLowerBound = Math.max(0, sums.wished + sums.wishless - local - priceOfLimits);
  if (!near(sums.objective, plan.objective))
    problem(`objective: ${sums.objective} added up, ${plan.objective} claimed`);
  for (const [name, derived] of Object.entries({ lowerBound, jointLowerBound }))
    if (derived < plan[name] && !near(derived, plan[name]))
      problem(`${name}: ${derived} derived, ${plan[name]} claimed`);

  let peakLowerBoundRatio = null;
  if (plan.peakSessionPrices) {
    const spent = [
      [plan.peakSessionPrices, instance.sessionLimit],
      [plan.peakLoginPrices, instance.loginLimit],
    ].reduce(
      (sum, [prices, limit]) =>
        prices.reduce((part, price, cell) => (price > 0 ? part + price * limit[cell] : part), sum),
      0,
    );
    if ([...plan.peakSessionPrices, ...plan.peakLoginPrices].some((price) => !(price >= 0)))
      problem('a negative price of the peak proves nothing');
    peakLowerBoundRatio = spent > 0 ? sums.peak / spent : 0;
    if (peakLowerBoundRatio < plan.peakLowerBoundRatio && !near(peakLowerBoundRatio, plan.peakLowerBoundRatio))
      problem(`peakLowerBoundRatio: ${peakLowerBoundRatio} derived, ${plan.peakLowerBoundRatio} claimed`);
  }
  const moved = replan ? movedBounds({ instance, replan, pairs, demands, establishments, sharing }, problem) : {};
  for (const name of ['movedWindowCount', 'movedPupilCount'])
    if (replan && moved[name] !== replan[name]) problem(`${name}: ${moved[name]} counted, ${replan[name]} claimed`);
  for (const name of ['movedWindowBound', 'movedPupilBound'])
    if (replan && moved[name] < replan[name]) problem(`${name}: ${moved[name]} derived, ${replan[name]} claimed`);

  return {
    problems,
    instance,
    plan,
    replan,
    beyondCapCount: sums.beyondCapCount,
    verdict: {
      windowCount: sums.windowCount,
      unplacedCount: sums.unplacedCount,
      violationCount: problems.length,
      objective: sums.objective,
      lowerBound,
      jointLowerBound,
      gapRatio: lowerBound > 0 && sums.unplacedCount === 0 ? sums.objective / lowerBound - 1 : null,
      peakLowerBoundRatio,
      ...moved,
    },
  };
}

/** The lines of a file, gzipped or not. */
export function linesOf(bytes, isGzipped) {
  return createInterface({ input: isGzipped ? bytes.pipe(createGunzip()) : bytes });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = process.argv[2];
  const { problems, verdict } = await verifyCase(linesOf(createReadStream(file), file.endsWith('.gz')));
  for (const text of problems.slice(0, 20)) console.log(text);
  console.log(JSON.stringify(verdict));
  process.exitCode = problems.length === 0 ? 0 : 1;
}
