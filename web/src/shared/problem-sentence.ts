import i18next from 'i18next';
import { Problem } from './api';

const BY_STATUS: Record<number, string> = {
  0: 'failure.offlineText',
  403: 'failure.forbidden',
  404: 'failure.notFound',
};

/** What a refusal means, in the reader's language: by its code, else by its status, else as the API words it. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Problem)) return i18next.t('failure.unknown');
  const { reason } = error.facts;
  const known = i18next.t(`code.${error.code}`, {
    ns: 'problems',
    defaultValue: '',
    replace: { ...error.facts, detail: error.message },
    // of a code with several reasons, each says its own
    ...(typeof reason === 'string' && { context: reason }),
  });
  const byStatus = BY_STATUS[error.status];
  return known || (byStatus === undefined ? error.message : i18next.t(byStatus));
}
