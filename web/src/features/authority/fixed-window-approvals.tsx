import { Paper, Stack, Text, Title } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { addDays, formatCount, formatDay, formatHour, formatWeekday } from '../../shared/format';
import type { Campaign } from '../../shared/plans';
import { DecisionForm } from './decision-form';

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
            <Waiting key={window.id} campaignId={campaign.id} window={window} />
          ))}
          {page.nextCursor !== null && <Text size="sm">{t('fixed.more', { count: formatCount(MOST_SHOWN) })}</Text>}
        </Stack>
      ))}
    </Stack>
  );
}

function Waiting({ campaignId, window }: { campaignId: number; window: FixedWindow }) {
  const { t } = useTranslation('authority');
  const whose = window.classCode ?? t(`fixed.audience.${window.audience ?? 'pupils'}`);
  const when = window.on ? formatDay(window.on) : formatWeekday(addDays(ANY_MONDAY, (window.weekday ?? 1) - 1));
  return (
    <Paper withBorder p="sm" role="group" aria-label={`${window.establishmentName}, ${whose}`}>
      <Stack gap="xs">
        <Text fw={600} className="wraps">
          {window.establishmentName} · {whose}
        </Text>
        <Text className="wraps">
          {t('fixed.what', { when, start: formatHour(window.start), reason: window.reason })}
        </Text>
        <DecisionForm
          approve={t('fixed.approve')}
          done={{ approve: t('fixed.approveDone'), refuse: t('fixed.refuseDone') }}
          queryKey={['fixed-windows', campaignId]}
          send={(body) =>
            answerOf(
              api.POST('/v1/campaigns/{id}/fixed-windows/{wishId}/decision', {
                params: { path: { id: campaignId, wishId: window.id } },
                body,
              }),
            )
          }
        />
      </Stack>
    </Paper>
  );
}
