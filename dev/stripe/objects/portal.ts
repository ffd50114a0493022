/** The customer portal: a configuration says what may be done there, a session is one visit. Pure. */
import type { Wire } from '../wire.ts';

/** `features` and `profile` are kept as they were given, with Stripe's defaults filled in. */
export type PortalConfiguration = {
  id: string;
  created: number;
  updated: number;
  active: boolean;
  isDefault: boolean;
  name: string | null;
  returnUrl: string | null;
  profile: { headline: string | null; privacyPolicyUrl: string | null; termsOfServiceUrl: string | null };
  features: {
    customerUpdate: { enabled: boolean; allowed: string[] };
    invoiceHistory: boolean;
    paymentMethodUpdate: boolean;
    subscriptionCancel: { enabled: boolean; mode: 'at_period_end' | 'immediately' };
  };
  metadata: Record<string, string>;
};

export type PortalSession = {
  id: string;
  created: number;
  customer: string;
  configuration: string;
  returnUrl: string | null;
};

const cancelReasons = ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'];

export const portalConfigurationWire = (configuration: PortalConfiguration): Wire =>
  ({
    id: configuration.id,
    object: 'billing_portal.configuration',
    active: configuration.active,
    application: null,
    business_profile: {
      headline: configuration.profile.headline,
      privacy_policy_url: configuration.profile.privacyPolicyUrl,
      terms_of_service_url: configuration.profile.termsOfServiceUrl,
    },
    created: configuration.created,
    default_return_url: configuration.returnUrl,
    features: {
      customer_update: {
        allowed_updates: configuration.features.customerUpdate.allowed,
        enabled: configuration.features.customerUpdate.enabled,
      },
      invoice_history: { enabled: configuration.features.invoiceHistory },
      payment_method_update: {
        enabled: configuration.features.paymentMethodUpdate,
        payment_method_configuration: null,
      },
      subscription_cancel: {
        cancellation_reason: { enabled: false, feedback_options: null, options: cancelReasons },
        enabled: configuration.features.subscriptionCancel.enabled,
        mode: configuration.features.subscriptionCancel.mode,
        proration_behavior: 'none',
      },
      subscription_pause: { duration: { type: 'indefinite' }, enabled: false },
      subscription_update: {
        billing_cycle_anchor: null,
        default_allowed_updates: [],
        enabled: false,
        proration_behavior: 'none',
        schedule_at_period_end: { conditions: [] },
        trial_update_behavior: 'end_trial',
      },
    },
    is_default: configuration.isDefault,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: configuration.metadata,
    name: configuration.name,
    updated: configuration.updated,
  }) as Wire;

export const portalSessionWire = (session: PortalSession, pages: string): Wire =>
  ({
    id: session.id,
    object: 'billing_portal.session',
    configuration: session.configuration,
    created: session.created,
    customer: session.customer,
    customer_account: null,
    flow: null,
    livemode: false,
    locale: null,
    on_behalf_of: null,
    return_url: session.returnUrl,
    url: `${pages}/portal/${session.id}`,
  }) as Wire;
