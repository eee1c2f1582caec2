import { useTranslation } from 'react-i18next';
import type { Schema } from '../../shared/api';
import { formatCount, formatDecimal, formatInstant, formatPercent } from '../../shared/format';
import { currentLanguage } from '../../shared/i18n';
import type { Certificate } from './data';

interface SentencesProps {
  certificate: Certificate;
  answers: Schema<'AnswersByTerritoryDto'> | undefined;
  timeZone: string;
}

/** The answer before the pictures: does it hold, who has answered, is it fair, and what was gained. */
export function Sentences({ certificate, answers, timeZone }: SentencesProps) {
  const { t } = useTranslation('authority');
  const { sessions, logins, displacement, unplacedCount, gapRatio } = certificate;
  const tighter = sessions.capacityRatio >= logins.capacityRatio ? sessions : logins;
  return (
    <div className="sentences">
      <p className="answer">
        {t('answer.peak', { ratio: formatPercent(tighter.capacityRatio), at: formatInstant(tighter.peakAt, timeZone) })}{' '}
        {t('answer.utilisation', { mean: formatPercent(tighter.meanLimitRatio) })}{' '}
        {unplacedCount === 0
          ? t('answer.allPlaced', { windows: formatCount(certificate.windowCount) })
          : t('answer.unplaced', { unplaced: formatCount(unplacedCount) })}
      </p>
      {answers && <WhoHasAnswered answers={answers} timeZone={timeZone} />}
      <p className="answer">
        {t('answer.fair', {
          share: formatPercent(displacement.atWishRatio),
          mean: formatDecimal(displacement.meanMinutes),
          worst: formatCount(displacement.worstMinutes),
        })}
        {gapRatio !== null && ` ${t('answer.gap', { gap: formatPercent(gapRatio, 1) })}`}
      </p>
      <p>{certificate.saving[currentLanguage()]}</p>
    </div>
  );
}

/** How many have answered, and what the silence of the others means; nothing before a plan was proposed. */
export function WhoHasAnswered({ answers, timeZone }: { answers: Schema<'AnswersByTerritoryDto'>; timeZone: string }) {
  const { t } = useTranslation('authority');
  const { phase, total, answersUntil } = answers;
  if (phase === 'none') return null;
  return (
    <p className="answer">
      {t(phase === 'open' ? 'answer.open' : 'answer.closed', {
        answered: formatCount(total.establishmentCount - total.unansweredCount),
        all: formatCount(total.establishmentCount),
        unanswered: formatCount(total.unansweredCount),
        until: answersUntil ? formatInstant(answersUntil, timeZone) : '',
      })}
    </p>
  );
}
