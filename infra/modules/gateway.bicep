// The way on-premises: a gateway, and its connection by VPN or ExpressRoute. Takes half an hour to make.

import { gatewayType } from '../options.bicep'

param location string
param tags object
param abbreviations object
param token string
param subnetId string
param way gatewayType
@secure()
param vpnSharedKey string

var isVpn = way.kind == 'vpn'

resource address 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: '${abbreviations.publicAddress}${token}-gateway'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource gateway 'Microsoft.Network/virtualNetworkGateways@2025-01-01' = {
  name: '${abbreviations.networkGateway}${token}'
  location: location
  tags: tags
  properties: {
    gatewayType: isVpn ? 'Vpn' : 'ExpressRoute'
    vpnType: isVpn ? 'RouteBased' : null
    sku: isVpn ? { name: 'VpnGw1AZ', tier: 'VpnGw1AZ' } : { name: 'ErGw1AZ', tier: 'ErGw1AZ' }
    ipConfigurations: [
      {
        name: 'default'
        properties: { subnet: { id: subnetId }, publicIPAddress: { id: address.id } }
      }
    ]
  }
}

resource site 'Microsoft.Network/localNetworkGateways@2025-01-01' = if (way.kind == 'vpn') {
  name: '${abbreviations.localNetworkGateway}${token}'
  location: location
  tags: tags
  properties: {
    gatewayIpAddress: way.gatewayAddress
    localNetworkAddressSpace: { addressPrefixes: way.addressPrefixes }
  }
}

resource vpn 'Microsoft.Network/connections@2025-01-01' = if (way.kind == 'vpn') {
  name: '${abbreviations.connection}${token}-vpn'
  location: location
  tags: tags
  properties: {
    connectionType: 'IPsec'
    connectionProtocol: 'IKEv2'
    virtualNetworkGateway1: { id: gateway.id, properties: {} }
    localNetworkGateway2: { id: site.id, properties: {} }
    sharedKey: vpnSharedKey
  }
}

resource expressRoute 'Microsoft.Network/connections@2025-01-01' = if (way.kind == 'expressRoute') {
  name: '${abbreviations.connection}${token}-expressroute'
  location: location
  tags: tags
  properties: {
    connectionType: 'ExpressRoute'
    virtualNetworkGateway1: { id: gateway.id, properties: {} }
    peer: { id: way.circuitId }
  }
}

output address string = address.properties.ipAddress
