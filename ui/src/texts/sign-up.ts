/** Words of the page that a signup's mailed link leads to. */
export const signUpTexts = {
  title: 'Confirm your email',
  intro: 'Your account is made when you confirm. The link works once.',
  password: 'Password',
  passwordHelp: '8 characters or more. You may leave it empty, and sign in by links that are mailed to you.',
  submit: 'Confirm and make the account',
  wrong: 'This link has been used, or is too old. Sign up again: of several mails the newest counts.',
  noLink: 'This page is opened by the link of a mail. Sign up, and the mail is on its way.',
  doneTitle: 'Your account is made',
  done: 'Your instance is on its way; it runs within minutes.',
  key: 'Account key',
  keyHint: 'Programs use it. It is shown this once only; another one can be made at any time.',
  signIn: 'Sign in',
} as const;
