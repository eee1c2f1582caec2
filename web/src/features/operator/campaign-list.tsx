import { Button, Stack, Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Schema } from '../../shared/api';
import { formatDay } from '../../shared/format';
import { useCampaigns, usePublishedPlans } from '../../shared/plans';
import { Records } from '../../shared/records';
import { Empty, Failure, Loading } from '../../shared/states';

/** The campaigns of the platform, the newest first. */
export function CampaignList({ platform, canChange }: { platform: Schema<'PlatformDto'>; canChange: boolean }) {
  const { t } = useTranslation('operator');
  const campaigns = useCampaigns(platform.id);
  const plans = usePublishedPlans();
  if (campaigns.isLoadingError) return <Failure error={campaigns.error} onRetry={() => void campaigns.refetch()} />;
  if (!campaigns.data || !plans.data) return <Loading what={t('loading.campaigns')} />;
  const create = canChange && (
    <Button component={Link} to="/app/exploitation/campagnes/nouvelle">
      {t('campaign.new')}
    </Button>
  );
  if (campaigns.data.length === 0) {
    return (
      <Empty title={t('campaign.none')} action={create}>
        {t('campaign.noneText')}
      </Empty>
    );
  }
  return (
    <Stack align="flex-start">
      {create}
      <Records label={t('section.campagnes')}>
        <Table.Thead>
          <Table.Tr>
            {['name', 'from', 'to', 'state'].map((column) => (
              <Table.Th key={column}>{t(`campaign.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {campaigns.data
            .toSorted((a, b) => b.id - a.id)
            .map((campaign) => (
              <Table.Tr key={campaign.id}>
                <Table.Th scope="row">
                  <Link className="row-link" to={`/app/exploitation/campagnes/${campaign.id}`}>
                    {campaign.name}
                  </Link>
                </Table.Th>
                <Table.Td>{formatDay(campaign.startsOn)}</Table.Td>
                <Table.Td>{formatDay(campaign.endsOn)}</Table.Td>
                <Table.Td>
                  {t(
                    plans.data.some(({ campaignId }) => campaignId === campaign.id)
                      ? 'campaign.inForce'
                      : 'campaign.inPreparation',
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Records>
    </Stack>
  );
}
