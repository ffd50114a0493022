/** Addresses and what stands at them, made of the pages' own data. A page's program is loaded when it is opened. */
import { lazy, type ReactNode } from 'react';
import { BrowserRouter, Navigate, type RouteObject, useRoutes } from 'react-router';
import type { Page } from './page.ts';
import { pages } from './pages.ts';
import { homeOf } from './session/return-to.ts';
import { useSession } from './session/session.tsx';
import { FramedPage } from './shell/framed-page.tsx';
import { Layout } from './shell/layout.tsx';
import { NotFound } from './shell/not-found.tsx';
import { Safely } from './shell/safely.tsx';

/** The first address: who has no page at it is led to where their kind begins. */
function AtFirst({ children }: { children: ReactNode }) {
  const { kind } = useSession();
  const home = homeOf(kind);
  return home === '/' ? children : <Navigate replace to={home} />;
}

function routeOf({ load, ...page }: Page): RouteObject {
  const Body = lazy(async () => ({ default: (await load()).Page }));
  const framed = <FramedPage page={page} Body={Body} />;
  return { path: page.path, element: page.path === '/' ? <AtFirst>{framed}</AtFirst> : framed };
}

const SignInPage = lazy(async () => ({ default: (await import('./sign-in/sign-in-page.tsx')).SignInPage }));

const SignUpPage = lazy(async () => ({ default: (await import('./sign-up/sign-up-page.tsx')).SignUpPage }));

const routes: RouteObject[] = [
  {
    path: '/sign-in',
    element: (
      <Safely>
        <SignInPage />
      </Safely>
    ),
  },
  {
    path: '/sign-up',
    element: (
      <Safely>
        <SignUpPage />
      </Safely>
    ),
  },
  { element: <Layout />, children: [...pages.map(routeOf), { path: '*', element: <NotFound /> }] },
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
