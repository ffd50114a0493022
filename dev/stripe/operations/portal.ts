/** `/v1/billing_portal`: https://docs.stripe.com/api/customer_portal */
import type { Context, Operation } from '../context.ts';
import { newId } from '../ids.ts';
import type { PortalConfiguration } from '../objects/portal.ts';
import { operation } from '../operation.ts';
import type { Parameters, ValuesOf } from '../parameters.ts';
import { secondsOf } from '../seconds.ts';
import { rendered } from '../wires.ts';
import { find, findCustomer, listed, merged, or, paging, retrieval } from './shared.ts';

const sessionsUrl = '/v1/billing_portal/sessions';
const configurationsUrl = '/v1/billing_portal/configurations';

const configurationFields = {
  active: 'boolean',
  business_profile: {
    of: { headline: { unset: 'text' }, privacy_policy_url: 'text', terms_of_service_url: 'text' },
  },
  default_return_url: { unset: 'text' },
  features: {
    of: {
      customer_update: {
        of: {
          allowed_updates: { unset: { many: { one: ['address', 'email', 'name', 'phone', 'shipping', 'tax_id'] } } },
          enabled: 'boolean',
        },
      },
      invoice_history: { of: { enabled: { must: 'boolean' } } },
      payment_method_update: { of: { enabled: { must: 'boolean' } } },
      subscription_cancel: {
        of: {
          enabled: 'boolean',
          mode: { one: ['at_period_end', 'immediately'] },
          proration_behavior: { one: ['none'] },
        },
      },
    },
  },
  metadata: 'metadata',
  name: { unset: 'text' },
} as const satisfies Parameters;
type Fields = ValuesOf<typeof configurationFields>;

const fresh = (context: Context): PortalConfiguration => ({
  id: newId('bpc'),
  created: secondsOf(context.now),
  updated: secondsOf(context.now),
  active: true,
  isDefault: false,
  name: null,
  returnUrl: null,
  profile: { headline: null, privacyPolicyUrl: null, termsOfServiceUrl: null },
  features: {
    customerUpdate: { enabled: false, allowed: [] },
    invoiceHistory: true,
    paymentMethodUpdate: true,
    subscriptionCancel: { enabled: true, mode: 'at_period_end' },
  },
  metadata: {},
});

function withFields(context: Context, before: PortalConfiguration, given: Fields): PortalConfiguration {
  const { business_profile: profile, features } = given;
  const { customerUpdate, subscriptionCancel, invoiceHistory, paymentMethodUpdate } = before.features;
  return {
    ...before,
    updated: secondsOf(context.now),
    active: given.active ?? before.active,
    name: or(given.name, before.name),
    returnUrl: or(given.default_return_url, before.returnUrl),
    profile: {
      headline: or(profile?.headline, before.profile.headline),
      privacyPolicyUrl: profile?.privacy_policy_url ?? before.profile.privacyPolicyUrl,
      termsOfServiceUrl: profile?.terms_of_service_url ?? before.profile.termsOfServiceUrl,
    },
    features: {
      customerUpdate: {
        enabled: features?.customer_update?.enabled ?? customerUpdate.enabled,
        allowed: or(features?.customer_update?.allowed_updates, customerUpdate.allowed) ?? [],
      },
      invoiceHistory: features?.invoice_history?.enabled ?? invoiceHistory,
      paymentMethodUpdate: features?.payment_method_update?.enabled ?? paymentMethodUpdate,
      subscriptionCancel: {
        enabled: features?.subscription_cancel?.enabled ?? subscriptionCancel.enabled,
        mode: features?.subscription_cancel?.mode ?? subscriptionCancel.mode,
      },
    },
    metadata: merged(before.metadata, given.metadata),
  };
}

function keep(context: Context, configuration: PortalConfiguration, by: 'created' | 'updated') {
  context.store.put('billing_portal.configuration', configuration);
  const wire = rendered(context, 'billing_portal.configuration', configuration);
  context.emit(`billing_portal.configuration.${by}`, wire);
  return wire;
}

/** The account's default, made when it is first needed, as if it had been saved in the dashboard. */
function defaultConfiguration(context: Context): PortalConfiguration {
  const kept = context.store.list('billing_portal.configuration').find(({ isDefault }) => isDefault);
  if (kept !== undefined) return kept;
  const made = { ...fresh(context), isDefault: true };
  context.store.put('billing_portal.configuration', made);
  return made;
}

export const portal: readonly Operation[] = [
  operation({
    method: 'POST',
    path: sessionsUrl,
    parameters: { configuration: 'text', customer: { must: 'text' }, return_url: 'text' },
    run(context, { values }) {
      const { id: customer } = findCustomer(context, values.customer);
      const configuration =
        values.configuration === undefined
          ? defaultConfiguration(context)
          : find(context, 'billing_portal.configuration', values.configuration, 'configuration');
      const session = {
        id: newId('bps'),
        created: secondsOf(context.now),
        customer,
        configuration: configuration.id,
        returnUrl: values.return_url ?? configuration.returnUrl,
      };
      context.store.put('billing_portal.session', session);
      const wire = rendered(context, 'billing_portal.session', session);
      context.emit('billing_portal.session.created', wire);
      return wire;
    },
  }),
  operation({
    method: 'POST',
    path: configurationsUrl,
    parameters: { ...configurationFields, features: { must: configurationFields.features } },
    run: (context, { values }) => keep(context, withFields(context, fresh(context), values), 'created'),
  }),
  operation({
    method: 'GET',
    path: configurationsUrl,
    parameters: { ...paging, active: 'boolean', is_default: 'boolean' },
    run: (context, { values: { active, is_default: isDefault, ...page } }) =>
      listed(
        context,
        'billing_portal.configuration',
        configurationsUrl,
        page,
        {},
        (each) =>
          (active === undefined || each.active === active) && (isDefault === undefined || each.isDefault === isDefault),
      ),
  }),
  retrieval('billing_portal.configuration', configurationsUrl),
  operation({
    method: 'POST',
    path: `${configurationsUrl}/:id`,
    parameters: configurationFields,
    run(context, { path: { id = '' }, values }) {
      const before = find(context, 'billing_portal.configuration', id);
      return keep(context, withFields(context, before, values), 'updated');
    },
  }),
];
