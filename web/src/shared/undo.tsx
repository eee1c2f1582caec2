import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { sentenceOf } from './problem-sentence';

const UNDO_SECONDS = 10;

/** Says what was done, and offers for ten seconds to take it back. */
export function sayDone(what: string, undo?: { label: string; run: () => void }): void {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    autoClose: UNDO_SECONDS * 1000,
    closeButtonProps: closeButton(),
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{what}</Text>
        {undo && (
          <Button
            size="compact-sm"
            variant="light"
            flex="none"
            onClick={() => {
              notifications.hide(id);
              undo.run();
            }}
          >
            {undo.label}
          </Button>
        )}
      </Group>
    ),
  });
}

/** Says what could not be done, and why. */
export function sayRefused(error: unknown): void {
  notifications.show({
    color: 'orange',
    autoClose: UNDO_SECONDS * 1000,
    closeButtonProps: closeButton(),
    message: sentenceOf(error),
  });
}

const closeButton = () => ({ 'aria-label': i18next.t('close') });
