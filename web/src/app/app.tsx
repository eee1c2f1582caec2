import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createBrowserRouter, RouterProvider, type RouteObject } from 'react-router';
import { Problem } from '../shared/api';
import { Failure } from '../shared/states';
import { FrontPage, Home, NotFound } from './home';
import { Shell } from './shell';
import { colorSchemeManager, theme } from './theme';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // a refusal stays a refusal; a network may come back
      retry: (count, error) => count < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
  },
});

/** The addresses of the application; a feature's code is read when its page is. */
const routes: RouteObject[] = [
  {
    element: <Shell />,
    errorElement: <Failure error={undefined} onRetry={() => window.location.reload()} />,
    HydrateFallback: () => null,
    children: [
      { path: '/', element: <FrontPage /> },
      { path: '/app', element: <Home /> },
      {
        path: '/app/etablissements/:uai',
        lazy: async () => ({ Component: (await import('../features/head/week-page')).WeekPage }),
      },
      {
        path: '/app/etablissements/:uai/souhaits',
        lazy: async () => ({ Component: (await import('../features/head/wishes-page')).WishesPage }),
      },
      {
        path: '/app/etablissements/:uai/classes',
        lazy: async () => ({ Component: (await import('../features/head/roster-page')).RosterPage }),
      },
      {
        path: '/app/etablissements/:uai/liens',
        lazy: async () => ({ Component: (await import('../features/head/links-page')).LinksPage }),
      },
      {
        path: '/app/region/:territory?',
        lazy: async () => ({ Component: (await import('../features/authority/region-page')).RegionPage }),
      },
      {
        path: '/app/ecoles',
        lazy: async () => ({ Component: (await import('../features/authority/schools-page')).SchoolsPage }),
      },
      {
        path: '/app/protection',
        lazy: async () => ({ Component: (await import('../features/crisis/crisis-page')).CrisisPage }),
      },
      {
        path: '/app/exploitation/:section?/:id?',
        lazy: async () => ({ Component: (await import('../features/operator/operation-page')).OperationPage }),
      },
      { path: '*', element: <NotFound /> },
    ],
  },
];

const router = createBrowserRouter(routes);

const RELOADED = 'etale.reloaded';
const RELOAD_AGAIN_MILLISECONDS = 60_000;

/** A page that was open while the service was brought up to date asks for code that is no more: the whole is read anew, once, where one was going. */
window.addEventListener('vite:preloadError', (event) => {
  if (Date.now() - Number(sessionStorage.getItem(RELOADED)) < RELOAD_AGAIN_MILLISECONDS) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  event.preventDefault();
  const { pathname, search } = router.state.navigation.location ?? window.location;
  window.location.assign(`${pathname}${search}`);
});

export function App() {
  return (
    <MantineProvider theme={theme} colorSchemeManager={colorSchemeManager} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-center" />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
