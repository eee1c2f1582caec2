import './head.css';
import './messages';
import { ActionIcon, Badge, Button, Group, SegmentedControl, Select, Stack, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import {
  addDays,
  civilDateOf,
  formatMinutes,
  formatPercent,
  formatShortDay,
  mondayOf,
  otherZone,
} from '../../shared/format';
import { LOAD_STEPS } from '../../shared/load-scale';
import { usePlanChanges } from '../../shared/live';
import { useMayChange } from '../../shared/session';
import { Empty, Failure, failureOf, Loading } from '../../shared/states';
import { useBooking } from './booking';
import { byLevel } from './class-order';
import { STATES, stateOf } from './class-state';
import {
  firstMonday,
  useClasses,
  useEstablishment,
  usePlanOf,
  useProposal,
  useRefreshWeek,
  useStepsInForce,
  useToDo,
  useWeekLoad,
  useWeekWindows,
  useWishCampaign,
  type SchoolClass,
  type Window,
} from './data';
import { DayList } from './day-list';
import { ShareMenu } from './share-menu';
import { StepsInForce } from './steps-in-force';
import { ToDo } from './to-do';
import { WeekTable } from './week-table';
import { isOfGoneClass } from './whose';

const WeekCalendar = lazy(() => import('./week-calendar'));
// most visits begin with the week alone, are refused nothing, and add nothing
const WindowPanel = lazy(() => import('./window-panel'));
const RefusalNotice = lazy(() => import('./refusal-notice'));
const AddWindow = lazy(() => import('./add-window'));

/** A school's week: the answer in a sentence, what is to be done, the windows, and what can be done with each. */
export function WeekPage() {
  const { uai = '' } = useParams();
  const { t } = useTranslation('head');
  const school = useEstablishment(uai);
  const { plan, campaign, isPending, error } = usePlanOf(school.data);
  if (school.isPending || isPending) return <Loading what={t('loading.week')} />;
  if (school.isLoadingError) return <Failure error={school.error} onRetry={() => void school.refetch()} />;
  if (error) return <Failure error={error} />;
  if (!plan || !campaign) {
    return (
      <Stack>
        <Title order={1} size="h3">
          {school.data.name}
        </Title>
        <Empty
          title={t('empty.noPlan')}
          action={
            <Button component="a" href={`/app/etablissements/${uai}/souhaits`}>
              {t('empty.stateWishes')}
            </Button>
          }
        >
          {t('empty.noPlanText')}
        </Empty>
      </Stack>
    );
  }
  return <Week uai={uai} school={school.data} plan={plan} campaign={campaign} />;
}

type WeekProps = {
  uai: string;
  school: NonNullable<ReturnType<typeof useEstablishment>['data']>;
  plan: NonNullable<ReturnType<typeof usePlanOf>['plan']>;
  campaign: NonNullable<ReturnType<typeof usePlanOf>['campaign']>;
};

function Week({ uai, school, plan, campaign }: WeekProps) {
  const { t } = useTranslation('head');
  const [search, setSearch] = useSearchParams();
  const isPhone = useMediaQuery('(max-width: 48em)', window.innerWidth < 768);
  const monday = wantedMonday(search.get('semaine')) ?? firstMonday(campaign, school.timeZone);
  const view = search.get('vue') === 'calendrier' ? 'calendrier' : 'tableau';
  const putAll = (values: Record<string, string | null>) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(values)) {
          if (value === null || value === '') after.delete(name);
          else after.set(name, value);
        }
        return after;
      },
      { replace: true },
    );
  const put = (name: string, value: string | null) => putAll({ [name]: value });

  const classes = useClasses(uai);
  const windows = useWeekWindows(uai, monday);
  const load = useWeekLoad(plan, monday);
  const mayChange = useMayChange(uai);
  const proposal = useProposal(mayChange ? campaign.id : undefined, uai);
  const toDo = useToDo(uai, mayChange);
  const wishes = useWishCampaign(school);
  const steps = useStepsInForce(plan.platformId);
  const booking = useBooking(uai, (on) => putAll({ ...NOTHING_TO_ADD, semaine: mondayOf(on) }));
  const refresh = useRefreshWeek(uai);
  const live = usePlanChanges({ id: plan.id, revision: plan.publishedRevision ?? 0 }, refresh);

  const level = search.get('niveau');
  const wantedClass = search.get('classe');
  const state = search.get('etat');
  const shown = useMemo(() => {
    const waiting = toDo.data?.waiting ?? [];
    return (classes.data ?? [])
      .filter(({ levels }) => !level || levels.some((one) => one === level))
      .filter(({ id }) => !wantedClass || id === Number(wantedClass))
      .map((one) => ({ ...one, state: stateOf(one.id, windows.data ?? [], proposal.data, waiting) }))
      .filter((one) => !state || one.state === state)
      .toSorted(byLevel);
  }, [classes.data, windows.data, proposal.data, toDo.data, level, wantedClass, state]);
  const levels = useMemo(() => [...new Set((classes.data ?? []).flatMap((one) => one.levels))], [classes.data]);
  const selected = windows.data?.find(({ id }) => id === Number(search.get('creneau')));
  const select = (window: Window | undefined) =>
    putAll({ creneau: window ? String(window.id) : null, ...NOTHING_TO_ADD });
  const today = civilDateOf(new Date(), school.timeZone);
  const mayAdd = mayChange && campaign.endsOn >= today;
  const adding = mayAdd ? search.get('ajouter') : null;
  const choose = (whom: string, jour: string) => putAll({ ajouter: whom, jour, creneau: null });

  const failed = failureOf(classes, windows);
  if (failed) return <Failure error={failed} onRetry={() => void windows.refetch()} />;
  // what stands over the week is there first, so that the week does not move under the hand
  const isToDoRead = wishes.isFetched && steps.isFetched && (!mayChange || (proposal.isFetched && toDo.isFetched));
  if (!classes.data || !windows.data || !isToDoRead) return <Loading what={t('loading.week')} />;

  const visible = windows.data.filter((window) =>
    window.classId === null || isOfGoneClass(window)
      ? !wantedClass && !level && !state
      : shown.some(({ id }) => id === window.classId),
  );
  const zone = otherZone(school.timeZone);
  const common = {
    classes: shown,
    windows: visible,
    load: load.data ?? [],
    monday,
    timeZone: school.timeZone,
    selected,
    onSelect: select,
  };
  const hasPanel = selected !== undefined || adding !== null;
  return (
    <div className={hasPanel && !isPhone ? 'week with-panel' : 'week'}>
      <Stack gap="sm" className="week-main">
        <Group justify="space-between" align="flex-start" gap="sm">
          <div style={{ minWidth: 0 }}>
            <Title order={1} size="h3">
              {school.name}
            </Title>
            <p className="answer">{answerOf(windows.data, t)}</p>
            {!mayChange && <Text size="sm">{t('answer.readOnly')}</Text>}
            {zone && <Text size="sm">{t('zone', { zone: school.timeZone, own: zone })}</Text>}
          </div>
          <ShareMenu uai={uai} monday={monday} />
        </Group>
        <StepsInForce steps={steps.data ?? []} school={school} levels={levels} />
        {mayChange && (
          <ToDo
            uai={uai}
            campaignId={campaign.id}
            timeZone={school.timeZone}
            proposal={proposal.data}
            toDo={toDo.data}
            booking={booking}
            onDone={refresh}
          />
        )}
        {booking.refusal && (
          <Suspense>
            <RefusalNotice uai={uai} refusal={booking.refusal} booking={booking} onClose={booking.forgetRefusal} />
          </Suspense>
        )}
        <Group gap="xs" align="flex-end" className="no-print">
          <Group gap={4} wrap="nowrap" role="group" aria-label={t('week.choose')}>
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={t('week.before')}
              onClick={() => put('semaine', addDays(monday, -7))}
            >
              ‹
            </ActionIcon>
            <Text fw={600} px={4}>
              {t('week.of', { from: formatShortDay(monday), to: formatShortDay(addDays(monday, 4)) })}
            </Text>
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={t('week.after')}
              onClick={() => put('semaine', addDays(monday, 7))}
            >
              ›
            </ActionIcon>
          </Group>
          <Select
            aria-label={t('filter.level')}
            placeholder={t('filter.level')}
            data={levels}
            value={level}
            onChange={(value) => put('niveau', value)}
            clearable
            clearButtonProps={{ 'aria-label': t('filter.clear') }}
            w={130}
          />
          <Select
            aria-label={t('filter.class')}
            placeholder={t('filter.class')}
            data={classes.data.toSorted(byLevel).map(({ id, code }) => ({ value: String(id), label: code }))}
            value={wantedClass}
            onChange={(value) => put('classe', value)}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': t('filter.clear') }}
            w={130}
          />
          <Select
            aria-label={t('filter.state')}
            placeholder={t('filter.state')}
            data={STATES.map((value) => ({ value, label: t(`state.${value}`) }))}
            value={state}
            onChange={(value) => put('etat', value)}
            clearable
            clearButtonProps={{ 'aria-label': t('filter.clear') }}
            w={150}
          />
          {!isPhone && (
            <SegmentedControl
              aria-label={t('view.choose')}
              data={[
                { value: 'tableau', label: t('view.table') },
                { value: 'calendrier', label: t('view.calendar') },
              ]}
              value={view}
              onChange={(value) => put('vue', value === 'tableau' ? null : value)}
            />
          )}
          {mayAdd && (
            <Button
              variant="default"
              aria-expanded={adding !== null}
              onClick={() =>
                choose(
                  whomToAddFor(selected, wantedClass, classes.data),
                  selected?.date ?? dayToAdd(monday, today, campaign),
                )
              }
            >
              {t('add.title')}
            </Button>
          )}
          {live === 'lost' && (
            <Badge color="orange.9" variant="outline">
              {t('live.lost')}
            </Badge>
          )}
        </Group>
        <LoadLegend />
        {visible.length === 0 ? (
          <Empty
            title={t('empty.noWindow')}
            action={
              <Button variant="default" onClick={() => setSearch({}, { replace: true })}>
                {t('empty.showAll')}
              </Button>
            }
          >
            {t('empty.noWindowText')}
          </Empty>
        ) : isPhone ? (
          <DayList {...common} openDay={search.get('jour') ?? selected?.date} />
        ) : view === 'tableau' ? (
          <WeekTable {...common} />
        ) : (
          <Suspense fallback={<Loading what={t('loading.calendar')} height={500} />}>
            <WeekCalendar {...common} booking={booking} mayChange={mayChange} />
          </Suspense>
        )}
      </Stack>
      {adding !== null && !(isPhone && booking.refusal) && (
        <Suspense>
          <AddWindow
            uai={uai}
            classes={classes.data}
            campaign={campaign}
            timeZone={school.timeZone}
            whom={adding}
            date={search.get('jour') ?? ''}
            isSheet={isPhone}
            booking={booking}
            onChoose={choose}
            onClose={() => putAll(NOTHING_TO_ADD)}
          />
        </Suspense>
      )}
      {/* on a phone the sheet would cover what to do instead: it is there again once that is closed */}
      {selected && !(isPhone && booking.refusal) && (
        <Suspense>
          <WindowPanel
            key={`${selected.id}`}
            window={selected}
            isSheet={isPhone}
            booking={booking}
            mayChange={mayChange}
            lastDate={campaign.endsOn}
            onClose={() => select(undefined)}
          />
        </Suspense>
      )}
    </div>
  );
}

/** The Monday of the week of a date of an address, which anybody may have written. */
const wantedMonday = (date: string | null): string | undefined =>
  date === null || Number.isNaN(Date.parse(`${date}T12:00:00Z`)) ? undefined : mondayOf(date);

const NOTHING_TO_ADD = { ajouter: null, jour: null };

/** The class that is looked at, else the first one; an establishment without classes adds for its relatives. */
function whomToAddFor(
  selected: Window | undefined,
  wantedClass: string | null,
  classes: readonly SchoolClass[],
): string {
  if (selected && selected.classId === null) return selected.audience;
  const selectedClass = selected && !isOfGoneClass(selected) ? selected.classId : null;
  return String(selectedClass ?? wantedClass ?? classes.toSorted(byLevel)[0]?.id ?? 'relatives');
}

/** The first day of the week that is shown on which something may be added still. */
function dayToAdd(monday: string, today: string, { startsOn, endsOn }: { startsOn: string; endsOn: string }): string {
  const last = monday < endsOn ? monday : endsOn;
  return [last, today, startsOn].toSorted().at(-1)!;
}

/** « 18 créneaux sur 21 à l'heure souhaitée ; 3 à regarder. » */
function answerOf(windows: readonly Window[], t: (key: string, values?: Record<string, unknown>) => string): string {
  // a window on another day than was wished was taken there by a booking
  const wished = windows.filter(({ displacementDays }) => displacementDays === 0);
  if (wished.length === 0) return t('answer.noWishes', { count: windows.length });
  const atWish = wished.filter(({ displacementMinutes }) => displacementMinutes === 0).length;
  const worst = formatMinutes(Math.max(...wished.map(({ displacementMinutes }) => Math.abs(displacementMinutes!))));
  const share = formatPercent(atWish / wished.length);
  return t(atWish === wished.length ? 'answer.all' : 'answer.some', { atWish, wished: wished.length, worst, share });
}

function LoadLegend() {
  const { t } = useTranslation();
  return (
    <Group gap="xs" aria-label={t('load.title')} role="group">
      <Text size="sm">{t('load.title')}</Text>
      {LOAD_STEPS.map(({ word }, step) => (
        <Group key={word} gap={4} wrap="nowrap">
          <span className={`load-swatch load-${step}`} />
          <Text size="sm">{t(`load.${word}`)}</Text>
        </Group>
      ))}
    </Group>
  );
}
