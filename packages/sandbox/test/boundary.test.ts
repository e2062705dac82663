import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faultWire, newId } from '@errand/contracts'
import { proveBoundary } from '../index.ts'
import { makePlace, type Place } from './sandboxes.ts'

let place: Place
beforeAll(async () => {
  place = await makePlace()
})
afterAll(() => place.close())

test('a sandbox holds against everything that the probe tries, and the report says what was tried', async () => {
  const gateway = createServer((_, answer) => answer.writeHead(401).end(JSON.stringify(faultWire('token.invalid'))))
  await new Promise<void>((resolve) =>
    gateway.listen({ path: join(place.gatewayFolder, 'gateway.sock'), writableAll: true }, resolve),
  )
  await mkdir(join(place.root, 'keys'))
  await writeFile(join(place.root, 'keys', 'vault.json'), 'secret')
  const executor = place.executor()
  const targets = {
    closedPaths: [place.root, join(place.root, 'keys/vault.json')],
    closedPorts: [],
    closedSockets: [],
    otherToken: 'B'.repeat(43),
  }
  const { gatewayFolder } = place
  const checks = await proveBoundary(executor, { runId: newId('run', new Date()), gatewayFolder }, targets)
  expect(checks.filter(({ ok }) => !ok)).toEqual([])
  expect(checks).toHaveLength(15)
  expect(await executor.list()).toEqual([])
  await new Promise((resolve) => gateway.close(resolve))
})
