import { Button, Group, NumberInput, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { instantOfCivil } from '../../shared/civil-instant';
import { DateField } from '../../shared/date-field';
import { sayDone, sayRefused } from '../../shared/undo';

type Platform = Schema<'PlatformDto'>;

interface FormProps {
  platform: Platform;
  /** What was drawn on the time line, as civil times. */
  drawn: { from: string; until: string } | undefined;
  onDone: () => void;
}

/** A capacity from an instant on, until the next one. */
export function StepForm({ platform, drawn, onDone }: FormProps) {
  const { t } = useTranslation('operator');
  const [startsAt, setStartsAt] = useState(drawn?.from ?? '');
  const [sessions, setSessions] = useState<number | string>('');
  const [logins, setLogins] = useState<number | string>('');
  const send = (reason: string) =>
    answerOf(
      api.POST('/v1/platforms/{id}/capacity-steps', {
        params: { path: { id: platform.id } },
        body: {
          startsAt: instantOfCivil(startsAt, platform.timeZone),
          concurrentSessions: Number(sessions),
          loginsPerMinute: Number(logins),
          reason,
        },
      }),
    );
  return (
    <ChangeForm title={t('capacity.newStep')} send={send} onDone={onDone}>
      <DateField hasTime required label={t('capacity.from')} value={startsAt} onChange={setStartsAt} />
      <NumberInput
        required
        min={0}
        label={t('capacity.sessions')}
        value={sessions}
        onChange={setSessions}
        thousandSeparator=" "
      />
      <NumberInput
        required
        min={0}
        label={t('capacity.logins')}
        value={logins}
        onChange={setLogins}
        thousandSeparator=" "
      />
    </ChangeForm>
  );
}

/** Less capacity for a time. */
export function RegulationForm({ platform, drawn, onDone }: FormProps) {
  const { t } = useTranslation('operator');
  const [startsAt, setStartsAt] = useState(drawn?.from ?? '');
  const [endsAt, setEndsAt] = useState(drawn?.until ?? '');
  const [cut, setCut] = useState<number | string>(20);
  const send = (reason: string) => {
    const left = 1000 - Math.round(Number(cut) * 10);
    return answerOf(
      api.POST('/v1/platforms/{id}/regulations', {
        params: { path: { id: platform.id } },
        body: {
          startsAt: instantOfCivil(startsAt, platform.timeZone),
          endsAt: instantOfCivil(endsAt, platform.timeZone),
          sessionsPerMille: left,
          loginsPerMille: left,
          reason,
        },
      }),
    );
  };
  return (
    <ChangeForm title={t('capacity.newRegulation')} hint={t('capacity.regulationHint')} send={send} onDone={onDone}>
      <DateField hasTime required label={t('capacity.from')} value={startsAt} onChange={setStartsAt} />
      <DateField hasTime required label={t('capacity.until')} value={endsAt} onChange={setEndsAt} />
      <NumberInput required min={1} max={100} suffix=" %" label={t('capacity.cut')} value={cut} onChange={setCut} />
    </ChangeForm>
  );
}

/** A change of the capacity, which has a reason. */
function ChangeForm({
  title,
  hint,
  send,
  onDone,
  children,
}: {
  title: string;
  hint?: string;
  send: (reason: string) => Promise<unknown>;
  onDone: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation('operator');
  const [reason, setReason] = useState('');
  const add = useMutation({
    mutationFn: () => send(reason),
    onSuccess: () => sayDone(t('capacity.added')),
    onError: sayRefused,
    onSettled: onDone,
  });
  return (
    <Paper component="form" withBorder p="sm" onSubmit={(event) => (event.preventDefault(), add.mutate())}>
      <Title order={2} size="h5">
        {title}
      </Title>
      <Stack gap="xs">
        {children}
        <TextInput
          required
          maxLength={300}
          label={t('capacity.reason')}
          value={reason}
          onChange={({ currentTarget: { value } }) => setReason(value)}
        />
        <Group>
          <Button type="submit" loading={add.isPending}>
            {t('capacity.add')}
          </Button>
          {hint && <Text size="sm">{hint}</Text>}
        </Group>
      </Stack>
    </Paper>
  );
}
