// syncboard in Azure: a resource group with everything in it. docs/azure.md explains it.

targetScope = 'subscription'

import { accessRules } from 'access.bicep'
import { optionsType } from 'options.bicep'
import { shippedSecrets, plainSettings, storageSettings, telemetrySettings, secretSettings, sqlAddress } from 'settings.bicep'

@description('Name of the environment, such as syncboard-test: names of resources come of it.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region, such as westeurope. Flex Consumption is not in every one.')
@minLength(1)
param location string

@description('Object id of who deploys: gets the right to put secrets in and to copy the state. Empty: nobody does.')
param principalId string = ''

@description('Pre-shared key of the VPN, for a network with one.')
@secure()
param vpnSharedKey string = ''

@description('Everything that can be chosen: options.bicep.')
param options optionsType = {}

var abbreviations = loadJsonContent('abbreviations.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = union(options.?tags ?? {}, { 'azd-env-name': environmentName })

var isPremium = (options.?flavour ?? 'flex') == 'premium'
var network = options.?network
var hasNetwork = network != null
var addressPrefix = network.?addressPrefix ?? '10.60.0.0/24'
var way = network.?onPremises
var hasGateway = way != null && way.?kind != 'hub'
var sql = options.?sql
var hasSql = sql != null && (hasNetwork ? true : fail('options.sql needs options.network: without it the server would have to be open to all of Azure'))
var isPublic = !(network.?privateInbound ?? false)
var hasTest = isPublic && (options.?availabilityTest ?? true)
var maximumInstanceCount = options.?maximumInstanceCount ?? 40

var packageContainer = 'app-package'
// Names are known before anything is made, so that what-if can see behind them.
var appName = '${abbreviations.functionApp}${token}'
var identityName = '${abbreviations.identity}${token}'
var insightsName = '${abbreviations.applicationInsights}${token}'
var storageName = '${abbreviations.storage}${token}'
var vaultName = '${abbreviations.vault}${token}'
var networkName = '${abbreviations.network}${token}'

resource group 'Microsoft.Resources/resourceGroups@2025-03-01' = {
  name: '${abbreviations.resourceGroup}${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: identityName
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: '${abbreviations.logAnalytics}${token}'
    insightsName: insightsName
    location: location
    tags: tags
    retentionDays: options.?logRetentionDays ?? 30
    gigabytesPerDay: options.?logGigabytesPerDay ?? 1
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: storageName
    location: location
    tags: tags
    redundancy: options.?storageRedundancy ?? 'ZRS'
    containerRecoveryDays: options.?containerRecoveryDays ?? 14
    packageContainer: packageContainer
    isPublic: !hasNetwork
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    name: vaultName
    location: location
    tags: tags
    purgeProtection: options.?purgeProtection ?? true
    isPublic: !hasNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module roles 'modules/roles.bicep' = {
  scope: group
  params: {
    storageName: storageName
    vaultName: vaultName
    insightsName: insightsName
    identityName: identityName
    appPrincipalId: identity.outputs.principalId
    operatorPrincipalId: principalId
  }
  dependsOn: [storage, vault, monitoring]
}

module virtualNetwork 'modules/network.bicep' = if (hasNetwork) {
  scope: group
  params: {
    name: networkName
    location: location
    tags: tags
    abbreviations: abbreviations
    token: token
    addressPrefix: addressPrefix
    dnsServers: network.?dnsServers ?? []
    delegation: isPremium ? 'Microsoft.Web/serverFarms' : 'Microsoft.App/environments'
    hasGateway: hasGateway
  }
}

var ofStorage = [for part in ['blob', 'queue', 'table']: {
  group: part
  zone: 'privatelink.${part}.${environment().suffixes.storage}'
}]

@batchSize(1)
module storageEndpoints 'modules/private-endpoint.bicep' = [
  for part in ofStorage: if (hasNetwork) {
    scope: group
    params: {
      name: '${abbreviations.privateEndpoint}${token}-${part.group}'
      location: location
      tags: tags
      subnetId: virtualNetwork!.outputs.endpointSubnetId
      networkId: virtualNetwork!.outputs.id
      targetId: storage.outputs.id
      group: part.group
      zoneName: part.zone
    }
  }
]

module vaultEndpoint 'modules/private-endpoint.bicep' = if (hasNetwork) {
  scope: group
  params: {
    name: '${abbreviations.privateEndpoint}${token}-vault'
    location: location
    tags: tags
    subnetId: virtualNetwork!.outputs.endpointSubnetId
    networkId: virtualNetwork!.outputs.id
    targetId: vault.outputs.id
    group: 'vault'
    zoneName: 'privatelink.vaultcore.azure.net'
  }
}

module names 'modules/on-premises-names.bicep' = if (network.?onPremisesNames != null) {
  scope: group
  params: {
    zoneName: network!.onPremisesNames!.zone
    hosts: network!.onPremisesNames!.hosts
    networkId: virtualNetwork!.outputs.id
    tags: tags
  }
}

module gateway 'modules/gateway.bicep' = if (hasGateway) {
  scope: group
  params: {
    location: location
    tags: tags
    abbreviations: abbreviations
    token: token
    subnetId: virtualNetwork!.outputs.gatewaySubnetId
    way: way!
    vpnSharedKey: vpnSharedKey
  }
}

module toHub 'modules/peering.bicep' = if (way.?kind == 'hub') {
  scope: group
  params: {
    networkName: networkName
    remoteNetworkId: way!.networkId
    name: 'to-hub'
    isHub: false
  }
  dependsOn: [virtualNetwork, fromHub]
}

module fromHub 'modules/peering.bicep' = if (way.?kind == 'hub') {
  scope: resourceGroup(split(way.?networkId ?? '////', '/')[2], split(way.?networkId ?? '////', '/')[4])
  params: {
    networkName: last(split(way!.networkId, '/'))
    remoteNetworkId: virtualNetwork!.outputs.id
    name: 'to-${token}'
    isHub: true
  }
}

module database 'modules/sql.bicep' = if (hasSql) {
  scope: group
  params: {
    serverName: '${abbreviations.sqlServer}${token}'
    location: location
    tags: tags
    options: sql!
    workspaceId: monitoring.outputs.workspaceId
  }
}

module databaseEndpoint 'modules/private-endpoint.bicep' = if (hasSql) {
  scope: group
  params: {
    name: '${abbreviations.privateEndpoint}${token}-sql'
    location: location
    tags: tags
    subnetId: virtualNetwork!.outputs.endpointSubnetId
    networkId: virtualNetwork!.outputs.id
    targetId: database!.outputs.id
    group: 'sqlServer'
    zoneName: 'privatelink${environment().suffixes.sqlServerHostname}'
  }
}

var packages = '${storage.outputs.blobUri}${packageContainer}'
var settings = union(
  secretSettings(options.?secrets ?? shippedSecrets, vault.outputs.uri),
  plainSettings,
  { PUBLIC_URL: options.?publicUrl ?? 'https://${appName}.azurewebsites.net' },
  hasSql
    ? {
        '${sql.?setting ?? 'SQL_AB'}': sqlAddress(
          database!.outputs.host,
          database!.outputs.databaseName,
          identity.outputs.clientId
        )
      }
    : {},
  options.?settings ?? {},
  storageSettings(
    storage.outputs.blobUri,
    storage.outputs.queueUri,
    storage.outputs.tableUri,
    identity.outputs.clientId
  ),
  telemetrySettings(monitoring.outputs.connectionString, identity.outputs.clientId)
)

module flexApp 'modules/app-flex.bicep' = if (!isPremium) {
  scope: group
  params: {
    planName: '${abbreviations.plan}${token}'
    appName: appName
    location: location
    tags: tags
    identityId: identity.outputs.id
    subnetId: hasNetwork ? virtualNetwork!.outputs.appSubnetId : ''
    packageUri: packages
    settings: settings
    instanceMemoryMB: options.?instanceMemoryMB ?? 2048
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: options.?httpConcurrency ?? 50
    alwaysReadyHttp: options.?alwaysReadyHttp ?? 0
    alwaysReadyRuns: options.?alwaysReadyRuns ?? 0
    updateStrategy: options.?updateStrategy ?? 'RollingUpdate'
    isPublic: isPublic
    accessRules: accessRules(options.?allowedAddresses ?? [], hasTest)
    corsOrigins: options.?corsOrigins ?? []
  }
  dependsOn: [roles, storageEndpoints, vaultEndpoint]
}

module premiumApp 'modules/app-premium.bicep' = if (isPremium) {
  scope: group
  params: {
    planName: '${abbreviations.plan}${token}'
    appName: appName
    location: location
    tags: tags
    identityId: identity.outputs.id
    subnetId: hasNetwork ? virtualNetwork!.outputs.appSubnetId : ''
    packageUri: '${packages}/app.zip'
    settings: settings
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttp: options.?alwaysReadyHttp ?? 0
    isPublic: isPublic
    accessRules: accessRules(options.?allowedAddresses ?? [], hasTest)
    corsOrigins: options.?corsOrigins ?? []
  }
  dependsOn: [roles, storageEndpoints, vaultEndpoint]
}

module appEndpoint 'modules/private-endpoint.bicep' = if (!isPublic) {
  scope: group
  params: {
    name: '${abbreviations.privateEndpoint}${token}-app'
    location: location
    tags: tags
    subnetId: virtualNetwork!.outputs.endpointSubnetId
    networkId: virtualNetwork!.outputs.id
    targetId: isPremium ? premiumApp!.outputs.id : flexApp!.outputs.id
    group: 'sites'
    zoneName: 'privatelink.azurewebsites.net'
  }
}

module signIn 'modules/sign-in.bicep' = if (options.?signIn != null) {
  scope: group
  params: {
    appName: appName
    options: options.signIn!
  }
  dependsOn: [flexApp, premiumApp]
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    insightsId: monitoring.outputs.insightsId
    storageId: storage.outputs.id
    vaultId: vault.outputs.id
    appHost: isPremium ? premiumApp!.outputs.host : flexApp!.outputs.host
    hasDatabase: hasSql
    databaseId: hasSql ? database!.outputs.databaseId : ''
    actionGroupName: '${abbreviations.actionGroup}${token}'
    emails: options.?alertEmails ?? []
    testName: '${abbreviations.availabilityTest}${token}'
    hasTest: hasTest
    maximumInstanceCount: isPremium ? min(maximumInstanceCount, 20) : maximumInstanceCount
    isMeasured: toLower(options.?settings.?AZURE_MONITOR ?? '') == 'true'
  }
}

@description('What azd and the commands of docs/azure.md go by.')
output RESOURCE_GROUP string = group.name
output APP_NAME string = isPremium ? premiumApp!.outputs.name : flexApp!.outputs.name
output APP_URL string = 'https://${isPremium ? premiumApp!.outputs.host : flexApp!.outputs.host}'
output APP_IDENTITY_NAME string = identity.outputs.name
output APP_IDENTITY_CLIENT_ID string = identity.outputs.clientId
output APP_IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId
output VAULT_NAME string = vault.outputs.name
output STORAGE_NAME string = storage.outputs.name
output PACKAGE_CONTAINER string = packageContainer
@description('What others see as the address of the app, with a network.')
output OUTGOING_ADDRESS string = hasNetwork ? virtualNetwork!.outputs.outgoingAddress : ''
output GATEWAY_ADDRESS string = hasGateway ? gateway!.outputs.address : ''
output SQL_HOST string = hasSql ? database!.outputs.host : ''
