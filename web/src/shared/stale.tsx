import { Button, Group, Text } from '@mantine/core';
import { type Query, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from './api';
import { formatTime } from './format';
import { sentenceOf } from './problem-sentence';
import { signInHref } from './states';

interface Age {
  /** When the oldest of what is shown was read. */
  readAt: number;
  error: Error | null;
}

/** Over a page whose figures could not be read again: how old they are, why, and the way out. */
export function StaleBanner() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { isOffline, age } = useStale();
  if (!isOffline && !age) return null;
  const time = age && formatTime(new Date(age.readAt), Intl.DateTimeFormat().resolvedOptions().timeZone);
  const isOver = age?.error instanceof Problem && age.error.status === 401;
  return (
    <Group role="status" bg="yellow.1" c="dark.9" p="xs" mb="sm" gap="sm">
      <Text style={{ flex: '1 1 200px' }}>
        {isOffline && t('stale.offline')} {!isOffline && age?.error && sentenceOf(age.error)}{' '}
        {time && t('stale.since', { time })}
      </Text>
      {isOver ? (
        <Button component="a" href={signInHref()} size="compact-md">
          {t('signIn')}
        </Button>
      ) : (
        !isOffline && (
          <Button
            variant="default"
            size="compact-md"
            onClick={() => void queries.refetchQueries({ type: 'active', predicate: isStale })}
          >
            {t('failure.again')}
          </Button>
        )
      )}
    </Group>
  );
}

/** Shown, and not to be read again for now: refused, or waiting for the network. */
const isStale = (query: Query): boolean =>
  query.isActive() &&
  query.state.data !== undefined &&
  (query.state.status === 'error' || query.state.fetchStatus === 'paused');

function useStale(): { isOffline: boolean; age: Age | undefined } {
  const queries = useQueryClient();
  const [isOffline, setOffline] = useState(!navigator.onLine);
  const [age, setAge] = useState<Age>();
  useEffect(() => {
    const look = () => {
      setOffline(!navigator.onLine);
      const [oldest] = queries
        .getQueryCache()
        .findAll({ type: 'active' })
        .filter(isStale)
        .toSorted((a, b) => a.state.dataUpdatedAt - b.state.dataUpdatedAt);
      const readAt = oldest?.state.dataUpdatedAt;
      const error = oldest?.state.error ?? null;
      setAge((before) =>
        readAt === undefined
          ? undefined
          : before?.readAt === readAt && before.error === error
            ? before
            : { readAt, error },
      );
    };
    const stop = queries.getQueryCache().subscribe(({ type }) => {
      // queries change while a page is drawn
      if (type === 'updated' || type === 'observerRemoved') queueMicrotask(look);
    });
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    look();
    return () => {
      stop();
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
    };
  }, [queries]);
  return { isOffline, age };
}
