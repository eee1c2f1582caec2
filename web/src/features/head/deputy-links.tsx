import { Button, CopyButton, Group, Modal, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { allOf, answerOf, api } from '../../shared/api';
import { formatInstant } from '../../shared/format';
import { useFocusBack } from '../../shared/focus';
import { Failure, Loading } from '../../shared/states';
import { sayDone, sayRefused } from '../../shared/undo';

interface DeputyLinksProps {
  uai: string;
  campaignId: number;
  timeZone: string;
  until: string;
  onClose: () => void;
}

/** Links by which somebody else answers the proposal for the establishment: made, told once, seen, withdrawn. */
export default function DeputyLinks({ uai, campaignId, timeZone, until, onClose }: DeputyLinksProps) {
  const { t } = useTranslation('head');
  const { t: common } = useTranslation();
  useFocusBack();
  const queries = useQueryClient();
  const queryKey = ['answer-links', campaignId, uai];
  const [withdrawing, setWithdrawing] = useState<number>();
  const links = useQuery({
    queryKey,
    queryFn: () =>
      allOf((cursor) => {
        const query = { uai, limit: 100, ...(cursor && { cursor }) };
        return answerOf(api.GET('/v1/campaigns/{id}/answer-links', { params: { path: { id: campaignId }, query } }));
      }),
  });
  const onSettled = () => void queries.invalidateQueries({ queryKey });
  const make = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/campaigns/{id}/answer-links', {
          params: { path: { id: campaignId } },
          body: { quality: 'deputy', uais: [uai] },
        }),
      ),
    onError: sayRefused,
    onSettled,
  });
  const withdraw = useMutation({
    mutationFn: (linkId: number) =>
      answerOf(
        api.DELETE('/v1/campaigns/{id}/answer-links/{linkId}', { params: { path: { id: campaignId, linkId } } }),
      ),
    onSuccess: (_, linkId) => {
      setWithdrawing(undefined);
      if (made?.id === linkId) make.reset();
      sayDone(t('deputy.withdrawn'));
    },
    onError: sayRefused,
    onSettled,
  });
  const made = make.data?.items[0];
  const address = made && `${window.location.origin}${made.path}`;
  const now = new Date().toISOString();
  const live = (links.data ?? []).filter(
    ({ quality, revokedAt, expiresAt }) => quality === 'deputy' && revokedAt === null && expiresAt > now,
  );
  return (
    <Modal opened onClose={onClose} title={t('deputy.title')} closeButtonProps={{ 'aria-label': common('close') }}>
      <Stack gap="sm">
        <Text size="sm">{t('deputy.text', { until })}</Text>
        {address !== undefined && (
          <Stack gap="xs" align="flex-start">
            <TextInput label={t('deputy.link')} description={t('deputy.once')} value={address} readOnly w="100%" />
            <CopyButton value={address}>
              {({ copied, copy }) => <Button onClick={copy}>{t(copied ? 'share.copied' : 'share.copy')}</Button>}
            </CopyButton>
          </Stack>
        )}
        {links.isPending ? (
          <Loading what={t('panel.reading')} height={80} />
        ) : links.isLoadingError ? (
          <Failure error={links.error} onRetry={() => void links.refetch()} />
        ) : live.length === 0 ? (
          <Text>{t('deputy.none')}</Text>
        ) : (
          live.map(({ id, createdAt }) => (
            <Paper
              key={id}
              withBorder
              p="xs"
              role="group"
              aria-label={t('deputy.made', { at: formatInstant(createdAt, timeZone) })}
            >
              {' '}
              <Group justify="space-between" gap="xs">
                <Text size="sm">
                  {t(withdrawing === id ? 'deputy.sure' : 'deputy.made', { at: formatInstant(createdAt, timeZone) })}
                </Text>
                {withdrawing === id ? (
                  <Group gap="xs">
                    <Button color="red.9" loading={withdraw.isPending} onClick={() => withdraw.mutate(id)}>
                      {t('deputy.withdrawYes')}
                    </Button>
                    <Button variant="default" onClick={() => setWithdrawing(undefined)}>
                      {t('deputy.keep')}
                    </Button>
                  </Group>
                ) : (
                  <Button variant="default" onClick={() => setWithdrawing(id)}>
                    {t('deputy.withdraw')}
                  </Button>
                )}
              </Group>
            </Paper>
          ))
        )}
        <Group>
          <Button
            variant={address === undefined ? 'filled' : 'default'}
            loading={make.isPending}
            onClick={() => make.mutate()}
          >
            {t(live.length === 0 ? 'deputy.make' : 'deputy.makeAnother')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
