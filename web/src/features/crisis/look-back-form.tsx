import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../shared/api';
import { instantOfCivil } from '../../shared/civil-instant';
import { DateField } from '../../shared/date-field';
import { civilDateOf, formatDay } from '../../shared/format';
import { sayDone } from '../../shared/undo';
import { type Acts, type Platform, type Rung, usePlansOf } from './data';
import { said } from './said';

interface LookBackProps {
  platform: Platform;
  rungs: readonly Rung[];
  acts: Acts;
}

const MINUTE = 60_000;

/** Asks for a post-mortem of a day or a period; of a single day it is also replayed with another plan, or a rung that was not climbed. */
export function LookBack({ platform, rungs, acts }: LookBackProps) {
  const { t } = useTranslation('crisis');
  const today = civilDateOf(new Date(), platform.timeZone);
  const [firstDate, setFirstDate] = useState(today);
  const [lastDate, setLastDate] = useState('');
  const [planId, setPlanId] = useState('');
  const [code, setCode] = useState('');
  const [hour, setHour] = useState('08:00');
  const isOneDay = lastDate === '' || lastDate === firstDate;
  const plans = usePlansOf(platform.id, firstDate);
  const variantsOf = (): Schema<'VariantRequestDto'>[] => {
    const rung = rungs.find((one) => one.code === code);
    const startsAt = instantOfCivil(`${firstDate}T${hour}`, platform.timeZone);
    return [
      ...(planId === '' ? [] : [{ name: t('lookBack.planName', { id: planId }), planId: Number(planId) }]),
      ...(rung
        ? [
            {
              name: said(rung.name).slice(0, 80),
              steps: [
                {
                  startsAt,
                  endsAt: new Date(Date.parse(startsAt) + rung.minutes * MINUTE).toISOString(),
                  scope: rung.scope,
                  measures: rung.measures,
                },
              ],
            },
          ]
        : []),
    ];
  };
  const make = () =>
    void acts.lookBack({ firstDate, ...(!isOneDay && { lastDate }), ...(isOneDay && { variants: variantsOf() }) }).then(
      () => sayDone(t('done.lookedBack', { day: formatDay(firstDate) })),
      () => undefined,
    );
  return (
    <Stack
      component="form"
      gap="xs"
      my="xs"
      align="flex-start"
      onSubmit={(event: { preventDefault: () => void }) => {
        event.preventDefault();
        make();
      }}
    >
      <Group gap="xs" align="flex-start">
        <DateField required label={t('lookBack.day')} value={firstDate} onChange={setFirstDate} />
        <DateField min={firstDate} label={t('lookBack.lastDay')} value={lastDate} onChange={setLastDate} />
      </Group>
      {isOneDay && (
        <details>
          <summary>{t('lookBack.otherwise')}</summary>
          <Group gap="xs" align="flex-end">
            <NativeSelect
              label={t('lookBack.plan')}
              value={planId}
              onChange={({ currentTarget: { value } }) => setPlanId(value)}
              data={[
                { value: '', label: t('lookBack.samePlan') },
                ...(plans.data ?? []).map(({ id, state }) => ({
                  value: String(id),
                  label: t(`lookBack.${state}`, { id }),
                })),
              ]}
            />
            <NativeSelect
              label={t('lookBack.rung')}
              value={code}
              onChange={({ currentTarget: { value } }) => setCode(value)}
              data={[
                { value: '', label: t('lookBack.noRung') },
                ...rungs.map((rung) => ({ value: rung.code, label: said(rung.name) })),
              ]}
            />
            {code !== '' && (
              <TextInput
                type="time"
                step={300}
                required
                label={t('lookBack.from')}
                value={hour}
                onChange={({ currentTarget: { value } }) => setHour(value)}
              />
            )}
          </Group>
        </details>
      )}
      <Button type="submit" variant="default" loading={acts.isBusy}>
        {t('lookBack.make')}
      </Button>
    </Stack>
  );
}
