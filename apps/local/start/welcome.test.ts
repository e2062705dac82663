import { expect, test } from 'vitest'
import { seenAddress, welcomeLines } from './welcome.ts'

const given = {
  address: 'http://127.0.0.1:8470',
  host: '127.0.0.1',
  claimToken: 'secret',
  hasPages: true,
  networkAddresses: ['192.168.1.20'],
}

test('an Errand that is nobody’s yet prints the link that claims it, by the name that a passkey needs', () => {
  const lines = welcomeLines(given)
  expect(lines).toContain('Errand is up: http://localhost:8470')
  expect(lines).toContain('  http://localhost:8470/claim#secret')
  expect(lines.join('\n')).not.toContain('█')
})

test('one that listens on the network shows the link as a code for the phone', () => {
  const lines = welcomeLines({ ...given, host: '0.0.0.0' })
  expect(lines).toContain('  http://192.168.1.20:8470/claim#secret')
  expect(lines.join('\n')).toContain('█')
})

test('a claimed one, and one without pages, print no link', () => {
  for (const other of [{ claimToken: null }, { hasPages: false }])
    expect(welcomeLines({ ...given, ...other }).join('\n')).not.toContain('/claim')
})

test('the public address is shown as it was given', () => {
  expect(seenAddress('https://errand.example', given)).toBe('https://errand.example')
})
