import { Button, Group, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatInstant } from '../../shared/format';
import { Records } from '../../shared/records';
import { sayDone } from '../../shared/undo';
import type { Acts, May, Step } from './data';
import { measuresOf } from './measures';
import { effectWords } from './expected';
import { said } from './said';
import { ScopeText } from './scope';
import { StepReplans } from './step-replans';
import { mayBeApproved, stateOf } from './step-state';
import { UndoButton } from './undo-form';

interface StepListProps {
  steps: readonly Step[];
  timeZone: string;
  may: May;
  acts: Acts;
}

/** What waits for a second person, what is in force, what was; the newest first. */
export function StepList({ steps, timeZone, may, acts }: StepListProps) {
  const { t } = useTranslation('crisis');
  const approve = (step: Step) =>
    void acts.approve(step.id).then(
      () => sayDone(t('done.approved', { name: said(step.name) })),
      () => undefined,
    );
  return (
    <div>
      <Text component="h2" fw={600} size="md" mb={4}>
        {t('steps.title')}
      </Text>
      {steps.length === 0 ? (
        <Text size="sm">{t('steps.none')}</Text>
      ) : (
        <Records label={t('steps.title')}>
          <Table.Thead>
            <Table.Tr>
              {['name', 'state', 'from', 'until', 'reason', 'action'].map((column) => (
                <Table.Th key={column}>{t(`steps.${column}`)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {steps.map((step) => (
              <Table.Tr key={step.id}>
                <Table.Th scope="row" fw={500}>
                  {said(step.name)}
                  {step.rung === null && <Text size="sm">{measuresOf(step.measures, t).join(' ')}</Text>}
                  <Text size="sm">
                    <ScopeText scope={step.scope} />
                  </Text>
                  {step.expected && <Text size="sm">{effectWords(step.expected, t)}</Text>}
                </Table.Th>
                <Table.Td>
                  {t(`state.${stateOf(step)}`)}
                  <StepReplans replans={step.replans} may={may} />
                </Table.Td>
                <Table.Td>{formatInstant(step.startsAt, timeZone)}</Table.Td>
                <Table.Td>{formatInstant(step.undoneAt ?? step.endsAt, timeZone)}</Table.Td>
                <Table.Td>{step.undoReason ?? step.reason}</Table.Td>
                <Table.Td>
                  <Group gap={4} wrap="nowrap">
                    {may.decides(step.scope) && may.seconds(step.proposedBy) && mayBeApproved(step) && (
                      <Button variant="default" loading={acts.isBusy} onClick={() => approve(step)}>
                        {t(step.state === 'proposed' ? 'steps.approve' : 'steps.confirm')}
                      </Button>
                    )}
                    {may.decides(step.scope) && stateOf(step) !== 'over' && step.state !== 'undone' && (
                      <UndoButton step={step} acts={acts} />
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Records>
      )}
    </div>
  );
}
