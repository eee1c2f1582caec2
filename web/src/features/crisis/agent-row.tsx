import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Gateway, isLate } from '../../shared/gateways';

/** The agents as one row of squares, with a sentence about those that are behind. */
export function AgentRow({ gateways }: { gateways: readonly Gateway[] }) {
  const { t } = useTranslation('crisis');
  const late = gateways.filter(isLate);
  if (gateways.length === 0) return <Text size="sm">{t('agents.none')}</Text>;
  return (
    <div className="agents">
      <Text size="sm">
        {late.length === 0
          ? t('agents.fine', { count: gateways.length })
          : t('agents.late', {
              count: late.length,
              all: gateways.length,
              names: late.map(({ agent }) => agent).join(', '),
            })}
      </Text>
      <ul aria-label={t('agents.title')}>
        {gateways.map((one) => (
          <li
            key={`${one.keyId} ${one.agent}`}
            className={isLate(one) ? 'late' : 'current'}
            title={`${one.agent} · ${isLate(one) ? t('agents.isLate') : t('agents.isCurrent')}`}
          >
            <span className="visually-hidden">{`${one.agent} ${isLate(one) ? t('agents.isLate') : t('agents.isCurrent')}`}</span>
            <span aria-hidden="true">{isLate(one) ? '!' : '✓'}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
