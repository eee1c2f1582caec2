import { CloseButton, Drawer, Group, Paper, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFocusBack, useKeptFocus } from '../../shared/focus';

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
      <Sheet>{children}</Sheet>
    </Drawer>
  );
}

/** What a sheet holds: the sheet itself takes the focus, which stays in it and goes back to where it was in the end. */
function Sheet({ children }: { children: ReactNode }) {
  const element = useRef<HTMLDivElement>(null);
  useFocusBack();
  useKeptFocus(element);
  return (
    <div ref={element} tabIndex={-1}>
      {children}
    </div>
  );
}

/** Takes the focus when it opens, keeps it while its buttons come and go, and gives it back to where it was when it is closed, by its button or Escape. */
function Aside({ title, label, onClose, children }: Omit<SidePanelProps, 'isSheet'>) {
  const { t: common } = useTranslation();
  const element = useRef<HTMLDivElement>(null);
  useFocusBack();
  useKeptFocus(element);
  useEffect(() => element.current?.focus(), []);
  return (
    <Paper
      ref={element}
      component="aside"
      withBorder
      p="md"
      className="week-panel"
      tabIndex={-1}
      aria-label={label}
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
    >
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h4">
          {title}
        </Title>
        <CloseButton aria-label={common('close')} onClick={onClose} />
      </Group>
      {children}
    </Paper>
  );
}
