/** The platform's own issuer beside the Worker: started, given to the Worker as an operator would, said in the log. */
import { isPlainLoopback, withoutSlash } from '../../src/lib/base-url.ts';
import type { AdminApi } from '../cluster/local.ts';
import { ensureDemoOrganisation, firstProjectOf } from './organisation.ts';
import { DEMO_ORGANISATION, personNames, STAFF_CLIENT, STAFF_ROLES } from './people.ts';
import { startOidc } from './server.ts';

type Env = Record<string, string | undefined>;
type OnStop = (name: string, stop: () => void | Promise<void>) => void;

export type OwnIssuer = {
  /** Null where there is none, and the password with it. */
  url: string | null;
  password: string | null;
  /** The Worker's variables for staff; none where the caller has a staff issuer of their own. */
  bindings: Record<string, string>;
  /** Makes the organisation whose issuer it is, once the API answers. */
  introduce: (api: AdminApi) => Promise<void>;
};

export type OwnIssuerOptions = {
  dataDir: string;
  /** The port of the last run. */
  port: number | undefined;
  /** Where the Worker says that it is. */
  publicUrl: string;
  env: Env;
  /** The platform's clock, ms. */
  now: () => number;
};

const none: OwnIssuer = { url: null, password: null, bindings: {}, introduce: async () => {} };

/** There is none where the Worker is told that it is elsewhere: from there it calls nothing on this machine. */
export async function startOwnIssuer(
  { dataDir, port, publicUrl, env, now }: OwnIssuerOptions,
  log: (line: string) => void,
  onStop: OnStop,
): Promise<OwnIssuer> {
  if (!isPlainLoopback(publicUrl) && env['ALLOW_PLAIN_HTTP'] !== 'true') {
    log('PUBLIC_URL is not on this machine: there is no issuer here that people could sign in at');
    return none;
  }
  const start = `${withoutSlash(publicUrl)}/api/sessions/oidc/start`;
  const redirectUri = `${withoutSlash(publicUrl)}/api/sessions/oidc/callback`;
  let firstProject = async (): Promise<string | null> => null;
  const oidc = await startOidc({ dataDir, port, redirectUri, firstProject: () => firstProject(), now }, log);
  onStop('issuer', oidc.close);
  const { issuer, secrets } = oidc;
  const staff = !env['STAFF_OIDC_ISSUER'];
  return {
    url: issuer,
    password: secrets.password,
    bindings: staff
      ? {
          STAFF_OIDC_ISSUER: issuer,
          STAFF_OIDC_CLIENT_ID: STAFF_CLIENT,
          STAFF_OIDC_CLIENT_SECRET: secrets.client_secret,
          STAFF_OIDC_ROLES: STAFF_ROLES,
        }
      : {},
    async introduce(api) {
      const demo = await ensureDemoOrganisation(api, { issuer, clientSecret: secrets.client_secret });
      firstProject = () => firstProjectOf(api, demo);
      log(`people sign in at ${issuer} as ${personNames.join(', ')}, with the ready line's oidc_password:`);
      log(`  ${start}?organisation=${DEMO_ORGANISATION.slug}`);
      if (staff) log(`  ${start}?staff=true`);
    },
  };
}
