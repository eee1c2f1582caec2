import { Button, Menu, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api, download, Problem } from '../../shared/api';
import { currentLanguage } from '../../shared/i18n';
import { sentenceOf } from '../../shared/problem-sentence';
import { sayRefused } from '../../shared/undo';

// it draws a QR code, which few ask for
const FeedAddress = lazy(() => import('./feed-address'));

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** What leaves the page: paper for the door, a spreadsheet, a calendar that follows. */
export function ShareMenu({ uai, monday }: { uai: string; monday: string }) {
  const { t } = useTranslation('head');
  const { t: common } = useTranslation();
  const [isFeed, feed] = useDisclosure();
  const button = useRef<HTMLButtonElement>(null);
  const week = `/v1/establishments/${uai}/week?from=${monday}&lang=${currentLanguage()}`;
  const path = { uai };
  const address = useMutation({
    mutationFn: (isAnother: boolean) =>
      answerOf(
        isAnother
          ? api.POST('/v1/establishments/{uai}/feed/replacement', { params: { path } })
          : api.POST('/v1/establishments/{uai}/feed', { params: { path } }),
      ),
  });
  const hasOneAlready = address.error instanceof Problem && address.error.code === 'feed.exists';
  const take = (format: string, accept: string) =>
    void download(`${week}&format=${format}`, `creneaux-${uai}-${monday}.${format}`, accept).catch(sayRefused);
  const url = address.data ? `${window.location.origin}${address.data.path}` : undefined;
  return (
    <>
      <Menu position="bottom-end" keepMounted={false}>
        <Menu.Target>
          <Button ref={button} variant="default" className="no-print">
            {t('share.title')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={`${week}&format=html`} target="_blank">
            {t('share.print')}
          </Menu.Item>
          <Menu.Item component="a" href={`${week}&format=html&sheet=school`} target="_blank">
            {t('share.printSchool')}
          </Menu.Item>
          <Menu.Item onClick={() => take('xlsx', XLSX)}>{t('share.xlsx')}</Menu.Item>
          <Menu.Item onClick={() => take('csv', 'text/csv')}>{t('share.csv')}</Menu.Item>
          <Menu.Item
            onClick={() => {
              feed.open();
              address.mutate(false);
            }}
          >
            {t('share.feed')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={isFeed}
        onClose={feed.close}
        // what opened it was an entry of the menu, which is no more
        returnFocus={false}
        onExitTransitionEnd={() => button.current?.focus()}
        title={t('share.feed')}
        closeButtonProps={{ 'aria-label': common('close') }}
      >
        <Stack align="center">
          <Text size="sm">{t('share.feedText')}</Text>
          {url && (
            <Suspense>
              <FeedAddress url={url} />
            </Suspense>
          )}
          {address.isError && (
            <Text role="alert">{hasOneAlready ? t('share.feedOnce') : sentenceOf(address.error)}</Text>
          )}
          {hasOneAlready && (
            <Button variant="default" loading={address.isPending} onClick={() => address.mutate(true)}>
              {t('share.feedAnother')}
            </Button>
          )}
        </Stack>
      </Modal>
    </>
  );
}
