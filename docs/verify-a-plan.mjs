/* global fetch, TextDecoderStream */
// Checks a plan from the outside: node docs/verify-a-plan.mjs http://127.0.0.1:3000 12
// Takes nothing over from the service but what it publishes; see verify-a-plan.md. Exit code 0: the plan holds.
import { Readable } from 'node:stream';
import { linesOf, verifyCase } from './verify-a-dump.mjs';

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
/** What a window is called in the case: its class or audience, where it stands, what it wished, how many come, how long it is. */
const keyOf = ({ classId, audience }, start, wish, scale, cells) =>
  `${classId ?? audience} at ${start} wished ${wish} scale ${scale} cells ${cells}`;
/** Windows of the plan by that name, those apart that schools have booked since. */
const named = new Map();
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
  const wish = window.wishedAt === null ? null : Date.parse(window.wishedAt) / 300_000;
  const key = keyOf(window, window.startCell, wish, scale, window.cellCount);
  if (window.origin !== 'booked') named.set(key, (named.get(key) ?? 0) + 1);
  // the windows of a series are one choice of a start
  const first = window.seriesId === null ? undefined : series.get(window.seriesId);
  if (first) return void first.starts.push(window.startCell);
  const moved = wish === null ? null : wish - window.startCell;
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

const overfull = [];
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
    if (mine > thousandths(limit))
      overfull.push({
        name,
        cell,
        mine,
        text: `${name} of cell ${cell}: ${mine / 1000} over the limit of ${limit[i]}`,
      });
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
// released windows are gone
isBooked ||= windowCount !== certificate.windowCount;
const prices = await (await get('prices')).json();
// what classes are owed for earlier weeks
const memoryOf = new Map(prices.memory.map((memory) => [memory.classId, memory]));
const weightOf = ({ window }) => memoryOf.get(window.classId)?.weight ?? 1;
// the objective, and what of its lower bound can be derived from outside: see "The bound" in verify-a-plan.md
const objective = wished.reduce((sum, choice) => sum + weightOf(choice) * choice.moved ** 2, 0);
if (!isBooked && Math.abs(objective - certificate.objective) > 1e-6 * Math.max(1, objective))
  problem(`objective: ${objective} added up, ${certificate.objective} certified`);

// the case that the plan was computed from, with the exact starts and laws: its bounds are derived again (verify-a-dump.mjs)
const { state } = await (await get('')).json();
const answer = await fetch(`${base}/v1/plans/${plan}/case`, { headers });
// plans of earlier versions were stored without it
if (!answer.ok && answer.status !== 404) throw new Error(`case: ${answer.status} ${await answer.text()}`);
let found;
if (answer.ok) {
  // every window of the plan is one of the case and stands where it has it, unless a school has booked it since
  found = await verifyCase(
    linesOf(Readable.from(answer.body), true),
    (demand, { originCell, occurrenceSets, candidateSets }) => {
      if (demand.weight !== (demand.classId === null ? 1 : weightOf({ window: demand })))
        problem(`demand ${demand.id} of the case: its weight is not what its class is owed`);
      const limitCells = (memoryOf.get(demand.classId)?.limitMinutes ?? Infinity) / 5;
      const isNear = (start) => Math.abs(start - demand.wish) <= limitCells;
      if (
        demand.wish >= 0 &&
        demand.start >= 0 &&
        !isNear(demand.start) &&
        candidateSets[demand.candidateSet].some(isNear)
      )
        problem(`demand ${demand.id} of the case: further from its wish than the limit of its class`);
      if (demand.start < 0) return;
      for (const shift of occurrenceSets[demand.occurrenceSet]) {
        const cell = originCell + shift;
        const key = keyOf(
          demand,
          cell + demand.start,
          demand.wish < 0 ? null : cell + demand.wish,
          demand.scale,
          demand.cells,
        );
        const count = named.get(key) ?? 0;
        if (count === 0 && !isBooked) problem(`demand ${demand.id} of the case: no such window in the plan`);
        named.set(key, count - 1);
      }
    },
  );
  for (const [key, count] of named) if (count > 0) problem(`window ${key}: not in the case`);
  for (const text of found.problems) problem(`case: ${text}`);
  const { instance, plan: claims, replan, verdict } = found;
  for (const [name, limit] of [
    ['sessions', (replan ?? instance).sessionLimit],
    ['logins', (replan ?? instance).loginLimit],
  ])
    limit.forEach((most, k) => {
      const shown = curve[name].limit[instance.originCell + k - curve.firstCell];
      if (state === 'draft' && shown !== undefined && Math.round(shown * 1000) !== most)
        problem(`${name} of cell ${instance.originCell + k}: ${most / 1000} in the case, limit of ${shown}`);
    });
  for (const [name, column] of [
    ['sessions', claims.sessionPrices],
    ['logins', claims.loginPrices],
    ['peakSessions', claims.peakSessionPrices],
    ['peakLogins', claims.peakLoginPrices],
  ])
    column.forEach((price, k) => {
      const cell = instance.originCell + k;
      if ((prices[name][cell - prices.firstCell] ?? 0) !== price)
        problem(`prices: ${name} of cell ${cell} differ from the case`);
    });
  const certified = {
    ...certificate.replan,
    lowerBound: certificate.lowerBound,
    jointLowerBound: certificate.jointLowerBound,
  };
  for (const name of [
    'lowerBound',
    'jointLowerBound',
    ...(replan ? ['movedWindowCount', 'movedWindowBound', 'movedPupilCount', 'movedPupilBound'] : []),
  ])
    if (Math.abs(verdict[name] - certified[name]) > 1e-5 * Math.max(1, certified[name]))
      problem(`bound: ${name} is ${verdict[name]} derived, ${certified[name]} certified`);
  if (Math.abs(verdict.peakLowerBoundRatio - certificate.peakLowerBoundRatio) > 1e-5)
    problem(
      `bound: peakLowerBoundRatio is ${verdict.peakLowerBoundRatio} derived, ${certificate.peakLowerBoundRatio} certified`,
    );
  // the cap binds whoever has a start within it; how many have none is certified
  const { capMinutes, beyondCapCount } = certificate.displacement;
  if (claims.displacementCapCells * 5 !== capMinutes || found.beyondCapCount !== (beyondCapCount ?? 0))
    problem(
      `cap: ${found.beyondCapCount} choices stand beyond ${claims.displacementCapCells * 5} minutes, ${beyondCapCount} beyond ${capMinutes} certified`,
    );
}

// a replan leaves cells over that frozen windows alone put there: the case has these limits raised to just that
for (const { name, cell, mine, text } of overfull) {
  const { instance, replan } = found ?? {};
  const raised = name === 'sessions' ? instance?.sessionLimit : instance?.loginLimit;
  if (!replan || mine > raised[cell - instance.originCell]) problem(text);
}

for (const text of problems.slice(0, 20)) console.log(text);
console.log(
  JSON.stringify({
    plan: Number(plan),
    windowCount,
    cellCount: curve.stepCount,
    violationCount: problems.length,
    objective,
    certifiedLowerBound: certificate.lowerBound,
    outsideLowerBound: found?.verdict.lowerBound ?? null,
    outsidePeakLowerBoundRatio: found?.verdict.peakLowerBoundRatio ?? null,
    ...(found?.replan
      ? {
          movedWindowCount: found.verdict.movedWindowCount,
          movedWindowBound: found.verdict.movedWindowBound,
          movedPupilBound: found.verdict.movedPupilBound,
        }
      : {}),
  }),
);
process.exitCode = problems.length === 0 ? 0 : 1;
