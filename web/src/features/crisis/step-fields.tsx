import { Checkbox, Group, NumberInput, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LEVELS } from '../../shared/levels';
import type { Territory } from '../../shared/territories';
import { useGatewaySettings } from './data';
import { MOST_MINUTES, type StepDraft } from './step-draft';

const PROFILES = ['pupil', 'relative', 'staff'] as const;
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

interface FieldsProps {
  step: StepDraft;
  change: (its: Partial<StepDraft>) => void;
}

/** What a step does. */
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
        <NumberInput
          min={0}
          max={100}
          suffix=" %"
          w={170}
          label={t('own.walkIn')}
          value={step.walkInPercent}
          onChange={(walkInPercent) => change({ walkInPercent })}
        />
        <NumberInput
          min={1}
          max={240}
          w={170}
          label={t('own.idle')}
          value={step.idleMinutes}
          onChange={(idleMinutes) => change({ idleMinutes })}
        />
        <NumberInput
          min={0}
          max={100}
          suffix=" %"
          w={170}
          label={t('own.capacity')}
          value={step.capacityPercent}
          onChange={(capacityPercent) => change({ capacityPercent })}
        />
      </Group>
      {features.length > 0 && (
        <Checkbox.Group
          label={t('own.features')}
          value={step.featuresOff}
          onChange={(featuresOff) => change({ featuresOff })}
        >
          <Group gap="sm">
            {features.map((name) => (
              <Checkbox key={name} value={name} label={name} />
            ))}
          </Group>
        </Checkbox.Group>
      )}
    </Stack>
  );
}

interface ScopeFieldsProps extends FieldsProps {
  /** Territories that may be named. */
  places: readonly Territory[];
  /** Whether it may concern the whole platform: where no territory is ticked. */
  isEverywhere: boolean;
}

/** Whom it concerns. */
export function ScopeFields({ step, change, places, isEverywhere }: ScopeFieldsProps) {
  const { t } = useTranslation('crisis');
  // one that is not offered any more can still be taken away
  const others = step.territories.filter((code) => places.every((place) => place.code !== code));
  const lists = [
    [
      'territories',
      [
        ...places.map(({ code, name }) => ({ value: code, label: name })),
        ...others.map((value) => ({ value, label: value })),
      ],
    ],
    ['profiles', PROFILES.map((value) => ({ value, label: t(`scope.${value}`) }))],
    ['establishmentKinds', KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))],
    ['levels', LEVELS.map((value) => ({ value, label: value.replace('_', ' ') }))],
  ] as const;
  return (
    <Stack component="fieldset" gap="xs" className="own-step">
      <Text component="legend" fw={600}>
        {t('own.whom')}
      </Text>
      {lists.map(([name, choices]) => (
        <details key={name}>
          <summary>
            {t('own.chosen', {
              list: t(`own.${name}`),
              chosen:
                choices
                  .filter(({ value }) => step[name].some((one) => one === value))
                  .map(({ label }) => label)
                  .join(', ') || t(name === 'territories' && !isEverywhere ? 'own.atLeastOne' : 'own.all'),
            })}
          </summary>
          <Checkbox.Group
            aria-label={t(`own.${name}`)}
            value={step[name]}
            onChange={(value: string[]) => change({ [name]: value })}
          >
            <Group gap="sm" py="xs">
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

/** For how long. */
export function MinutesField({ step, change }: FieldsProps) {
  const { t } = useTranslation('crisis');
  return (
    <NumberInput
      required
      min={5}
      max={MOST_MINUTES}
      step={5}
      label={t('enforce.minutes')}
      value={step.minutes}
      onChange={(minutes) => change({ minutes })}
    />
  );
}

/** What people are told. */
export function WordFields({ step, change }: FieldsProps) {
  const { t } = useTranslation('crisis');
  return (
    <>
      <TextInput
        required
        maxLength={200}
        label={t('own.name')}
        value={step.name}
        onChange={({ currentTarget: { value } }) => change({ name: value })}
      />
      <TextInput
        maxLength={200}
        label={t('own.nameEn')}
        value={step.nameEn}
        onChange={({ currentTarget: { value } }) => change({ nameEn: value })}
      />
      <Textarea
        required
        autosize
        maxLength={1000}
        label={t('own.wordsFr')}
        value={step.wordsFr}
        onChange={({ currentTarget: { value } }) => change({ wordsFr: value })}
      />
      <Textarea
        autosize
        maxLength={1000}
        label={t('own.wordsEn')}
        value={step.wordsEn}
        onChange={({ currentTarget: { value } }) => change({ wordsEn: value })}
      />
    </>
  );
}
