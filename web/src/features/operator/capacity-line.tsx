import { Button, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { instantOfCivil } from '../../shared/civil-instant';
import { addDays, civilDateOf, civilHourOf, formatCount, formatInstant, formatPercent } from '../../shared/format';
import { Records } from '../../shared/records';
import { Empty, Failure, failureOf, Loading } from '../../shared/states';
import { sayDone, sayRefused } from '../../shared/undo';
import { CapacityChart } from './capacity-chart';
import { RegulationForm, StepForm } from './capacity-forms';

type Platform = Schema<'PlatformDto'>;
const DAYS_SHOWN = 14;
const STEP_MINUTES = 15;
/** Capacities begin and end on a cell of the plans. */
const CELL_MILLISECONDS = 300_000;
type Drawing = 'regulation' | 'step';

/** What the platform can carry over the next two weeks: steps and regulations on a line, each with its reason; added and taken away here. */
export function CapacityLine({ platform, canChange }: { platform: Platform; canChange: boolean }) {
  const { t } = useTranslation('operator');
  const queries = useQueryClient();
  const path = { id: platform.id };
  const zone = platform.timeZone;
  const [drawing, setDrawing] = useState<Drawing>();
  const [drawn, setDrawn] = useState<{ what: Drawing; from: string; until: string }>();
  const from = civilDateOf(new Date(), zone);
  const curve = useQuery({
    queryKey: ['capacity', platform.id, from],
    queryFn: () =>
      answerOf(
        api.GET('/v1/platforms/{id}/capacity', {
          params: {
            path,
            query: {
              from: instantOfCivil(`${from}T00:00`, zone),
              to: instantOfCivil(`${addDays(from, DAYS_SHOWN)}T00:00`, zone),
              stepMinutes: STEP_MINUTES,
            },
          },
        }),
      ),
  });
  const lists = useQuery({
    queryKey: ['capacity-list', platform.id],
    queryFn: async () => {
      const [steps, regulations] = await Promise.all([
        answerOf(api.GET('/v1/platforms/{id}/capacity-steps', { params: { path, query: { limit: 500 } } })),
        answerOf(api.GET('/v1/platforms/{id}/regulations', { params: { path, query: { limit: 500 } } })),
      ]);
      return { steps: steps.items, regulations: regulations.items };
    },
  });
  const refresh = () => {
    for (const key of ['capacity', 'capacity-list', 'load']) void queries.invalidateQueries({ queryKey: [key] });
  };
  const remove = useMutation({
    mutationFn: async ({ kind, id }: { kind: 'step' | 'regulation'; id: number }): Promise<unknown> =>
      kind === 'step'
        ? answerOf(
            api.DELETE('/v1/platforms/{id}/capacity-steps/{stepId}', { params: { path: { ...path, stepId: id } } }),
          )
        : answerOf(
            api.DELETE('/v1/platforms/{id}/regulations/{regulationId}', {
              params: { path: { ...path, regulationId: id } },
            }),
          ),
    onSuccess: () => sayDone(t('capacity.removed')),
    onError: sayRefused,
    onSettled: refresh,
  });
  const draw = (from: number, to: number) => {
    const civil = (at: number): string => {
      const cell = new Date(Math.round(at / CELL_MILLISECONDS) * CELL_MILLISECONDS);
      return `${civilDateOf(cell, zone)}T${civilHourOf(cell, zone)}`;
    };
    setDrawn({ what: drawing!, from: civil(from), until: civil(Math.max(to, from + CELL_MILLISECONDS)) });
    setDrawing(undefined);
  };
  const drawnAs = (what: Drawing) => (drawn?.what === what ? drawn : undefined);
  // a form begins anew with what was drawn for it
  const formKey = (what: Drawing): string => `${drawnAs(what)?.from} ${drawnAs(what)?.until}`;
  const failed = failureOf(curve, lists);
  if (failed) return <Failure error={failed} onRetry={refresh} />;
  if (!curve.data || !lists.data) return <Loading what={t('loading.capacity')} height={400} />;
  const { steps, regulations } = lists.data;
  const rows = [
    ...steps.map((step) => ({
      key: `s${step.id}`,
      kind: 'step' as const,
      id: step.id,
      at: step.startsAt,
      until: undefined,
      what: t('capacity.stepText', {
        sessions: formatCount(step.concurrentSessions),
        logins: formatCount(step.loginsPerMinute),
      }),
      reason: step.reason,
    })),
    ...regulations.map((one) => ({
      key: `r${one.id}`,
      kind: 'regulation' as const,
      id: one.id,
      at: one.startsAt,
      until: one.endsAt,
      what: t('capacity.regulationText', {
        sessions: formatPercent(one.sessionsPerMille / 1000),
        logins: formatPercent(one.loginsPerMille / 1000),
      }),
      reason: one.reason,
    })),
  ].toSorted((a, b) => a.at.localeCompare(b.at));
  const now = steps.filter(({ startsAt }) => new Date(startsAt) <= new Date()).at(-1);
  return (
    <Stack gap="lg">
      <p className="answer">
        {now
          ? t('capacity.answer', {
              sessions: formatCount(now.concurrentSessions),
              logins: formatCount(now.loginsPerMinute),
              count: regulations.filter(({ endsAt }) => new Date(endsAt) > new Date()).length,
            })
          : t('capacity.answerNone')}
      </p>
      <CapacityChart
        curve={curve.data}
        regulations={regulations}
        onDraw={drawing && draw}
        controls={
          canChange && (
            <SegmentedControl
              size="xs"
              aria-label={t('capacity.draw.title')}
              data={(['no', 'regulation', 'step'] as const).map((value) => ({
                value,
                label: t(`capacity.draw.${value}`),
              }))}
              value={drawing ?? 'no'}
              onChange={(value) => setDrawing(value === 'no' ? undefined : value)}
            />
          )
        }
      />
      <Text size="sm" role="status" mih={20}>
        {drawing && t(`capacity.draw.${drawing}Text`)}
      </Text>
      {canChange && (
        <div className="forms">
          <StepForm key={`s${formKey('step')}`} platform={platform} drawn={drawnAs('step')} onDone={refresh} />
          <RegulationForm
            key={`r${formKey('regulation')}`}
            platform={platform}
            drawn={drawnAs('regulation')}
            onDone={refresh}
          />
        </div>
      )}
      {rows.length === 0 ? (
        <Empty title={t('capacity.none')}>{t('capacity.noneText')}</Empty>
      ) : (
        <Records label={t('capacity.list')}>
          <Table.Thead>
            <Table.Tr>
              {['from', 'until', 'what', 'reason'].map((column) => (
                <Table.Th key={column}>{t(`capacity.${column}`)}</Table.Th>
              ))}
              {canChange && <Table.Th>{t('action')}</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.key}>
                <Table.Td>{formatInstant(row.at, zone)}</Table.Td>
                <Table.Td>{row.until ? formatInstant(row.until, zone) : t('capacity.next')}</Table.Td>
                <Table.Td>{row.what}</Table.Td>
                <Table.Td>{row.reason}</Table.Td>
                {canChange && (
                  <Table.Td>
                    <Button variant="default" size="compact-sm" onClick={() => remove.mutate(row)}>
                      {t('remove')}
                    </Button>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Records>
      )}
    </Stack>
  );
}
