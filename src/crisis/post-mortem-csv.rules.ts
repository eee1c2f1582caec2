import { zonedInstant, zonedInstantOfCell } from '../common/civil-time';
import { csvText } from '../common/csv.rules';
import type { Language } from '../common/language.rules';
import { CELL_SECONDS } from '../kernel/cell-grid';
import type { CsvPart, PostMortemDto } from './post-mortem.dto';
import { actionText, basisText, postMortemText, type PostMortemText, wordOf } from './post-mortem-text';

type Line = (string | number | null)[];

/** Ten-thousandths are more than any figure of a post-mortem is exact to. */
const DIGITS = 4;

const rounded = (value: number): number => Number(value.toFixed(DIGITS));

/** One table of a post-mortem, with heads in the language, by the clock of the platform; codes of actions stand beside their words. */
export function postMortemCsv(its: PostMortemDto, part: CsvPart, language: Language): string {
  const say = (name: PostMortemText) => postMortemText(language, name);
  const word = (code: string) => wordOf(language, code);
  const tables: Record<CsvPart, () => Line[]> = {
    curves: () => {
      const { curves } = its;
      const variants = its.simulated ?? [];
      const first = Math.round(Date.parse(its.startsAt) / 1000 / CELL_SECONDS);
      const heads = [
        say('when'),
        `${say('curves')}: ${say('limit')}`,
        `${say('curves')}: ${say('planned')}`,
        `${say('curves')}: ${say('measured')}`,
        `${say('logins')}: ${say('limit')}`,
        `${say('logins')}: ${say('planned')}`,
        `${say('logins')}: ${say('measured')}`,
        say('attempts'),
        say('admitted'),
        say('deferred'),
        say('refused'),
        ...variants.map(({ name }) => `${say('curves')}: ${say('simulated')} (${word(name)})`),
      ];
      return [
        heads,
        ...curves.attempts.map((attempts, k): Line => [
          zonedInstantOfCell(first + k, its.timeZone),
          curves.sessionLimit[k]!,
          curves.plannedSessions[k]!,
          curves.measuredSessions[k]!,
          curves.loginLimit[k]!,
          curves.plannedLogins[k]!,
          curves.measuredLogins[k]!,
          attempts,
          curves.admitted[k]!,
          curves.deferred[k]!,
          curves.refused[k]!,
          ...variants.map(
            ({ startsAt, curves: { sessions } }) =>
              sessions[k - Math.round((Date.parse(startsAt) - Date.parse(its.startsAt)) / (CELL_SECONDS * 1000))] ??
              null,
          ),
        ]),
      ];
    },
    timeline: () => [
      [say('when'), say('what'), 'action', say('by'), say('about'), say('why')],
      ...its.timeline.map(({ at, action, by, about, name, reason }): Line => [
        zonedInstant(at, its.timeZone),
        actionText(language, action),
        action,
        word(by),
        name?.[language] ?? about,
        reason,
      ]),
    ],
    crowds: () => {
      const counts = ({
        expected,
        admitted,
        deferred,
        refused,
        attempts,
      }:
        | PostMortemDto['territories'][number]
        | PostMortemDto['kinds'][number]
        | PostMortemDto['profiles'][number]): Line => [expected, admitted, deferred, refused, attempts];
      return [
        [
          say('criterion'),
          say('value'),
          say('expected'),
          say('admitted'),
          say('deferred'),
          say('refused'),
          say('attempts'),
        ],
        ...its.territories.map((row): Line => [say('territory'), row.territory, ...counts(row)]),
        ...its.kinds.map((row): Line => [say('kind'), word(row.kind), ...counts(row)]),
        ...its.profiles.map((row): Line => [say('profile'), word(row.profile), ...counts(row)]),
      ];
    },
    causes: () => [
      [say('cause'), say('verdict'), say('figure'), say('comment')],
      ...its.causes.map(({ code, verdict, figure, comment }): Line => [word(code), word(verdict), figure, comment]),
    ],
    assumptions: () => [
      [say('assumption'), say('assumed'), say('observed'), say('deviation')],
      ...its.assumptions.map(({ name, assumed, observed, deviationRatio }): Line => [
        word(name),
        assumed,
        observed,
        deviationRatio,
      ]),
    ],
    adherence: () => [
      [say('profile'), say('kind'), say('basis'), say('counted'), say('share')],
      ...its.replayAdherences.map((row): Line => [
        word(row.profile),
        word(row.kind),
        basisText(language, row),
        row.basis === 'assumed' ? null : row.countedVisitorCount,
        row.adherencePerMille / 1000,
      ]),
    ],
    replay: () => [
      [
        say('variant'),
        say('peak'),
        say('at'),
        say('admitted'),
        say('attempts'),
        say('refused'),
        say('gaveUp'),
        `${say('wait')} (s)`,
        say('amplification'),
      ],
      ...(its.simulated ?? []).map((one): Line => [
        word(one.name),
        one.peakSessions,
        zonedInstant(one.peakAt, its.timeZone),
        one.admittedCount,
        one.attemptCount,
        one.refusedCount,
        one.gaveUpCount,
        one.meanWaitSeconds,
        one.amplification,
      ]),
    ],
    improvements: () => [
      [say('improvement'), say('owner'), say('due'), say('state')],
      ...its.improvements.map(({ text, owner, dueOn, state }): Line => [text, owner, dueOn, word(state)]),
    ],
  };
  const lines = tables[part]().map((line) => line.map((field) => (typeof field === 'number' ? rounded(field) : field)));
  return csvText(lines, { hasMark: true, hasDecimalComma: language === 'fr' });
}
