import { Button, Checkbox, Group, Radio, Stack, Stepper, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { answerOf, api, type Schema } from '../../shared/api';
import { addDays, civilDateOf, formatDay, mondayOf } from '../../shared/format';
import { Failure, Loading } from '../../shared/states';
import { sayRefused } from '../../shared/undo';
import { instantOfCivil } from '../../shared/civil-instant';

const KINDS = [
  'maternelle',
  'elementaire',
  'primaire',
  'college',
  'lycee_gt',
  'lycee_pro',
  'lycee_polyvalent',
  'erea',
] as const;
type Preset = Schema<'CampaignPresetDto'>;

/** A campaign in three steps: what kind of week, when, for whom; then the preview of who is concerned. */
export function CampaignSetup({ platform }: { platform: Schema<'PlatformDto'> }) {
  const { t } = useTranslation('operator');
  const navigate = useNavigate();
  const presets = useQuery({
    queryKey: ['presets'],
    queryFn: async () => (await answerOf(api.GET('/v1/campaigns/presets'))).items,
  });
  const monday = mondayOf(addDays(civilDateOf(new Date(), platform.timeZone), 14));
  const [step, setStep] = useState(0);
  const [preset, setPreset] = useState<Preset['id']>('remote-week-everybody');
  const [name, setName] = useState('');
  const [startsOn, setStartsOn] = useState(monday);
  const [endsOn, setEndsOn] = useState(addDays(monday, 4));
  const [wishesUntil, setWishesUntil] = useState('');
  const [kinds, setKinds] = useState<string[]>([]);
  const [isApprovalNeeded, setApprovalNeeded] = useState(false);
  const create = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/campaigns', {
          body: {
            name: name || t('setup.defaultName', { day: formatDay(startsOn) }),
            platformId: platform.id,
            startsOn,
            endsOn,
            preset,
            establishmentKinds: kinds,
            isApprovalNeeded,
            ...(wishesUntil && {
              wishesOpenAt: new Date().toISOString(),
              wishesCloseAt: instantOfCivil(wishesUntil, platform.timeZone),
            }),
          },
        }),
      ),
    onSuccess: ({ id }) => void navigate(`/app/exploitation/campagnes/${id}`),
    onError: sayRefused,
  });
  if (presets.isError) return <Failure error={presets.error} onRetry={() => void presets.refetch()} />;
  if (!presets.data) return <Loading what={t('loading.presets')} />;
  const next = (event: React.FormEvent) => {
    event.preventDefault();
    if (step < 2) setStep(step + 1);
    else create.mutate();
  };
  return (
    <Stack component="form" maw={720} onSubmit={next}>
      <Stepper active={step} onStepClick={setStep} size="sm" allowNextStepsSelect={false}>
        <Stepper.Step label={t('setup.what')}>
          <Radio.Group value={preset} onChange={(value) => setPreset(value)} label={t('setup.whatText')}>
            <Stack mt="xs">
              {presets.data.map(
                ({ id, title, description }) =>
                <Radio key={id} value={id} label={t(`preset.${id}.title`, { defaultValue: title })} description={t(`preset.${id}.text`, { defaultValue: description })} />, // prettier-ignore
              )}
            </Stack>
          </Radio.Group>
        </Stepper.Step>
        <Stepper.Step label={t('setup.when')}>
          <Stack>
            <TextInput
              label={t('campaign.name')}
              placeholder={t('setup.defaultName', { day: formatDay(startsOn) })}
              value={name}
              maxLength={200}
              onChange={({ currentTarget: { value } }) => setName(value)}
            />{' '}
            {/* prettier-ignore */}
            <Group grow>
              <TextInput type="date" required label={t('campaign.from')} value={startsOn} onChange={({ currentTarget: { value } }) => setStartsOn(value)} /> {/* prettier-ignore */}
              <TextInput type="date" required min={startsOn} label={t('campaign.to')} value={endsOn} onChange={({ currentTarget: { value } }) => setEndsOn(value)} /> {/* prettier-ignore */}
            </Group>
            <TextInput
              type="datetime-local"
              step={300}
              label={t('setup.wishesUntil')}
              description={t('setup.wishesText')}
              value={wishesUntil}
              onChange={({ currentTarget: { value } }) => setWishesUntil(value)}
            />{' '}
            {/* prettier-ignore */}
          </Stack>
        </Stepper.Step>
        <Stepper.Step label={t('setup.who')}>
          <Checkbox.Group label={t('setup.whoText')} value={kinds} onChange={setKinds}>
            <Stack gap="xs" mt="xs">
              {KINDS.map((kind) => (
                <Checkbox key={kind} value={kind} label={t(`kind.${kind}`)} />
              ))}
            </Stack>
          </Checkbox.Group>
          <Text size="sm" mt="xs">
            {t(kinds.length === 0 ? 'setup.everybody' : 'setup.only', { count: kinds.length })}
          </Text>
          <Checkbox
            mt="md"
            label={t('setup.approval')}
            description={t('setup.approvalText')}
            checked={isApprovalNeeded}
            onChange={({ currentTarget: { checked } }) => setApprovalNeeded(checked)}
          />
        </Stepper.Step>
      </Stepper>
      <Group>
        {step > 0 && (
          <Button variant="default" onClick={() => setStep(step - 1)}>
            {t('setup.back')}
          </Button>
        )}
        <Button type="submit" loading={create.isPending}>
          {t(step < 2 ? 'setup.next' : 'setup.create')}
        </Button>
      </Group>
    </Stack>
  );
}
