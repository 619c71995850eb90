/** Of signing in. */
export const signIn = {
  title: 'Sign in',
  byAccount: 'Sign in with your account',
  orToken: 'Or with a token:',
  token: 'Token',
  tokenHelp: 'It is kept until this tab is closed, and nowhere else.',
  user: 'Your name',
  userHelp: 'Kept with what you start, for others to read.',
  enter: 'Sign in',
  needed: 'A token is needed.',
  unknown: 'This token is not known, or has expired.',
  mayNotRead: 'This token may not look: it lacks the role read.',
} as const;
