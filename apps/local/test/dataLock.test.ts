import { Fault } from '@errand/contracts'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDataFolder, refuseSecondInstance } from '../start/dataLock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'errand-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Another process that takes the lock, says so, and holds it until it is killed. */
async function holder(): Promise<{ kill: () => Promise<void>; answer: string }> {
  const code = `
    const { lockDataFolder } = await import(${JSON.stringify(new URL('../start/dataLock.ts', import.meta.url).href)})
    try { lockDataFolder(${JSON.stringify(folder)}); console.log('locked') } catch (error) { console.log(error.code) }
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  const kill = async () => {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return { answer: said.toString().trim(), kill }
}

test('a second instance is refused by name while the first lives', async () => {
  const first = await holder()
  expect(first.answer).toBe('locked')
  expect(() => lockDataFolder(folder)).toThrow(Fault)
  expect(() => refuseSecondInstance(folder)).toThrow(/Process \d+ has/)
  await first.kill()
})

test('the lock of a killed process is taken over, and by one of many only', async () => {
  const first = await holder()
  await first.kill()
  expect(existsSync(join(folder, 'lock'))).toBe(true)
  expect(() => refuseSecondInstance(folder)).not.toThrow()
  const many = await Promise.all(Array.from({ length: 4 }, holder))
  expect(many.map(({ answer }) => answer).toSorted()).toEqual([
    'locked',
    ...Array<string>(3).fill('start.second-instance'),
  ])
  await Promise.all(many.map(({ kill }) => kill()))
})

test('a pid that was given to another process does not hold the lock', () => {
  writeFileSync(join(folder, 'lock'), `some-boot ${process.pid} 1`)
  const lock = lockDataFolder(folder)
  lock.release()
  expect(readdirSync(folder)).toEqual([])
})
