import { expect, test } from 'vitest'
import { mayAskForHost } from './askable.ts'

const web = (host: string, port = 443) => ({ host, port })

test.each(['example.org', 'files.example.org', '93.184.216.34', 'xn--bcher-kva.example'])('%s is asked for', (host) => {
  expect(mayAskForHost(web(host), 'trusted')).toBe(true)
  expect(mayAskForHost(web(host, 8443), 'custom')).toBe(true)
  expect(mayAskForHost(web(host), 'none')).toBe(false)
  expect(mayAskForHost(web(host), 'full')).toBe(false)
})

test.each([
  ['a private address', '10.0.0.1'],
  ['loopback', '127.0.0.1'],
  ['the metadata service', '169.254.169.254'],
  ['loopback in the new protocol', '::1'],
  ['what no list can name', '2606:2800:220:1::1'],
  ['a name of this machine', 'localhost'],
  ['a single label', 'postgres'],
  ['a name of the cluster', 'metadata.google.internal'],
  ['a name of the house', 'printer.local'],
  ['a name no list takes', 'a_b.example'],
])('%s is not', (_, host) => {
  expect(mayAskForHost(web(host), 'trusted')).toBe(false)
})
