// Azure SQL for the aggregate base: logins of Microsoft Entra only, reached by a private endpoint.

import { sqlType } from '../options.bicep'

param serverName string
param location string
param tags object
param options sqlType
param workspaceId string

var clientAddresses = options.?clientAddresses ?? {}

resource server 'Microsoft.Sql/servers@2025-01-01' = {
  name: serverName
  location: location
  tags: tags
  properties: {
    minimalTlsVersion: '1.2'
    // Public only for addresses that are named; Azure as a whole is none.
    publicNetworkAccess: empty(clientAddresses) ? 'Disabled' : 'Enabled'
    restrictOutboundNetworkAccess: 'Enabled'
    administrators: {
      administratorType: 'ActiveDirectory'
      azureADOnlyAuthentication: true
      principalType: options.?adminKind ?? 'Group'
      login: options.adminName
      sid: options.adminObjectId
      tenantId: tenant().tenantId
    }
  }

  resource database 'databases' = {
    name: options.?databaseName ?? 'AB'
    location: location
    tags: tags
    sku: { name: options.?sku ?? 'GP_S_Gen5_2' }
    properties: {
      // A pause would meet a poll each minute.
      autoPauseDelay: -1
      zoneRedundant: false
      requestedBackupStorageRedundancy: 'Zone'
    }

    resource backups 'backupShortTermRetentionPolicies' = {
      name: 'default'
      properties: { retentionDays: 14 }
    }
  }

  resource allowed 'firewallRules' = [
    for client in items(clientAddresses): {
      name: client.key
      properties: { startIpAddress: client.value, endIpAddress: client.value }
    }
  ]
}

resource errors 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'errors'
  scope: server::database
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'Errors', enabled: true }
      { category: 'Timeouts', enabled: true }
      { category: 'Deadlocks', enabled: true }
      { category: 'Blocks', enabled: true }
    ]
  }
}

output id string = server.id
output host string = server.properties.fullyQualifiedDomainName
output databaseName string = server::database.name
output databaseId string = server::database.id
