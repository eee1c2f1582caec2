import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { instantOfCivil } from '../../shared/civil-instant';
import { DateField } from '../../shared/date-field';
import { civilDateOf, formatDay, formatInstant, formatPercent, formatTime } from '../../shared/format';
import { sayDone } from '../../shared/undo';
import { type Acts, type May, type Advice, isUnderWay, type Ladder, type Rung, type Step, useSimulation } from './data';
import { EnforceButton } from './enforce-form';
import { Expected } from './expected';
import { LadderForm } from './ladder-form';
import { measuresOf } from './measures';
import { OwnStepButton } from './own-step-form';
import { said } from './said';
import { ScopeText } from './scope';
import { standingStep, stateOf } from './step-state';
import { UndoButton } from './undo-form';
import { UsualLadder } from './usual-ladder';

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
      {may.agree && (
        <Group gap="xs" my="xs">
          <UsualLadder ladder={ladder} acts={acts} />
          <LadderForm ladder={ladder} acts={acts} />
        </Group>
      )}
      {agreement === 'set' &&
        may.act &&
        may.seconds(ladder.changedBy) &&
        ladder.rungs.every(({ scope }) => may.decides(scope)) && (
          <Button
            variant="default"
            loading={acts.isBusy}
            onClick={() =>
              void acts.approveLadder(ladder.changedAt!).then(
                () => sayDone(t('done.ladderApproved')),
                () => undefined,
              )
            }
          >
            {t('ladder.approve')}
          </Button>
        )}
      {agreement !== 'usual' && <Simulation ladder={ladder} timeZone={timeZone} mayAct={may.act} acts={acts} />}
      {may.act && ladder.rungs.some(({ scope }) => !may.decides(scope)) && (
        <Text size="sm" mt="xs">
          {t('ladder.notYours')}
        </Text>
      )}
      <ol>
        {ladder.rungs.map((rung) => (
          <RungCard
            key={rung.code}
            rung={rung}
            isProposed={advice.proposal.action === 'climb' && advice.proposal.rung === rung.code}
            step={standingStep(steps, rung.code)}
            isApproved={agreement === 'approved'}
            isSimulatedToday={ladder.simulatedOn === civilDateOf(new Date(), timeZone)}
            timeZone={timeZone}
            mayAct={may.decides(rung.scope) && agreement !== 'usual'}
            acts={acts}
          />
        ))}
      </ol>
      {may.act && <OwnStepButton ladder={ladder} decides={may.decides} acts={acts} />}
    </section>
  );
}

interface RungCardProps {
  rung: Rung;
  isProposed: boolean;
  /** The rung as it is in force, is to come, or waits for a second person. */
  step: Step | undefined;
  isApproved: boolean;
  isSimulatedToday: boolean;
  timeZone: string;
  mayAct: boolean;
  acts: Acts;
}

function RungCard({ rung, isProposed, step, isApproved, isSimulatedToday, timeZone, mayAct, acts }: RungCardProps) {
  const { t } = useTranslation('crisis');
  const isToCome = step !== undefined && stateOf(step) === 'toCome';
  const state = step?.isActive
    ? t('rung.inForce', { until: formatTime(step.endsAt, timeZone) })
    : isToCome
      ? t('rung.toCome', { from: formatInstant(step.startsAt, timeZone) })
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
      {rung.expected && <Expected expected={rung.expected} step={rung} />}
      {mayAct && !step && (
        <EnforceButton rung={rung} isApproved={isApproved} isSimulatedToday={isSimulatedToday} acts={acts} />
      )}
      {mayAct && (step?.isActive || isToCome) && <UndoButton step={step} acts={acts} />}
    </li>
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
  const simulation = useSimulation(ladder.simulationId);
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
