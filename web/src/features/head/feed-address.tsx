import { Anchor, Button, CopyButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { renderSVG } from 'uqr';

/** Where a calendar subscribes to the week: a code for a telephone, a link, the address to copy. */
export default function FeedAddress({ url }: { url: string }) {
  const { t } = useTranslation('head');
  return (
    <>
      <img
        alt={t('share.qr')}
        width={200}
        height={200}
        src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(renderSVG(url))}`}
      />
      <Anchor href={url.replace(/^https?:/, 'webcal:')} className="address">
        {url}
      </Anchor>
      <CopyButton value={url}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy}>
            {t(copied ? 'share.copied' : 'share.copy')}
          </Button>
        )}
      </CopyButton>
    </>
  );
}
