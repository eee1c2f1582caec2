import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { useBooking } from './booking';

/** The way back for whom ten seconds are too few, and for whom a sheet keeps from what is said beside it. */
export function UndoLast({ booking: { undoLast, isBusy } }: { booking: ReturnType<typeof useBooking> }) {
  const { t } = useTranslation('head');
  if (!undoLast) return null;
  return (
    <Button variant="default" disabled={isBusy} onClick={undoLast}>
      {t('undoLast')}
    </Button>
  );
}
