/* global fetch, TextDecoderStream */
// Checks a plan from the outside: node docs/verify-a-plan.mjs http://127.0.0.1:3000 12
// Takes nothing over from the service but what it publishes; see verify-a-plan.md. Exit code 0: the plan holds.
// What it reads is not public: ETALE_KEY is a key of scope `windows` (npm run etale -- key create --name verify --scope windows).
const [base, plan] = process.argv.slice(2);
const headers = process.env.ETALE_KEY ? { authorization: `Bearer ${process.env.ETALE_KEY}` } : {};
const get = async (path) => {
  const answer = await fetch(`${base}/v1/plans/${plan}${path && '/'}${path}`, { headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer;
};
const { profiles } = await (await get('load-parameters')).json();
const curve = await (await get('load?stepMinutes=5')).json();
const profileOf = new Map(profiles.map((profile) => [profile.profileId, profile]));

// the load of every cell in whole thousandths, window by window
const sessions = new Map();
const logins = new Map();
const ofClass = new Map();
const ofTeacher = new Map();
let windowCount = 0;
const wished = [];
const free = [];
const series = new Map();
let isBooked = false;
const problems = [];
const problem = (text) => problems.push(text);
const collect = (map, key, window) => (map.has(key) ? map.get(key).push(window) : map.set(key, [window]));

function take(window) {
  windowCount++;
  const profile = profileOf.get(window.profileId);
  if (!profile || profile.windowCells !== window.cellCount) return problem(`window ${window.id}: no such profile`);
  if (Date.parse(window.startsAt) !== window.startCell * 300_000) problem(`window ${window.id}: start and cell differ`);
  const scale = window.headcount * profile.participationPerMille;
  for (let k = 0; k < profile.sessionsPerMille.length; k++) {
    const cell = window.startCell - 1 + k;
    sessions.set(cell, (sessions.get(cell) ?? 0) + Math.ceil((scale * profile.sessionsPerMille[k]) / 1000));
    logins.set(cell, (logins.get(cell) ?? 0) + Math.ceil((scale * profile.loginsPerMille[k]) / 1000));
  }
  const span = { id: window.id, start: window.startCell, end: window.startCell + window.cellCount };
  if (window.classId !== null) collect(ofClass, window.classId, span);
  if (window.teacherKeyId !== null) collect(ofTeacher, window.teacherKeyId, span);
  isBooked ||= window.origin === 'booked';
  // the windows of a series are one choice of a start
  const first = window.seriesId === null ? undefined : series.get(window.seriesId);
  if (first) return void first.starts.push(window.startCell);
  const moved = window.wishedAt === null ? null : Date.parse(window.wishedAt) / 300_000 - window.startCell;
  const choice = { profile, scale, moved, window, starts: [window.startCell] };
  if (window.seriesId !== null) series.set(window.seriesId, choice);
  (moved === null ? free : wished).push(choice);
}
let rest = '';
for await (const piece of (await get('windows?format=ndjson')).body.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + piece).split('\n');
  rest = lines.pop();
  for (const line of lines) take(JSON.parse(line));
}

// law 1: no cell over its limit, and the curve that the service shows is this one
for (const [name, load] of Object.entries({ sessions, logins })) {
  const { planned, limit, capacity, headroom, background, reserved, otherPlans } = curve[name];
  for (let i = 0; i < curve.stepCount; i++) {
    const cell = curve.firstCell + i;
    const mine = load.get(cell) ?? 0;
    const thousandths = (column) => Math.round(column[i] * 1000);
    const left = [headroom, background, reserved, otherPlans].reduce(
      (rest, c) => rest - thousandths(c),
      thousandths(capacity),
    );
    if (mine !== thousandths(planned))
      problem(`${name} of cell ${cell}: ${mine / 1000} added up, ${planned[i]} published`);
    if (Math.max(0, left) !== thousandths(limit))
      problem(`${name} of cell ${cell}: the limit is not what is left of the capacity`);
    if (mine > thousandths(limit)) problem(`${name} of cell ${cell}: ${mine / 1000} over the limit of ${limit[i]}`);
    load.delete(cell);
  }
  for (const [cell, mine] of load) if (mine > 0) problem(`${name} of cell ${cell}: load outside the curve`);
}

// law 2: nobody in two windows at once
for (const [who, map] of Object.entries({ class: ofClass, teacher: ofTeacher })) {
  for (const [id, spans] of map) {
    spans.sort((a, b) => a.start - b.start);
    for (let i = 1; i < spans.length; i++) {
      if (spans[i].start < spans[i - 1].end)
        problem(`${who} ${id}: windows ${spans[i - 1].id} and ${spans[i].id} overlap`);
    }
  }
}
const certificate = await (await get('certificate')).json();
const prices = await (await get('prices')).json();
// what classes are owed for earlier weeks
const memoryOf = new Map(prices.memory.map((memory) => [memory.classId, memory]));
const weightOf = ({ window }) => memoryOf.get(window.classId)?.weight ?? 1;
// the objective, and what of its lower bound can be derived from outside: see "The bound" in verify-a-plan.md
const objective = wished.reduce((sum, choice) => sum + weightOf(choice) * choice.moved ** 2, 0);
if (!isBooked && Math.abs(objective - certificate.objective) > 1e-6 * Math.max(1, objective))
  problem(`objective: ${objective} added up, ${certificate.objective} certified`);
const limitOf = (name, cell) => curve[name].limit[cell - curve.firstCell] ?? 0;
const priceOf = (name, cell) => (prices[name][cell - prices.firstCell] ?? 0) / prices.cellPriceUnits;
/** What one unit of scale pays when all dates of a choice move by so many cells; Infinity where a cell has no room. */
const known = new Map();
function unitPrice({ profile, starts }, shift) {
  const key = `${profile.profileId} ${shift} ${starts.join()}`;
  if (known.has(key)) return known.get(key);
  let sum = 0;
  for (const start of starts) {
    profile.sessionsPerMille.forEach((sessions, k) => {
      const cell = start + shift - 1 + k;
      const logins = profile.loginsPerMille[k];
      if ((sessions > 0 && limitOf('sessions', cell) <= 0) || (logins > 0 && limitOf('logins', cell) <= 0))
        sum = Infinity;
      sum += (sessions * priceOf('sessions', cell) + logins * priceOf('logins', cell)) / 1000;
    });
  }
  known.set(key, sum);
  return sum;
}
// where a window may start at most: within the hours of any rule of the campaign for such windows; a fixed one where it stands
const { campaignId, state } = await (await get('')).json();
const { rules } = await (await fetch(`${base}/v1/campaigns/${campaignId}`, { headers })).json();
const minuteOf = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const rangesOf = new Map();
function mayStart({ window }, shift) {
  if (shift === 0 || window.origin === 'fixed') return shift === 0;
  const weekday = new Date(window.date).getUTCDay() || 7;
  const minutes = window.cellCount * 5;
  const key = `${window.audience} ${window.activity} ${minutes} ${weekday}`;
  if (!rangesOf.has(key)) {
    const like = (rule) =>
      rule.audience === window.audience && rule.activity === window.activity && rule.windowMinutes === minutes;
    const hours = rules.filter(like).flatMap((rule) => rule.hours.filter(({ weekdays }) => weekdays.includes(weekday)));
    rangesOf.set(key, hours.map(({ from, to }) => [minuteOf(from), minuteOf(to) - minutes])); // prettier-ignore
  }
  const start = minuteOf(window.startsAt.slice(11, 16)) + shift * 5;
  return rangesOf.get(key).some(([from, to]) => start >= from && start <= to);
}
// what teachers, classes and sites cost besides, for the cells that the first date of a choice holds
const { local } = prices;
const localRows = new Map();
let priceOfLaws = 0;
local.law.forEach((law, row) => {
  const { uai, simultaneousWindowLimit } = law === 'site' ? local.sites[local.owner[row]] : {};
  const price = local.price[row] / local.priceUnits;
  if (!(price >= 0)) problem(`${law} ${local.owner[row]}: a negative price proves nothing`);
  priceOfLaws += price * (law === 'site' ? (simultaneousWindowLimit ?? Infinity) : 1);
  collect(localRows, `${law} ${uai ?? local.owner[row]}`, { cell: local.cell[row], price });
});
/** Cells that a class is held for after a window: the least gap of a rule for such windows, which can only lower the bound. */
const gapCellsOf = ({ window }) =>
  rules.reduce(
    (least, rule) =>
      rule.audience === window.audience &&
      rule.activity === window.activity &&
      rule.windowMinutes === window.cellCount * 5
        ? Math.min(least, Math.ceil(rule.minimumGapMinutes / 5))
        : least,
    Infinity,
  );
function localPrice(choice, shift) {
  const { window, starts } = choice;
  const from = Math.min(...starts) + shift;
  const held = (key, cells) =>
    (localRows.get(key) ?? []).reduce(
      (sum, { cell, price }) => (cell >= from && cell < from + cells ? sum + price : sum),
      0,
    );
  const { cellCount } = window;
  const ofClass = window.classId === null ? 0 : held(`class ${window.classId}`, cellCount + gapCellsOf(choice));
  const ofSite = window.classId === null ? 0 : held(`site ${window.uai}`, cellCount);
  return ofClass + ofSite + (window.teacherKeyId === null ? 0 : held(`teacher ${window.teacherKeyId}`, cellCount));
}
let bound = 0;
let beyondCapCount = 0;
const capCells = certificate.displacement.capMinutes / 5;
for (const choice of wished) {
  let cheapest = Infinity;
  const reach = Math.max(capCells, Math.abs(choice.moved));
  for (let away = -reach; away <= reach; away++) {
    const shift = choice.moved + away;
    if (!mayStart(choice, shift)) continue;
    const cells = choice.scale * unitPrice(choice, shift);
    cheapest = Math.min(cheapest, weightOf(choice) * away * away + cells + localPrice(choice, shift));
  }
  bound += cheapest;
  if (choice.window.origin !== 'booked' && Math.abs(choice.moved) > capCells) beyondCapCount++;
  // a wish that may be had at all is kept within the limit of a class that was among the worst
  const limit = memoryOf.get(choice.window.classId)?.limitMinutes ?? Infinity;
  if (choice.window.origin === 'allocated' && Math.abs(choice.moved) * 5 > limit && mayStart(choice, choice.moved))
    problem(`window ${choice.window.id}: further from its wish than the limit of its class`);
}
// the cap binds whoever has a start within it; how many have none is certified
const certifiedBeyond = certificate.displacement.beyondCapCount;
if (!isBooked && certifiedBeyond !== undefined && beyondCapCount !== certifiedBeyond)
  problem(`cap: ${beyondCapCount} choices stand beyond ${capCells * 5} minutes, ${certifiedBeyond} certified`);
bound -= priceOfLaws;
for (const choice of free) bound += choice.scale * unitPrice(choice, 0);
for (const name of ['sessions', 'logins'])
  prices[name].forEach((price, i) => {
    if (price < 0) problem(`${name} of cell ${prices.firstCell + i}: a negative price proves nothing`);
    if (price > 0) bound -= priceOf(name, prices.firstCell + i) * limitOf(name, prices.firstCell + i) * 1000;
  });
const outsideLowerBound = Math.max(0, Math.floor(bound));
// of a draft nothing changed since: what the stored prices prove with fewer starts ruled out is no more than what is certified
if (state === 'draft' && outsideLowerBound > certificate.lowerBound * (1 + 1e-6) + 1)
  problem(`bound: ${outsideLowerBound} derived, ${certificate.lowerBound} certified`);
if (!isBooked && certificate.unplacedCount === 0 && outsideLowerBound > objective * (1 + 1e-9) + 1)
  problem(
    `bound: ${outsideLowerBound} derived is above the objective of ${objective}: the prices or the windows are not the plan's`,
  );

for (const text of problems.slice(0, 20)) console.log(text);
console.log(
  JSON.stringify({
    plan: Number(plan),
    windowCount,
    cellCount: curve.stepCount,
    violationCount: problems.length,
    objective,
    certifiedLowerBound: certificate.lowerBound,
    outsideLowerBound,
  }),
);
process.exitCode = problems.length === 0 ? 0 : 1;
