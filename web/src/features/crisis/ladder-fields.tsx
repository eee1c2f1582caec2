import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { type SubmitEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../shared/api';
import { sentenceOf } from '../../shared/problem-sentence';
import { sayDone } from '../../shared/undo';
import type { Acts, Ladder } from './data';
import { LadderConflict } from './ladder-conflict';
import { agreedRungs, MOST_RUNGS, moved, type RungDraft, wrongThresholds } from './ladder-draft';
import { RungLine } from './rung-line';
import { said } from './said';

interface LadderFieldsProps {
  /** The ladder as it is now. */
  ladder: Ladder;
  /** The ladder that was read, from which the rungs were written. */
  read: Ladder;
  rungs: readonly RungDraft[];
  setRungs: (rungs: RungDraft[]) => void;
  /** Of the rung whose form was open last: the focus comes back to it. */
  writtenKey: string | undefined;
  onWrite: (rung: RungDraft) => void;
  onAdd: () => void;
  /** What was written is to stand in place of the ladder as it is now. */
  onKeep: () => void;
  /** Begins anew, from the ladder as it is now. */
  onBegin: () => void;
  acts: Acts;
  onDone: () => void;
}

/** The rungs from the mildest on, with their thresholds; saved together, in the place of the ladder that was read. */
export function LadderFields({ ladder, read, rungs, setRungs, writtenKey, acts, ...on }: LadderFieldsProps) {
  const { t } = useTranslation('crisis');
  const [isSaving, setSaving] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const [told, setTold] = useState('');
  const status = useRef<HTMLParagraphElement>(null);
  // what this form has just saved is read again before it closes
  const isChanged = !isSaving && ladder.changedAt !== read.changedAt;
  const change = (at: number, its: Partial<RungDraft>) =>
    setRungs(rungs.map((rung, k) => (k === at ? { ...rung, ...its } : rung)));
  const move = (from: number, to: number) => {
    if (to < 0 || to >= rungs.length) return;
    setRungs(moved(rungs, from, to));
    setTold(t('edit.moved', { name: rungs[from]!.name, number: to + 1, all: rungs.length }));
  };
  const remove = (at: number) => {
    setRungs(rungs.filter((_, k) => k !== at));
    setTold(t('edit.removed', { name: rungs[at]!.name }));
    status.current?.focus();
  };
  const save = async () => {
    setSaving(true);
    setRefusal(undefined);
    try {
      await acts.setLadder({ rungs: agreedRungs(rungs), changedAt: read.changedAt }, true);
      on.onDone();
      sayDone(t('done.adopted'));
    } catch (error) {
      // the form stays, with all that was written
      setRefusal(error);
      setSaving(false);
    }
  };
  const decided = (act: () => void) => () => {
    setRefusal(undefined);
    act();
  };
  const submit = (event: SubmitEvent<HTMLDivElement>) => {
    event.preventDefault();
    const wrong = rungs.map((_, k) => wrongThresholds(rungs, k));
    if (wrong.some(({ climb, leave }) => climb || leave))
      event.currentTarget.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    else void save();
  };
  return (
    <Stack component="form" gap="sm" onSubmit={submit}>
      <Text size="sm">{t('edit.text')}</Text>
      {rungs.length === 0 && <Text size="sm">{t('edit.none')}</Text>}
      {rungs.map((rung, k) => (
        <RungLine
          key={rung.key}
          rung={rung}
          number={k + 1}
          isFocused={rung.key === writtenKey}
          isLast={k === rungs.length - 1}
          wrong={wrongThresholds(rungs, k)}
          change={(its) => change(k, its)}
          onWrite={() => on.onWrite(rung)}
          onMove={(by) => move(k, k + by)}
          onRemove={() => remove(k)}
        />
      ))}
      <Text size="sm" role="status" tabIndex={-1} ref={status}>
        {told}
      </Text>
      {rungs.length < MOST_RUNGS ? (
        <div>
          <Button
            variant="default"
            // of a new rung that was not kept
            data-autofocus={(writtenKey !== undefined && rungs.every(({ key }) => key !== writtenKey)) || undefined}
            onClick={on.onAdd}
          >
            {t('edit.add')}
          </Button>
        </div>
      ) : (
        <Text size="sm">{t('edit.most', { most: MOST_RUNGS })}</Text>
      )}
      {isChanged && (
        <LadderConflict before={read} after={ladder} onKeep={decided(on.onKeep)} onBegin={decided(on.onBegin)} />
      )}
      {refusal !== undefined && !(isChanged && isOfChange(refusal)) && (
        <Alert role="alert" color="orange" variant="light">
          {refusalOf(refusal, rungs)}
        </Alert>
      )}
      <Group>
        <Button type="submit" loading={isSaving || acts.isBusy}>
          {t('edit.save')}
        </Button>
        <Button variant="default" onClick={on.onDone}>
          {t('close')}
        </Button>
      </Group>
    </Stack>
  );
}

const isOfChange = (error: unknown): boolean => error instanceof Problem && error.code === 'protection.ladder_changed';

/** Why it was refused, and the name of the rung because of which. */
function refusalOf(error: unknown, rungs: readonly RungDraft[]): string {
  const code = error instanceof Problem ? error.facts.rung : undefined;
  const rung = agreedRungs(rungs).find((one) => one.code === code);
  return rung ? `${said(rung.name)} — ${sentenceOf(error)}` : sentenceOf(error);
}
