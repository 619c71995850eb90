/** Microsoft Entra in place of a password, for Azure SQL. */

import type { TokenCredential } from '@azure/identity';

export type EntraIdentity =
  | {
      /** `default`: whatever identity the environment offers, a developer's own login included. */
      kind: 'managed identity' | 'default';
      /** Of a user-assigned identity; absent: the system-assigned one. */
      clientId?: string;
    }
  | {
      /** An app registration with a secret. */
      kind: 'service principal';
      tenantId: string;
      clientId: string;
      clientSecret: string;
    };

/** Gives what the driver asks for tokens; it asks at every new connection, the library caches. */
export type CredentialSource = (identity: EntraIdentity) => Promise<TokenCredential>;

/** Loaded on demand: whoever logs in by password need not pay for the identity library. */
export const azureCredential: CredentialSource = async (identity) => {
  const library = await import('@azure/identity');
  if (identity.kind === 'service principal') {
    const { tenantId, clientId, clientSecret } = identity;
    return new library.ClientSecretCredential(tenantId, clientId, clientSecret);
  }
  const { kind, clientId } = identity;
  if (kind === 'managed identity') {
    return clientId === undefined
      ? new library.ManagedIdentityCredential()
      : new library.ManagedIdentityCredential({ clientId });
  }
  return new library.DefaultAzureCredential(
    clientId === undefined ? {} : { managedIdentityClientId: clientId },
  );
};
