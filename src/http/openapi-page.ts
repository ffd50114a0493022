/**
 * The page that shows the OpenAPI document to people: Swagger UI, whose script and style are static files beside the Worker
 * (`/reference/…`), because they have no place in its bundle. Nothing inline is let in but the one script below, by its hash.
 */
import { createHash } from 'node:crypto';

/** Starts Swagger UI; where its file is not there, the page keeps the link that it came with. */
const script = `
if (window.SwaggerUIBundle) {
  SwaggerUIBundle({
    url: '/api/openapi.json',
    dom_id: '#reference',
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
  });
}
`;

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tenantry API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/reference/swagger-ui.css">
</head>
<body>
<main id="reference">
<h1>Tenantry API</h1>
<p>The reference is made of <a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI 3.1). It needs JavaScript, and the files of the pages.</p>
</main>
<script src="/reference/swagger-ui-bundle.js"></script>
<script>${script}</script>
</body>
</html>
`;

const policy = (scriptHash: string): string =>
  [
    "default-src 'none'",
    `script-src 'self' 'sha256-${scriptHash}'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** The page, and the Content-Security-Policy that it works under. */
export const referencePage = (): { html: string; policy: string } => ({
  html,
  policy: policy(createHash('sha256').update(script).digest('base64')),
});
