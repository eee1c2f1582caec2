import { Anchor, Button, Group, List, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Navigate } from 'react-router';
import { useSession } from '../shared/session';
import { Empty, Failure, Loading, signInHref } from '../shared/states';
import { placesOf } from './places';

/** The front page: what this is, signing in for those who plan, the public pages for everybody else. */
export function FrontPage() {
  const { t } = useTranslation();
  const { data: session } = useSession();
  const isSignedIn = session !== undefined && session.role !== 'visitor';
  return (
    <Stack maw={720} mx="auto" gap="lg" py="lg">
      <Stack gap="xs">
        <Title order={1}>{t('front.title')}</Title>
        <p className="answer">{t('front.answer')}</p>
      </Stack>
      <Stack gap="xs" align="flex-start">
        <Title order={2} size="h4">
          {t('front.families')}
        </Title>
        <Group>
          <Button component="a" href="/creneaux">
            {t('front.find')}
          </Button>
          <Button component="a" href="/prevision" variant="default">
            {t('front.forecast')}
          </Button>
        </Group>
      </Stack>
      <Stack gap="xs" align="flex-start">
        <Title order={2} size="h4">
          {t('front.staff')}
        </Title>
        {isSignedIn ? (
          <Button component="a" href="/app" variant="default">
            {t('front.goOn')}
          </Button>
        ) : (
          <Button component="a" href="/sign-in" variant="default">
            {t('signIn')}
          </Button>
        )}
        <List>
          {(['head', 'authority', 'operator'] as const).map((role) => (
            <List.Item key={role}>{t(`front.${role}`)}</List.Item>
          ))}
        </List>
        <Anchor href="/docs">{t('front.docs')}</Anchor>
      </Stack>
    </Stack>
  );
}

/** The home of who is signed in. */
export function Home() {
  const { t } = useTranslation();
  const session = useSession();
  if (session.isPending) return <Loading what={t('loading.session')} />;
  if (session.isLoadingError) return <Failure error={session.error} onRetry={() => void session.refetch()} />;
  if (session.data.role === 'visitor') {
    return (
      <Empty
        order={1}
        title={t('home.visitor')}
        action={
          <Button component="a" href={signInHref()}>
            {t('signIn')}
          </Button>
        }
      >
        {t('home.visitorText')}
      </Empty>
    );
  }
  const [home] = placesOf(session.data);
  return home ? (
    <Navigate to={home.path} replace />
  ) : (
    <Empty order={1} title={t('home.nothing')}>
      {t('home.nothingText')}
    </Empty>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty order={1} title={t('notFound.title')} action={<Anchor href="/app">{t('notFound.back')}</Anchor>}>
      <Text component="span">{t('notFound.text')}</Text>
    </Empty>
  );
}
