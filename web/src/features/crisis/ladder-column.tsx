import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { instantOfCivil } from '../../shared/civil-instant';
import { DateField } from '../../shared/date-field';
import { formatCount, formatDay, formatPercent, formatTime } from '../../shared/format';
import { sayDone } from '../../shared/undo';
import {
  type Acts,
  type May,
  type Advice,
  isUnderWay,
  type Ladder,
  type Rung,
  type Step,
  useLadderSimulation,
} from './data';
import { EnforceButton } from './enforce-form';
import { measuresOf } from './measures';
import { said } from './said';
import { ScopeText } from './scope';
import { ThresholdForm } from './threshold-form';
import { UndoButton } from './undo-form';

interface LadderColumnProps {
  ladder: Ladder;
  steps: readonly Step[];
  advice: Advice;
  timeZone: string;
  may: May;
  acts: Acts;
}

/** The agreed ladder, from what touches almost nobody to what touches most; each rung with what is expected of it. */
export function LadderColumn({ ladder, steps, advice, timeZone, may, acts }: LadderColumnProps) {
  const { t } = useTranslation('crisis');
  const agreement = ladder.changedBy === null ? 'usual' : ladder.approvedBy === null ? 'set' : 'approved';
  return (
    <section className="ladder" aria-labelledby="ladder-title">
      <Title order={2} size="h4" id="ladder-title">
        {t('ladder.title')}
      </Title>
      <Text size="sm">{t(`ladder.${agreement}`)}</Text>
      {agreement === 'usual' && may.agree && (
        <Button
          variant="default"
          loading={acts.isBusy}
          onClick={() =>
            void acts.adopt(ladder.rungs).then(
              () => sayDone(t('done.adopted')),
              () => undefined,
            )
          }
        >
          {t('ladder.adopt')}
        </Button>
      )}
      {agreement !== 'usual' && may.agree && <ThresholdForm rungs={ladder.rungs} acts={acts} />}
      {agreement === 'set' && may.act && (
        <Button
          variant="default"
          loading={acts.isBusy}
          onClick={() =>
            void acts.approveLadder().then(
              () => sayDone(t('done.ladderApproved')),
              () => undefined,
            )
          }
        >
          {t('ladder.approve')}
        </Button>
      )}
      {agreement !== 'usual' && <Simulation ladder={ladder} timeZone={timeZone} mayAct={may.act} acts={acts} />}
      <ol>
        {ladder.rungs.map((rung) => (
          <RungCard
            key={rung.code}
            rung={rung}
            isProposed={advice.proposal.action === 'climb' && advice.proposal.rung === rung.code}
            step={steps.find(
              ({ rung: code, isActive, state }) => code === rung.code && (isActive || state === 'proposed'),
            )}
            isApproved={agreement === 'approved'}
            timeZone={timeZone}
            mayAct={may.act && agreement !== 'usual'}
            acts={acts}
          />
        ))}
      </ol>
    </section>
  );
}

interface RungCardProps {
  rung: Rung;
  isProposed: boolean;
  /** The rung as it is in force, or waits for a second person. */
  step: Step | undefined;
  isApproved: boolean;
  timeZone: string;
  mayAct: boolean;
  acts: Acts;
}

function RungCard({ rung, isProposed, step, isApproved, timeZone, mayAct, acts }: RungCardProps) {
  const { t } = useTranslation('crisis');
  const state = step?.isActive
    ? t('rung.inForce', { until: formatTime(step.endsAt, timeZone) })
    : step
      ? t('rung.waits')
      : isProposed
        ? t('rung.proposed')
        : undefined;
  return (
    <li className={step?.isActive ? 'in-force' : isProposed ? 'proposed' : undefined}>
      <Group justify="space-between" gap="xs" align="flex-start">
        <Text fw={600} style={{ flex: '1 1 180px' }}>
          {said(rung.name)}
        </Text>
        {state && (
          <Text size="sm" fw={600} className="rung-state">
            {state}
          </Text>
        )}
      </Group>
      <Text size="sm">{measuresOf(rung.measures, t).join(' ')}</Text>
      <Text size="sm">
        <ScopeText scope={rung.scope} />
      </Text>
      <Text size="sm" c="dimmed">
        {rung.insiders.map((one) => t(`insiders.${one}`)).join(' ')}{' '}
        {t('rung.arms', { arms: rung.arms.map((arm) => t(`arm.${arm}`)).join(', ') })}
      </Text>
      <Text size="sm" c="dimmed">
        {t('rung.thresholds', {
          climb: formatPercent(rung.thresholds.climbPerMille / 1000),
          leave: formatPercent(rung.thresholds.leavePerMille / 1000),
        })}
      </Text>
      {rung.expected && <Expected expected={rung.expected} rung={rung} />}
      {mayAct && !step && <EnforceButton rung={rung} isApproved={isApproved} acts={acts} />}
      {mayAct && step?.isActive && <UndoButton step={step} acts={acts} />}
    </li>
  );
}

/** What is expected without and with a rung: the day's peak, and who is told to come back. */
function Expected({ expected, rung }: { expected: NonNullable<Rung['expected']>; rung: Rung }) {
  const { t } = useTranslation('crisis');
  const { featuresOff = [], idleMinutes = null, walkInPerMille = 1000 } = rung.measures;
  const isScoped = Object.values(rung.scope).some((list) => list.length > 0);
  return (
    <div className="expected">
      <Bars title={t('expected.peak')} before={expected.peakSessionsBefore} after={expected.peakSessions} />
      <Bars title={t('expected.refused')} before={expected.refusedCountBefore} after={expected.refusedCount} />
      {featuresOff.length > 0 && <Text size="sm">{t('expected.notReckoned')}</Text>}
      {isScoped && (idleMinutes !== null || walkInPerMille < 1000) && (
        <Text size="sm">{t('expected.wholePlatform')}</Text>
      )}
    </div>
  );
}

function Bars({ title, before, after }: { title: string; before: number; after: number }) {
  const { t } = useTranslation('crisis');
  const most = Math.max(1, before, after);
  return (
    <>
      <Text size="sm">{title}</Text>
      {(
        [
          ['before', before],
          ['after', after],
        ] as const
      ).map(([name, value]) => (
        <div key={name} className={name}>
          <span>{t(`expected.${name}`)}</span>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect width={(100 * value) / most} height="10" />
          </svg>
          <span>{formatCount(value)}</span>
        </div>
      ))}
    </>
  );
}

interface SimulationProps {
  ladder: Ladder;
  timeZone: string;
  mayAct: boolean;
  acts: Acts;
}

/** Simulates a day with each rung alone, from an hour on. */
function Simulation({ ladder, timeZone, mayAct, acts }: SimulationProps) {
  const { t } = useTranslation('crisis');
  const simulation = useLadderSimulation(ladder.simulationId);
  const [startsAt, setStartsAt] = useState('');
  const state = simulation.data?.state;
  const isRunning = isUnderWay(state);
  return (
    <Stack gap={4} my="xs">
      {mayAct && (
        <Group
          component="form"
          gap="xs"
          align="center"
          onSubmit={(event: { preventDefault: () => void }) => {
            event.preventDefault();
            void acts.simulate(instantOfCivil(startsAt, timeZone)).catch(() => undefined);
          }}
        >
          <DateField hasTime required label={t('simulate.from')} value={startsAt} onChange={setStartsAt} />
          <Button type="submit" variant="default" loading={isRunning || acts.isBusy}>
            {t('simulate.run')}
          </Button>
        </Group>
      )}
      <Text size="sm" role="status">
        {simulation.data
          ? t(`simulate.${isRunning ? 'running' : state === 'done' ? 'done' : 'failed'}`, {
              day: formatDay(simulation.data.request.date),
            })
          : t('simulate.none')}
      </Text>
    </Stack>
  );
}
