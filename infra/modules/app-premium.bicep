// The app on Premium EP1: one instance always warm, at a fixed price.

import { accessRuleType } from '../access.bicep'

param planName string
param appName string
param location string
param tags object
param identityId string
param subnetId string
@description('Address of the package in storage, which the platform fetches as the identity.')
param packageUri string
param settings object
param maximumInstanceCount int
param alwaysReadyHttp int
param isPublic bool
@description('Who may call it, by address: access.bicep. Empty: all.')
param accessRules accessRuleType[]
param corsOrigins string[]

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'elastic'
  sku: { name: 'EP1', tier: 'ElasticPremium' }
  properties: {
    reserved: true
    // Premium takes no more than 100, 20 in some regions.
    maximumElasticWorkerCount: min(maximumInstanceCount, 20)
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: appName
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    outboundVnetRouting: { allTraffic: !empty(subnetId) }
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    siteConfig: {
      linuxFxVersion: 'NODE|22'
      minTlsVersion: '1.2'
      http20Enabled: true
      ftpsState: 'Disabled'
      healthCheckPath: '/health/live'
      minimumElasticInstanceCount: max(alwaysReadyHttp, 1)
      functionAppScaleLimit: min(maximumInstanceCount, 20)
      // The platform cannot look into queues behind a private endpoint; the host tells it.
      functionsRuntimeScaleMonitoringEnabled: !empty(subnetId)
      cors: { allowedOrigins: corsOrigins, supportCredentials: false }
      ipSecurityRestrictionsDefaultAction: empty(accessRules) ? 'Allow' : 'Deny'
      ipSecurityRestrictions: accessRules
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    // A package from storage and no file share: that takes a key of the account, and keys are off.
    properties: union(settings, {
      FUNCTIONS_EXTENSION_VERSION: '~4'
      FUNCTIONS_WORKER_RUNTIME: 'node'
      WEBSITE_RUN_FROM_PACKAGE: packageUri
      WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identityId
    })
  }

  // Deployments come with a token of Entra; user and password are for nobody.
  resource ftpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

output id string = app.id
output name string = app.name
output host string = app.properties.defaultHostName
