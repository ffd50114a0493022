/**
 * The page that a sign-in at an issuer ends on, for the blink of an eye. A redirect would not do: it would still be the
 * navigation that the issuer's page began, with which no browser sends our SameSite=Strict cookie. This page's refresh is a
 * navigation of our own. It has no script, so that its policy can allow nothing. Pure.
 */

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

/** The headers that the page needs beside the usual ones. */
export const continueHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/** @param path a path of ours (returnPath) */
export const continuePage = (path: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=${escapeHtml(path)}">
<title>Signed in</title>
</head>
<body><p>You are signed in. <a href="${escapeHtml(path)}">Continue</a></p></body>
</html>
`;
