/** `npm run openapi`: writes docs/openapi.json, the document that the API serves, anew from the routes of the app. */
import { writeFileSync } from 'node:fs';

/** The Worker's code is typed for workerd (tsconfig.json), and this program for Node: it knows only what it uses. */
const load = (path: string) => import(new URL(`../${path}`, import.meta.url).href) as Promise<unknown>;
const { endpoints } = (await load('src/app.ts')) as { endpoints: unknown };
const { openApiText } = (await load('src/http/openapi.ts')) as { openApiText: (endpoints: unknown) => string };

writeFileSync(new URL('../docs/openapi.json', import.meta.url), openApiText(endpoints));
