/** The one version of Stripe's API that the stand-in speaks: that of the stripe package the Worker calls with. */
export const API_VERSION = '2026-10-28.endive';
