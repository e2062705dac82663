import { expect, test } from 'vitest'
import { addressText, readPlace } from './place.ts'

const env = {
  ERRAND_SANDBOX: 'errand-run1',
  ERRAND_POD_UID: '2f0c6e5e-9d0a-4a43-8a54-0c6a1c6de111',
  ERRAND_GATEWAY: '10.43.0.7:8600',
  ERRAND_CANARY: '[fd00::7]:8601',
  ERRAND_CLOSED: '10.43.0.1:443, 10.43.0.10:53,',
  ERRAND_WALL_DEADLINE_MS: '15000',
}
const read = (fields: Record<string, string | undefined> = {}) => readPlace({ ...env, ...fields }, '/errand/bin/node')

test('a sandbox of a cluster finds all it needs in its environment', () => {
  expect(read()).toEqual({
    name: 'errand-run1',
    uid: env.ERRAND_POD_UID,
    gateway: { host: '10.43.0.7', port: 8600 },
    canary: { host: 'fd00::7', port: 8601 },
    closed: [
      { host: '10.43.0.1', port: 443 },
      { host: '10.43.0.10', port: 53 },
    ],
    wallDeadlineMs: 15_000,
    workspace: '/workspace',
    home: '/home/agent',
    claudePath: '/errand/bin/claude',
  })
  expect(read({ ERRAND_CLOSED: undefined })?.closed).toEqual([])
  expect(addressText({ host: 'fd00::7', port: 1 })).toBe('[fd00::7]:1')
})

test('without a name it is a sandbox of this machine', () => {
  expect(readPlace({ ERRAND_GATEWAY: 'nonsense' }, '/usr/bin/node')).toBeNull()
})

const wrong: Record<string, [Record<string, string | undefined>, RegExp]> = {
  'no uid': [{ ERRAND_POD_UID: undefined }, /ERRAND_POD_UID is not set/],
  'an empty gateway': [{ ERRAND_GATEWAY: '' }, /ERRAND_GATEWAY is not set/],
  'a name, which nobody looks up here': [
    { ERRAND_GATEWAY: 'errand-gateway:8600' },
    /ERRAND_GATEWAY has "errand-gateway:8600"/,
  ],
  'no port': [{ ERRAND_CANARY: '10.0.0.1' }, /ERRAND_CANARY has "10.0.0.1"/],
  'a port beyond the last': [{ ERRAND_CLOSED: '10.0.0.1:65536' }, /ERRAND_CLOSED has "10.0.0.1:65536"/],
  'an address of six without brackets': [{ ERRAND_GATEWAY: 'fd00::7:8600' }, /\[fd00::7\]:8600/],
  'more than a report holds': [
    { ERRAND_CLOSED: Array.from({ length: 49 }, () => '10.0.0.1:1').join(',') },
    /more than 48/,
  ],
  'a time that is none': [{ ERRAND_WALL_DEADLINE_MS: 'soon' }, /ERRAND_WALL_DEADLINE_MS has "soon"/],
}
for (const [what, [fields, words]] of Object.entries(wrong))
  test(`${what} is refused, naming the variable`, () => expect(() => read(fields)).toThrow(words))
