import { afterEach, expect, test } from 'vitest'
import { faultWire, SANDBOX_PATHS } from '@errand/contracts'
import { type FakeGateway, startFakeGateway } from '@errand/testkit'
import type { Clock } from '../clock.ts'
import { type Claimed, type ClusterDoor, openClusterDoor } from './clusterDoor.ts'
import { aSpec } from './startRunner.ts'
import { claimRun } from '../cluster/claim.ts'

const UNKNOWN: Claimed = { status: 404, body: faultWire('sandbox.unknown') }
const GRANTED: Claimed = { status: 200, body: { token: 'granted' } }

let fake: FakeGateway
let door: ClusterDoor
afterEach(async () => {
  await door.closeCanary()
  await door.close()
  await fake.close()
})

/** Each pause takes eleven seconds, and is over at once. */
function hurried(): Clock {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    after(_, act) {
      const soon = setImmediate(() => {
        ahead += 11_000
        act()
      })
      return () => clearImmediate(soon)
    },
  }
}

async function claimed(...claims: readonly Claimed[]) {
  fake = await startFakeGateway({ spec: aSpec() })
  door = await openClusterDoor(fake, claims)
  const address = { host: '127.0.0.1', port: door.port }
  const place = { name: 'errand-1', uid: 'uid', gateway: address, canary: address, closed: [], wallDeadlineMs: 1 }
  const inside = { workspace: '/workspace', home: '/home/agent', claudePath: '/claude' }
  return claimRun({ ...place, ...inside }, { ms: 1, rounds: 2, targets: [] }, { clock: hurried(), random: () => 0 })
}

test('a sandbox whose gateway was away is not gone for want of patience when it is unknown there at first', async () => {
  const granted = await claimed('cut', 'cut', UNKNOWN, UNKNOWN, 'cut', UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, GRANTED)
  expect(granted).toMatchObject({ kind: 'granted', token: 'granted' })
  if (granted.kind === 'granted') granted.agent.destroy()
})

test('one that stays unknown ends, and says so', async () => {
  const refused = await claimed(...Array<Claimed>(20).fill(UNKNOWN))
  expect(refused).toMatchObject({ kind: 'refused' })
  expect(door.count(SANDBOX_PATHS.claim)).toBeLessThan(10)
})
