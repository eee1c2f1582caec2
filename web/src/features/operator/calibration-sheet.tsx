import { Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { type Calibration, useCalibrations } from '../../shared/calibrations';
import { DateField } from '../../shared/date-field';
import { formatCount, formatDay, formatDecimal, formatHour, formatPercent } from '../../shared/format';
import { Records } from '../../shared/records';
import { sayRefused } from '../../shared/undo';

interface SheetProps {
  campaign: Schema<'CampaignDto'>;
  canChange: boolean;
}

/** How visitors behaved on days of the campaign against what its load model believes; a new model is proposed, nothing is changed. */
export function CalibrationSheet({ campaign, canChange }: SheetProps) {
  const { t } = useTranslation('operator');
  const queries = useQueryClient();
  const [firstOn, setFirstOn] = useState(campaign.startsOn);
  const [lastOn, setLastOn] = useState(campaign.endsOn);
  const calibrations = useCalibrations(campaign.platformId);
  const calibrate = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/campaigns/{id}/calibrations', {
          params: { path: { id: campaign.id } },
          body: { firstOn, lastOn },
        }),
      ),
    onError: sayRefused,
    onSettled: () => queries.invalidateQueries({ queryKey: ['calibrations', campaign.platformId] }),
  });
  const last = calibrations.data?.find(({ campaignId }) => campaignId === campaign.id);
  if (!canChange && !last) return null;
  return (
    <Stack component="section" gap="sm" aria-label={t('calibration.title')}>
      <Title order={3} size="h5">
        {t('calibration.title')}
      </Title>
      <Text size="sm" className="wraps">
        {t('calibration.text')}
      </Text>
      {canChange && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            calibrate.mutate();
          }}
        >
          <Group align="flex-end">
            <DateField
              required
              min={campaign.startsOn}
              label={t('campaign.from')}
              value={firstOn}
              onChange={setFirstOn}
            />
            <DateField required min={firstOn} label={t('campaign.to')} value={lastOn} onChange={setLastOn} />
            <Button type="submit" variant="default" loading={calibrate.isPending}>
              {t('calibration.make')}
            </Button>
          </Group>
        </form>
      )}
      {last && <Found calibration={last} />}
    </Stack>
  );
}

/** A calibration in sentences and a table, old and new side by side. */
function Found({ calibration }: { calibration: Calibration }) {
  const { t } = useTranslation('operator');
  const { behaviours, groups, stay, relativesPerPupil, relativesPerPupilCurrent } = calibration;
  const interval = ({ low, high }: Schema<'EstimateDto'>): string =>
    t('calibration.interval', { low: formatPercent(low, 1), high: formatPercent(high, 1) });
  const minutesOf = (stayed: Schema<'EstimateDto'> | null): string =>
    stayed
      ? t('calibration.minutes', {
          value: formatDecimal(stayed.value),
          low: formatDecimal(stayed.low),
          high: formatDecimal(stayed.high),
        })
      : '–';
  const nameOf = (by: Calibration['groups'][number]['by'], key: string): string =>
    by === 'kind'
      ? t(`kind.${key as Schema<'EstablishmentDto'>['kind']}`)
      : by === 'hour'
        ? formatHour(`${key}:00`)
        : by === 'activity'
          ? t(`calibration.activity.${key as Schema<'BehaviourDto'>['activity']}`)
          : key;
  return (
    <>
      <Text className="wraps">
        {t('calibration.from', {
          first: formatDay(calibration.firstOn),
          last: formatDay(calibration.lastOn),
          visitors: formatCount(calibration.visitorCount),
          schools: formatCount(calibration.establishmentCount),
          silent: formatCount(calibration.silentEstablishmentCount),
        })}
      </Text>
      <Text className="wraps">
        {stay
          ? t('calibration.stay', {
              stretch: formatDecimal(stay.stretch.value, 2),
              logOut: formatPercent(stay.logOut.value),
              residual: formatPercent(stay.residualRatio),
            })
          : t('calibration.noStay')}{' '}
        {relativesPerPupil &&
          t('calibration.relatives', {
            count: formatDecimal(relativesPerPupil.value, 2),
            low: formatDecimal(relativesPerPupil.low, 2),
            high: formatDecimal(relativesPerPupil.high, 2),
            old: formatDecimal(relativesPerPupilCurrent, 2),
          })}
      </Text>
      <Text size="sm">{t('calibration.keeping')}</Text>
      <Records label={t('calibration.title')}>
        <Table.Thead>
          <Table.Tr>
            {(['who', 'visitors', 'believed', 'found', 'adherence', 'begin', 'stay'] as const).map((column) => (
              <Table.Th key={column}>{t(`calibration.column.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {behaviours.map(
            ({
              audience,
              levelGroup,
              activity,
              visitorCount,
              participation,
              adherence,
              arrivals,
              stayMinutes,
              current,
              proposed,
            }) => (
              <Table.Tr key={`${audience} ${levelGroup} ${activity}`}>
                <Table.Th scope="row">
                  {t(`calibration.who.${levelGroup ?? audience}`)}, {t(`calibration.activity.${activity}`)}
                </Table.Th>
                <Table.Td>{formatCount(visitorCount)}</Table.Td>
                <Table.Td>{formatPercent(current.participationPerMille / 1000, 1)}</Table.Td>
                <Table.Td>
                  {participation
                    ? `${formatPercent(participation.value, 1)} ${interval(participation)}`
                    : t('calibration.tooFew')}
                </Table.Td>
                <Table.Td>
                  {adherence ? `${formatPercent(adherence.value, 1)} ${interval(adherence)}` : '–'}
                  <Text size="sm">
                    {t('calibration.change', {
                      old: formatPercent(keepsOf(current), 1),
                      found: formatPercent(keepsOf(proposed), 1),
                    })}
                  </Text>
                </Table.Td>
                <Table.Td>
                  {arrivals
                    ? t('calibration.change', {
                        old: formatPercent(beginOf(current)),
                        found: formatPercent(beginOf(proposed)),
                      })
                    : '–'}
                </Table.Td>
                <Table.Td>
                  {minutesOf(stayMinutes)}
                  {current.stayPerMille && proposed.stayPerMille && (
                    <Text size="sm">
                      {t('calibration.change', {
                        old: formatDecimal(meanMinutesOf(current.stayPerMille)),
                        found: formatDecimal(meanMinutesOf(proposed.stayPerMille)),
                      })}
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ),
          )}
        </Table.Tbody>
      </Records>
      <details>
        <summary>{t('calibration.groups')}</summary>
        <Records label={t('calibration.groups')}>
          <Table.Thead>
            <Table.Tr>
              {(['who', 'visitors', 'found', 'adherence', 'begin', 'stay', 'relatives'] as const).map((column) => (
                <Table.Th key={column}>{t(`calibration.column.${column}`)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {groups.map(
              ({
                by,
                key,
                visitorCount,
                participation,
                adherence,
                arrivals,
                stayMinutes,
                relativesPerPupil: perPupil,
              }) => (
                <Table.Tr key={`${by} ${key}`}>
                  <Table.Th scope="row">{nameOf(by, key)}</Table.Th>
                  <Table.Td>{formatCount(visitorCount)}</Table.Td>
                  <Table.Td>
                    {participation ? `${formatPercent(participation.value, 1)} ${interval(participation)}` : '–'}
                  </Table.Td>
                  <Table.Td>{adherence ? `${formatPercent(adherence.value, 1)} ${interval(adherence)}` : '–'}</Table.Td>
                  <Table.Td>
                    {arrivals ? formatPercent(arrivals.slice(0, 2).reduce((sum, { value }) => sum + value, 0)) : '–'}
                  </Table.Td>
                  <Table.Td>{minutesOf(stayMinutes)}</Table.Td>
                  <Table.Td>{perPupil ? formatDecimal(perPupil.value, 2) : '–'}</Table.Td>
                </Table.Tr>
              ),
            )}
          </Table.Tbody>
        </Records>
      </details>
    </>
  );
}

/** Share that comes in its window; nine in ten where a model says nothing. */
const keepsOf = ({ adherencePerMille }: Schema<'BehaviourDto'>): number => adherencePerMille / 1000;

/** Share that has come before the first five minutes of the window are over. */
const beginOf = ({ arrival }: Schema<'BehaviourDto'>): number =>
  (arrival.shape === 'spread'
    ? (arrival.earlyPerMille ?? 0) + (arrival.firstPerMille ?? 0)
    : (arrival.perMille ?? []).slice(0, 2).reduce((sum, share) => sum + share, 0)) / 1000;

/** Mean time for which visitors are active, from the share still there every five minutes. */
const meanMinutesOf = (perMille: readonly number[]): number =>
  perMille.reduce((sum, share, k) => sum + (share + (perMille[k + 1] ?? 0)) / 400, 0);
