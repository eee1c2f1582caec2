import { Button, Modal, useModalsStack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Acts, Ladder } from './data';
import { newRung, type RungDraft, rungDraftOf, withRung } from './ladder-draft';
import { LadderFields } from './ladder-fields';
import { RungForm } from './rung-form';

interface LadderFormProps {
  ladder: Ladder;
  acts: Acts;
}

/** The ladder as it is to be: written as a whole, because people agree on it as a whole; each rung has a form of its own on top. */
export function LadderForm({ ladder, acts }: LadderFormProps) {
  const { t } = useTranslation('crisis');
  const stack = useModalsStack(['ladder', 'rung']);
  /** The ladder that was read when the form was opened: the page reads on meanwhile. */
  const [read, setRead] = useState(ladder);
  const [rungs, setRungs] = useState<RungDraft[]>([]);
  const [written, setWritten] = useState<RungDraft>();
  const begin = () => {
    setRead(ladder);
    setRungs(ladder.rungs.map(rungDraftOf));
    setWritten(undefined);
  };
  const write = (rung: RungDraft) => {
    setWritten(rung);
    stack.open('rung');
  };
  // a click beside it would throw away all that was written
  const form = { size: 'lg', closeOnClickOutside: false, closeButtonProps: { 'aria-label': t('close') } };
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          begin();
          stack.open('ladder');
        }}
      >
        {t('edit.open')}
      </Button>
      <Modal.Stack>
        <Modal {...stack.register('ladder')} {...form} title={t('edit.title')}>
          <LadderFields
            ladder={ladder}
            read={read}
            rungs={rungs}
            setRungs={setRungs}
            writtenKey={written?.key}
            onWrite={write}
            onAdd={() => write(newRung(rungs, crypto.randomUUID()))}
            onKeep={() => setRead(ladder)}
            onBegin={begin}
            acts={acts}
            onDone={stack.closeAll}
          />
        </Modal>
        <Modal {...stack.register('rung')} {...form} title={t(written?.name ? 'edit.rungTitle' : 'edit.newRung')}>
          {written && (
            <RungForm
              key={written.key}
              rung={written}
              ladder={ladder}
              onKeep={(rung) => {
                setRungs(withRung(rungs, rung));
                stack.close('rung');
              }}
              onClose={() => stack.close('rung')}
            />
          )}
        </Modal>
      </Modal.Stack>
    </>
  );
}
