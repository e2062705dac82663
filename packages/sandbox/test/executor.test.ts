import { copyFile, cp, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NO_BOOT_EXIT, type RunId } from '@errand/contracts'
import { until } from '@errand/testkit'
import type { Executor } from '../index.ts'
import { readProcess } from '../processes.ts'
import { LIMITS, makePlace, type Place, TOKEN } from './sandboxes.ts'

let place: Place
let executor: Executor
beforeAll(async () => {
  place = await makePlace()
  executor = place.executor()
})
afterAll(() => place.close())

const exited = (runId: RunId, by: Executor = executor) =>
  until(async () => {
    const seen = await by.look(runId)
    return seen.kind === 'exited' && seen
  })
const printed = (runId: RunId, what: string) => until(async () => (await place.printed(runId)).includes(what))
const launcherOf = async (runId: RunId) =>
  Number((await readFile(join(place.folder, runId, 'pid'), 'utf8')).split(' ')[0])
const innerOf = async (runId: RunId) =>
  Number(/"child-pid": (\d+)/.exec(await readFile(join(place.folder, runId, 'inner.json'), 'utf8'))?.[1])

describe('its life', () => {
  test('a program gets the boot line, and its end is seen with the exit code', async () => {
    const runId = await place.start(
      executor,
      `console.log(JSON.stringify({ ...boot, pid: process.pid })); process.exit(7)`,
    )
    expect(await exited(runId)).toEqual({ kind: 'exited', exitCode: 7, isOutOfMemory: false })
    expect(JSON.parse(await place.printed(runId))).toEqual({
      gateway: { kind: 'socket', path: '/run/errand/gateway.sock' },
      token: TOKEN,
      workspace: '/workspace',
      home: '/home/agent',
      claudePath: '/opt/errand/bin/claude',
      oomFile: '/opt/errand/lib/oom',
      pid: 2,
    })
    await executor.remove(runId)
    expect(await executor.look(runId)).toEqual({ kind: 'nothing' })
    expect(await executor.list()).not.toContain(runId)
  })

  test('one whose starter was killed before it could say what to do is as if it had never been, and is started again', async () => {
    const runId = await place.start(executor, `process.exit(${NO_BOOT_EXIT})`)
    await until(async () => (await executor.look(runId)).kind === 'nothing', { what: 'its end' })
    const path = join(place.root, 'again.mjs')
    await writeFile(path, `console.log('begun'); setInterval(() => {}, 1000)`)
    const limits = { memoryMib: 512, cpus: 1, pids: 100 }
    await executor.start({
      runId,
      token: TOKEN,
      gatewayFolder: place.gatewayFolder,
      limits,
      program: { path, boot: {} },
    })
    await printed(runId, 'begun')
    await executor.kill(runId)
  })

  test('what is left of an earlier attempt is taken away without touching the next', async () => {
    const runId = await place.start(executor, `process.exit(${NO_BOOT_EXIT})`)
    await until(async () => (await executor.look(runId)).kind === 'nothing', { what: 'its end' })
    const left = join(place.root, 'left')
    await cp(join(place.folder, runId), left, { recursive: true })
    const path = join(place.root, 'next.mjs')
    await writeFile(path, `console.log('begun'); setInterval(() => {}, 1000)`)
    const { gatewayFolder } = place
    await executor.start({ runId, token: TOKEN, gatewayFolder, limits: LIMITS, program: { path, boot: {} } })
    await printed(runId, 'begun')
    // As a server leaves it that dies while it takes it away.
    await cp(left, join(place.folder, `.gone-${runId}`), { recursive: true })
    await executor.tidy()
    await until(async () => !(await readdir(place.folder)).some((name) => name.startsWith('.gone-')))
    expect((await executor.look(runId)).kind).toBe('running')
    await executor.kill(runId)
  })

  test('starting twice starts once', async () => {
    const runId = await place.start(executor, `console.log('begun'); forever()`)
    await printed(runId, 'begun')
    const launcher = await launcherOf(runId)
    const again = {
      runId,
      token: 'other',
      gatewayFolder: place.gatewayFolder,
      limits: { memoryMib: 512, cpus: 1, pids: 100 },
    }
    const answers = await Promise.all([executor.start(again), executor.start(again), place.executor().start(again)])
    expect(answers.map(({ limits }) => limits)).toEqual(Array(3).fill('memory 512 MiB, 1 CPU, 100 processes'))
    expect(await launcherOf(runId)).toBe(launcher)
    expect((await place.printed(runId)).match(/begun/g)).toHaveLength(1)
    await executor.kill(runId)
  })

  test('kill leaves no process, however many there are and whatever they do', async () => {
    const stubborn = `trap '' TERM INT HUP; for i in 1 2 3 4 5; do (setsid bash -c "trap '' TERM; while :; do sleep 9; done" >/dev/null 2>&1 &) ; done`
    const runId = await place.start(executor, `sh(${JSON.stringify(stubborn)}); console.log('begun'); forever()`)
    await printed(runId, 'begun')
    const inner = await innerOf(runId)
    await executor.kill(runId)
    expect(await readProcess(inner)).toBeNull()
    expect((await executor.look(runId)).kind).toBe('exited')
  })

  test('kill -9 of the launcher takes the sandbox with it', async () => {
    const runId = await place.start(executor, `console.log('begun'); forever()`)
    await printed(runId, 'begun')
    const inner = await innerOf(runId)
    process.kill(await launcherOf(runId), 'SIGKILL')
    expect(await exited(runId)).toEqual({ kind: 'exited', exitCode: null, isOutOfMemory: false })
    // The kernel tells its parent's death to what is inside on its own time.
    await until(async () => (await readProcess(inner)) === null, { deadlineMs: 5_000, what: 'its end' })
  })

  test('kill -9 of the first process inside ends the sandbox with 137', async () => {
    const runId = await place.start(executor, `console.log('begun'); forever()`)
    await printed(runId, 'begun')
    process.kill(await innerOf(runId), 'SIGKILL')
    expect(await exited(runId)).toMatchObject({ exitCode: 137 })
  })

  test('another executor, as after a restart, sees it, hears of its end and can kill it', async () => {
    const runId = await place.start(executor, `console.log('begun'); forever()`)
    await printed(runId, 'begun')
    const later = place.executor()
    expect(await later.list()).toContain(runId)
    expect((await later.look(runId)).kind).toBe('running')
    const heard = Promise.withResolvers<RunId>()
    later.onExit((id) => heard.resolve(id))
    const began = performance.now()
    process.kill(await innerOf(runId), 'SIGKILL')
    expect(await heard.promise).toBe(runId)
    expect(performance.now() - began).toBeLessThan(3_000)
    expect((await later.look(runId)).kind).toBe('exited')
  })

  test('its end is heard at once by the executor that started it', async () => {
    const heard = Promise.withResolvers<RunId>()
    const listener = executor.onExit((id) => heard.resolve(id))
    const runId = await place.start(executor, `process.exit(0)`)
    expect(await heard.promise).toBe(runId)
    expect((await executor.look(runId)).kind).toBe('exited')
    listener.close()
  })
})

describe('its limits', () => {
  test('a program that needs too much memory is killed, and the reason is seen', async () => {
    const runId = await place.start(executor, `const kept = []; for (;;) kept.push(Buffer.alloc(16 << 20, 1))`, {
      limits: { memoryMib: 192 },
    })
    expect(await exited(runId)).toMatchObject({ exitCode: 137, isOutOfMemory: true })
  })

  test('a child that needs too much is killed alone, and the counter inside tells the runner', async () => {
    const runId = await place.start(
      executor,
      `console.log(sh("node -e 'const a=[];for(;;)a.push(Buffer.alloc(16<<20,1))'; echo $?; grep oom_kill' ' /opt/errand/lib/oom"))`,
      { limits: { memoryMib: 192 } },
    )
    expect(await exited(runId)).toMatchObject({ exitCode: 0, isOutOfMemory: true })
    expect(await place.printed(runId)).toMatch(/137[^]*oom_kill 1/)
  })

  test('no more processes than allowed', async () => {
    const runId = await place.start(
      executor,
      `for (let i = 0; i < 60; i++) spawn('sleep', ['60']).on('error', (e) => (console.log(e.code), process.exit(0)))`,
      {
        limits: { pids: 40 },
      },
    )
    await exited(runId)
    expect(await place.printed(runId)).toContain('EAGAIN')
  })

  test('no more CPU than allowed', async () => {
    const burn = `const end = Date.now() + 1000; while (Date.now() < end); const { user, system } = process.cpuUsage(); console.log('used', (user + system) / 1000)`
    const runId = await place.start(executor, burn, { limits: { cpus: 0.3 } })
    await exited(runId)
    expect(Number(/used (\d+)/.exec(await place.printed(runId))?.[1])).toBeLessThan(600)
  })
})

describe('the gateway', () => {
  test('is reached through the folder, also when a restarted gateway makes its socket anew', async () => {
    const listen = async () => {
      const server = createServer((socket) => socket.end('gateway here'))
      await new Promise<void>((resolve) =>
        server.listen({ path: join(place.gatewayFolder, 'gateway.sock'), writableAll: true }, resolve),
      )
      return server
    }
    let server = await listen()
    const ask = `const ask = () => net.connect(boot.gateway.path).on('data', (d) => console.log(String(d))).on('error', (e) => console.log(e.code)).on('close', () => setTimeout(ask, 20)); ask()`
    const runId = await place.start(executor, ask)
    const answers = async () => (await place.printed(runId)).match(/gateway here/g)?.length ?? 0
    await until(async () => (await answers()) > 2)
    await new Promise((resolve) => server.close(resolve))
    await until(async () => (await place.printed(runId)).includes('ENOENT'))
    server = await listen()
    const before = await answers()
    await until(async () => (await answers()) > before)
    await executor.kill(runId)
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('nothing is left', () => {
  test('after twenty sandboxes that ended in every way', async () => {
    for (const runId of await executor.list()) {
      await executor.kill(runId)
      await executor.remove(runId)
    }
    const runs: RunId[] = []
    const launchers: number[] = []
    for (let i = 0; i < 20; i++) {
      const runId = await place.start(
        executor,
        i % 4 === 0 ? `sh('sleep 60 >/dev/null 2>&1 & sleep 60 >/dev/null 2>&1 &')` : `console.log('begun'); forever()`,
      )
      if (i % 4 === 1) await printed(runId, 'begun')
      if (i % 4 === 2) process.kill(await launcherOf(runId), 'SIGKILL')
      if (i % 4 > 0) await executor.kill(runId)
      await exited(runId)
      launchers.push(await launcherOf(runId))
      runs.push(runId)
      await executor.remove(runId)
    }
    expect(await executor.list()).toEqual([])
    expect((await cgroupsNow()).filter((name) => runs.some((runId) => name.includes(runId)))).toEqual([])
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(place.root)
    expect(await Promise.all(launchers.map(readProcess))).toEqual(Array(20).fill(null))
    await until(async () => (await readdir(place.folder)).every((name) => !name.startsWith('.gone-')))
    expect((await readdir(place.folder)).filter((name) => name.startsWith('.new-'))).toEqual([])
  })

  test('of the copy of an earlier Node', async () => {
    const another = await makePlace()
    const older = join(another.root, 'node')
    await copyFile(process.execPath, older)
    for (const time of [new Date(1_000_000), new Date(2_000_000)]) {
      await utimes(older, time, time)
      await another.start(another.executor({}, older), 'forever()')
    }
    expect((await readdir(another.folder)).filter((name) => name.startsWith('.node-'))).toHaveLength(1)
    await another.close()
  })

  test('of files that a hostile program made hard to delete', async () => {
    const deep =
      'cd /workspace; for i in $(seq 300); do mkdir aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa && cd aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done; mkdir /workspace/shut; touch /workspace/shut/x; chmod 0 /workspace/shut'
    const runId = await place.start(executor, `sh(${JSON.stringify(deep)})`)
    await exited(runId)
    await executor.remove(runId)
    await until(async () => (await readdir(place.folder)).every((name) => !name.startsWith('.gone-')))
  })
})

async function cgroupsNow(): Promise<readonly string[]> {
  const found: string[] = []
  for (const controller of ['memory', 'pids', 'cpu', 'unified']) {
    const names = await readdir(`/sys/fs/cgroup/${controller}`, { recursive: true }).catch(() => [])
    found.push(...names.filter((name) => /errand-run[^/]*$/.test(name)))
  }
  return found
}
