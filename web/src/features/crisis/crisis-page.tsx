import './crisis.css';
import './messages';
import { NativeSelect, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { civilDateOf } from '../../shared/format';
import { agentsOf, useGateways } from '../../shared/gateways';
import { useCampaigns, usePlatforms, usePublishedPlans } from '../../shared/plans';
import { type Session, useSession } from '../../shared/session';
import { Empty, Failure, failureOf, Loading } from '../../shared/states';
import { useTerritories } from '../../shared/territories';
import { AgentRow } from './agent-row';
import {
  type Platform,
  useActs,
  useAdvice,
  useCapacityOf,
  useGatewaySettings,
  useLadder,
  useMeasuredDay,
  usePlannedOf,
  useSteps,
} from './data';
import { DayLine } from './day-line';
import { decidesOf } from './decides';
import { LadderColumn } from './ladder-column';
import { RoomLine } from './room-line';
import { PostMortemList } from './post-mortem-list';
import { StateNow } from './state-now';
import { StepList } from './step-list';
import { WordsToSay } from './words-to-say';

/** The bad morning: what happens, what can be done, what it will do; done in one action, undone in another. */
export function CrisisPage() {
  const { t } = useTranslation('crisis');
  const platforms = usePlatforms();
  const session = useSession();
  const [search, setSearch] = useSearchParams();
  if (platforms.isLoadingError) return <Failure error={platforms.error} onRetry={() => void platforms.refetch()} />;
  if (!platforms.data || !session.data) return <Loading what={t('loading.state')} />;
  const asked = platforms.data.find(({ id }) => String(id) === search.get('platform'));
  const platform = asked ?? platforms.data[0];
  if (!platform)
    return (
      <Empty order={1} title={t('none.platform')}>
        {t('none.platformText')}
      </Empty>
    );
  return (
    <>
      {platforms.data.length > 1 && (
        <NativeSelect
          label={t('platform')}
          value={String(platform.id)}
          data={platforms.data.map(({ id, name }) => ({ value: String(id), label: name }))}
          onChange={({ currentTarget: { value } }) => setSearch({ platform: value }, { replace: true })}
          mb="md"
          maw={320}
        />
      )}
      <Crisis key={platform.id} platform={platform} session={session.data} />
    </>
  );
}

function Crisis({ platform, session }: { platform: Platform; session: Session }) {
  const { t } = useTranslation('crisis');
  const today = civilDateOf(new Date(), platform.timeZone);
  const [advice, steps, ladder] = [useAdvice(platform.id), useSteps(platform.id), useLadder(platform.id)];
  const measured = useMeasuredDay(platform.id, today);
  const capacity = useCapacityOf(platform, today);
  const plan = usePlanOf(platform.id, today);
  const planned = usePlannedOf(plan, today);
  const gateways = useGateways();
  const acts = useActs(platform.id);
  const settings = useGatewaySettings(platform.id);
  const places = useTerritories();
  const failed = failureOf(advice, steps, ladder, measured, capacity, settings, places);
  if (failed)
    return (
      <Failure
        error={failed}
        onRetry={() =>
          void Promise.all([
            advice.refetch(),
            steps.refetch(),
            ladder.refetch(),
            measured.refetch(),
            capacity.refetch(),
          ])
        }
      />
    );
  // all that stands over another thing is there before it is shown: in a bad morning nothing moves under the hand
  if (
    !advice.data ||
    !steps.data ||
    !ladder.data ||
    !measured.data ||
    !capacity.data ||
    !settings.data ||
    !places.data ||
    gateways.isPending
  )
    return <Loading what={t('loading.state')} />;
  const { role } = session;
  const decides = decidesOf(session, ladder.data.departments, places.data);
  const may = {
    act: role === 'operator' || role === 'authority',
    agree: role === 'operator',
    decides,
    seconds: (first: string | null) => first !== session.subject,
  };
  const agents = gateways.data && agentsOf(gateways.data, platform.id);
  const active = steps.data.filter(({ isActive }) => isActive);
  return (
    <Stack gap="lg" className="crisis">
      <div>
        <Title order={1} size="h3">
          {t('title', { platform: platform.name })}
        </Title>
        <StateNow
          advice={advice.data}
          ladder={ladder.data}
          posture={settings.data.posture}
          active={active}
          timeZone={platform.timeZone}
          may={may}
          acts={acts}
        />
      </div>
      {agents && <AgentRow gateways={agents} />}
      {agents && <RoomLine gateways={agents} />}
      <div className="bad-morning">
        <DayLine measured={measured.data} capacity={capacity.data} planned={planned.data} steps={steps.data} />
        <LadderColumn
          ladder={ladder.data}
          steps={steps.data}
          advice={advice.data}
          timeZone={platform.timeZone}
          may={may}
          acts={acts}
        />
        <Stack gap="lg">
          <StepList steps={steps.data} timeZone={platform.timeZone} may={may} acts={acts} />
          <WordsToSay steps={active} timeZone={platform.timeZone} />
          <PostMortemList platform={platform} rungs={ladder.data.rungs} may={may} acts={acts} />
        </Stack>
      </div>
      <Text size="sm" c="dimmed">
        {t('law')}
      </Text>
    </Stack>
  );
}

/** The published plan that covers a day of the platform, the newest where several do. */
function usePlanOf(platformId: number, date: string): number | undefined {
  const [plans, campaigns] = [usePublishedPlans(), useCampaigns(platformId)];
  return plans.data?.find(({ campaignId }) =>
    campaigns.data?.some(({ id, startsOn, endsOn }) => id === campaignId && startsOn <= date && date <= endsOn),
  )?.id;
}
