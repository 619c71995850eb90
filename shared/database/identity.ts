/** Microsoft Entra in place of a password, for Azure SQL. */

import type { TokenCredential } from '@azure/identity';

export interface EntraIdentity {
  /** `default`: whatever identity the environment offers, a developer's own login included. */
  kind: 'managed identity' | 'default';
  /** Of a user-assigned identity; absent: the system-assigned one. */
  clientId?: string;
}

/** Gives what the driver asks for tokens; it asks at every new connection, the library caches. */
export type CredentialSource = (identity: EntraIdentity) => Promise<TokenCredential>;

/** Loaded on demand: whoever logs in by password need not pay for the identity library. */
export const azureCredential: CredentialSource = async ({ kind, clientId }) => {
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
  if (kind === 'managed identity') {
    return clientId === undefined
      ? new ManagedIdentityCredential()
      : new ManagedIdentityCredential({ clientId });
  }
  return new DefaultAzureCredential(
    clientId === undefined ? {} : { managedIdentityClientId: clientId },
  );
};
