import { Alert, Button, Checkbox, CopyButton, Group, NumberInput, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schema } from '../../shared/api';
import { formatDate, formatInstant } from '../../shared/format';
import { Records } from '../../shared/records';
import { Empty, Failure, Loading } from '../../shared/states';
import { sayDone, sayRefused } from '../../shared/undo';

const SCOPES = ['windows', 'gateway', 'roster', 'metrics'] as const;
type Scope = (typeof SCOPES)[number];

/** Keys of machines: made with a purpose and an end, shown once, taken back. */
export function KeyRing({ platform, canChange }: { platform: Schema<'PlatformDto'>; canChange: boolean }) {
  const { t } = useTranslation('operator');
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>(['windows']);
  const [days, setDays] = useState<number | string>(365);
  const [made, setMade] = useState<Schema<'MadeMachineKeyDto'>>();
  const keys = useQuery({
    queryKey: ['keys'],
    queryFn: async () => (await answerOf(api.GET('/v1/keys', { params: { query: { limit: 200 } } }))).items,
  });
  const refresh = () => void queries.invalidateQueries({ queryKey: ['keys'] });
  const make = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/keys', {
          body: {
            name,
            scopes: scopes as Scope[],
            days: Number(days),
            ...(scopes.includes('gateway') && { platformId: platform.id }),
          },
        }),
      ),
    onSuccess: setMade,
    onError: sayRefused,
    onSettled: refresh,
  });
  const revoke = useMutation({
    mutationFn: (id: number) => answerOf(api.DELETE('/v1/keys/{id}', { params: { path: { id } } })),
    onSuccess: () => sayDone(t('key.revoked')),
    onError: sayRefused,
    onSettled: refresh,
  });
  if (keys.isLoadingError) return <Failure error={keys.error} onRetry={refresh} />;
  if (!keys.data) return <Loading what={t('loading.keys')} />;
  return (
    <Stack gap="lg">
      {made && (
        <Alert
          role="status"
          title={t('key.made', { name: made.name })}
          withCloseButton
          closeButtonLabel={t('close')}
          onClose={() => setMade(undefined)}
        >
          <Text size="sm">{t('key.once')}</Text>
          <Group mt="xs">
            <code className="secret">{made.secret}</code>
            <CopyButton value={made.secret}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {t(copied ? 'key.copied' : 'key.copy')}
                </Button>
              )}
            </CopyButton>
          </Group>
        </Alert>
      )}
      {canChange && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            make.mutate();
          }}
        >
          <Group align="flex-end">
            <TextInput
              required
              maxLength={100}
              label={t('key.name')}
              value={name}
              onChange={({ currentTarget: { value } }) => setName(value)}
            />
            <NumberInput required min={1} max={1000} label={t('key.days')} value={days} onChange={setDays} w={120} />
            <Checkbox.Group label={t('key.scopes')} value={scopes} onChange={setScopes}>
              <Group gap="sm" mih={36}>
                {SCOPES.map((scope) => (
                  <Checkbox key={scope} value={scope} label={t(`scope.${scope}`)} />
                ))}
              </Group>
            </Checkbox.Group>
            <Button type="submit" loading={make.isPending} disabled={scopes.length === 0}>
              {t('key.make')}
            </Button>
          </Group>
        </form>
      )}
      {keys.data.length === 0 ? (
        <Empty title={t('key.none')}>{t('key.noneText')}</Empty>
      ) : (
        <Records label={t('section.cles')}>
          <Table.Thead>
            <Table.Tr>
              {['name', 'scopes', 'expires', 'lastUsed'].map((column) => (
                <Table.Th key={column}>{t(`key.${column}`)}</Table.Th>
              ))}
              <Table.Th>{t('action')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {keys.data.map((key) => (
              <Table.Tr key={key.id}>
                <Table.Th scope="row">
                  {key.name} <code>{key.prefix}…</code>
                </Table.Th>
                <Table.Td>{key.scopes.map((scope) => t(`scope.${scope}`)).join(', ')}</Table.Td>
                <Table.Td>{formatDate(key.expiresAt, platform.timeZone)}</Table.Td>
                <Table.Td>
                  {key.lastUsedAt === null ? t('key.never') : formatInstant(key.lastUsedAt, platform.timeZone)}
                </Table.Td>
                <Table.Td>
                  {key.revokedAt !== null
                    ? t('key.isRevoked')
                    : canChange && (
                        <Button variant="default" size="compact-sm" onClick={() => revoke.mutate(key.id)}>
                          {t('key.revoke')}
                        </Button>
                      )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Records>
      )}
    </Stack>
  );
}
