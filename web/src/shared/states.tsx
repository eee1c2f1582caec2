import { Alert, Button, Center, Group, Loader, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from './api';
import { sentenceOf } from './problem-sentence';

/** While something is read: what it is, never a bare wheel. */
export function Loading({ what, height = 240 }: { what: string; height?: number }) {
  return (
    <Center h={height} role="status">
      <Group gap="sm">
        <Loader size="sm" />
        <Text>{what}</Text>
      </Group>
    </Center>
  );
}

/** What could not be read, why, and the way out. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const problem = error instanceof Problem ? error : undefined;
  const isNetwork = problem?.status === 0;
  return (
    <Alert role="alert" color="orange" variant="light" title={t(isNetwork ? 'failure.offline' : 'failure.title')}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{sentenceOf(error)}</Text>
        {problem?.status === 401 ? (
          <Button component="a" href={signInHref()}>
            {t('signIn')}
          </Button>
        ) : (
          onRetry && (
            <Button variant="default" onClick={onRetry}>
              {t('failure.again')}
            </Button>
          )
        )}
      </Stack>
    </Alert>
  );
}

interface Read {
  isLoadingError: boolean;
  error: Error | null;
}

/** Why a page has nothing to show. What was read before and could not be read again stays, and the page says how old it is. */
export const failureOf = (...read: Read[]): Error | undefined =>
  read.find(({ isLoadingError }) => isLoadingError)?.error ?? undefined;

/** Nothing here yet, and what to do about it. */
interface EmptyProps {
  title: string;
  /** 1 where nothing else heads the page. */
  order?: 1 | 2;
  children?: ReactNode;
  action?: ReactNode;
}

export function Empty({ title, order = 2, children, action }: EmptyProps) {
  return (
    <Stack gap="xs" align="flex-start" className="empty">
      <Title order={order} size="h5">
        {title}
      </Title>
      {children && <Text>{children}</Text>}
      {action}
    </Stack>
  );
}

/** Signing in, and back to what is seen now. */
export const signInHref = (): string =>
  `/sign-in?returnTo=${encodeURIComponent(`${window.location.pathname}${window.location.search}`)}`;
