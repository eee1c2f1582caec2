import './authority.css';
import './messages';
import { Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Campaign, useCampaigns, usePlatforms, usePublishedPlans } from '../../shared/plans';
import { Empty, Failure, failureOf, Loading } from '../../shared/states';
import { useAnswers } from './data';
import { SchoolList } from './school-list';
import { WhoHasAnswered } from './sentences';

/** The schools of a district: who has answered, and the way to each. */
export function SchoolsPage() {
  const { t } = useTranslation('authority');
  const [plans, campaigns] = [usePublishedPlans(), useCampaigns()];
  const failed = failureOf(plans, campaigns);
  if (failed)
    return <Failure error={failed} onRetry={() => void Promise.all([plans.refetch(), campaigns.refetch()])} />;
  if (!plans.data || !campaigns.data) return <Loading what={t('loading.schools')} />;
  const published = campaigns.data.find(({ id }) => id === plans.data[0]?.campaignId);
  const campaign = published ?? campaigns.data.toSorted((a, b) => b.id - a.id)[0];
  if (!campaign)
    return (
      <Empty order={1} title={t('empty.noPlan')}>
        {t('district.nothing')}
      </Empty>
    );
  return <District campaign={campaign} />;
}

function District({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('authority');
  const platforms = usePlatforms();
  const answers = useAnswers(campaign.id, 'department', undefined);
  // what stands over the list is there first, so that the list does not move
  if (answers.isPending || platforms.isPending) return <Loading what={t('loading.schools')} />;
  const timeZone = platforms.data?.find(({ id }) => id === campaign.platformId)?.timeZone ?? 'Europe/Paris';
  return (
    <Stack gap="md">
      <div>
        <Title order={1} size="h3">
          {t('district.title')}
        </Title>
        {answers.data && <WhoHasAnswered answers={answers.data} timeZone={timeZone} />}
      </div>
      <SchoolList campaignId={campaign.id} />
    </Stack>
  );
}
