import {
  Alert,
  createTheme,
  Drawer,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
  Modal,
} from '@mantine/core';

/** The one colour of actions. */
const accent: MantineColorsTuple = [
  '#eef3fc',
  '#d9e4f7',
  '#b0c8ee',
  '#84a9e6',
  '#5f8fdf',
  '#477fda',
  '#2f65c0',
  '#1f4fa8',
  '#183f88',
  '#102c61',
];

/** A dialog's heading is no banner of the page, which its element would make it. */
const dialog = { defaultProps: { attributes: { header: { role: 'presentation' } } } };

/** On its own pale ground the colour of an alert is too pale for its title. */
const alert = { styles: { title: { color: 'var(--mantine-color-text)' } } };

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  colors: { accent },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  headings: { fontWeight: '650' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: { Alert: Alert.extend(alert), Modal: Modal.extend(dialog), Drawer: Drawer.extend(dialog) },
});

export const colorSchemeManager = localStorageColorSchemeManager({ key: 'etale-color-scheme' });
