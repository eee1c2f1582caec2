import { CloseButton, Drawer, Group, Paper, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

interface SidePanelProps {
  title: string;
  /** What a screen reader calls it, where the title alone says too little. */
  label?: string;
  isSheet: boolean | undefined;
  onClose: () => void;
  children: ReactNode;
}

/** What stands beside the week; on a phone a sheet over it. */
export function SidePanel({ title, label = title, isSheet, onClose, children }: SidePanelProps) {
  const { t: common } = useTranslation();
  if (!isSheet) {
    return (
      <Aside title={title} label={label} onClose={onClose}>
        {children}
      </Aside>
    );
  }
  return (
    <Drawer
      opened
      onClose={onClose}
      position="bottom"
      size="85%"
      title={title}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      {children}
    </Drawer>
  );
}

/** Takes the focus when it opens, and gives it back to where it was when it is closed, by its button or Escape. */
function Aside({ title, label, onClose, children }: Omit<SidePanelProps, 'isSheet'>) {
  const { t: common } = useTranslation();
  const element = useRef<HTMLDivElement>(null);
  const opener = useRef(document.activeElement);
  useEffect(() => element.current?.focus(), []);
  const close = (): void => {
    onClose();
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };
  return (
    <Paper
      ref={element}
      component="aside"
      withBorder
      p="md"
      className="week-panel"
      tabIndex={-1}
      aria-label={label}
      onKeyDown={({ key }) => key === 'Escape' && close()}
    >
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h4">
          {title}
        </Title>
        <CloseButton aria-label={common('close')} onClick={close} />
      </Group>
      {children}
    </Paper>
  );
}
