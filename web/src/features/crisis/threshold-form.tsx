import { Button, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sayDone } from '../../shared/undo';
import type { Acts, Rung } from './data';
import { said } from './said';

interface ThresholdFormProps {
  rungs: readonly Rung[];
  acts: Acts;
}

/** At which load each rung is proposed and left; set for the whole ladder at once, because people agree on it as a whole. */
export function ThresholdForm({ rungs, acts }: ThresholdFormProps) {
  const { t } = useTranslation('crisis');
  const [isOpen, form] = useDisclosure();
  const [changed, setChanged] = useState<ReadonlyMap<string, Rung['thresholds']>>(new Map());
  const thresholdsOf = (rung: Rung): Rung['thresholds'] => changed.get(rung.code) ?? rung.thresholds;
  const change = (rung: Rung, name: keyof Rung['thresholds'], percent: number | string) =>
    setChanged(new Map(changed).set(rung.code, { ...thresholdsOf(rung), [name]: Math.round(Number(percent) * 10) }));
  const isWrong = (rung: Rung): boolean => thresholdsOf(rung).leavePerMille >= thresholdsOf(rung).climbPerMille;
  const save = () =>
    void acts.adopt(rungs.map((rung) => ({ ...rung, thresholds: thresholdsOf(rung) }))).then(
      () => {
        form.close();
        sayDone(t('done.adopted'));
      },
      // what was refused is said, and the form stays
      () => undefined,
    );
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          setChanged(new Map());
          form.open();
        }}
      >
        {t('thresholds.open')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={form.close}
        size="lg"
        title={t('thresholds.title')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Stack
          component="form"
          gap="sm"
          onSubmit={(event: { preventDefault: () => void }) => {
            event.preventDefault();
            if (!rungs.some(isWrong)) save();
          }}
        >
          <Text size="sm">{t('thresholds.text')}</Text>
          {rungs.map((rung) => (
            <Group key={rung.code} component="fieldset" gap="sm" align="flex-start" className="thresholds">
              <Text component="legend" fw={600}>
                {said(rung.name)}
              </Text>
              {(['climbPerMille', 'leavePerMille'] as const).map((name) => (
                <NumberInput
                  key={name}
                  required
                  min={name === 'climbPerMille' ? 1 : 0}
                  max={500}
                  step={5}
                  suffix=" %"
                  w={200}
                  label={t(`thresholds.${name}`)}
                  value={thresholdsOf(rung)[name] / 10}
                  onChange={(value) => change(rung, name, value)}
                  error={name === 'leavePerMille' && isWrong(rung) && t('thresholds.lower')}
                />
              ))}
            </Group>
          ))}
          <Group>
            <Button type="submit" loading={acts.isBusy}>
              {t('thresholds.save')}
            </Button>
            <Button variant="default" onClick={form.close}>
              {t('close')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
