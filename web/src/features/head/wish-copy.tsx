import { Alert, Button, Group, List, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../shared/api';
import { formatCount } from '../../shared/format';
import { sayRefused } from '../../shared/undo';

/** Takes over what the school asked for in the campaign before, where nothing is stated yet, and says what could not come along and why. */
export function WishCopy({ uai, campaignId }: { uai: string; campaignId: number }) {
  const { t } = useTranslation('wishes');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const copy = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/campaigns/{id}/wish-copies', { params: { path: { id: campaignId } }, body: { uais: [uai] } }),
      ),
    onError: sayRefused,
    onSettled: () => void queries.invalidateQueries({ queryKey: ['wishes', campaignId, uai] }),
  });
  return (
    <>
      <Group gap="sm">
        <Button variant="default" loading={copy.isPending} onClick={() => copy.mutate()}>
          {t('wishes.copy.do')}
        </Button>
        <Text size="sm" className="wraps">
          {t('wishes.copy.text')}
        </Text>
      </Group>
      {copy.data && (
        <Alert
          role="status"
          variant="light"
          withCloseButton
          closeButtonLabel={common('close')}
          onClose={() => copy.reset()}
          title={t('wishes.copy.copied', { count: formatCount(copy.data.copiedCount) })}
        >
          {copy.data.notCopied.length > 0 && (
            <>
              <Text size="sm">{t('wishes.copy.notCopied')}</Text>
              <List size="sm">
                {copy.data.notCopied.map(({ reason, wishCount }) => (
                  <List.Item key={reason}>
                    {t(`wishes.copy.reason.${reason}`, {
                      defaultValue: common(`problems:code.wish.${reason}`, { defaultValue: reason }),
                    })}{' '}
                    ({formatCount(wishCount)})
                  </List.Item>
                ))}
              </List>
            </>
          )}
        </Alert>
      )}
    </>
  );
}
