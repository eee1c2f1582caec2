import { Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueries, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { addDays, formatCount, formatDay, formatHour, formatWeekday } from '../../shared/format';
import type { Campaign } from '../../shared/plans';
import { sayDone, sayRefused } from '../../shared/undo';

type FixedWindow = Schema<'FixedWindowDto'>;
const MOST_SHOWN = 50;
/** A Monday, to name weekdays by. */
const ANY_MONDAY = '2026-11-30';

/** The fixed windows beyond their schools' cap that wait for the authority's word, in every campaign that is not over; nothing where none does. */
export function FixedWindowApprovals({ campaigns, today }: { campaigns: readonly Campaign[]; today: string }) {
  const { t } = useTranslation('authority');
  const current = campaigns.filter(({ endsOn }) => endsOn >= today);
  const pages = useQueries({
    queries: current.map(({ id }) => ({
      queryKey: ['fixed-windows', id],
      queryFn: () =>
        answerOf(
          api.GET('/v1/campaigns/{id}/fixed-windows', { params: { path: { id }, query: { limit: MOST_SHOWN } } }),
        ),
    })),
  });
  const waiting = current.flatMap((campaign, i) => {
    const page = pages[i]?.data;
    return page && page.items.length > 0 ? [{ campaign, page }] : [];
  });
  if (waiting.length === 0) return null;
  return (
    <Stack component="section" gap="sm" aria-label={t('fixed.title')} className="no-print">
      <Title order={2} size="h4">
        {t('fixed.title')}
      </Title>
      <Text size="sm" className="wraps">
        {t('fixed.text')}
      </Text>
      {waiting.map(({ campaign, page }) => (
        <Stack key={campaign.id} gap="xs">
          <Text fw={600} className="wraps">
            {campaign.name}
          </Text>
          {page.items.map((window) => (
            <Decision key={window.id} campaignId={campaign.id} window={window} />
          ))}
          {page.nextCursor !== null && <Text size="sm">{t('fixed.more', { count: formatCount(MOST_SHOWN) })}</Text>}
        </Stack>
      ))}
    </Stack>
  );
}

function Decision({ campaignId, window }: { campaignId: number; window: FixedWindow }) {
  const { t } = useTranslation('authority');
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const decide = useMutation({
    mutationFn: (decision: 'approve' | 'refuse') =>
      answerOf(
        api.POST('/v1/campaigns/{id}/fixed-windows/{wishId}/decision', {
          params: { path: { id: campaignId, wishId: window.id } },
          // a refusal has a reason of its own: its button waits for one
          body: { decision, reason: reason.trim() || t('fixed.approveReason') },
        }),
      ),
    onSuccess: (_answer, decision) => sayDone(t(`fixed.${decision}Done`)),
    onError: sayRefused,
    onSettled: () => queries.invalidateQueries({ queryKey: ['fixed-windows', campaignId] }),
  });
  const whose = window.classCode ?? t(`fixed.audience.${window.audience ?? 'pupils'}`);
  const when = window.on ? formatDay(window.on) : formatWeekday(addDays(ANY_MONDAY, (window.weekday ?? 1) - 1));
  return (
    <Paper withBorder p="sm" role="group" aria-label={`${window.establishmentName}, ${whose}`}>
      <Text fw={600} className="wraps">
        {window.establishmentName} · {whose}
      </Text>
      <Text className="wraps">{t('fixed.what', { when, start: formatHour(window.start), reason: window.reason })}</Text>
      <Group align="flex-end" mt="xs">
        <TextInput
          label={t('fixed.reason')}
          maxLength={500}
          value={reason}
          onChange={({ currentTarget: { value } }) => setReason(value)}
          w={420}
          maw="100%"
        />
        <Button loading={decide.isPending} onClick={() => decide.mutate('approve')}>
          {t('fixed.approve')}
        </Button>
        <Button
          variant="default"
          disabled={decide.isPending || reason.trim() === ''}
          onClick={() => decide.mutate('refuse')}
        >
          {t('fixed.refuse')}
        </Button>
      </Group>
    </Paper>
  );
}
