import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../shared/format';
import type { Gateway } from '../../shared/gateways';

type Room = NonNullable<Gateway['room']>;

/** Who waits in the waiting room; nothing where no agent has one. Agents that share a store tell of one line: the longest counts. */
export function RoomLine({ gateways }: { gateways: readonly Gateway[] }) {
  const { t } = useTranslation('crisis');
  const rooms = gateways.flatMap(({ room }) => (room ? [room] : []));
  if (rooms.length === 0) return null;
  const most = (count: (room: Room) => number | null): string =>
    formatCount(Math.max(...rooms.map((room) => count(room) ?? 0)));
  const away = rooms.filter(({ isAway }) => isAway).length;
  return (
    <Text size="sm" className="wraps" role="status">
      {t(rooms.some(({ isOpen }) => isOpen) ? 'room.open' : 'room.closed', {
        pupils: most(({ pupils }) => pupils),
        unknown: most(({ unknown }) => unknown),
        relatives: most(({ relatives }) => relatives),
        held: most(({ held }) => held),
      })}
      {away > 0 && ` ${t('room.away', { count: away })}`}
    </Text>
  );
}
