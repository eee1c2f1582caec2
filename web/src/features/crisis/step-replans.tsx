import { Anchor, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { May, Step } from './data';

/** What became of the replans that a step asked for; a draft changes nothing until an operator has published it, and is a link for whom may. */
export function StepReplans({ replans, may }: { replans: Step['replans']; may: May }) {
  const { t } = useTranslation('crisis');
  return replans.map(({ campaignId, state, errorCode }) => (
    <Text key={campaignId} size="sm">
      {t(`replan.${state}`, { code: errorCode ?? '–' })}{' '}
      {may.agree && (state === 'draft' || state === 'failed') && (
        <Anchor component={Link} to={`/app/exploitation/campagnes/${campaignId}`} size="sm" underline="always">
          {t(`replan.go_${state}`)}
        </Anchor>
      )}
    </Text>
  ));
}
