import { Button, Checkbox, Group, NativeSelect, Radio, Stack, Stepper, Text, TextInput } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { answerOf, api, type Schema } from '../../shared/api';
import { instantOfCivil } from '../../shared/civil-instant';
import { useCalibrations } from '../../shared/calibrations';
import { DateField } from '../../shared/date-field';
import { addDays, civilDateOf, formatCount, formatDay, mondayOf, labelled } from '../../shared/format';
import { useTerritories } from '../../shared/territories';
import { Failure, Loading } from '../../shared/states';
import { sayRefused } from '../../shared/undo';

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
type Kind = (typeof KINDS)[number];
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
  const [kinds, setKinds] = useState<Kind[]>([]);
  const [territoryId, setTerritory] = useState('');
  const territories = useTerritories();
  const [calibrationId, setCalibration] = useState('');
  const calibrations = useCalibrations(platform.id);
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
            ...(calibrationId && { calibrationId: Number(calibrationId) }),
            ...(territoryId && { territoryIds: [Number(territoryId)] }),
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
  if (presets.isLoadingError) return <Failure error={presets.error} onRetry={() => void presets.refetch()} />;
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
              {presets.data.map(({ id, title, description }) => (
                <Radio
                  key={id}
                  value={id}
                  label={t(`preset.${id}.title`, { defaultValue: title })}
                  description={t(`preset.${id}.text`, { defaultValue: description })}
                />
              ))}
            </Stack>
          </Radio.Group>
          {calibrations.data && calibrations.data.length > 0 && (
            <NativeSelect
              mt="md"
              label={t('setup.loadModel')}
              value={calibrationId}
              onChange={({ currentTarget: { value } }) => setCalibration(value)}
              data={[
                { value: '', label: t('setup.ofPreset') },
                ...calibrations.data.map(({ id, firstOn, lastOn }) => ({
                  value: String(id),
                  label: t('setup.calibrated', { first: formatDay(firstOn), last: formatDay(lastOn) }),
                })),
              ]}
            />
          )}
        </Stepper.Step>
        <Stepper.Step label={t('setup.when')}>
          <Stack>
            <TextInput
              label={t('campaign.name')}
              placeholder={t('setup.defaultName', { day: formatDay(startsOn) })}
              value={name}
              maxLength={200}
              onChange={({ currentTarget: { value } }) => setName(value)}
            />
            <Group grow>
              <DateField required label={t('campaign.from')} value={startsOn} onChange={setStartsOn} />
              <DateField required min={startsOn} label={t('campaign.to')} value={endsOn} onChange={setEndsOn} />
            </Group>
            <DateField hasTime label={t('setup.wishesUntil')} value={wishesUntil} onChange={setWishesUntil} />
            <Text size="sm">{t('setup.wishesText')}</Text>
          </Stack>
        </Stepper.Step>
        <Stepper.Step label={t('setup.who')}>
          <Stack gap="sm">
            <NativeSelect
              label={t('setup.where')}
              value={territoryId}
              onChange={({ currentTarget: { value } }) => setTerritory(value)}
              data={[
                { value: '', label: t('setup.everywhere') },
                ...(territories.data ?? []).map(({ id, name }) => ({ value: String(id), label: name })),
              ]}
            />
            <Checkbox.Group label={t('setup.whoText')} value={kinds} onChange={(value) => setKinds(value)}>
              <Stack gap="xs" mt="xs">
                {KINDS.map((kind) => (
                  <Checkbox key={kind} value={kind} label={t(`kind.${kind}`)} />
                ))}
              </Stack>
            </Checkbox.Group>
            <Checkbox
              label={t('setup.approval')}
              description={t('setup.approvalText')}
              checked={isApprovalNeeded}
              onChange={({ currentTarget: { checked } }) => setApprovalNeeded(checked)}
            />
          </Stack>
        </Stepper.Step>
      </Stepper>
      <Concerned platformId={platform.id} startsOn={startsOn} preset={preset} kinds={kinds} territoryId={territoryId} />
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

interface ConcernedProps {
  platformId: number;
  startsOn: string;
  preset: Preset['id'];
  kinds: readonly Kind[];
  territoryId: string;
}

/** Who would take part by what is chosen so far, counted anew with each choice. */
function Concerned({ platformId, startsOn, preset, kinds, territoryId }: ConcernedProps) {
  const { t } = useTranslation('operator');
  const query = {
    platformId,
    startsOn,
    preset,
    ...(kinds.length > 0 && { kind: [...kinds] }),
    ...(territoryId && { territoryId: [Number(territoryId)] }),
  };
  const concerned = useQuery({
    queryKey: ['would-concern', query],
    enabled: startsOn !== '',
    placeholderData: keepPreviousData,
    queryFn: () => answerOf(api.GET('/v1/campaigns/concerned', { params: { query } })),
  });
  const { data } = concerned;
  if (concerned.isLoadingError) return <Failure error={concerned.error} onRetry={() => void concerned.refetch()} />;
  return (
    <Stack gap={2} role="status" aria-busy={concerned.isFetching} mih={56}>
      {data && (
        <>
          <Text fw={600}>
            {t(data.establishmentCount === 0 ? 'setup.nobody' : 'setup.concerned', {
              schools: formatCount(data.establishmentCount),
              classes: formatCount(data.classCount),
              pupils: formatCount(data.pupilCount),
            })}
          </Text>
          <Text size="sm">
            {data.items
              .map((one) =>
                labelled(t(`kind.${one.kind}`, { defaultValue: one.kind }), formatCount(one.establishmentCount)),
              )
              .join(' · ')}
          </Text>
        </>
      )}
    </Stack>
  );
}
