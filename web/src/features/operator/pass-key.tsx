import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../shared/api';
import { sayDone, sayRefused } from '../../shared/undo';

/** Takes back every class link that schools have handed out: the key that signs them and passes is replaced. */
export function PassKey({ platformId }: { platformId: number }) {
  const { t } = useTranslation('operator');
  const [isAsked, asked] = useDisclosure();
  const replace = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/platforms/{id}/pass-keys', { params: { path: { id: platformId } } })),
    onSuccess: () => sayDone(t('passKey.done')),
    onError: sayRefused,
    onSettled: asked.close,
  });
  return (
    <Group>
      <Button variant="default" onClick={asked.open}>
        {t('passKey.replace')}
      </Button>
      <Modal
        opened={isAsked}
        onClose={asked.close}
        title={t('passKey.replace')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Stack>
          <Text>{t('passKey.means')}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={asked.close}>
              {t('passKey.keep')}
            </Button>
            <Button loading={replace.isPending} onClick={() => replace.mutate()}>
              {t('passKey.sure')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Group>
  );
}
