import { type Command, Option } from 'commander';
import { type ScenarioReport, scenarioReports } from '../simulation/storm-report.rules';
import { STORM_SCENARIOS } from '../simulation/storm-scenarios.rules';
import { tableOf, type Terminal } from './terminal';

const MINUTES_PER_HOUR = 60;

/** `storm`: the mornings of 2020 and 2021 simulated again, beside what was reported of them. Needs no database. */
export function addStorm(program: Command, terminal: Terminal): void {
  program
    .command('storm')
    .description('simulate the mornings of 2020 and 2021 and compare with what was reported')
    .addOption(
      new Option('--scenario <name>', 'only this one, hour by hour').choices(STORM_SCENARIOS.map(({ name }) => name)),
    )
    .action(({ scenario }: { scenario?: string }) => {
      const reports = scenarioReports();
      const shown = scenario === undefined ? reports : reports.filter(({ name }) => name === scenario);
      terminal.answer({ scenarios: shown }, scenario === undefined ? table(shown) : hourByHour(shown[0]!));
    });
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / MINUTES_PER_HOUR)).padStart(2, '0')}:${String(minute % MINUTES_PER_HOUR).padStart(2, '0')}`;

function table(reports: readonly ScenarioReport[]): string {
  return tableOf(
    ['scenario', 'peak of sessions', 'at', 'reported', 'deviation', 'attempts a visit', 'how', 'source', 'uncertain'],
    reports.map(
      ({
        name,
        peakSessions,
        peakMinute,
        reportedPeakSessions,
        deviationRatio,
        amplification,
        isFitted,
        source,
        uncertain,
      }) => [
        name,
        peakSessions,
        clock(peakMinute),
        reportedPeakSessions,
        deviationRatio === null ? null : `${(deviationRatio * 100).toFixed(1)} %`,
        amplification.toFixed(2),
        isFitted ? 'fitted' : reportedPeakSessions === null ? 'simulated' : 'predicted',
        source,
        uncertain,
      ],
    ),
  );
}

function hourByHour(report: ScenarioReport): string {
  const hours = tableOf(
    ['hour', 'first attempts', 'attempts', 'mean sessions'],
    report.hours.map(({ hour, arrivalCount, attemptCount, meanSessions }) => [
      clock(hour * MINUTES_PER_HOUR),
      arrivalCount,
      attemptCount,
      meanSessions,
    ]),
  );
  const profiles = tableOf(
    ['profile', 'visits', 'admitted', 'refusals', 'gave up', 'mean wait (s)', 'p95 wait (s)'],
    report.profiles.map((profile) => [
      profile.profile,
      profile.visitorCount,
      profile.admittedCount,
      profile.refusedCount,
      profile.gaveUpCount,
      profile.meanWaitSeconds,
      profile.p95WaitSeconds,
    ]),
  );
  return [report.title.en, report.scope, `Source: ${report.source}`, '', hours, '', profiles].join('\n');
}
