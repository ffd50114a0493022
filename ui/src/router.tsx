/** Addresses and what stands at them, made of the pages' own data. A page's program is loaded when it is opened. */
import { lazy } from 'react';
import { BrowserRouter, Navigate, type RouteObject, useRoutes } from 'react-router';
import type { Page } from './page.ts';
import { pages } from './pages.ts';
import { homeOf } from './session/return-to.ts';
import { useSession } from './session/session.tsx';
import { FramedPage } from './shell/framed-page.tsx';
import { Layout } from './shell/layout.tsx';
import { NotFound } from './shell/not-found.tsx';
import { Safely } from './shell/safely.tsx';

function routeOf({ load, ...page }: Page): RouteObject {
  const Body = lazy(async () => ({ default: (await load()).Page }));
  return { path: page.path, element: <FramedPage page={page} Body={Body} /> };
}

/** The first address, for whom there is no page at it: where their kind begins. */
function Home() {
  const { kind } = useSession();
  const home = homeOf(kind);
  return home === '/' ? <NotFound /> : <Navigate replace to={home} />;
}

const SignInPage = lazy(async () => ({ default: (await import('./sign-in/sign-in-page.tsx')).SignInPage }));

const home: RouteObject[] = pages.some(({ path }) => path === '/') ? [] : [{ path: '/', element: <Home /> }];

const routes: RouteObject[] = [
  {
    path: '/sign-in',
    element: (
      <Safely>
        <SignInPage />
      </Safely>
    ),
  },
  { element: <Layout />, children: [...home, ...pages.map(routeOf), { path: '*', element: <NotFound /> }] },
];

const Routes = () => useRoutes(routes);

export function Router() {
  return (
    <BrowserRouter>
      <Safely>
        <Routes />
      </Safely>
    </BrowserRouter>
  );
}
