import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ROOT } from '../run.ts'

/**
 * The bootstrap on a copy of it, with a pretended npm: it "installs" a Node that is this one and a pnpm that succeeds,
 * so that what is tested is our own part, offline and in moments.
 */
let clone = ''
let fakes = ''

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'errand-bootstrap-'))
  fakes = join(clone, 'fakes')
  await mkdir(fakes)
  for (const path of ['scripts/bootstrap.mjs', 'scripts/bootstrap', 'scripts/toolchain', 'bin']) {
    await cp(join(ROOT, path), join(clone, path), { recursive: true })
  }
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']) await writeFile(join(clone, file), '{}')
  await pretendNpm()
  await theCommand('console.log("started", ...process.argv.slice(2))')
})

afterEach(() => rm(clone, { recursive: true, force: true }))

async function pretendNpm(before = ''): Promise<void> {
  const arch = process.arch
  await script('npm', [
    `echo npm "$@" >> ${clone}/calls`,
    before,
    `mkdir -p node_modules/node-linux-${arch}/bin node_modules/@pnpm/exe.linux-${arch} node_modules/@anthropic-ai/claude-code-linux-${arch}`,
    `ln -s ${process.execPath} node_modules/node-linux-${arch}/bin/node`,
    `cp ${fakes}/pnpm node_modules/@pnpm/exe.linux-${arch}/pnpm`,
    `touch node_modules/@anthropic-ai/claude-code-linux-${arch}/claude`,
  ])
  await script('pnpm', [
    `echo pnpm "$@" >> ${clone}/calls`,
    'mkdir -p node_modules',
    'touch node_modules/.modules.yaml',
  ])
}

async function script(name: string, lines: readonly string[]): Promise<void> {
  await writeFile(join(fakes, name), ['#!/bin/sh', ...lines, ''].join('\n'))
  await chmod(join(fakes, name), 0o755)
}

/** What `npm run check` would start on Node 24. */
const theCommand = (text: string): Promise<void> => writeFile(join(clone, 'scripts', 'check.ts'), text)

function start(env: Record<string, string> = {}, args: readonly string[] = []): ChildProcess & { said: () => string } {
  const path = `${fakes}:${process.env['PATH'] ?? ''}`
  const child = spawn(process.execPath, [join(clone, 'scripts/bootstrap.mjs'), 'check', ...args], {
    env: { ...process.env, PATH: path, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  return Object.assign(child, { said: () => output })
}

async function finish(child: ReturnType<typeof start>): Promise<{ code: number | null; output: string }> {
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output: child.said() }
}

const calls = async (tool: string): Promise<number> =>
  (await readFile(join(clone, 'calls'), 'utf8')).split('\n').filter((line) => line.startsWith(`${tool} `)).length

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !isSo();) {
    if (Date.now() > end) throw new Error('did not happen within 10 s')
    await new Promise((wake) => setTimeout(wake, 10))
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it('brings what is missing, says so, and starts the command with its arguments', async () => {
  const { code, output } = await finish(start({}, ['one', '--two']))
  expect(output).toMatch(
    /^✓ Node 24\S+, pnpm \S+, Claude Code \S+ +\d+\.\d s\n✓ Dependencies +\d+\.\d s\nstarted one --two\n$/,
  )
  expect(code).toBe(0)
})

it('prints nothing and installs nothing when nothing is missing', async () => {
  await finish(start())
  const { output } = await finish(start())
  expect(output).toBe('started\n')
  expect([await calls('npm'), await calls('pnpm')]).toEqual([1, 1])
})

it('installs the dependencies again after the lock file changed', async () => {
  await finish(start())
  await writeFile(join(clone, 'pnpm-lock.yaml'), 'changed')
  await finish(start())
  expect([await calls('npm'), await calls('pnpm')]).toEqual([1, 2])
})

it('passes the exit code of the command on', async () => {
  await theCommand('process.exit(7)')
  expect((await finish(start())).code).toBe(7)
})

it('two at once install once', async () => {
  await pretendNpm('sleep 1')
  const both = await Promise.all([finish(start()), finish(start())])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect([await calls('npm'), await calls('pnpm')]).toEqual([1, 1])
})

it('redoes an install that was killed half-way, whose lock it left behind', async () => {
  await pretendNpm('mkdir -p node_modules; echo half >> ../half; exec sleep 15')
  const killed = start()
  await until(() => killed.exitCode === null && existsSync(join(clone, '.toolchain', 'half')))
  killed.kill('SIGKILL')
  await finish(killed)
  await pretendNpm()
  const { code, output } = await finish(start())
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/started\n$/) })
})

it('an interrupted install takes npm with it and leaves no lock', async () => {
  await pretendNpm(`echo $$ > ${clone}/half; exec sleep 60`)
  const child = start()
  await until(() => existsSync(join(clone, 'half')))
  child.kill('SIGTERM')
  expect((await finish(child)).code).toBe(143)
  const npm = Number(await readFile(join(clone, 'half'), 'utf8'))
  await until(() => !isRunning(npm))
  expect(existsSync(join(clone, '.toolchain', 'lock'))).toBe(false)
})

it('one interrupt that arrives twice reaches the command once, and nothing is left running', async () => {
  await theCommand(`
    import { spawn } from 'node:child_process'
    let interrupts = 0
    process.on('SIGINT', () => { interrupts += 1; setTimeout(() => { console.log('interrupts', interrupts); process.exit(3) }, 200) })
    console.log('child', spawn('sleep', ['60']).pid)
    setInterval(() => {}, 1000)
  `)
  const child = start()
  await until(() => child.said().includes('child '))
  child.kill('SIGINT')
  setTimeout(() => child.kill('SIGINT'), 30)
  const { code, output } = await finish(child)
  expect(code).toBe(3)
  expect(output).toContain('interrupts 1\n')
  const sleeper = Number(/child (\d+)/.exec(output)?.[1])
  await until(() => !isRunning(sleeper))
})

const failures = [
  ['npm is missing', { PATH: '/nonexistent' }, '', 12, 'npm is not on PATH'],
  ['the registry is unreachable', {}, 'echo "npm error code ECONNREFUSED"; exit 1', 13, 'could not be reached'],
  ['the disk is full', {}, 'echo "npm error ENOSPC: no space left on device, write"; exit 1', 14, 'The disk is full'],
  ['npm fails otherwise', {}, 'echo "npm error EWHATEVER it broke"; exit 1', 15, 'EWHATEVER it broke'],
] as const

it.each(failures)('says in one sentence that %s', async (_, env, npm, exitCode, words) => {
  // `npm config get registry` is asked too, and must answer.
  await pretendNpm(npm === '' ? '' : `if [ "$1" = ci ]; then ${npm}; fi; echo the-registry; exit 0`)
  const { code, output } = await finish(start(env))
  expect(output).toContain(words)
  expect(output).not.toMatch(/^\s+at /m)
  expect(code).toBe(exitCode)
  expect(existsSync(join(clone, '.toolchain', 'lock'))).toBe(false)
})

it('refuses a command that does not exist', async () => {
  const child = spawn(process.execPath, [join(clone, 'scripts/bootstrap.mjs'), 'dance'], { stdio: 'ignore' })
  expect(await once(child, 'close')).toEqual([2, null])
})

it('bin/errand works through a link, and says what to do in a clone that is not set up', async () => {
  await symlink('../bin/errand', join(fakes, 'errand'))
  const errand = async () => {
    const child = spawn(join(fakes, 'errand'), ['hello'], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
    const [code] = (await once(child, 'close')) as [number]
    return { code, output }
  }
  expect(await errand()).toMatchObject({ code: 1, output: expect.stringContaining('run `npm start` once') })
  await finish(start())
  await mkdir(join(clone, 'apps/cli'), { recursive: true })
  await writeFile(join(clone, 'apps/cli/main.ts'), 'console.log("cli", process.argv[2])')
  expect(await errand()).toEqual({ code: 0, output: 'cli hello\n' })
})
