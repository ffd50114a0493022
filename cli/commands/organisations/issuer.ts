/** `organisations issuer`: where the people of an organisation sign in: shown, set as a whole, or trusted no more. */
import { readFile } from 'node:fs/promises';
import { Argument } from 'commander';
import { organisationId } from '../../../src/contracts/common.ts';
import { type IssuerView, issuerBody } from '../../../src/contracts/organisations.ts';
import { readIssuer, removeIssuer, setIssuer } from '../../../src/contracts/routes/organisations.ts';
import { reasonOf } from '../../../src/lib/reason.ts';
import { err, ok, type Result } from '../../../src/lib/result.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import type { Failure } from '../../failure.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, YesOption {
  issuer?: string;
  audience?: string;
  clientId?: string;
  clientSecretFile?: string;
  scope?: string[];
  rolesClaim?: string;
  namespacesClaim?: string;
  orgClaim?: string;
  jwksUrl?: string;
}

const { shape } = issuerBody;
const usage = (message: string) => err<Failure>({ kind: 'usage', message });

/** The secret in a file, without the end of its line. */
async function secretIn(file: string): Promise<Result<string, Failure>> {
  try {
    const secret = shape.client_secret.safeParse((await readFile(file, 'utf8')).trimEnd());
    return secret.success && secret.data !== undefined
      ? ok(secret.data)
      : usage(`${file} holds no secret: one line of printable ASCII is expected`);
  } catch (error) {
    return err({ kind: 'failed', message: `${file} cannot be read: ${reasonOf(error)}` });
  }
}

const linesOf = (issuer: IssuerView): string[] => [
  `issuer        ${issuer.issuer}`,
  `audience      ${issuer.audience}`,
  `client        ${issuer.client_id}, ${issuer.client_secret ? 'with a secret' : 'without a secret'}`,
  `claims        ${issuer.claims.roles}, ${issuer.claims.namespaces}, ${issuer.claims.org}`,
  `keys          ${issuer.jwks_url}`,
  `redirect URI  ${issuer.redirect_uri}`,
];

async function set(world: World, api: Api, id: string, options: Options): Done {
  const { issuer, audience, clientId, clientSecretFile, scope, rolesClaim, namespacesClaim, orgClaim, jwksUrl } =
    options;
  if (issuer === undefined || audience === undefined || clientId === undefined)
    return usage('--issuer, --audience and --client-id are needed: an issuer is set as a whole');
  const may = await confirm(world, options, `The people of ${id} are signed out at once.`);
  if (!may.ok) return may;
  const secret = clientSecretFile === undefined ? ok(null) : await secretIn(clientSecretFile);
  if (!secret.ok) return secret;
  const made = await api.call(setIssuer, {
    params: { organisationId: id },
    body: {
      issuer,
      audience,
      client_id: clientId,
      claims: {
        ...(rolesClaim === undefined ? {} : { roles: rolesClaim }),
        ...(namespacesClaim === undefined ? {} : { namespaces: namespacesClaim }),
        ...(orgClaim === undefined ? {} : { org: orgClaim }),
      },
      ...(secret.value === null ? {} : { client_secret: secret.value }),
      ...(scope === undefined ? {} : { scopes: scope }),
      ...(jwksUrl === undefined ? {} : { jwks_url: jwksUrl }),
    },
  });
  if (!made.ok) return made;
  print(world, options, made.value, linesOf(made.value.issuer));
  return done;
}

async function show(world: World, api: Api, id: string, options: Options): Done {
  const read = await api.call(readIssuer, { params: { organisationId: id } });
  if (!read.ok) return read;
  print(world, options, read.value, linesOf(read.value.issuer));
  return done;
}

async function remove(world: World, api: Api, id: string, options: Options): Done {
  const may = await confirm(world, options, `The people of ${id} are signed out at once, and cannot sign in.`);
  if (!may.ok) return may;
  const gone = await api.call(removeIssuer, { params: { organisationId: id } });
  if (!gone.ok) return gone;
  print(world, options, { organisation_id: id, removed: true }, [`the issuer of ${id} is trusted no more`]);
  return done;
}

const actions = { show, set, remove };
type Action = keyof typeof actions;

export const organisationsIssuerCommand: Define = ({ program, world, withApi }) => {
  program
    .command('issuer')
    .description('where the people of an organisation sign in')
    .addArgument(new Argument('<action>', 'what').choices(Object.keys(actions)))
    .argument('<organisation>', 'org_ + 32 hex digits', by(organisationId))
    .option('--issuer <url>', 'exactly the iss of its tokens', by(shape.issuer))
    .option('--audience <name>', 'what aud of a token contains', by(shape.audience))
    .option('--client-id <id>', 'the client of sign-ins in a browser', by(shape.client_id))
    .option('--client-secret-file <file>', "that client's secret, of a confidential one")
    .option('--scope <scopes...>', 'asked for beside openid')
    .option('--roles-claim <name>', 'the claim of roles; groups unless given')
    .option('--namespaces-claim <name>', 'the claim of namespaces; namespaces unless given')
    .option('--org-claim <name>', 'the claim of the slug; org unless given')
    .option('--jwks-url <url>', 'where the keys are, in the place of what the issuer says', by(shape.issuer))
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi(async (api, action: Action, id: string, options: Options) => {
        const checked = action === 'show' ? done : canConfirm(world, options);
        return checked.ok ? await actions[action](world, api, id, options) : checked;
      }),
    );
};
