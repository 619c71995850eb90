/** Who calls: by an API token, by a token of Microsoft Entra ID, or signed in by the platform. */

import type { HttpRequest } from '@azure/functions';
import { type Identity, identityOf } from '../http/caller.ts';
import { authenticate, bearerToken, knownToken } from '../http/callers.ts';
import type { SignInOffer } from '../http/sign-in-offer.ts';
import type { Settings } from '../settings/settings.ts';
import { checkToken, isJwt } from './entra-token.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { requireOwnOrigin } from './own-origin.ts';
import { platformAccount, principalHeader } from './platform-principal.ts';

export interface Asking {
  now: Date;
  signal: AbortSignal;
  /** What an administrator should know; never a token. */
  warn(text: string): void;
}

type OwnSettings = Pick<Settings, 'tokens' | 'signIn' | 'hooks'>;

export class SignIn {
  readonly #settings: OwnSettings;
  readonly #keys: IssuerKeys | undefined;

  constructor(settings: OwnSettings) {
    this.#settings = settings;
    this.#keys = settings.signIn && new IssuerKeys(settings.signIn.issuer);
  }

  /** What the page offers to whoever is not known. */
  get offer(): SignInOffer {
    const { signIn } = this.#settings;
    if (signIn === undefined) return { kind: 'token' };
    const { issuer, audience, platform } = signIn;
    return platform
      ? { kind: 'platform', address: '/.auth/login/aad', signOut: '/.auth/logout' }
      : { kind: 'entra', address: issuer, clientId: audience };
  }

  /** By which somebody can be known here. */
  get ways(): ('token' | 'entra' | 'platform')[] {
    const { signIn } = this.#settings;
    return [
      'token',
      ...(signIn ? ['entra' as const] : []),
      ...(signIn?.platform ? ['platform' as const] : []),
    ];
  }

  /**
   * Whoever the request says that he is; undefined where it says nothing. `Authorization` counts where
   * it is sent: the platform adds its own word to the same request.
   *
   * @throws HttpProblem 401 where it is not so, 403 for a page of others, 503 where nobody can tell
   */
  async identify(request: HttpRequest, asking: Asking): Promise<Identity | undefined> {
    const { tokens, signIn, hooks } = this.#settings;
    const presented = bearerToken(request);
    if (presented !== undefined) {
      const isOther = signIn !== undefined && isJwt(presented) && !knownToken(presented, tokens);
      if (!isOther || this.#keys === undefined) {
        return identityOf(authenticate(presented, tokens, asking.now));
      }
      return await checkToken(presented, { settings: signIn, keys: this.#keys, ...asking });
    }
    const principal = signIn?.platform ? request.headers.get(principalHeader) : null;
    if (signIn === undefined || principal === null) return undefined;
    const account = platformAccount(principal, signIn);
    requireOwnOrigin(request, hooks.publicUrl);
    return account;
  }
}
