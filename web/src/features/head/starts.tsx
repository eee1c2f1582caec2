import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { moveByArrows } from '../../shared/arrow-keys';
import { formatTime } from '../../shared/format';
import type { Start } from './data';

const SHOWN = new Set(['free', 'tight', 'full']);

interface StartsProps {
  starts: Start[];
  timeZone: string;
  /** Where the window stands now; nowhere for a new one. */
  present?: string;
  /** What picking one does, where that is not said above. */
  lead?: string;
  isBusy: boolean;
  onPick: (start: Start) => void;
}

/** Every possible start of the day, with a word for its verdict; full ones can be asked for too. */
export function Starts({ starts, timeZone, present, lead, isBusy, onPick }: StartsProps) {
  const { t } = useTranslation('head');
  const now = present === undefined ? undefined : Date.parse(present);
  const shown = starts.filter(({ verdict, startsAt }) => SHOWN.has(verdict) && Date.parse(startsAt) !== now);
  if (shown.length === 0) return <Text size="sm">{t(nothingOf(starts))}</Text>;
  return (
    <>
      <p role="status" className="visually-hidden">
        {isBusy && t('panel.reading')}
      </p>
      {lead !== undefined && <Text size="sm">{lead}</Text>}
      <ul className="starts" onKeyDown={moveByArrows}>
        {shown.map((start) => (
          <li key={start.startCell}>
            <button
              type="button"
              className={`start start-${start.verdict}`}
              disabled={isBusy}
              onClick={() => onPick(start)}
            >
              <span>{formatTime(start.startsAt, timeZone)}</span>
              <small>{t(`verdict.${start.verdict}`)}</small>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Why a day has no start: what another day would change, where it is that. */
function nothingOf(starts: readonly Start[]): 'panel.ruleLimit' | 'panel.closed' | 'panel.noStart' {
  if (starts.some(({ verdict }) => verdict === 'rule_limit')) return 'panel.ruleLimit';
  return starts.length > 0 && starts.every(({ verdict }) => verdict === 'closed') ? 'panel.closed' : 'panel.noStart';
}
