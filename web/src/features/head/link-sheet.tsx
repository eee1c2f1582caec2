import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { renderSVG } from 'uqr';

interface LinkSheetProps {
  schoolName: string;
  code: string;
  url: string;
  areSlips: boolean;
}

/** Slips on an A4 page; on the screen one stands for all of them. */
const SLIP_COUNT = 8;

/** What a family gets of one class: a page for the door, or a page of slips. */
export function LinkSheet({ schoolName, code, url, areSlips }: LinkSheetProps) {
  const { t } = useTranslation('head');
  const image = useMemo(
    () => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(renderSVG(url, { ecc: 'M', border: 2 }))}`,
    [url],
  );
  return (
    <section className="link-sheet" aria-label={t('links.of', { class: code })}>
      {Array.from({ length: areSlips ? SLIP_COUNT : 1 }, (_, k) => (
        <div key={k} className={k === 0 ? 'link-card' : 'link-card only-print'} aria-hidden={k > 0}>
          <p>{schoolName}</p>
          <h2>{code}</h2>
          <img alt={t('links.code', { class: code })} src={image} />
          <p>{t('links.scan')}</p>
          <p>{t('links.several')}</p>
          <p className="link-address">{url}</p>
        </div>
      ))}
    </section>
  );
}
