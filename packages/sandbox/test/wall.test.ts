import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, rmdir, stat, symlink } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunId } from '@errand/contracts'
import { until } from '@errand/testkit'
import type { Executor } from '../index.ts'
import { makePlace, type Place, TOKEN } from './sandboxes.ts'

const ROOT = join(import.meta.dirname, '../../..')
const isRoot = process.getuid?.() === 0

let place: Place
let executor: Executor
beforeAll(async () => {
  place = await makePlace()
  executor = place.executor()
})
afterAll(() => place.close())

/** Runs a program to its end and gives back the JSON it printed. */
async function report(
  source: string,
  by: Place = place,
  executorOfIt: Executor = executor,
): Promise<Record<string, unknown>> {
  const runId = await by.start(executorOfIt, source)
  await until(async () => (await executorOfIt.look(runId)).kind === 'exited')
  const text = await by.printed(runId)
  await executorOfIt.remove(runId)
  return JSON.parse(text) as Record<string, unknown>
}

/** What the agent's processes can do: run by its own Node, a child of the program. */
const asAgent = (source: string) =>
  `const r = spawnSync('node', ['--input-type=module', '-e', ${JSON.stringify(source)}], { encoding: 'utf8' }); console.log(r.stdout || JSON.stringify({ failed: r.stderr }))`

const TRY = `
import fs from 'node:fs'
const attempt = (f, failed) => { try { const r = f(); return r === undefined ? 'done' : r } catch (e) { return failed ?? e.code ?? String(e) } }
`

describe('the agent', () => {
  test('cannot read the runner: not its environment, memory, files, descriptors, nor trace it', async () => {
    const seen = await report(
      asAgent(`${TRY}
      const files = ['environ', 'mem', 'maps', 'auxv', 'fd/0', 'cwd/x', 'root/etc/passwd', 'exe', 'stack', 'syscall']
      const results = Object.fromEntries(files.map((name) => [name, attempt(() => fs.readFileSync('/proc/' + process.ppid + '/' + name).length)]))
      console.log(JSON.stringify({ ...results, fd: attempt(() => fs.readdirSync('/proc/' + process.ppid + '/fd').length), write: attempt(() => fs.writeFileSync('/proc/' + process.ppid + '/mem', 'x')) }))`),
    )
    expect(new Set(Object.values(seen))).toEqual(new Set(['EACCES']))
  })

  test('finds the token in no environment, argument or file', async () => {
    const seen = await report(
      asAgent(`${TRY}
      import { execFileSync } from 'node:child_process'
      const pids = fs.readdirSync('/proc').filter((n) => /^\\d+$/.test(n))
      const read = (path) => { try { return fs.readFileSync(path, 'latin1') } catch { return '' } }
      const inProc = pids.filter((p) => ['environ', 'cmdline'].some((f) => read('/proc/' + p + '/' + f).includes('the-token' + '-that-nobody')))
      const inFiles = attempt(() => execFileSync('grep', ['-rIl', 'the-token' + '-that-nobody', '/workspace', '/home', '/tmp', '/run', '/etc', '/opt/errand/lib'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString(), 'nothing found')
      console.log(JSON.stringify({ pids: pids.length, inProc, inFiles }))`),
    )
    expect(Number(seen['pids'])).toBeLessThan(5)
    expect(seen['inProc']).toEqual([])
    expect(seen['inFiles']).toBe('nothing found')
  })

  test('can write only where it works', async () => {
    const seen = await report(
      asAgent(`${TRY}
      const at = (folder) => attempt(() => fs.writeFileSync(folder + '/x', 'x'))
      console.log(JSON.stringify(Object.fromEntries(['/', '/usr', '/etc', '/opt/errand/bin', '/run/errand', '/dev', '/proc/sys/kernel', '/workspace', '/home/agent', '/tmp', '/var/tmp', '/dev/shm'].map((f) => [f, at(f)]))))`),
    )
    const written = Object.entries(seen).filter(([, result]) => result === 'done')
    expect(written.map(([folder]) => folder)).toEqual(['/workspace', '/home/agent', '/tmp', '/var/tmp', '/dev/shm'])
  })

  test('has no capability, no new privileges, no nested namespace, no mount, and nothing left open', async () => {
    const seen = await report(`console.log(JSON.stringify({
      status: sh('grep -E "CapEff|CapBnd|NoNewPrivs" /proc/self/status'),
      userns: sh('unshare -U true && echo made'), mount: sh('mount -t tmpfs none /tmp && echo mounted'),
      sys: sh('ls /sys'), open: sh('ls /proc/self/fd'), who: sh('whoami; hostname') }))`)
    expect(seen['status']).toMatch(/CapBnd:\s+0+\n[^]*CapEff:|CapEff:\s+0+\nCapBnd:\s+0+\nNoNewPrivs:\s+1/)
    expect(seen['userns']).not.toContain('made')
    expect(seen['mount']).not.toContain('mounted')
    expect(seen['sys']).toContain('No such file')
    expect(String(seen['open']).split('\n')).toEqual(['0', '1', '2', '3'])
    expect(seen['who']).toBe('agent\nsandbox')
  })

  test.runIf(process.arch === 'x64')('is refused the system calls that it has no use for', async () => {
    // perl is on every Debian and makes any system call by its number.
    const call = (number: number, ...args: readonly number[]) =>
      `sh(${JSON.stringify(`perl -e 'syscall(${[number, ...args].join(', ')}); print $!+0'`)})`
    const seen =
      await report(`console.log(JSON.stringify({ ptrace: ${call(101)}, bpf: ${call(321, 0, 0, 0)}, keyctl: ${call(250, 0)},
      unshare: ${call(272, 0x1000_0000)}, ring: ${call(425, 1, 0)}, vsock: ${call(41, 40, 1, 0)}, raw: ${call(41, 17, 3, 0)}, inet: ${call(41, 2, 1, 0)}, x32: ${call(0x4000_0027)},
      threads: sh('grep Seccomp: /proc/self/status') }))`)
    const [EPERM, ENOSYS, EAFNOSUPPORT] = ['1', '38', '97']
    expect(seen).toEqual({
      ptrace: EPERM,
      bpf: EPERM,
      keyctl: EPERM,
      unshare: EPERM,
      ring: ENOSYS,
      vsock: EAFNOSUPPORT,
      raw: EAFNOSUPPORT,
      inet: '0',
      x32: ENOSYS,
      threads: 'Seccomp:\t2',
    })
  })

  test('reaches no address, not even of this machine, and no file outside', async () => {
    const server = createServer((_, answer) => answer.end('host'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const seen = await report(
      asAgent(`${TRY}
      import net from 'node:net'
      const dial = (host, port) => new Promise((r) => net.connect({ host, port }).on('connect', () => r('connected')).on('error', (e) => r(e.code)))
      console.log(JSON.stringify({ loopback: await dial('127.0.0.1', ${port}),
        data: attempt(() => fs.readdirSync(${JSON.stringify(place.root)}).length), root: attempt(() => fs.readdirSync('/root').length), shadow: attempt(() => fs.readFileSync('/etc/shadow').length),
        others: fs.readdirSync('/proc').filter((n) => /^\\d+$/.test(n)).length, interfaces: Object.keys((await import('node:os')).networkInterfaces()) }))`),
    )
    await new Promise((resolve) => server.close(resolve))
    expect(seen).toMatchObject({
      loopback: 'ECONNREFUSED',
      data: 'ENOENT',
      root: 'ENOENT',
      shadow: 'ENOENT',
      interfaces: ['lo'],
    })
    expect(Number(seen['others'])).toBeLessThan(5)
  })

  test('finds its tools', async () => {
    const seen = await report(
      `console.log(JSON.stringify({ node: sh('node -p process.version'), npm: sh('npm -v'), git: sh('cd /workspace && git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && git log --oneline | wc -l'), bash: sh('bash --version | head -1'), claude: sh('claude --version') }))`,
    )
    expect(seen['node']).toBe(process.version)
    expect(seen['npm']).toMatch(/^\d+\.\d+/)
    expect(seen['git']).toBe('1')
    expect(seen['bash']).toContain('GNU bash')
    expect(seen['claude']).toMatch(/Claude Code|^$/)
  })
})

describe('two live sandboxes', () => {
  test.runIf(isRoot)('have a uid of their own each, and their folders are closed to each other', async () => {
    const runs: RunId[] = []
    for (let i = 0; i < 2; i++) {
      const runId = await place.start(
        executor,
        `sh('umask 000; touch /workspace/mine'); console.log('begun'); forever()`,
      )
      await until(async () => (await place.printed(runId)).includes('begun'))
      runs.push(runId)
    }
    const owners = await Promise.all(runs.map((runId) => stat(join(place.folder, runId, 'workspace'))))
    const uids = new Set(owners.map(({ uid }) => uid))
    expect(uids.size).toBe(2)
    for (const uid of uids) expect(uid).toBeGreaterThanOrEqual(200_000)
    expect(owners.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o700])
    // Whoever is inside is this uid outside as well, never root.
    for (const [i, runId] of runs.entries()) {
      const inner = /"child-pid": (\d+)/.exec(await readFile(join(place.folder, runId, 'inner.json'), 'utf8'))?.[1]
      expect(await readFile(`/proc/${inner}/status`, 'utf8')).toContain(`Uid:\t${owners[i]?.uid}\t`)
    }
    for (const runId of runs) await executor.kill(runId)
  })
})

describe('where Errand lies', () => {
  test.runIf(isRoot)('below a folder that only root may enter, and below one that others mount on', async () => {
    for (const parent of ['/root', '/mnt']) {
      const there = await makePlace(parent)
      const seen = await report(
        `console.log(JSON.stringify({ pid: process.pid, token: boot.token }))`,
        there,
        there.executor(),
      )
      expect(seen).toEqual({ pid: 2, token: TOKEN })
      await there.close()
    }
  })

  test.runIf(isRoot)('behind a link that leads into a folder that only root may enter', async () => {
    const hidden = await mkdtemp('/root/errand-hidden-')
    await symlink(hidden, join(place.root, 'link'))
    const there = await makePlace(join(place.root, 'link'))
    const seen = await report(`console.log(JSON.stringify({ pid: process.pid }))`, there, there.executor())
    expect(seen).toEqual({ pid: 2 })
    await there.close()
    await rm(hidden, { recursive: true })
  })

  test.runIf(isRoot)('without root it works too, and says that nothing is limited', async () => {
    // Shown where that user may look: the repository itself may lie in a folder that only root may enter.
    const shown = await mkdtemp(join(tmpdir(), 'errand-shown-'))
    await chmod(shown, 0o755)
    const script = fileURLToPath(new URL('programs/unprivileged.ts', import.meta.url)).replace(ROOT, shown)
    const words = 'mount --bind "$1" "$2" && exec setpriv --reuid 54321 --regid 54321 --clear-groups -- "$3" "$4"'
    const args = ['sh', ROOT, shown, process.execPath.replace(ROOT, shown), script]
    const child = spawn('unshare', ['--mount', '--propagation', 'private', '--', '/bin/sh', '-c', words, ...args], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await once(child, 'close')
    await rmdir(shown)
    const { limits, printed, seen, left } = JSON.parse(output) as Record<string, unknown>
    expect(limits).toMatch(/^no limits: this machine gives no cgroup to us/)
    expect(printed).toMatchObject({ pid: 2, environ: 'EACCES', uid: 10_001 })
    expect(seen).toMatchObject({ kind: 'exited' })
    expect(left).toEqual([])
  })
})

test('nothing of the place is left in /proc/mounts', async () => {
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(place.root)
  expect(await readdir(place.folder)).not.toContain('stage')
})
