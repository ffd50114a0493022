/** Where the pages begin. */
import '@patternfly/react-core/dist/styles/base.css';
import './main.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { newQueryClient } from './data/query-client.ts';
import { Router } from './router.tsx';
import { sessionKey } from './session/session.tsx';
import { applyTheme } from './shell/theme.ts';

applyTheme();

const queries = newQueryClient(sessionKey);
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <QueryClientProvider client={queries}>
    <Router />
  </QueryClientProvider>,
);
