import type { BaselinePeaks } from './plan-evidence';

/** The same sentence in the two languages of the service. */
export interface Sentences {
  fr: string;
  en: string;
}

/** 5.546 -> `5,5`; from ten on without decimals. */
const times = (ratio: number, comma: ',' | '.'): string =>
  (ratio >= 10 ? String(Math.round(ratio)) : ratio.toFixed(1)).replace('.', comma);
const percent = (ratio: number): number => Math.round(ratio * 100);

/**
 * What a plan saved, as a head or a newspaper would say it: the peaks of its baselines against its own, each the larger of sessions
 * and log-ins as a multiple of what may be used.
 */
export function savingSentences(baselines: BaselinePeaks, peakUtilisationRatio: number): Sentences {
  const peak = ({ sessionsRatio, loginsRatio }: BaselinePeaks['random']): number =>
    Math.max(sessionsRatio, loginsRatio);
  const [wished, letter] = [peak(baselines.everybodyAtWish), peak(baselines.letterByLevel)];
  if (wished <= 1) {
    return {
      fr: `Même à l'heure souhaitée par chacun, la pointe ne prendrait que ${percent(wished)} % de la capacité disponible : ce plan la tient à ${percent(peakUtilisationRatio)} %.`,
      en: `Even with everybody at the wished hour the peak would take only ${percent(wished)}% of the available capacity: this plan keeps it at ${percent(peakUtilisationRatio)}%.`,
    };
  }
  // a letter that makes things worse is told by the figures, not held against whoever sent it
  const helps = letter < wished;
  return {
    fr:
      `Sans étalement, la pointe atteindrait ${times(wished, ',')} fois la capacité disponible` +
      `${helps ? `, et ${times(letter, ',')} fois avec des horaires par niveau` : ''} ; ce plan la tient à ${percent(peakUtilisationRatio)} %.`,
    en:
      `With everybody at the wished hour the peak would be ${times(wished, '.')} times the available capacity` +
      `${helps ? `, and ${times(letter, '.')} times with hours by level` : ''}; this plan keeps it at ${percent(peakUtilisationRatio)}%.`,
  };
}
