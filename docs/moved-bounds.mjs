// How few windows and pupils any replan moves: derived again from the prices in a case (allocation-dump.md, the lines `replan` and `pairPrice`).
// The proofs stand in allocation-changes.md.

/** @param problem is told of whatever proves nothing */
export function movedBounds({ instance, replan, pairs, demands, establishments, sharing }, problem) {
  const { candidateSets, occurrenceSets, profiles, cellCount } = instance;
  const { sessionLimit, loginLimit } = replan;
  const candidatesOf = (demand) => candidateSets[demand.candidateSet];
  const shiftsOf = (demand) => occurrenceSets[demand.occurrenceSet];
  // the laws bound frozen windows too, where the case has lifted them
  const classOf = (demand) => demand.liftedClass ?? demand.class;
  const teacherOf = (demand) => demand.liftedTeacher ?? demand.teacher;

  function* cellsOf(demand, start) {
    const { sessionsPerMille, loginsPerMille } = profiles[demand.profile];
    for (const shift of shiftsOf(demand))
      for (let k = 0; k < sessionsPerMille.length; k++)
        if (sessionsPerMille[k] > 0 || loginsPerMille[k] > 0)
          yield { cell: start + shift - 1 + k, sessions: sessionsPerMille[k], logins: loginsPerMille[k] };
  }
  const isOpen = (demand, start) => {
    for (const { cell, sessions, logins } of cellsOf(demand, start))
      if ((sessions > 0 && sessionLimit[cell] <= 0) || (logins > 0 && loginLimit[cell] <= 0)) return false;
    return true;
  };

  // the room that frozen windows leave
  const taken = { sessions: new Float64Array(cellCount), logins: new Float64Array(cellCount) };
  for (const demand of demands)
    if (demand.frozen)
      for (const { cell, sessions, logins } of cellsOf(demand, demand.before)) {
        taken.sessions[cell] += Math.ceil((demand.scale * sessions) / 1000);
        taken.logins[cell] += Math.ceil((demand.scale * logins) / 1000);
      }
  for (const [name, raised, limit] of [
    ['sessions', instance.sessionLimit, sessionLimit],
    ['logins', instance.loginLimit, loginLimit],
  ])
    raised.forEach((most, cell) => {
      if (most !== Math.max(limit[cell], taken[name][cell]))
        problem(`${name} of cell ${cell}: the limit is neither the platform's nor what frozen windows load`);
    });
  const roomWorth = (sessionPrices, loginPrices) => {
    let worth = 0;
    for (let cell = 0; cell < cellCount; cell++)
      for (const [price, limit, load] of [
        [sessionPrices[cell], sessionLimit[cell], taken.sessions[cell]],
        [loginPrices[cell], loginLimit[cell], taken.logins[cell]],
      ]) {
        if (!(price >= 0)) problem(`price ${price} of a move in cell ${cell} proves nothing`);
        if (price > 0) worth += price * Math.max(0, limit - load);
      }
    return worth;
  };

  /** Would two windows at these starts break a law between them? */
  function meet(a, start, b, other) {
    const [ownClass, otherClass] = [classOf(a), classOf(b)];
    const isSameClass = ownClass >= 0 && ownClass === otherClass;
    const isBound =
      isSameClass ||
      (ownClass >= 0 && otherClass >= 0 && (sharing.get(ownClass) ?? []).includes(otherClass)) ||
      (teacherOf(a) >= 0 && teacherOf(a) === teacherOf(b));
    const areNeighbours =
      ownClass < 0 && otherClass < 0 && establishments[a.establishment].neighbours.includes(b.establishment);
    const gap = isSameClass ? Math.max(a.gapCells, b.gapCells) : 0;
    return shiftsOf(a).some((mine) =>
      shiftsOf(b).some((theirs) => {
        const [from, there] = [start + mine, other + theirs];
        if (areNeighbours && Math.abs(from - there) < instance.neighbourSpacingCells) return true;
        return isBound && from < there + b.cells + gap && there < from + a.cells + gap;
      }),
    );
  }

  // windows that cannot give way: frozen ones, and those with a single allowed start
  const placeOf = (demand) =>
    demand.frozen ? demand.before : candidatesOf(demand).length === 1 ? candidatesOf(demand)[0] : -1;
  const immovable = { class: new Map(), teacher: new Map(), own: new Map() };
  const put = (map, owner, demand) => {
    if (owner < 0) return;
    if (map.has(owner)) map.get(owner).push(demand);
    else map.set(owner, [demand]);
  };
  for (const demand of demands) {
    if (placeOf(demand) < 0) continue;
    put(immovable.class, classOf(demand), demand);
    put(immovable.teacher, teacherOf(demand), demand);
    if (classOf(demand) < 0) put(immovable.own, demand.establishment, demand);
  }
  const isBarred = (demand, start) => {
    const owner = classOf(demand);
    const near =
      owner >= 0
        ? [owner, ...(sharing.get(owner) ?? [])].flatMap((other) => immovable.class.get(other) ?? [])
        : establishments[demand.establishment].neighbours.flatMap((other) => immovable.own.get(other) ?? []);
    return [...near, ...(immovable.teacher.get(teacherOf(demand)) ?? [])].some(
      (other) => other !== demand && meet(demand, start, other, placeOf(other)),
    );
  };
  const mayStay = demands.map(
    (demand) =>
      demand.before >= 0 &&
      !demand.frozen &&
      candidatesOf(demand).includes(demand.before) &&
      isOpen(demand, demand.before) &&
      !isBarred(demand, demand.before),
  );

  /** What one unit of scale pays at a start, and at its cheapest one. */
  function pricesAt(sessionPrices, loginPrices, unit) {
    const known = new Map();
    const at = (demand, start) => {
      const key = `${demand.profile} ${demand.occurrenceSet} ${start}`;
      let price = known.get(key);
      if (price === undefined) {
        price = isOpen(demand, start) ? 0 : Infinity;
        for (const { cell, sessions, logins } of cellsOf(demand, start))
          price += sessions * sessionPrices[cell] + logins * loginPrices[cell];
        known.set(key, (price *= unit / 1000));
      }
      return price;
    };
    const leastOf = new Map();
    const least = (demand) => {
      const key = `${demand.profile} ${demand.occurrenceSet} ${demand.candidateSet}`;
      if (!leastOf.has(key))
        leastOf.set(
          key,
          candidatesOf(demand).reduce((best, start) => Math.min(best, at(demand, start)), Infinity),
        );
      return leastOf.get(key);
    };
    return { at, least };
  }
  // windows and pupils are whole; far more comes off than the rounding of some million terms can have raised the sum
  const wholeBound = (sum, sizes) => Math.max(0, Math.ceil(sum - 1e-9 * sizes - 1e-6));

  // moved windows: who starts where another bars it from its place pays, and that one is let off as much
  const charged = new Map();
  const letOff = new Float64Array(demands.length);
  for (const { mover, mate, price } of pairs) {
    if (!(price >= 0 && mover !== mate && (demands[mate].frozen || mayStay[mate])))
      problem(`the pair price of ${mover} and ${mate} proves nothing`);
    letOff[mate] += price / replan.pairPriceUnits;
    if (!charged.has(mover)) charged.set(mover, []);
    charged.get(mover).push({ mate: demands[mate], price: price / replan.pairPriceUnits });
  }
  const unit = 1 / replan.cellPriceUnits;
  const room = unit * roomWorth(replan.sessionPrices, replan.loginPrices);
  const prices = pricesAt(replan.sessionPrices, replan.loginPrices, unit);
  let sum = -room;
  let sizes = room;
  let movedWindowCount = 0;
  const movedPupils = new Map();
  for (const demand of demands) {
    const { id, scale, before, start } = demand;
    const windowCount = before < 0 ? 0 : shiftsOf(demand).length;
    if (before >= 0 && start !== before) {
      movedWindowCount += windowCount;
      if (demand.frozen) problem(`demand ${id}: frozen, and moved`);
      if (demand.pupils > 0) movedPupils.set(classOf(demand), demand.pupils);
    }
    if (demand.frozen) continue;
    const mates = charged.get(id);
    let going = mates ? Infinity : scale * prices.least(demand);
    for (const other of mates ? candidatesOf(demand) : []) {
      const barring = mates.reduce(
        (cost, { mate, price }) => (meet(demand, other, mate, mate.before) ? cost + price : cost),
        0,
      );
      going = Math.min(going, scale * prices.at(demand, other) + barring);
    }
    // no plan gives it a window: it says nothing about those that do
    if (going === Infinity) continue;
    going += windowCount - letOff[id];
    const pays = mayStay[id] ? Math.min(going, scale * prices.at(demand, before)) : going;
    sum += pays;
    sizes += Math.abs(pays);
  }

  // moved pupils: a class stays as a whole, or its pupils move once and each of its windows goes where it pays least
  const pupilUnit = unit * replan.pupilsOfAWindow;
  const pupilRoom = pupilUnit * roomWorth(replan.pupilSessionPrices, replan.pupilLoginPrices);
  const pupilPrices = pricesAt(replan.pupilSessionPrices, replan.pupilLoginPrices, pupilUnit);
  let pupilSum = -pupilRoom;
  let pupilSizes = pupilRoom;
  const classes = new Map();
  for (const demand of demands) {
    const least = demand.scale * pupilPrices.least(demand);
    if (demand.frozen || least === Infinity) continue;
    const staying = mayStay[demand.id]
      ? demand.scale * pupilPrices.at(demand, demand.before)
      : demand.before >= 0
        ? Infinity
        : least;
    if (classOf(demand) < 0 || demand.pupils === 0) {
      pupilSum += Math.min(staying, least);
      pupilSizes += Math.min(staying, least);
      continue;
    }
    const own = classes.get(classOf(demand)) ?? { pupils: demand.pupils, staying: 0, moving: 0 };
    classes.set(classOf(demand), own);
    own.staying += staying;
    own.moving += Math.min(staying, least);
    own.pupils = Math.min(own.pupils, demand.pupils);
  }
  for (const { pupils, staying, moving } of classes.values()) {
    const pays = Math.min(staying, pupils + moving);
    pupilSum += pays;
    pupilSizes += Math.abs(pays);
  }
  return {
    movedWindowCount,
    movedWindowBound: wholeBound(sum, sizes),
    movedPupilCount: [...movedPupils.values()].reduce((total, pupils) => total + pupils, 0),
    movedPupilBound: wholeBound(pupilSum, pupilSizes),
  };
}
