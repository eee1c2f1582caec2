import { Alert, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../shared/api';
import { formatHour, formatInstant } from '../../shared/format';
import { currentLanguage } from '../../shared/i18n';
import { type Territory, useTerritories } from '../../shared/territories';

type Step = Schema<'PublicStepDto'>;
type School = Schema<'EstablishmentDto'>;

interface StepsProps {
  steps: readonly Step[];
  school: School;
  /** Levels of the classes of the school. */
  levels: readonly string[];
}

/** The protection steps in force that concern the school, in the words that schools are to be told; nothing while there is none. */
export function StepsInForce({ steps, school, levels }: StepsProps) {
  const own = steps.filter(
    ({ scope: { establishmentKinds: kinds = [], levels: its = [] } }) =>
      (kinds.length === 0 || kinds.includes(school.kind)) &&
      (its.length === 0 || its.some((level) => levels.includes(level))),
  );
  if (own.length === 0) return null;
  return (
    <Stack gap="xs" className="no-print">
      {own.map((step) =>
        (step.scope.territories ?? []).length === 0 ? (
          <StepNotice key={step.id} step={step} timeZone={school.timeZone} />
        ) : (
          <StepWithin key={step.id} step={step} school={school} />
        ),
      )}
    </Stack>
  );
}

/** A step of some territories: told where the school lies in one of them. */
function StepWithin({ step, school }: { step: Step; school: School }) {
  const territories = useTerritories();
  const above = placesOf(school.departmentCode, territories.data ?? []);
  if (!step.scope.territories?.some((code) => above.includes(code))) return null;
  return <StepNotice step={step} timeZone={school.timeZone} />;
}

function StepNotice({ step, timeZone }: { step: Step; timeZone: string }) {
  const { t } = useTranslation('head');
  const { relativesHours, scope } = step;
  const whom = [...(scope.profiles ?? []).map((profile) => t(`protection.${profile}`)), ...(scope.levels ?? [])];
  return (
    <Alert role="status" color="orange" variant="light" title={t('protection.title')}>
      <Text>{step.words[currentLanguage()]}</Text>
      {whom.length > 0 && <Text size="sm">{t('protection.whom', { whom: whom.join(', ') })}</Text>}
      {relativesHours && (
        <Text size="sm">
          {t('protection.hours', { from: formatHour(relativesHours.from), to: formatHour(relativesHours.to) })}
        </Text>
      )}
      <Text size="sm">{t('protection.until', { at: formatInstant(step.endsAt, timeZone) })}</Text>
    </Alert>
  );
}

/** A department and what it lies in. */
function placesOf(code: string, territories: readonly Territory[]): string[] {
  const codes: string[] = [];
  let at = territories.find((one) => one.code === code);
  while (at) {
    codes.push(at.code);
    const { parentId } = at;
    at = territories.find(({ id }) => id === parentId);
  }
  return codes;
}
