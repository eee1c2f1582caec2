import { Alert, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../../shared/api';
import { formatInstant } from '../../shared/format';
import { currentLanguage } from '../../shared/i18n';
import { type Territory, useTerritories } from '../../shared/territories';

type Step = Schema<'PublicStepDto'>;
type School = Schema<'EstablishmentDto'>;

/** The protection steps in force that concern the school, in the words that schools are to be told; nothing while there is none. */
export function StepsInForce({ steps, school }: { steps: readonly Step[]; school: School }) {
  const own = steps.filter(({ scope: { establishmentKinds: kinds = [] } }) => kinds.length === 0 || kinds.includes(school.kind)); // prettier-ignore
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
  return (
    <Alert role="status" color="orange" variant="light" title={t('protection.title')}>
      <Text>{step.words[currentLanguage()]}</Text>
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
