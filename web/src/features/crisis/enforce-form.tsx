import { Button, Checkbox, Group, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sayDone } from '../../shared/undo';
import type { Acts, Rung } from './data';
import { Expected } from './expected';
import { measuresOf } from './measures';
import { said } from './said';
import { ScopeText } from './scope';
import { MOST_MINUTES } from './step-draft';
import { useTrial } from './use-trial';

interface EnforceButtonProps {
  rung: Rung;
  /** Whether the ladder was approved beforehand: then one person climbs. */
  isApproved: boolean;
  /** Whether what is expected of the rung was simulated for today. */
  isSimulatedToday: boolean;
  reason?: string;
  acts: Acts;
}

/** Opens what a rung will do, for how long and why; its button is the act. */
export function EnforceButton({ rung, isApproved, isSimulatedToday, reason: because = '', acts }: EnforceButtonProps) {
  const { t } = useTranslation('crisis');
  const [isOpen, form] = useDisclosure();
  const [reason, setReason] = useState(because);
  const [minutes, setMinutes] = useState<number | string>(rung.minutes);
  const [isBreakGlass, setBreakGlass] = useState(false);
  const needsTwo = rung.isRegional && (!isApproved || Number(minutes) > rung.minutes);
  const trial = useTrial(acts, { rung: rung.code, minutes: Number(minutes) });
  const known = isSimulatedToday && Number(minutes) === rung.minutes ? rung.expected : null;
  const expected = known ?? trial.expected;
  const enforce = async () => {
    const step = await acts.enforce({
      rung: rung.code,
      reason,
      // not an instant: of a clock that is a second ahead it would be longer than what was agreed
      minutes: Number(minutes),
      isBreakGlass: needsTwo && isBreakGlass,
      ...(trial.simulationId !== null && { simulationId: trial.simulationId }),
    });
    form.close();
    if (step.state === 'proposed') sayDone(t('done.proposed', { name: said(rung.name) }));
    else
      sayDone(t('done.enforced', { name: said(rung.name) }), {
        label: t('undo.now'),
        run: () => void acts.undo(step.id, t('undo.mistake')),
      });
  };
  return (
    <>
      <Button onClick={form.open} aria-label={t('enforce.label', { name: said(rung.name) })}>
        {t('enforce.open')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={form.close}
        title={said(rung.name)}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Stack
          component="form"
          gap="sm"
          onSubmit={(event: { preventDefault: () => void }) => {
            event.preventDefault();
            // what was refused is said, and the form stays
            void (expected ? enforce() : trial.simulate()).catch(() => undefined);
          }}
        >
          <Text size="sm">
            {measuresOf(rung.measures, t).join(' ')} <ScopeText scope={rung.scope} />
          </Text>
          {expected && <Expected expected={expected} step={rung} />}
          <TextInput
            required
            maxLength={500}
            data-autofocus
            label={t('enforce.reason')}
            value={reason}
            onChange={({ currentTarget: { value } }) => setReason(value)}
          />
          <NumberInput
            required
            min={5}
            max={MOST_MINUTES}
            step={5}
            label={t('enforce.minutes')}
            value={minutes}
            onChange={setMinutes}
          />
          {needsTwo && (
            <Checkbox
              label={t('enforce.breakGlass')}
              description={t('enforce.breakGlassText')}
              checked={isBreakGlass}
              onChange={({ currentTarget: { checked } }) => setBreakGlass(checked)}
            />
          )}
          <Text size="sm" role="status">
            {trial.isRunning && `${t('own.running')} `}
            {trial.isTried && !trial.isRunning && !expected && `${t('own.failed')} `}
            {t(
              !expected && !trial.isTried
                ? 'own.before'
                : needsTwo && !isBreakGlass
                  ? 'enforce.twoPeople'
                  : 'enforce.atOnce',
            )}
          </Text>
          <Group>
            <Button type="submit" loading={acts.isBusy || trial.isRunning}>
              {t(expected ? (needsTwo && !isBreakGlass ? 'enforce.propose' : 'enforce.now') : 'own.simulate')}
            </Button>
            {trial.isTried && !expected && (
              // in a fire nobody waits for a figure
              <Button
                variant="default"
                disabled={acts.isBusy}
                onClick={({ currentTarget: { form: fields } }) => {
                  if (fields?.reportValidity()) void enforce().catch(() => undefined);
                }}
              >
                {t('own.anyway')}
              </Button>
            )}
            <Button variant="default" onClick={form.close}>
              {t('close')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
