/** The issuer's one page: who are you, and the password. */
import { personNames } from './people.ts';

/** @param wrong whether the password was wrong before */
export const signInPage = (wrong: boolean): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in on this machine</title>
</head>
<body>
<h1>Sign in on this machine</h1>
<p>The issuer of the embedded platform. Everybody has the password <code>oidc_password</code> of its ready line.</p>
${wrong ? '<p role="alert">That is not the password.</p>' : ''}
<form method="post">
<p><label>Who <select name="person">${personNames.map((name) => `<option>${name}</option>`).join('')}</select></label></p>
<p><label>Password <input type="password" name="password" required autocomplete="off"></label></p>
<p><button>Sign in</button></p>
</form>
</body>
</html>
`;
