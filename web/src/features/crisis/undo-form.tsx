import { useTranslation } from 'react-i18next';
import type { Acts, Step } from './data';
import { ReasonButton } from './reason-form';
import { said } from './said';

/** Takes a step back, with the reason that the audit trail keeps. */
export function UndoButton({ step, acts }: { step: Step; acts: Acts }) {
  const { t } = useTranslation('crisis');
  return (
    <ReasonButton
      label={t('undo.open')}
      title={t('undo.label', { name: said(step.name) })}
      isBusy={acts.isBusy}
      act={(reason) => acts.undo(step.id, reason)}
      done={t('done.undone', { name: said(step.name) })}
    />
  );
}
