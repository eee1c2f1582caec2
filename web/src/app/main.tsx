import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app.css';
import { createRoot } from 'react-dom/client';
import { startMessages } from '../shared/i18n';
import { App } from './app';

startMessages();
createRoot(document.getElementById('root')!).render(<App />);
