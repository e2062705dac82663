import { describe, expect, test } from 'vitest'
import { addressKind, addressRefusal } from './address.ts'

const KINDS = {
  public: [
    '8.8.8.8',
    '93.184.216.34',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.0.1',
    '100.128.0.1',
    '223.255.255.255',
    '2606:2800:220:1::1',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
    '64:ff9b::8.8.8.8',
  ],
  private: [
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '127.0.0.1',
    '127.255.1.2',
    '100.64.0.1',
    '198.18.0.1',
    '::1',
    'fc00::1',
    'fd12:3456::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::10.0.0.1',
    '0:0:0:0:0:0:0:1',
    '::FFFF:192.168.0.1',
  ],
  forbidden: [
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '168.63.129.16',
    '100.100.100.200',
    'fd00:ec2::254',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::127.0.0.1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    '2002:7f00:1::',
    '64:ff9b:1::1',
    '100::1',
    '4000::1',
  ],
  'forbidden: not an address': [
    '',
    'localhost',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '0177.0.0.1',
    '256.1.1.1',
    '1.2.3',
    '1.2.3.4.5',
    'fe80::1%eth0',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    '1:2:3:4:5:6:7::8:9',
    ' 8.8.8.8',
    '[::1]',
  ],
}

describe.each(Object.entries(KINDS))('%s', (kind, addresses) => {
  test.each(addresses)('%s', (address) => {
    expect(addressKind(address).kind).toBe(kind.split(':')[0])
  })
})

describe('a connection', () => {
  const target = { host: 'build.example.org', port: 8080 }

  test('to public addresses is let through', () => {
    expect(addressRefusal(target, ['8.8.8.8', '2606:2800:220:1::1'], [])).toBeNull()
  })

  test('is refused when one of the addresses is private, and the words name it', () => {
    expect(addressRefusal(target, ['8.8.8.8', '10.0.0.7'], [])).toBe(
      'build.example.org:8080 resolves to 10.0.0.7: a private network.',
    )
  })

  test('to a private address is let through for exactly the host and port that the owner opened', () => {
    expect(addressRefusal(target, ['10.0.0.7'], ['build.example.org:8080'])).toBeNull()
    expect(
      addressRefusal(target, ['10.0.0.7'], ['build.example.org:8081', 'example.org:8080', 'build.example.org']),
    ).not.toBeNull()
  })

  test('to a metadata service is refused even when the owner opened it', () => {
    expect(
      addressRefusal({ host: '169.254.169.254', port: 80 }, ['169.254.169.254'], ['169.254.169.254:80']),
    ).not.toBeNull()
  })
})
