/** The page as HTML. Whatever people have typed is escaped where it is put in; scripts there are none. Pure. */
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { DeviceList, LicenceView } from './answers.ts';

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** What has just happened, for the top of the page. */
export type Told =
  | { kind: 'refused'; message: string }
  | { kind: 'key'; key: string; expiresAt: string }
  | { kind: 'device'; deviceId: string; token: string };

export interface View {
  companyName: string;
  licence: LicenceView;
  devices: DeviceList;
  told: Told | null;
}

/** `maxAlertRules` → `max alert rules`. */
const wordsOf = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
const timeOf = (iso: string | null): string => (iso === null ? 'never' : `${iso.slice(0, 16).replace('T', ' ')} UTC`);
const shownOf = (value: boolean | number | null): string =>
  value === null ? 'unlimited' : typeof value === 'number' ? String(value) : value ? 'yes' : 'no';

function toldPart(told: Told | null): Html | '' {
  switch (told?.kind) {
    case undefined:
      return '';
    case 'refused':
      return html`<p class="refused" role="alert">${told.message}</p>`;
    case 'key':
      return html`<p class="said" role="status">The key, shown this once: <code>${told.key}</code><br>
        One device can register with it until ${timeOf(told.expiresAt)}.</p>`;
    case 'device':
      return html`<p class="said" role="status">The device is <code>${told.deviceId}</code>; its token, shown this once:
        <code>${told.token}</code></p>`;
  }
}

function standingPart({ mode, code, plan, expires_at, unlicensed_until, checked_at, problem }: LicenceView): Html {
  const standing =
    mode === 'licensed'
      ? html`Plan <strong>${plan}</strong>, until ${timeOf(expires_at)}.`
      : html`<strong>Without a valid licence</strong> (${code}): two devices until ${timeOf(unlicensed_until)}.`;
  return html`<p>${standing} Last asked: ${timeOf(checked_at)}.${problem === null ? '' : ` Last problem: ${problem}`}</p>
    <form method="post" action="/licence"><button>Ask for the licence now</button></form>`;
}

function limitPart({ devices: { active, open_keys: openKeys, limit } }: LicenceView): Html {
  const open = openKeys === 0 ? '' : ` and ${openKeys} open ${openKeys === 1 ? 'key' : 'keys'}`;
  if (limit === null) return html`<p>${active} devices${open}; no limit.</p>`;
  return html`<p>${active} of ${limit} devices${open}</p>
    <meter min="0" max="${Math.max(limit, 1)}" value="${active + openKeys}" aria-label="devices of the limit"></meter>`;
}

const deviceRow = ({ device_id, name, registered_at, last_seen_at }: DeviceList['items'][number]): Html =>
  html`<tr><td>${name}</td><td><code>${device_id}</code></td><td>${timeOf(registered_at)}</td><td>${timeOf(last_seen_at)}</td>
    <td><form method="post" action="/devices/${device_id}/remove"><button>Remove</button></form></td></tr>`;

function devicesPart({ items, total }: DeviceList): Html {
  if (total === 0) return html`<p>There are no devices yet: make a key, and register one with it.</p>`;
  const more = total > items.length ? html`<p>The first ${items.length} of ${total}.</p>` : '';
  return html`<table>
    <thead><tr><th>Name</th><th>Id</th><th>Registered</th><th>Last heard of</th><th></th></tr></thead>
    <tbody>${items.map(deviceRow)}</tbody></table>${more}`;
}

const entitlementRow = ([name, value]: [string, boolean | number | null]): Html =>
  html`<tr><td>${wordsOf(name)}</td><td>${shownOf(value)}</td></tr>`;

const documentOf = (companyName: string, content: Html): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${companyName}: devices</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<h1>${companyName}</h1>
${content}
</main>
</body>
</html>`;

/** Where the API gives no answer to show. */
export const troubleOf = (companyName: string): Html =>
  documentOf(
    companyName,
    html`<p class="refused" role="alert">The instance cannot be asked just now.</p><p><a href="/">Try again</a></p>`,
  );

export const pageOf = ({ companyName, licence, devices, told }: View): Html =>
  documentOf(
    companyName,
    html`${toldPart(told)}
<h2>Licence</h2>
${standingPart(licence)}
<h2>Devices</h2>
${limitPart(licence)}
<form method="post" action="/keys">
<label>Name of the key<input name="name" required maxlength="100"></label><button>Make a provisioning key</button>
</form>
<form method="post" action="/devices">
<label>Provisioning key<input name="provisioning_key" required autocomplete="off"></label>
<label>Name of the device<input name="name" required maxlength="100"></label><button>Register a device</button>
</form>
${devicesPart(devices)}
<h2>What the licence says</h2>
<table><tbody>${Object.entries({ ...licence.features, ...licence.limits }).map(entitlementRow)}</tbody></table>`,
  );
