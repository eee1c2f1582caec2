import './authority.css';
import './messages';
import { Anchor, Badge, Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { saveAs } from '../../shared/api';
import { useApprovalsOfAll } from '../../shared/approvals';
import { csvOf } from '../../shared/chart-table';
import { addDays, civilDateOf, formatShortDay, otherZone } from '../../shared/format';
import { usePlanChanges } from '../../shared/live';
import { type Campaign, type Plan, useCampaigns, usePublishedPlans } from '../../shared/plans';
import { useSession } from '../../shared/session';
import { Empty, Failure, failureOf, Loading } from '../../shared/states';
import { type Territory, useTerritories } from '../../shared/territories';
import {
  useAnswers,
  useBaselines,
  useCertificate,
  useFairness,
  useMeasured,
  useObserved,
  useTerritoryCurves,
  useTerritoryDay,
  useWeekCurve,
  type Resource,
} from './data';
import { CampaignApprovals } from './campaign-approvals';
import { DayChart } from './day-chart';
import { NOTHING_CHANGED, ofDay, peakOf, pointsOf, type WhatIf, withCurve, withObserved } from './day-load';
import { FairnessSheet } from './fairness-sheet';
import { FixedWindowApprovals } from './fixed-window-approvals';
import { PlanComparison } from './plan-comparison';
import { SchoolList } from './school-list';
import { Sentences } from './sentences';
import { keyFigures } from './key-figures';
import { MEASURES, SchoolMap, TerritoryMap } from './territory-map';
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
  const inForce = new Set(plans.data?.map(({ campaignId }) => campaignId));
  const toApprove =
    session.data?.role === 'authority'
      ? (campaigns.data ?? []).filter(({ id, isApprovalNeeded }) => isApprovalNeeded && !inForce.has(id))
      : [];
  const approvals = useApprovalsOfAll(toApprove.map(({ id }) => id));
  const failed = failureOf(plans, campaigns, territories);
  if (failed) return <Failure error={failed} onRetry={() => void plans.refetch()} />;
  if (!plans.data || !campaigns.data || !territories.data || approvals.some(({ isPending }) => isPending))
    return <Loading what={t('loading.region')} />;
  const asked = Number(search.get('plan'));
  const plan = plans.data.find(({ id }) => id === asked) ?? plans.data[0];
  const campaign = campaigns.data.find(({ id }) => id === plan?.campaignId);
  const above = (
    <>
      <CampaignApprovals
        waiting={toApprove.map((one, index) => ({ campaign: one, approvals: approvals[index]?.data }))}
      />
      {session.data?.role === 'authority' && (
        <FixedWindowApprovals campaigns={campaigns.data} today={civilDateOf(new Date(), 'Europe/Paris')} />
      )}
    </>
  );
  if (plan && campaign) return <Region plan={plan} campaign={campaign} territories={territories.data} above={above} />;
  return (
    <>
      {above}
      <Empty order={1} title={t('empty.noPlan')}>
        {t('empty.noPlanText')}
      </Empty>
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

interface RegionProps {
  plan: Plan;
  campaign: Campaign;
  territories: Territory[];
  /** What stands over the region's name, and comes with it. */
  above: ReactNode;
}

function Region({ plan, campaign, territories, above }: RegionProps) {
  const { t } = useTranslation('authority');
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const here = useHere(territories);
  const [whatIf, setWhatIf] = useState<WhatIf>(NOTHING_CHANGED);
  const put = (name: string, value: string | undefined) =>
    setSearch(
      (before) => {
        const others = [...before].filter(([key]) => key !== name);
        return new URLSearchParams(value === undefined ? others : [...others, [name, value]]);
      },
      { replace: true },
    );
  const goTo = (code: string) => void navigate({ pathname: `/app/region/${code}`, search: search.toString() });

  const days = useMemo(() => daysBetween(campaign.startsOn, campaign.endsOn), [campaign]);
  const range = { from: days[0]!, to: days.at(-1)! };
  const certificate = useCertificate(plan.id);
  const week = useWeekCurve(plan.id, range);
  const baselines = useBaselines(plan.id, range);
  const live = useLiveRegion(plan);
  const comparedId = Number(search.get('comparer')) || undefined;
  const compared = useWeekCurve(comparedId, range);
  const tighter =
    certificate.data && certificate.data.logins.capacityRatio > certificate.data.sessions.capacityRatio
      ? 'logins'
      : 'sessions';
  const asked = search.get('mesure');
  const resource: Resource = asked === 'logins' || asked === 'sessions' ? asked : tighter;
  const measure = MEASURES.find((one) => one === search.get('carte')) ?? 'load';

  const shown = useMemo(() => {
    const below = territories.filter(({ parentId }) => parentId === (here?.id ?? null));
    return below.length > 0 ? below : here ? [here] : [];
  }, [territories, here]);
  const level = shown[0]?.kind ?? LEVEL_BELOW[here?.kind ?? 'region'];
  const answers = useAnswers(campaign.id, level, undefined);
  // the map shows departments wherever one stands above them: academies are too few to see anything
  const departments = useMemo(
    () => (level === 'department' ? shown : departmentsIn(territories, here)),
    [territories, here, level, shown],
  );
  const departmentAnswers = useAnswers(campaign.id, 'department', undefined);
  const timeZone = week.data?.timeZone ?? 'Europe/Paris';
  const zone = otherZone(timeZone);
  const points = useMemo(
    () => (week.data ? pointsOf(week.data, baselines.data, resource, whatIf) : []),
    [week.data, baselines.data, resource, whatIf],
  );
  const peakDay = certificate.data && civilDateOf(certificate.data[tighter].peakAt, timeZone);
  const chosen =
    [search.get('jour'), peakDay].find((day) => day && days.includes(day)) ?? tightestDay(points, timeZone);
  const date = chosen ?? days[0]!;
  // what is asked for a day waits until the day is known
  const isDayKnown = chosen !== undefined || !week.isPending;
  const ofTheDay = useMemo(() => daytime(ofDay(points, date, timeZone)), [points, date, timeZone]);
  const curves = useTerritoryCurves(plan.id, isDayKnown ? shown : NOWHERE, date);
  const departmentCurves = useTerritoryCurves(plan.id, isDayKnown ? departments : NOWHERE, date);
  const fairness = useFairness(plan.id);
  const observed = useObserved(plan.platformId, isDayKnown ? date : undefined);
  const measured = useMeasured(plan.platformId, isDayKnown ? date : undefined);
  const isBelow = here !== undefined && here.parentId !== null;
  const own = useTerritoryDay(plan.id, isBelow && isDayKnown ? here.code : undefined, date);
  const shownDay = useMemo(
    () =>
      withCurve(
        withCurve(withObserved(ofTheDay, measured.data, resource), 'compared', compared.data, resource),
        'ofTerritory',
        own.data,
        resource,
      ),
    [ofTheDay, measured.data, compared.data, own.data, resource],
  );
  const names = useMemo(() => new Map(territories.map(({ code, name }) => [code, name])), [territories]);
  const lineNames = useMemo(
    () => ({
      ofTerritory: t('line.ofTerritory', { name: here?.name }),
      compared: t('line.compared', { id: comparedId }),
    }),
    [t, here, comparedId],
  );
  const rows = useMemo(
    () =>
      territoryRows({
        territories: shown,
        curves,
        answers: answers.data,
        fairness: fairness.data,
        observed: observed.data,
      }),
    [shown, curves, answers.data, fairness.data, observed.data],
  );
  const departmentRows = useMemo(
    () =>
      departments === shown
        ? rows
        : territoryRows({
            territories: departments,
            curves: departmentCurves,
            answers: departmentAnswers.data,
            fairness: fairness.data,
            observed: observed.data,
          }),
    [departments, shown, rows, departmentCurves, departmentAnswers.data, fairness.data, observed.data],
  );

  if (certificate.isLoadingError)
    return (
      <>
        {above}
        <Failure error={certificate.error} onRetry={() => void certificate.refetch()} />
      </>
    );
  // sentences and curves above are there first, so that nothing below them moves
  if (!certificate.data || [week, answers, baselines].some(({ isPending }) => isPending))
    return <Loading what={t('loading.region')} />;
  return (
    <Stack gap="lg" className="region">
      {above}
      <Group justify="space-between" align="flex-start">
        <div style={{ minWidth: 0, flex: '1 1 300px' }}>
          <Path territories={territories} here={here} search={search.toString()} />
          <Title order={1} size="h3">
            {here?.name ?? campaign.name}
          </Title>
          {zone && <Text size="sm">{t('zone', { zone: timeZone, own: zone })}</Text>}
          <Sentences certificate={certificate.data} answers={answers.data} timeZone={timeZone} />
        </div>
        <Group gap="xs" className="no-print">
          {live === 'lost' && (
            <Badge color="orange.9" variant="outline">
              {t('liveLost')}
            </Badge>
          )}
          <Button
            variant="default"
            onClick={() =>
              saveAs(
                new Blob([csvOf(keyFigures(certificate.data, answers.data, t))], { type: 'text/csv' }),
                `etale-chiffres-plan-${plan.id}.csv`,
              )
            }
          >
            {t('figures.csv')}
          </Button>
          <Button variant="default" onClick={() => window.print()}>
            {t('print')}
          </Button>
        </Group>
      </Group>
      <div className="scroll-x no-print" role="region" aria-label={t('day.choose')} tabIndex={0}>
        <SegmentedControl
          aria-label={t('day.choose')}
          data={days.map((day) => ({ value: day, label: formatShortDay(day) }))}
          value={date}
          onChange={(value) => put('jour', value)}
        />
      </div>
      {week.isLoadingError ? (
        <Failure error={week.error} onRetry={() => void week.refetch()} />
      ) : (
        <>
          <DayChart
            points={shownDay}
            date={date}
            timeZone={timeZone}
            resource={resource}
            onResource={(value) => put('mesure', value)}
            names={lineNames}
          />
          <WhatIfSliders whatIf={whatIf} onChange={setWhatIf} points={ofTheDay} timeZone={timeZone} />
        </>
      )}
      <div className="side-by-side">
        {points.length > 0 && (
          <WeekHeat points={points} days={days} timeZone={timeZone} onPick={(day) => put('jour', day)} />
        )}
        {here?.kind === 'department' ? (
          <SchoolMap
            planId={plan.id}
            campaignId={campaign.id}
            platformId={plan.platformId}
            territory={here.code}
            date={isDayKnown ? date : undefined}
            measure={measure}
            onMeasure={(value) => put('carte', value)}
          />
        ) : (
          <TerritoryMap
            rows={departmentRows}
            measure={measure}
            onMeasure={(value) => put('carte', value)}
            onPick={goTo}
          />
        )}
      </div>
      <TerritoryTable rows={rows} title={t(`level.${level}`)} onPick={goTo} />
      {here?.kind === 'department' && <SchoolList campaignId={campaign.id} territory={here.code} />}
      <FairnessSheet planId={plan.id} names={names} />
      <PlanComparison
        plan={plan}
        names={names}
        withId={comparedId}
        onWith={(id) => put('comparer', id === undefined ? undefined : String(id))}
      />
      <Text size="sm">
        {t('foot', { campaign: campaign.name, plan: plan.id, revision: plan.publishedRevision ?? 0 })}
      </Text>
    </Stack>
  );
}

const NOWHERE: Territory[] = [];
const GATHER_MILLISECONDS = 5_000;

/** Reads again what bookings change, a few seconds' worth at a time. */
function useLiveRegion(plan: Plan) {
  const queries = useQueryClient();
  const refresh = useCallback(() => {
    for (const key of ['week-curve', 'territory-curve', 'school-loads', 'answers', 'schools', 'plans'])
      void queries.invalidateQueries({ queryKey: [key] });
  }, [queries]);
  return usePlanChanges({ id: plan.id, revision: plan.publishedRevision ?? 0 }, refresh, GATHER_MILLISECONDS);
}

/** The departments that lie in a territory, however far below. */
function departmentsIn(territories: Territory[], here: Territory | undefined): Territory[] {
  const isInside = (one: Territory | undefined): boolean =>
    one !== undefined && (one.id === here?.id || isInside(territories.find(({ id }) => id === one.parentId)));
  return territories.filter((one) => one.kind === 'department' && isInside(one));
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
  const peak = peakOf(
    points,
    ({ planned }) => planned,
    ({ limit }) => limit,
  );
  return peak && civilDateOf(new Date(peak.at), timeZone);
}
