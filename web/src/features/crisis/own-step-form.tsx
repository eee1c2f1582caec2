import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTerritories } from '../../shared/territories';
import { sayDone } from '../../shared/undo';
import type { Acts, Ladder } from './data';
import { type Decides, placesFor } from './decides';
import { Expected } from './expected';
import { EMPTY_STEP, type StepDraft, textsOf, trialOf } from './step-draft';
import { MeasureFields, MinutesField, ScopeFields, WordFields } from './step-fields';
import { useTrial } from './use-trial';

interface OwnStepButtonProps {
  ladder: Ladder;
  decides: Decides;
  acts: Acts;
}

/** Opens the form of a step that is none of the ladder. */
export function OwnStepButton({ ladder, decides, acts }: OwnStepButtonProps) {
  const { t } = useTranslation('crisis');
  const [isOpen, form] = useDisclosure();
  return (
    <>
      <Button variant="default" mt="sm" onClick={form.open}>
        {t('own.open')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={form.close}
        size="lg"
        title={t('own.title')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <OwnStepForm ladder={ladder} decides={decides} acts={acts} onDone={form.close} />
      </Modal>
    </>
  );
}

/** What a step will do is simulated before its button can be pressed; whatever is changed afterwards is simulated again. */
function OwnStepForm({ ladder, decides, acts, onDone }: OwnStepButtonProps & { onDone: () => void }) {
  const { t } = useTranslation('crisis');
  const territories = useTerritories();
  const places = placesFor(decides, ladder.departments, territories.data ?? []);
  const isEverywhere = decides();
  const [step, setStep] = useState<StepDraft>({
    ...EMPTY_STEP,
    territories: isEverywhere ? [] : places.slice(0, 1).map(({ code }) => code),
  });
  const [reason, setReason] = useState('');
  const [isBreakGlass, setBreakGlass] = useState(false);
  const trial = trialOf(step);
  const { isTried, isRunning, expected, simulationId, simulate } = useTrial(acts, trial);
  const change = (its: Partial<StepDraft>) => setStep((before) => ({ ...before, ...its }));
  const enforce = async () => {
    const made = await acts.enforce({
      ...trial,
      ...textsOf(step),
      reason,
      isBreakGlass,
      ...(simulationId !== null && { simulationId }),
    });
    onDone();
    if (made.state === 'proposed') sayDone(t('done.proposed', { name: step.name }));
    else
      sayDone(t('done.enforced', { name: step.name }), {
        label: t('undo.now'),
        run: () => void acts.undo(made.id, t('undo.mistake')),
      });
  };
  return (
    <Stack
      component="form"
      gap="sm"
      onSubmit={(event: { preventDefault: () => void }) => {
        event.preventDefault();
        // what was refused is said, and the form stays
        void (expected ? enforce() : simulate()).catch(() => undefined);
      }}
    >
      <MeasureFields step={step} change={change} platformId={ladder.platformId} />
      <ScopeFields step={step} change={change} places={places} isEverywhere={isEverywhere} />
      <MinutesField step={step} change={change} />
      <WordFields step={step} change={change} />
      <TextInput
        required
        maxLength={500}
        label={t('enforce.reason')}
        value={reason}
        onChange={({ currentTarget: { value } }) => setReason(value)}
      />
      {expected && <Expected expected={expected} step={trial} />}
      {isTried && (
        <Checkbox
          label={t('enforce.breakGlass')}
          description={t('enforce.breakGlassText')}
          checked={isBreakGlass}
          onChange={({ currentTarget: { checked } }) => setBreakGlass(checked)}
        />
      )}
      <Text size="sm" role="status">
        {t(isRunning ? 'own.running' : expected ? 'own.twoPeople' : isTried ? 'own.failed' : 'own.before')}
      </Text>
      <Group>
        <Button type="submit" loading={acts.isBusy || isRunning}>
          {t(expected ? 'own.enforce' : 'own.simulate')}
        </Button>
        {isTried && !expected && (
          // in a fire nobody waits for a figure
          <Button
            variant="default"
            onClick={({ currentTarget: { form } }) => {
              if (form?.reportValidity()) void enforce().catch(() => undefined);
            }}
          >
            {t('own.anyway')}
          </Button>
        )}
        <Button variant="default" onClick={onDone}>
          {t('close')}
        </Button>
      </Group>
    </Stack>
  );
}
