import { Checkbox, Group, NativeSelect, NumberInput, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LEVELS } from '../../shared/levels';
import type { Territory } from '../../shared/territories';
import { useGatewaySettings } from './data';
import type { OwnStep } from './own-step';

const PROFILES = ['pupil', 'relative', 'staff'] as const;
const KINDS = ['maternelle', 'elementaire', 'primaire', 'college', 'lycee_gt', 'lycee_pro', 'lycee_polyvalent', 'erea'] as const; // prettier-ignore

interface FieldsProps {
  step: OwnStep;
  change: (its: Partial<OwnStep>) => void;
}

/** What a step of one's own does. */
export function MeasureFields({ step, change, platformId }: FieldsProps & { platformId: number }) {
  const { t } = useTranslation('crisis');
  const features = useGatewaySettings(platformId).data?.features ?? [];
  return (
    <Stack component="fieldset" gap="xs" className="own-step">
      <Text component="legend" fw={600}>
        {t('own.what')}
      </Text>
      <Checkbox
        label={t('own.defersRelatives')}
        checked={step.defersRelatives}
        onChange={({ currentTarget: { checked } }) => change({ defersRelatives: checked })}
      />
      {step.defersRelatives && (
        <Group gap="sm" align="flex-end">
          {(['relativesFrom', 'relativesTo'] as const).map((name) => (
            <TextInput
              key={name}
              type="time"
              step={300}
              required={step.relativesFrom !== '' || step.relativesTo !== ''}
              label={t(`own.${name}`)}
              value={step[name]}
              onChange={({ currentTarget: { value } }) => change({ [name]: value })}
            />
          ))}
          <Text size="sm" c="dimmed">
            {t('own.relativesHint')}
          </Text>
        </Group>
      )}
      <Checkbox
        label={t('own.isLiveOnly')}
        checked={step.isLiveOnly}
        onChange={({ currentTarget: { checked } }) => change({ isLiveOnly: checked })}
      />
      <Group gap="sm" align="flex-end">
        <NumberInput min={0} max={100} suffix=" %" w={170} label={t('own.walkIn')} value={step.walkInPercent} onChange={(walkInPercent) => change({ walkInPercent })} />
        <NumberInput min={1} max={240} w={170} label={t('own.idle')} value={step.idleMinutes} onChange={(idleMinutes) => change({ idleMinutes })} />
        <NumberInput min={0} max={100} suffix=" %" w={170} label={t('own.capacity')} value={step.capacityPercent} onChange={(capacityPercent) => change({ capacityPercent })} />
      </Group>
      {features.length > 0 && (
        <Checkbox.Group label={t('own.features')} value={step.featuresOff} onChange={(featuresOff) => change({ featuresOff })}>
          <Group gap="sm">
            {features.map((name) => <Checkbox key={name} value={name} label={name} />)}
          </Group>
        </Checkbox.Group>
      )}
    </Stack>
  ); // prettier-ignore
}

interface ScopeFieldsProps extends FieldsProps {
  /** Territories that may be named. */
  places: readonly Territory[];
  /** Whether it may concern the whole platform. */
  isEverywhere: boolean;
}

/** Whom it concerns. */
export function ScopeFields({ step, change, places, isEverywhere }: ScopeFieldsProps) {
  const { t } = useTranslation('crisis');
  const lists = [
    ['profiles', PROFILES.map((value) => ({ value, label: t(`scope.${value}`) }))],
    ['establishmentKinds', KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))],
    ['levels', LEVELS.map((value) => ({ value, label: value.replace('_', ' ') }))],
  ] as const;
  return (
    <Stack component="fieldset" gap="xs" className="own-step">
      <Text component="legend" fw={600}>
        {t('own.whom')}
      </Text>
      <NativeSelect
        label={t('own.territory')}
        value={step.territory}
        onChange={({ currentTarget: { value } }) => change({ territory: value })}
        data={[
          ...(isEverywhere ? [{ value: '', label: t('own.everywhere') }] : []),
          ...places.map(({ code, name }) => ({ value: code, label: name })),
        ]}
      />
      {lists.map(([name, choices]) => (
        <details key={name}>
          <summary>{t(`own.${name}`)}</summary>
          <Checkbox.Group
            aria-label={t(`own.${name}`)}
            value={step[name]}
            onChange={(value: string[]) => change({ [name]: value })}
          >
            <Group gap="sm">
              {choices.map((choice) => (
                <Checkbox key={choice.value} {...choice} />
              ))}
            </Group>
          </Checkbox.Group>
        </details>
      ))}
    </Stack>
  );
}

/** What people are told, for how long and why. */
export function WordFields({ step, change }: FieldsProps) {
  const { t } = useTranslation('crisis');
  return (
    <>
      <TextInput required maxLength={200} label={t('own.name')} value={step.name} onChange={({ currentTarget: { value } }) => change({ name: value })} />
      <TextInput
        maxLength={200}
        label={t('own.nameEn')}
        value={step.nameEn}
        onChange={({ currentTarget: { value } }) => change({ nameEn: value })}
      />
      <Textarea required autosize maxLength={1000} label={t('own.wordsFr')} value={step.wordsFr} onChange={({ currentTarget: { value } }) => change({ wordsFr: value })} />
      <Textarea autosize maxLength={1000} label={t('own.wordsEn')} value={step.wordsEn} onChange={({ currentTarget: { value } }) => change({ wordsEn: value })} />
      <TextInput required maxLength={500} label={t('enforce.reason')} value={step.reason} onChange={({ currentTarget: { value } }) => change({ reason: value })} />
    </>
  ); // prettier-ignore
}
