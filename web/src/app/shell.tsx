import {
  AppShell,
  Burger,
  Button,
  Drawer,
  Group,
  Kbd,
  Modal,
  Stack,
  Table,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { NavLink, Outlet } from 'react-router';
import { changeLanguage, currentLanguage } from '../shared/i18n';
import { useSession, signOut } from '../shared/session';
import { StaleBanner } from '../shared/stale';
import { signInHref } from '../shared/states';
import { placesOf } from './places';

const KEYS = [
  ['?', 'keys.help'],
  ['t', 'keys.theme'],
  ['l', 'keys.language'],
  ['g', 'keys.home'],
  ['Tab', 'keys.tab'],
  ['↑ ↓ ← →', 'keys.arrows'],
  ['Esc', 'keys.close'],
] as const;

/** What stands around every page: where one is, who one is, language, light or dark, help; and how old it is where it cannot be read again. */
export function Shell() {
  const { t } = useTranslation();
  const { data: session, isPending } = useSession();
  const [isMenu, menu] = useDisclosure();
  const [isHelp, help] = useDisclosure();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const toggleTheme = () => setColorScheme(isDark ? 'light' : 'dark');
  const toggleLanguage = () => changeLanguage(currentLanguage() === 'fr' ? 'en' : 'fr');
  useHotkeys([
    ['shift+?', help.open],
    ['?', help.open],
    ['t', toggleTheme],
    ['l', toggleLanguage],
    ['g', () => window.location.assign('/app')],
  ]);
  const places = session ? placesOf(session) : [];
  const isSignedIn = session !== undefined && session.role !== 'visitor';

  const links = places.map(({ path, name }) => (
    <Button key={path} component={NavLink} to={path} end variant="subtle" size="compact-md" onClick={menu.close}>
      {t(name)}
    </Button>
  ));
  const settings = (
    <>
      <Button
        variant="subtle"
        size="compact-md"
        onClick={toggleLanguage}
        lang={currentLanguage() === 'fr' ? 'en' : 'fr'}
      >
        {currentLanguage() === 'fr' ? 'English' : 'Français'}
      </Button>
      <Button variant="subtle" size="compact-md" onClick={toggleTheme}>
        {t(isDark ? 'theme.light' : 'theme.dark')}
      </Button>
      <Button variant="subtle" size="compact-md" onClick={help.open}>
        {t('keys.title')}
      </Button>
      {isSignedIn ? (
        <Button variant="default" size="compact-md" onClick={() => void signOut()}>
          {t('signOut')}
        </Button>
      ) : (
        <Button component="a" href={signInHref()} size="compact-md">
          {t('signIn')}
        </Button>
      )}
    </>
  );
  return (
    <AppShell header={{ height: 52 }} padding="md">
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="md" wrap="nowrap">
            <Text
              component="a"
              href={isSignedIn ? '/app' : '/'}
              fw={700}
              size="lg"
              c="var(--mantine-color-text)"
              td="none"
            >
              Étale
            </Text>
            <Group component="nav" aria-label={t('places.title')} gap={4} visibleFrom="md" wrap="nowrap">
              {links}
            </Group>
          </Group>
          {/* before it is known who looks, what stands here would change its place */}
          <Group gap={4} visibleFrom="md" wrap="nowrap" style={isPending ? { visibility: 'hidden' } : undefined}>
            {isSignedIn && (
              <Text size="sm" c="dimmed" mr="xs">
                {t(`role.${session.role}`)}
              </Text>
            )}
            {settings}
          </Group>
          <Burger hiddenFrom="md" opened={isMenu} onClick={menu.toggle} aria-label={t('menu')} size="sm" />
        </Group>
      </AppShell.Header>
      <Drawer
        opened={isMenu}
        onClose={menu.close}
        title={t('menu')}
        position="right"
        size="xs"
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Stack component="nav" aria-label={t('places.title')} align="flex-start" gap="xs">
          {isSignedIn && <Text c="dimmed">{t(`role.${session.role}`)}</Text>}
          {links}
          {settings}
        </Stack>
      </Drawer>
      <Modal
        opened={isHelp}
        onClose={help.close}
        title={t('keys.title')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Table>
          <Table.Tbody>
            {KEYS.map(([key, text]) => (
              <Table.Tr key={key}>
                <Table.Td>
                  <Kbd>{key}</Kbd>
                </Table.Td>
                <Table.Td>{t(text)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Modal>
      <AppShell.Main id="content">
        <StaleBanner />
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
