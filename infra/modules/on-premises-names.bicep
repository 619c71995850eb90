// Names of servers on-premises, for whom no DNS server of theirs is reached: certificates bear names.

param zoneName string
param hosts { *: string }
param networkId string
param tags object

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zoneName
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: 'app'
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
  }

  resource records 'A' = [
    for host in items(hosts): {
      name: host.key
      properties: { ttl: 300, aRecords: [{ ipv4Address: host.value }] }
    }
  ]
}
