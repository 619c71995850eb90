// The platform's own sign-in before the app, by an app registration of Microsoft Entra.

import { signInType } from '../options.bicep'

param appName string
param options signInType

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

var required = options.?required ?? false

resource signIn 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    httpSettings: { requireHttps: true }
    globalValidation: {
      requireAuthentication: required
      // API tokens pass to the app, which knows them, unless only people may come.
      unauthenticatedClientAction: required ? 'Return401' : 'AllowAnonymous'
      // Whoever watches the app has no account, nor has a FlexiBee server with a web hook.
      excludedPaths: ['/health', '/health/live', '/flexibee/*/hook']
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: options.clientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${options.?tenantId ?? tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: concat(
            [options.clientId, 'api://${options.clientId}'],
            options.?allowedAudiences ?? []
          )
        }
      }
    }
    login: { tokenStore: { enabled: false } }
  }
}
