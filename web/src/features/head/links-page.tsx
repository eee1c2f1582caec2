import './head.css';
import './messages';
import { Autocomplete, Button, Group, SegmentedControl, Select, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import { answerOf, api } from '../../shared/api';
import { Empty, Failure, failureOf, Loading } from '../../shared/states';
import { useEstablishment } from './data';
import { LinkSheet } from './link-sheet';

/** Links by which families show the gateway their class, to be printed: a sheet a class for the door, or slips to cut. */
export function LinksPage() {
  const { uai = '' } = useParams();
  const { t } = useTranslation('head');
  const [search, setSearch] = useSearchParams();
  const school = useEstablishment(uai);
  const links = useQuery({
    queryKey: ['class-links', uai],
    queryFn: () => answerOf(api.GET('/v1/establishments/{uai}/class-links', { params: { path: { uai } } })),
  });
  const failed = failureOf(school, links);
  if (failed) return <Failure error={failed} onRetry={() => void Promise.all([school.refetch(), links.refetch()])} />;
  if (!school.data || !links.data) return <Loading what={t('loading.links')} />;
  const { items, portals } = links.data;
  if (items.length === 0) {
    return (
      <Empty order={1} title={t('links.none')}>
        {t('links.noneText')}
      </Empty>
    );
  }
  const put = (name: string, value: string | null) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (value) after.set(name, value);
        else after.delete(name);
        return after;
      },
      { replace: true },
    );
  const address = search.get('ent') ?? portals[0]?.url ?? '';
  const origin = originOf(address);
  const areSlips = search.get('feuille') === 'coupons';
  const chosen = search.get('classe');
  const shown = items.filter(({ classId }) => chosen === null || classId === Number(chosen));
  return (
    <Stack gap="md">
      <div className="no-print">
        <Title order={1} size="h3">
          {t('links.title')}
        </Title>
        <Text>{school.data.name}</Text>
        <p className="answer">{t('links.have', { count: items.length })}</p>
        <Text size="sm">{t('links.text')}</Text>
        <Text size="sm">{t('links.until')}</Text>
      </div>
      <Group align="flex-end" className="no-print">
        <Autocomplete
          label={t('links.ent')}
          description={t('links.entText')}
          placeholder="https://ent.exemple.fr"
          type="url"
          data={[...new Set(portals.map(({ url }) => url))]}
          value={address}
          onChange={(value) => put('ent', value)}
          w={320}
          maw="100%"
        />
        <Select
          clearable
          label={t('links.class')}
          placeholder={t('links.all')}
          data={items.map(({ classId, code }) => ({ value: String(classId), label: code }))}
          value={chosen}
          onChange={(value) => put('classe', value)}
        />
        <SegmentedControl
          aria-label={t('links.sheet')}
          data={[
            { value: 'affiche', label: t('links.poster') },
            { value: 'coupons', label: t('links.slips') },
          ]}
          value={areSlips ? 'coupons' : 'affiche'}
          onChange={(value) => put('feuille', value === 'coupons' ? value : null)}
        />
        <Button disabled={origin === undefined} onClick={() => window.print()}>
          {t('links.print', { count: shown.length })}
        </Button>
      </Group>
      {origin === undefined ? (
        <Empty title={t('links.noAddress')}>{t('links.noAddressText')}</Empty>
      ) : (
        <div className={areSlips ? 'link-sheets slips' : 'link-sheets'}>
          {shown.map(({ classId, code, path }) => (
            <LinkSheet
              key={classId}
              schoolName={school.data.name}
              code={code}
              url={origin + path}
              areSlips={areSlips}
            />
          ))}
        </div>
      )}
    </Stack>
  );
}

/** The gateway answers at the root of the ENT's address, whatever page of it was copied. */
function originOf(address: string): string | undefined {
  try {
    const { protocol, origin } = new URL(address.trim());
    return ['http:', 'https:'].includes(protocol) ? origin : undefined;
  } catch {
    return undefined;
  }
}
