/** Sessions: opened with a name and a password, kept alive, ended. */

import { passwordFits } from 'stand-in-kit';
import { answer, success } from '../http/answer.ts';
import { isObject } from '../http/body.ts';
import type { Route } from '../http/router.ts';

export const loginRoutes: readonly Route[] = [
  {
    methods: ['POST'],
    pattern: 'login-logout/login',
    kind: 'login',
    login: false,
    run: async ({ accounts, sessions }, call) => {
      const { username = '', password = '' } = credentials(await call.text());
      if (!passwordFits(accounts, { user: username, password })) {
        const reason = 'Zadané uživatelské jméno nebo heslo není správné';
        return answer(401, { success: false, errors: { reason } });
      }
      const { id } = sessions.open(username);
      return answer(
        200,
        { success: true, authSessionId: id, refreshToken: id, csrfToken: id.slice(0, 32) },
        { 'set-cookie': `authSessionId=${id}; Path=/; HttpOnly` },
      );
    },
  },
  {
    methods: ['GET'],
    pattern: 'login-logout/session-keep-alive',
    kind: 'keep-alive',
    run: () => answer(200, { success: true }),
  },
  {
    methods: ['GET', 'POST'],
    pattern: 'login-logout/logout',
    kind: 'logout',
    run: ({ sessions }, { identity }) => {
      if (identity?.session) sessions.close(identity.session.id);
      return success();
    },
  },
  {
    methods: ['POST'],
    pattern: 'status/user/:user/logout',
    kind: 'logout',
    run: ({ sessions }, { parameters, query }) => {
      // With `company` only what is remembered of that company goes; the sessions stay.
      if (!query.has('company')) sessions.end(parameters['user'] ?? '');
      return success();
    },
  },
];

/** JSON or a form, whatever the content type says: clients mix them up, and FlexiBee bears it. */
function credentials(text: string): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) {
      return Object.fromEntries(
        Object.entries(parsed).map(([name, value]) => [name, String(value)]),
      );
    }
  } catch {}
  return Object.fromEntries(new URLSearchParams(text));
}
