import './authority.css';
import './messages';
import { Anchor, Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { addDays, civilDateOf, formatShortDay } from '../../shared/format';
import { type Campaign, type Plan, useCampaigns, usePublishedPlans } from '../../shared/plans';
import { useSession } from '../../shared/session';
import { Empty, Failure, Loading } from '../../shared/states';
import { useAnswers, useBaselines, useCertificate, useFairness, useMeasured, useObserved, useTerritories, useTerritoryCurves, useWeekCurve, type Resource, type Territory } from './data'; // prettier-ignore
import { CampaignApprovals } from './campaign-approvals';
import { DayChart } from './day-chart';
import { NOTHING_CHANGED, ofDay, peakOf, pointsOf, type WhatIf, withObserved } from './day-load';
import { FairnessSheet } from './fairness-sheet';
import { PlanComparison } from './plan-comparison';
import { SchoolList } from './school-list';
import { Sentences } from './sentences';
import { MEASURES, TerritoryMap } from './territory-map';
import { territoryRows } from './territory-rows';
import { TerritoryTable } from './territory-table';
import { WeekHeat } from './week-heat';
import { WhatIfSliders } from './what-if-sliders';

/** The region in one look: the plan that is in force, its day, its week, its territories. */
export function RegionPage() {
  const { t } = useTranslation('authority');
  const plans = usePublishedPlans();
  const campaigns = useCampaigns();
  const territories = useTerritories();
  const session = useSession();
  const [search] = useSearchParams();
  const failed = plans.error ?? campaigns.error ?? territories.error;
  if (failed) return <Failure error={failed} onRetry={() => void plans.refetch()} />;
  if (!plans.data || !campaigns.data || !territories.data) return <Loading what={t('loading.region')} />;
  const asked = Number(search.get('plan'));
  const plan = plans.data.find(({ id }) => id === asked) ?? plans.data[0];
  const campaign = campaigns.data.find(({ id }) => id === plan?.campaignId);
  const inForce = new Set(plans.data.map(({ campaignId }) => campaignId));
  const toApprove =
    session.data?.role === 'authority'
      ? campaigns.data.filter(({ id, isApprovalNeeded }) => isApprovalNeeded && !inForce.has(id))
      : [];
  return (
    <>
      <CampaignApprovals campaigns={toApprove} />
      {plan && campaign ? (
        <Region plan={plan} campaign={campaign} territories={territories.data} />
      ) : (
        <Empty order={1} title={t('empty.noPlan')}>
          {t('empty.noPlanText')}
        </Empty>
      )}
    </>
  );
}

/** Where the reader begins: the own territory, else the top. */
function useHere(territories: Territory[]): Territory | undefined {
  const { territory } = useParams();
  const session = useSession();
  const own = session.data?.territories[0]?.code;
  return (
    territories.find(({ code }) => code === (territory ?? own)) ?? territories.find(({ parentId }) => parentId === null)
  );
}

const LEVEL_BELOW = { region: 'academy', academy: 'department', department: 'department' } as const;

function Region({ plan, campaign, territories }: { plan: Plan; campaign: Campaign; territories: Territory[] }) {
  const { t } = useTranslation('authority');
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const here = useHere(territories);
  const [whatIf, setWhatIf] = useState<WhatIf>(NOTHING_CHANGED);
  const put = (name: string, value: string) =>
    setSearch((before) => new URLSearchParams([...[...before].filter(([key]) => key !== name), [name, value]]), {
      replace: true,
    });
  const goTo = (code: string) => void navigate({ pathname: `/app/region/${code}`, search: search.toString() });

  const days = useMemo(() => daysBetween(campaign.startsOn, campaign.endsOn), [campaign]);
  const range = { from: days[0]!, to: days.at(-1)! };
  const certificate = useCertificate(plan.id);
  const week = useWeekCurve(plan.id, range);
  const baselines = useBaselines(plan.id, range);
  const resource: Resource = search.get('mesure') === 'logins' ? 'logins' : 'sessions';
  const measure = MEASURES.find((one) => one === search.get('carte')) ?? 'load';

  const below = territories.filter(({ parentId }) => parentId === (here?.id ?? null));
  const shown = below.length > 0 ? below : here ? [here] : [];
  const level = shown[0]?.kind ?? LEVEL_BELOW[here?.kind ?? 'region'];
  const answers = useAnswers(campaign.id, level, undefined);
  const timeZone = week.data?.timeZone ?? 'Europe/Paris';
  const points = useMemo(() => (week.data ? pointsOf(week.data, baselines.data, resource, whatIf) : []), [week.data, baselines.data, resource, whatIf]); // prettier-ignore
  const chosen = search.get('jour') ?? tightestDay(points, timeZone);
  const date = chosen ?? days[0]!;
  // what is asked for a day waits until the day is known
  const isDayKnown = chosen !== undefined || !week.isPending;
  const ofTheDay = useMemo(() => daytime(ofDay(points, date, timeZone)), [points, date, timeZone]);
  const curves = useTerritoryCurves(plan.id, isDayKnown ? shown.map(({ code }) => code) : [], date); // prettier-ignore
  const fairness = useFairness(plan.id);
  const observed = useObserved(plan.platformId, isDayKnown ? date : undefined);
  const measured = useMeasured(plan.platformId, isDayKnown ? date : undefined);
  const shownDay = useMemo(() => withObserved(ofTheDay, measured.data, resource), [ofTheDay, measured.data, resource]);
  const rows = territoryRows({
    territories: shown,
    curves,
    answers: answers.data,
    fairness: fairness.data,
    observed: observed.data,
  });
  const names = useMemo(() => new Map(territories.map(({ code, name }) => [code, name])), [territories]);

  if (certificate.isError) return <Failure error={certificate.error} onRetry={() => void certificate.refetch()} />;
  return (
    <Stack gap="lg" className="region">
      <Group justify="space-between" align="flex-start">
        <div style={{ minWidth: 0, flex: '1 1 300px' }}>
          <Path territories={territories} here={here} search={search.toString()} />
          <Title order={1} size="h3">
            {here?.name ?? campaign.name}
          </Title>
          {certificate.data ? (
            <Sentences certificate={certificate.data} answers={answers.data} timeZone={timeZone} />
          ) : (
            <Loading what={t('loading.certificate')} height={120} />
          )}
        </div>
        <Button variant="default" className="no-print" onClick={() => window.print()}>
          {t('print')}
        </Button>
      </Group>
      <div className="scroll-x no-print" role="region" aria-label={t('day.choose')} tabIndex={0}>
        <SegmentedControl
          aria-label={t('day.choose')}
          data={days.map((day) => ({ value: day, label: formatShortDay(day) }))}
          value={date}
          onChange={(value) => put('jour', value)}
        />
      </div>
      {week.isError ? (
        <Failure error={week.error} onRetry={() => void week.refetch()} />
      ) : ofTheDay.length === 0 ? (
        <Loading what={t('loading.curve')} height={420} />
      ) : (
        <>
          <DayChart
            points={shownDay}
            date={date}
            timeZone={timeZone}
            resource={resource}
            onResource={(value) => put('mesure', value)}
          />
          <WhatIfSliders whatIf={whatIf} onChange={setWhatIf} points={ofTheDay} timeZone={timeZone} />
        </>
      )}
      <div className="side-by-side">
        {points.length > 0 && (
          <WeekHeat points={points} days={days} timeZone={timeZone} onPick={(day) => put('jour', day)} />
        )}
        <div>
          <SegmentedControl
            className="no-print"
            size="xs"
            aria-label={t('map.choose')}
            data={MEASURES.map((value) => ({ value, label: t(`measure.${value}`) }))}
            value={measure}
            onChange={(value) => put('carte', value)}
          />
          <TerritoryMap rows={rows} measure={measure} onPick={goTo} />
        </div>
      </div>
      <TerritoryTable rows={rows} title={t(`level.${level}`)} onPick={goTo} />
      {here?.kind === 'department' && <SchoolList campaignId={campaign.id} territory={here.code} />}
      <FairnessSheet planId={plan.id} names={names} />
      <PlanComparison plan={plan} />
      <Text size="sm">
        {t('foot', { campaign: campaign.name, plan: plan.id, revision: plan.publishedRevision ?? 0 })}
      </Text>
    </Stack>
  );
}

/** From the region down to here, each a link. */
function Path({
  territories,
  here,
  search,
}: {
  territories: Territory[];
  here: Territory | undefined;
  search: string;
}) {
  const { t } = useTranslation('authority');
  const above: Territory[] = [];
  for (let one = here; one; one = territories.find(({ id }) => id === one.parentId)) above.unshift(one);
  return (
    <Group component="nav" aria-label={t('path')} gap={4} className="path">
      {above.slice(0, -1).map(({ code, name }) => (
        <span key={code}>
          <Anchor component={Link} to={{ pathname: `/app/region/${code}`, search }}>
            {name}
          </Anchor>
          <span aria-hidden="true"> › </span>
        </span>
      ))}
    </Group>
  );
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to && days.length < 14; day = addDays(day, 1)) days.push(day);
  return days.filter((day) => new Date(`${day}T12:00:00Z`).getUTCDay() !== 0);
}

/** The hours of a day in which people are about. */
const daytime = <T extends { hour: string }>(points: T[]): T[] =>
  points.filter(({ hour }) => hour >= '06:00' && hour < '22:00');

function tightestDay(points: Parameters<typeof peakOf>[0], timeZone: string): string | undefined {
  const peak = peakOf(points, ({ planned }) => planned, ({ limit }) => limit); // prettier-ignore
  return peak && civilDateOf(new Date(peak.at), timeZone);
}
