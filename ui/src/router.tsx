/** Addresses and what stands at them, made of the pages' own data. */
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import type { Page } from './page.ts';
import { pages } from './pages.ts';
import { homeOf } from './session/return-to.ts';
import { useSession } from './session/session.tsx';
import { BrokenPage } from './shell/broken-page.tsx';
import { FramedPage } from './shell/framed-page.tsx';
import { Layout } from './shell/layout.tsx';
import { NotFound } from './shell/not-found.tsx';
import { PageLoading } from './states/loading.tsx';

function routeOf({ load, ...page }: Page): RouteObject {
  return {
    path: page.path,
    errorElement: <BrokenPage />,
    lazy: async () => {
      const { Page: Body } = await load();
      return { element: <FramedPage page={page} Body={Body} /> };
    },
  };
}

/** The first address, for whom there is no page at it: where their kind begins. */
function Home() {
  const { kind } = useSession();
  const home = homeOf(kind);
  return home === '/' ? <NotFound /> : <Navigate replace to={home} />;
}

const home: RouteObject[] = pages.some(({ path }) => path === '/') ? [] : [{ path: '/', element: <Home /> }];

export const router = createBrowserRouter([
  {
    path: '/sign-in',
    errorElement: <BrokenPage />,
    hydrateFallbackElement: <PageLoading />,
    lazy: async () => ({ Component: (await import('./sign-in/sign-in-page.tsx')).SignInPage }),
  },
  {
    element: <Layout />,
    errorElement: <BrokenPage />,
    hydrateFallbackElement: <PageLoading />,
    children: [...home, ...pages.map(routeOf), { path: '*', element: <NotFound /> }],
  },
]);
