import './head.css';
import './wishes-messages';
import { ActionIcon, Alert, Button, Group, NativeSelect, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import { api, Problem, type Schema, taggedAnswerOf } from '../../shared/api';
import { DateField } from '../../shared/date-field';
import { addDays, formatDay, formatHour, formatInstant, formatWeekday } from '../../shared/format';
import { sentenceOf } from '../../shared/problem-sentence';
import { Empty, Failure, failureOf, Loading } from '../../shared/states';
import { sayDone, sayRefused } from '../../shared/undo';
import { byLevel } from './class-order';
import { useClasses, useEstablishment, useWishCampaign } from './data';
import { WishCopy } from './wish-copy';

type WishRow = Pick<
  Schema<'WishRequestDto'>,
  'kind' | 'start' | 'end' | 'reason' | 'weekday' | 'on' | 'teacherKeyId'
> & {
  audience?: 'pupils' | 'relatives' | 'staff';
};

const KINDS = ['wished', 'closed', 'fixed'] as const;
/** What a wish stands for that is not for a weekday of every week. */
const ONE_DATE = 'date';
/** A Monday, to name weekdays by. */
const ANY_MONDAY = '2026-11-30';

/** What the school asks for before windows are allocated: wished hours, closed times, fixed windows; for all classes or one. */
export function WishesPage() {
  const { uai = '' } = useParams();
  const { t } = useTranslation('wishes');
  const school = useEstablishment(uai);
  const wanted = useWishCampaign(school.data);
  const classes = useClasses(uai);
  const [search, setSearch] = useSearchParams();
  const classId = search.get('classe');
  const wishes = useQuery({
    queryKey: ['wishes', wanted.campaign?.id, uai, classId],
    enabled: wanted.campaign !== undefined,
    queryFn: () => readWishes(wanted.campaign!.id, uai, classId ? Number(classId) : undefined),
  });
  const failed = failureOf(school, wanted, classes, wishes);
  if (failed) return <Failure error={failed} onRetry={() => void wishes.refetch()} />;
  if (school.data && wanted.data && !wanted.campaign)
    return (
      <Empty order={1} title={t('wishes.noCampaign')}>
        {t('wishes.noCampaignText')}
      </Empty>
    );
  if (!school.data || !wishes.data || !classes.data) return <Loading what={t('wishes.reading')} />;

  const { period, fixedWindows, stated } = wishes.data;
  const deadline = period.closesAt ? formatInstant(period.closesAt, school.data.timeZone) : undefined;
  return (
    <Stack maw={900}>
      <div>
        <Title order={1} size="h3">
          {t('wishes.title', { school: school.data.name })}
        </Title>
        <p className="answer">
          {t(`wishes.${period.phase}`, {
            deadline: deadline ?? t('wishes.noDeadline'),
            campaign: wanted.campaign!.name,
          })}
        </p>
        <Text size="sm">
          {t('wishes.fixedCount', {
            bound: fixedWindows.boundCount,
            most: fixedWindows.mostCount,
            pending: fixedWindows.pendingCount,
          })}
        </Text>
      </div>
      {period.phase === 'open' && <WishCopy uai={uai} campaignId={wanted.campaign!.id} />}
      <NativeSelect
        label={t('wishes.for')}
        value={classId ?? ''}
        onChange={({ currentTarget: { value } }) => setSearch(value ? { classe: value } : {}, { replace: true })}
        data={[
          { value: '', label: t('wishes.wholeSchool') },
          ...classes.data.toSorted(byLevel).map(({ id, code }) => ({ value: String(id), label: code })),
        ]}
      />
      <WishList
        key={classId}
        uai={uai}
        campaignId={wanted.campaign!.id}
        classId={classId ? Number(classId) : undefined}
        isOpen={period.phase === 'open'}
        firstDate={wanted.campaign!.startsOn}
        stated={stated}
      />
    </Stack>
  );
}

/** Wishes as they are stated, and the tag that names them. */
interface Stated {
  rows: WishRow[];
  tag: string | undefined;
}

/** The wishes of the whole school or of one class, with what holds for all of them. */
async function readWishes(id: number, uai: string, classId: number | undefined) {
  const school = await taggedAnswerOf(
    api.GET('/v1/campaigns/{id}/establishments/{uai}/wishes', { params: { path: { id, uai } } }),
  );
  const { period, fixedWindows } = school.data;
  const { data, tag } =
    classId !== undefined
      ? await taggedAnswerOf(
          api.GET('/v1/campaigns/{id}/classes/{classId}/wishes', { params: { path: { id, classId } } }),
        )
      : school;
  return { period, fixedWindows, stated: { rows: (data.items as WishRow[]).map(plainWish), tag } satisfies Stated };
}

/** Puts wishes in the place of those that their tag names. Returns the tag of what is stated then. */
async function saveWishes(id: number, uai: string, classId: number | undefined, { rows, tag }: Stated) {
  const header = { 'if-match': tag };
  const body = { items: rows };
  const saved = await (classId === undefined
    ? taggedAnswerOf<unknown>(
        api.PUT('/v1/campaigns/{id}/establishments/{uai}/wishes', { params: { path: { id, uai }, header }, body }),
      )
    : taggedAnswerOf<unknown>(
        api.PUT('/v1/campaigns/{id}/classes/{classId}/wishes', { params: { path: { id, classId }, header }, body }),
      ));
  return saved.tag;
}

interface WishListProps {
  uai: string;
  campaignId: number;
  classId: number | undefined;
  isOpen: boolean;
  /** The first day of the campaign. */
  firstDate: string;
  stated: Stated;
}

function WishList({ uai, campaignId, classId, isOpen, firstDate, stated }: WishListProps) {
  const { t } = useTranslation('wishes');
  const queries = useQueryClient();
  // what is being written, from what was stated then: it stays whatever is read again meanwhile
  const [written, setWritten] = useState<Stated>();
  const list = written?.rows ?? stated.rows;
  const setList = (rows: WishRow[]) => setWritten({ rows, tag: written ? written.tag : stated.tag });
  const readAgain = () => queries.invalidateQueries({ queryKey: ['wishes', campaignId, uai] });
  const save = useMutation({
    mutationFn: async (asked: Stated) => {
      try {
        return await saveWishes(campaignId, uai, classId, asked);
      } catch (error) {
        // the answer alone may have been lost when the same was saved before
        const now = isStale(error) ? await readWishes(campaignId, uai, classId) : undefined;
        if (now && areSame(now.stated.rows, asked.rows)) return now.stated.tag;
        throw error;
      }
    },
    onSuccess: async (tag, { rows }) => {
      sayDone(t('wishes.saved'));
      await readAgain();
      // what was typed meanwhile goes on from what is saved
      setWritten((now) => (now && now.rows !== rows ? { rows: now.rows, tag } : undefined));
    },
    onError: (error) => (isStale(error) ? readAgain() : sayRefused(error)),
  });
  const change = (index: number, part: Partial<WishRow>) =>
    setList(list.map((wish, i) => (i === index ? { ...wish, ...part } : wish)));
  const weekday = (number: number): string => formatWeekday(addDays(ANY_MONDAY, number - 1));
  if (!isOpen) {
    return list.length === 0 ? (
      <Empty title={t('wishes.none')}>{t('wishes.noneClosed')}</Empty>
    ) : (
      <ul>
        {list.map((wish, index) => (
          <li key={index}>
            {t(`wishes.kind.${wish.kind}`)} · {wish.on ? formatDay(wish.on) : weekday(wish.weekday ?? 1)} ·{' '}
            {formatHour(wish.start)}
            {wish.end ? ` – ${formatHour(wish.end)}` : ''}
            {wish.reason ? ` · ${wish.reason}` : ''}
          </li>
        ))}
      </ul>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(written ?? stated);
      }}
    >
      <Stack>
        {list.length === 0 && <Empty title={t('wishes.none')}>{t('wishes.noneText')}</Empty>}
        {list.map((wish, index) => (
          <Paper key={index} withBorder p="xs">
            <div className="wish-row">
              <NativeSelect
                label={t('wishes.what')}
                data={KINDS.map((kind) => ({ value: kind, label: t(`wishes.kind.${kind}`) }))}
                value={wish.kind}
                onChange={({ currentTarget: { value } }) =>
                  change(index, { kind: value as WishRow['kind'], end: value === 'closed' ? '12:00' : null })
                }
              />
              <NativeSelect
                label={t('wishes.weekday')}
                data={[
                  ...[1, 2, 3, 4, 5, 6].map((day) => ({ value: String(day), label: weekday(day) })),
                  { value: ONE_DATE, label: t('wishes.oneDate') },
                ]}
                value={wish.on ? ONE_DATE : String(wish.weekday ?? 1)}
                onChange={({ currentTarget: { value } }) =>
                  change(index, value === ONE_DATE ? { on: firstDate } : { on: null, weekday: Number(value) })
                }
              />
              {wish.on && (
                <DateField
                  required
                  label={t('wishes.on')}
                  value={wish.on}
                  onChange={(value) => change(index, { on: value || firstDate })}
                />
              )}
              <TextInput
                type="time"
                step={300}
                required
                label={t('wishes.start')}
                value={wish.start}
                onChange={({ currentTarget: { value } }) => change(index, { start: value })}
              />
              {wish.kind === 'closed' && (
                <TextInput
                  type="time"
                  step={300}
                  required
                  label={t('wishes.end')}
                  value={wish.end ?? ''}
                  onChange={({ currentTarget: { value } }) => change(index, { end: value })}
                />
              )}
              {wish.kind === 'fixed' && (
                <TextInput
                  required
                  maxLength={500}
                  label={t('wishes.reason')}
                  placeholder={t('wishes.reasonExample')}
                  value={wish.reason ?? ''}
                  onChange={({ currentTarget: { value } }) => change(index, { reason: value })}
                />
              )}
              <ActionIcon
                variant="default"
                size="lg"
                aria-label={t('wishes.remove')}
                onClick={() => setList(list.filter((_, i) => i !== index))}
              >
                ✕
              </ActionIcon>
            </div>
          </Paper>
        ))}
        {isStale(save.error) && (
          <Alert role="alert" color="orange" variant="light" title={sentenceOf(save.error)}>
            <Stack gap="xs" align="flex-start">
              <Text size="sm">{t('wishes.staleText')}</Text>
              <Group gap="xs">
                <Button
                  variant="default"
                  onClick={() => {
                    setWritten(undefined);
                    save.reset();
                  }}
                >
                  {t('wishes.takeTheirs')}
                </Button>
                <Button variant="default" onClick={() => save.mutate({ rows: list, tag: stated.tag })}>
                  {t('wishes.keepMine')}
                </Button>
              </Group>
            </Stack>
          </Alert>
        )}
        <Group>
          <Button variant="default" onClick={() => setList([...list, { kind: 'wished', weekday: 1, start: '09:00' }])}>
            {t('wishes.add')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('wishes.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const isStale = (error: unknown): error is Problem => error instanceof Problem && error.code === 'wish.stale';

/** Whether two lists ask for the same, in whatever order. */
function areSame(some: readonly WishRow[], others: readonly WishRow[]): boolean {
  const namesOf = (rows: readonly WishRow[]): string =>
    rows
      .map((wish) => JSON.stringify(plainWish({ ...wish, audience: wish.audience ?? 'pupils' })))
      .toSorted()
      .join();
  return namesOf(some) === namesOf(others);
}

/** What a wish asks for, without what the service has added to it. */
function plainWish({ kind, weekday, on, start, end, reason, teacherKeyId, audience }: WishRow): WishRow {
  return {
    kind,
    start,
    ...(on ? { on } : { weekday: weekday ?? 1 }),
    ...(end && { end }),
    ...(reason && { reason }),
    ...(teacherKeyId && { teacherKeyId }),
    ...(audience && { audience }),
  };
}
