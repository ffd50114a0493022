/**
 * The platform's own OIDC issuer, oidc-provider with people to try the roles with. Owns its clients and people. Nothing in
 * production knows of it: the Worker trusts it because the platform sets it, as an operator sets any other.
 */
import Provider, { type Configuration } from 'oidc-provider';
import type { KeptSecrets } from './kept.ts';
import { claimsOf, DEMO_CLIENT, isPerson, STAFF_CLIENT } from './people.ts';
import type { openOidcStore } from './store.ts';

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;

export type ProviderOptions = {
  issuer: string;
  /** Where the Worker is sent back to. */
  redirectUri: string;
  secrets: KeptSecrets;
  store: ReturnType<typeof openOidcStore>;
  /** The one namespace that `project-user` may see, null as long as there is none. */
  firstProject: () => Promise<string | null>;
  /** The platform's clock, ms. */
  now: () => number;
};

const scopes = ['openid', 'email', 'profile'];

/** How far the platform's clock is ahead of the machine's, s; nothing where it is behind. */
const aheadS = (now: () => number): number => Math.max(0, Math.round((now() - Date.now()) / 1000));

export function makeProvider({ issuer, redirectUri, secrets, store, firstProject, now }: ProviderOptions): Provider {
  const client = (client_id: string) => ({
    client_id,
    client_secret: secrets.client_secret,
    redirect_uris: [redirectUri],
    response_types: ['code' as const],
    grant_types: ['authorization_code'],
  });
  const configuration: Configuration = {
    adapter: store.adapter,
    clients: [client(DEMO_CLIENT), client(STAFF_CLIENT)],
    jwks: { keys: [secrets.signing_key] },
    cookies: { keys: [secrets.cookie_key] },
    scopes,
    claims: { openid: ['sub', 'email', 'email_verified', 'org', 'groups', 'namespaces'] },
    // The ID token has the claims of the scopes, as Keycloak's has.
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/sign-in/${uid}` },
    // A session of the issuer's own is short, so that the next sign-in can be somebody else's.
    ttl: {
      // oidc-provider counts by the machine's clock; the Worker, which holds its tokens to theirs, goes by the platform's.
      IdToken: () => 8 * HOUR_S + aheadS(now),
      AccessToken: HOUR_S,
      AuthorizationCode: MINUTE_S,
      Interaction: HOUR_S,
      Grant: HOUR_S,
      Session: MINUTE_S,
    },
    findAccount: async (_, id) =>
      isPerson(id)
        ? { accountId: id, claims: async () => ({ sub: id, ...claimsOf(id, await firstProject()) }) }
        : undefined,
    // There is nobody who would have to be asked whether our own client may know them.
    async loadExistingGrant({ oidc }) {
      const { client: asking, session, provider } = oidc;
      if (!asking || !session?.accountId) return undefined;
      const grant = new provider.Grant({ clientId: asking.clientId, accountId: session.accountId });
      grant.addOIDCScope(scopes.join(' '));
      await grant.save();
      return grant;
    },
  };
  return new Provider(issuer, configuration);
}
