import { Button, Group, NumberInput, Paper, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { Chart } from '../../shared/chart';
import { addDays, civilDateOf, formatCount, formatInstant, formatPercent, formatShortDay } from '../../shared/format';
import { LINES } from '../../shared/load-scale';
import { Empty, Failure, Loading } from '../../shared/states';
import { sayDone, sayRefused } from '../../shared/undo';
import { instantOfCivil } from '../../shared/civil-instant';

type Platform = Schema<'PlatformDto'>;
const DAYS_SHOWN = 14;
const STEP_MINUTES = 60;

/** What the platform can carry over the next two weeks: steps and regulations on a line, each with its reason; added and taken away here. */
export function CapacityLine({ platform, canChange }: { platform: Platform; canChange: boolean }) {
  const { t } = useTranslation('operator');
  const queries = useQueryClient();
  const path = { id: platform.id };
  const zone = platform.timeZone;
  const from = civilDateOf(new Date(), zone);
  const curve = useQuery({
    queryKey: ['capacity', platform.id, from],
    queryFn: () =>
      answerOf(api.GET('/v1/platforms/{id}/capacity', { params: { path, query: { from: instantOfCivil(`${from}T00:00`, zone), to: instantOfCivil(`${addDays(from, DAYS_SHOWN)}T00:00`, zone), stepMinutes: STEP_MINUTES } } })), // prettier-ignore
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
        ? answerOf(api.DELETE('/v1/platforms/{id}/capacity-steps/{stepId}', { params: { path: { ...path, stepId: id } } }))
        : answerOf(api.DELETE('/v1/platforms/{id}/regulations/{regulationId}', { params: { path: { ...path, regulationId: id } } })), // prettier-ignore
    onSuccess: () => sayDone(t('capacity.removed')),
    onError: sayRefused,
    onSettled: refresh,
  });
  const failed = curve.error ?? lists.error;
  if (failed) return <Failure error={failed} onRetry={refresh} />;
  if (!curve.data || !lists.data) return <Loading what={t('loading.capacity')} height={400} />;
  const { steps, regulations } = lists.data;
  const rows = [
    ...steps.map((step) => ({ key: `s${step.id}`, kind: 'step' as const, id: step.id, at: step.startsAt, until: undefined, what: t('capacity.stepText', { sessions: formatCount(step.concurrentSessions), logins: formatCount(step.loginsPerMinute) }), reason: step.reason })), // prettier-ignore
    ...regulations.map((one) => ({ key: `r${one.id}`, kind: 'regulation' as const, id: one.id, at: one.startsAt, until: one.endsAt, what: t('capacity.regulationText', { sessions: formatPercent(one.sessionsPerMille / 1000), logins: formatPercent(one.loginsPerMille / 1000) }), reason: one.reason })), // prettier-ignore
  ].toSorted((a, b) => a.at.localeCompare(b.at));
  const now = steps.filter(({ startsAt }) => new Date(startsAt) <= new Date()).at(-1);
  return (
    <Stack gap="lg">
      <p className="answer">
        {now
          ? t('capacity.answer', { sessions: formatCount(now.concurrentSessions), logins: formatCount(now.loginsPerMinute), count: regulations.filter(({ endsAt }) => new Date(endsAt) > new Date()).length }) // prettier-ignore
          : t('capacity.answerNone')}
      </p>
      <CapacityChart curve={curve.data} />
      {canChange && (
        <div className="forms">
          <StepForm platform={platform} onDone={refresh} />
          <RegulationForm platform={platform} onDone={refresh} />
        </div>
      )}
      {rows.length === 0 ? (
        <Empty title={t('capacity.none')}>{t('capacity.noneText')}</Empty>
      ) : (
        <div className="scroll-x" role="region" aria-label={t('capacity.list')} tabIndex={0}>
          <Table withTableBorder striped>
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
          </Table>
        </div>
      )}
    </Stack>
  );
}

function CapacityChart({ curve }: { curve: Schema<'CapacityCurveDto'> }) {
  const { t } = useTranslation('operator');
  const start = new Date(curve.startsAt).getTime();
  const at = useCallback((i: number) => new Date(start + i * curve.stepMinutes * 60_000).toISOString(), [start, curve]);
  const option = useCallback(
    (isDark: boolean) => {
      const ink = isDark ? '#dfe6f1' : '#222b3a';
      const series = (['capacity', 'limit', 'background'] as const).map((name) => {
        const line = LINES[name];
        const color = isDark ? line.dark : line.light;
        const column =
          name === 'capacity'
            ? 'effectiveThousandths'
            : name === 'limit'
              ? 'limitThousandths'
              : 'backgroundThousandths';
        return {
          type: 'line',
          step: 'end',
          name: t(`capacity.line.${name}`),
          color,
          showSymbol: false,
          lineStyle: { color, type: line.type, width: line.width },
          data: curve.sessions[column].map((value, i) => [at(i), value / 1000]),
          ...(name === 'capacity' && { markLine: { symbol: 'none', label: { formatter: t('capacity.now'), color: ink }, lineStyle: { color: ink }, data: [{ xAxis: new Date().toISOString() }] } }), // prettier-ignore
        };
      });
      return {
        grid: { left: 64, right: 24, top: 40, bottom: 64 },
        legend: { top: 0, type: 'scroll', textStyle: { color: ink } },
        tooltip: { trigger: 'axis', valueFormatter: (value: number) => formatCount(value) },
        dataZoom: [{ type: 'inside' }, { type: 'slider', bottom: 4, height: 20 }],
        xAxis: {
          type: 'time',
          axisLabel: {
            color: ink,
            hideOverlap: true,
            formatter: (instant: number) => formatShortDay(civilDateOf(new Date(instant), curve.timeZone)),
          },
        },
        yAxis: { type: 'value', axisLabel: { color: ink, formatter: (value: number) => formatCount(value) } },
        series,
      };
    },
    [curve, at, t],
  );
  return (
    <Chart
      title={t('capacity.title')}
      fileName="etale-capacite"
      height={280}
      option={option}
      table={() => ({
        columns: [
          t('capacity.from'),
          t('capacity.line.capacity'),
          t('capacity.line.limit'),
          t('capacity.line.background'),
        ],
        rows: Array.from({ length: curve.pointCount }, (_, i) => [
          formatInstant(at(i), curve.timeZone),
          ...([curve.sessions.effectiveThousandths, curve.sessions.limitThousandths, curve.sessions.backgroundThousandths].map((column) => Math.round((column[i] ?? 0) / 1000))), // prettier-ignore
        ]),
      })}
    />
  );
}

interface FormProps {
  platform: Platform;
  onDone: () => void;
}

function StepForm({ platform, onDone }: FormProps) {
  const { t } = useTranslation('operator');
  const [startsAt, setStartsAt] = useState('');
  const [sessions, setSessions] = useState<number | string>('');
  const [logins, setLogins] = useState<number | string>('');
  const [reason, setReason] = useState('');
  const add = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/platforms/{id}/capacity-steps', {
          params: { path: { id: platform.id } },
          body: { startsAt: instantOfCivil(startsAt, platform.timeZone), concurrentSessions: Number(sessions), loginsPerMinute: Number(logins), reason }, // prettier-ignore
        }),
      ),
    onSuccess: () => sayDone(t('capacity.added')),
    onError: sayRefused,
    onSettled: onDone,
  });
  return (
    <Paper component="form" withBorder p="sm" onSubmit={(event) => (event.preventDefault(), add.mutate())}>
      <Title order={2} size="h5">
        {t('capacity.newStep')}
      </Title>
      <Stack gap="xs">
        <TextInput
          type="datetime-local"
          step={300}
          required
          label={t('capacity.from')}
          value={startsAt}
          onChange={({ currentTarget: { value } }) => setStartsAt(value)}
        />{' '}
        {/* prettier-ignore */}
        <NumberInput required min={0} label={t('capacity.sessions')} value={sessions} onChange={setSessions} thousandSeparator=" " />
        <NumberInput
          required
          min={0}
          label={t('capacity.logins')}
          value={logins}
          onChange={setLogins}
          thousandSeparator=" "
        />
        <TextInput
          required
          maxLength={300}
          label={t('capacity.reason')}
          value={reason}
          onChange={({ currentTarget: { value } }) => setReason(value)}
        />{' '}
        {/* prettier-ignore */}
        <Group>
          <Button type="submit" loading={add.isPending}>
            {t('capacity.add')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function RegulationForm({ platform, onDone }: FormProps) {
  const { t } = useTranslation('operator');
  const [startsAt, setStartsAt] = useState('');
  const [endsAt, setEndsAt] = useState('');
  const [cut, setCut] = useState<number | string>(20);
  const [reason, setReason] = useState('');
  const add = useMutation({
    mutationFn: () => {
      const left = 1000 - Math.round(Number(cut) * 10);
      return answerOf(
        api.POST('/v1/platforms/{id}/regulations', {
          params: { path: { id: platform.id } },
          body: { startsAt: instantOfCivil(startsAt, platform.timeZone), endsAt: instantOfCivil(endsAt, platform.timeZone), sessionsPerMille: left, loginsPerMille: left, reason }, // prettier-ignore
        }),
      );
    },
    onSuccess: () => sayDone(t('capacity.added')),
    onError: sayRefused,
    onSettled: onDone,
  });
  return (
    <Paper component="form" withBorder p="sm" onSubmit={(event) => (event.preventDefault(), add.mutate())}>
      <Title order={2} size="h5">
        {t('capacity.newRegulation')}
      </Title>
      <Stack gap="xs">
        <TextInput
          type="datetime-local"
          step={300}
          required
          label={t('capacity.from')}
          value={startsAt}
          onChange={({ currentTarget: { value } }) => setStartsAt(value)}
        />{' '}
        {/* prettier-ignore */}
        <TextInput type="datetime-local" step={300} required label={t('capacity.until')} value={endsAt} onChange={({ currentTarget: { value } }) => setEndsAt(value)} />{' '}
        {/* prettier-ignore */}
        <NumberInput required min={1} max={100} suffix=" %" label={t('capacity.cut')} value={cut} onChange={setCut} />
        <TextInput
          required
          maxLength={300}
          label={t('capacity.reason')}
          value={reason}
          onChange={({ currentTarget: { value } }) => setReason(value)}
        />{' '}
        {/* prettier-ignore */}
        <Group>
          <Button type="submit" loading={add.isPending}>
            {t('capacity.add')}
          </Button>
          <Text size="sm">{t('capacity.regulationHint')}</Text>
        </Group>
      </Stack>
    </Paper>
  );
}
