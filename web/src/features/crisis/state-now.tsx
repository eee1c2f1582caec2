import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Schema } from '../../shared/api';
import { civilDateOf, formatCount, formatDecimal, formatPercent, formatTime } from '../../shared/format';
import type { Acts, May, Advice, Ladder, Step } from './data';
import { EnforceButton } from './enforce-form';
import { loadShare } from './load-share';
import { ReasonButton } from './reason-form';
import { said } from './said';
import { UndoButton } from './undo-form';

interface StateNowProps {
  advice: Advice;
  ladder: Ladder;
  /** What the gateways do with what is decided. */
  posture: Schema<'GatewaySettingsDto'>['posture'];
  active: readonly Step[];
  timeZone: string;
  may: May;
  acts: Acts;
}

/** The state in a sentence, then what the service proposes, each with its button. */
export function StateNow({ advice, ladder, posture, active, timeZone, may, acts }: StateNowProps) {
  const { t } = useTranslation('crisis');
  const last = advice.minutes.at(-1);
  const { proposal, capacityNotice } = advice;
  const load = last && loadShare(last);
  const rung = ladder.rungs.find(({ code }) => code === proposal.rung);
  const left = active.find(({ id }) => id === proposal.stepId);
  return (
    <>
      <p className="answer" role="status">
        {last && load
          ? t(load.ratio === null ? `now.${load.figure}Alone` : `now.${load.figure}`, {
              ratio: formatPercent(load.ratio ?? 0),
              time: formatTime(last.at, timeZone),
              shown: formatCount(load.shown),
              limit: formatCount(load.limit),
            })
          : t('now.unknown')}{' '}
        {last?.errorsPerMille ? `${t('now.errors', { ratio: formatPercent(last.errorsPerMille / 1000, 1) })} ` : ''}
        {last &&
          last.latencyMilliseconds !== null &&
          `${t('now.latency', { seconds: formatDecimal(last.latencyMilliseconds / 1000) })} `}
        {last &&
          load &&
          load.ratio !== null &&
          load.ratio < 0.99 &&
          last.loadPerMille >= 1000 &&
          `${t('now.countsAsFull')} `}
        {active.length === 0
          ? t('now.noStep')
          : t('now.steps', { count: active.length, names: active.map(({ name }) => said(name)).join(', ') })}
      </p>
      {posture !== 'enforced' && (
        <Text size="sm" fw={600}>
          {t(`posture.${posture}`)}
        </Text>
      )}
      {!last && (
        <Text size="sm" c="dimmed">
          {t('now.howToMeasure')}
        </Text>
      )}
      {(proposal.action === 'climb' || proposal.action === 'leave') && (
        <Group className="proposal" gap="sm">
          <Text style={{ flex: '1 1 260px' }}>
            <strong>{t(`propose.${proposal.action}`, { rung: rung ? said(rung.name) : '' })}</strong>{' '}
            {said(proposal.reason)}
          </Text>
          {may.decides(rung?.scope) && proposal.action === 'climb' && rung && (
            <EnforceButton
              rung={rung}
              isApproved={ladder.approvedBy !== null}
              isSimulatedToday={ladder.simulatedOn === civilDateOf(new Date(), timeZone)}
              reason={said(proposal.reason)}
              acts={acts}
            />
          )}
          {left && may.decides(left.scope) && <UndoButton step={left} acts={acts} />}
        </Group>
      )}
      {capacityNotice && (
        <Group className="proposal" gap="sm">
          <Text style={{ flex: '1 1 260px' }}>
            <strong>{t(`capacity.${capacityNotice.kind}`)}</strong> {said(capacityNotice.reason)}
          </Text>
          {may.agree && (
            <>
              <ReasonButton
                label={t(`capacity.approve_${capacityNotice.kind}`)}
                title={t(`capacity.approve_${capacityNotice.kind}`)}
                effect={t(`capacity.effect_${capacityNotice.kind}`)}
                reason={said(capacityNotice.reason)}
                isBusy={acts.isBusy}
                act={(reason) => acts.approveCapacity(capacityNotice, reason)}
                done={t('done.capacity')}
              />
              <Button component={Link} to="/app/exploitation/capacite" variant="subtle">
                {t('capacity.adjust')}
              </Button>
            </>
          )}
        </Group>
      )}
    </>
  );
}
