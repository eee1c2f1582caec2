import './operator.css';
import './messages';
import { Stack, Tabs, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { usePlatforms } from '../../shared/plans';
import { useSession } from '../../shared/session';
import { Empty, Failure, Loading } from '../../shared/states';
import { AuditTrail } from './audit-trail';
import { CampaignList } from './campaign-list';
import { CampaignSetup } from './campaign-setup';
import { CampaignWork } from './campaign-work';
import { CapacityLine } from './capacity-line';
import { GatewayList } from './gateway-list';
import { ImportDesk } from './import-desk';
import { KeyRing } from './key-ring';
import { ProofNotice } from './proof-notice';

const SECTIONS = ['capacite', 'campagnes', 'passerelles', 'cles', 'imports', 'journal'] as const;

/** What an operator does, a section each; an auditor sees the same and changes nothing. */
export function OperationPage() {
  const { section: asked, id } = useParams();
  const section = SECTIONS.find((one) => one === asked) ?? SECTIONS[0];
  const { t } = useTranslation('operator');
  const navigate = useNavigate();
  const session = useSession();
  const platforms = usePlatforms();
  if (platforms.isLoadingError) return <Failure error={platforms.error} onRetry={() => void platforms.refetch()} />;
  if (!platforms.data || !session.data) return <Loading what={t('loading.platform')} />;
  const [platform] = platforms.data;
  if (!platform)
    return (
      <Empty order={1} title={t('empty.noPlatform')}>
        {t('empty.noPlatformText')}
      </Empty>
    );
  const canChange = session.data.role === 'operator';
  return (
    <Stack gap="md">
      <Title order={1} size="h3">
        {t('title', { platform: platform.name })}
      </Title>
      {platforms.data.map((one) => (
        <ProofNotice key={one.id} platform={one} />
      ))}
      <Tabs value={section} onChange={(value) => void navigate(`/app/exploitation/${value}`)} keepMounted={false}>
        <Tabs.List mb="md">
          {SECTIONS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`section.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="capacite">
          <CapacityLine platform={platform} canChange={canChange} />
        </Tabs.Panel>
        <Tabs.Panel value="campagnes">
          {id === undefined ? (
            <CampaignList platform={platform} canChange={canChange} />
          ) : id === 'nouvelle' ? (
            <CampaignSetup platform={platform} />
          ) : (
            <CampaignWork campaignId={Number(id)} timeZone={platform.timeZone} canChange={canChange} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="passerelles">
          <GatewayList platform={platform} canChange={canChange} />
        </Tabs.Panel>
        <Tabs.Panel value="cles">
          <KeyRing platform={platform} canChange={canChange} />
        </Tabs.Panel>
        <Tabs.Panel value="imports">
          <ImportDesk timeZone={platform.timeZone} canChange={canChange} />
        </Tabs.Panel>
        <Tabs.Panel value="journal">
          <AuditTrail timeZone={platform.timeZone} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
