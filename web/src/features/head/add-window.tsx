import { Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DateField } from '../../shared/date-field';
import { addDays, civilDateOf, formatDay, formatShortDay } from '../../shared/format';
import { Failure, Loading } from '../../shared/states';
import { THIS_DATE, type useBooking } from './booking';
import { byLevel } from './class-order';
import { type OwnAudience, type SchoolClass, useAvailability, type WindowOwner } from './data';
import { ScopeFields } from './scope-fields';
import { SidePanel } from './side-panel';
import { Starts } from './starts';
import { UndoLast } from './undo-last';
import { whoseWindow } from './whose';

const OWN_AUDIENCES: readonly OwnAudience[] = ['relatives', 'staff'];
const DAYS_OF_WEEK = 7;

interface AddWindowProps {
  uai: string;
  classes: SchoolClass[];
  campaign: { startsOn: string; endsOn: string; rules: { audience: string }[] };
  timeZone: string;
  /** The number of a class, or an audience of the establishment. */
  whom: string;
  date: string;
  isSheet: boolean | undefined;
  booking: ReturnType<typeof useBooking>;
  onChoose: (whom: string, date: string) => void;
  onClose: () => void;
}

/** A window more: for whom, on which day or every week, why, and then its start, which adds it. */
export default function AddWindow(props: AddWindowProps) {
  const { uai, classes, campaign, timeZone, whom, date, isSheet, booking, onChoose, onClose } = props;
  const { t } = useTranslation('head');
  const [chosen, setScope] = useState(THIS_DATE);
  const [reason, setReason] = useState('');
  const audiences = OWN_AUDIENCES.filter((one) => campaign.rules.some(({ audience }) => audience === one));
  const audience = audiences.find((one) => one === whom);
  const ofClass = classes.find(({ id }) => String(id) === whom);
  const owner: WindowOwner | undefined = audience ? { uai, audience } : ofClass && { classId: ofClass.id };
  const today = civilDateOf(new Date(), timeZone);
  const first = today > campaign.startsOn ? today : campaign.startsOn;
  const isInCampaign = date >= first && date <= campaign.endsOn;
  const laterDates = isInCampaign ? sameWeekdaysAfter(date, campaign.endsOn) : [];
  // what was chosen for another weekday says nothing of this one
  const scope =
    laterDates.length === 0
      ? THIS_DATE
      : { ...chosen, exceptDates: chosen.exceptDates.filter((one) => laterDates.includes(one)) };
  const starts = useAvailability(owner && isInCampaign ? { ...owner, date } : undefined);
  const add = (startsAt: string): void => {
    const whose = whoseWindow({ classCode: ofClass?.code ?? null, audience: audience ?? 'pupils' }, t);
    void booking.add({ whose, timeZone }, owner!, startsAt, scope, reason.trim()).catch(() => undefined);
  };
  return (
    <SidePanel title={t('add.title')} isSheet={isSheet} onClose={onClose}>
      <Stack gap="sm" mt="xs">
        <Select
          label={t('add.for')}
          data={[
            {
              group: t('add.classes'),
              items: classes.toSorted(byLevel).map(({ id, code }) => ({ value: String(id), label: code })),
            },
            { group: t('add.school'), items: audiences.map((one) => ({ value: one, label: t(`audience.${one}`) })) },
          ]}
          value={owner ? whom : null}
          onChange={(value) => value !== null && onChoose(value, date)}
          searchable
          allowDeselect={false}
        />
        <DateField
          label={t('add.date')}
          value={date}
          min={first}
          max={campaign.endsOn}
          error={
            isInCampaign ? undefined : t('add.outside', { from: formatDay(first), to: formatDay(campaign.endsOn) })
          }
          onChange={(value) => onChoose(whom, value)}
        />
        {laterDates.length > 0 && (
          <ScopeFields
            scope={scope}
            onChange={setScope}
            laterDates={laterDates}
            seriesLabel={t('add.weekly')}
            exceptLabel={t('add.except', { until: formatShortDay(laterDates.at(-1)!) })}
          />
        )}
        <TextInput
          label={t('add.reason')}
          description={t('add.noNames')}
          value={reason}
          maxLength={300}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        <section>
          <Title order={3} size="h6">
            {t('add.starts')}
          </Title>
          {!owner || !isInCampaign ? (
            <Text size="sm">{t('add.chooseFirst')}</Text>
          ) : starts.isPending ? (
            <Loading what={t('panel.reading')} height={80} />
          ) : starts.isLoadingError ? (
            <Failure error={starts.error} onRetry={() => void starts.refetch()} />
          ) : (
            <Starts
              starts={starts.data?.starts ?? []}
              timeZone={timeZone}
              lead={t('add.startsText')}
              isBusy={booking.isBusy}
              onPick={({ startsAt }) => add(startsAt)}
            />
          )}
        </section>
        <UndoLast booking={booking} />
      </Stack>
    </SidePanel>
  );
}

function sameWeekdaysAfter(date: string, lastDate: string): string[] {
  const dates: string[] = [];
  for (let on = addDays(date, DAYS_OF_WEEK); on <= lastDate; on = addDays(on, DAYS_OF_WEEK)) dates.push(on);
  return dates;
}
