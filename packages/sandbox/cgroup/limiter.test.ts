import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseCgroupView } from './cgroupView.ts'
import { detectLimiter } from './detectLimiter.ts'
import { limitWords } from './limiter.ts'

const LIMITS = { memoryMib: 256, cpus: 1.5, pids: 64 }

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'errand-cgroup-'))
})
afterEach(() => rmSync(root, { recursive: true }))

/** A folder as the kernel fills a new cgroup. */
function cgroup(path: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(root, path), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, path, name), text)
}

const text = (path: string) => readFileSync(join(root, path), 'utf8')

describe('cgroup v2', () => {
  const files = {
    'cgroup.type': 'domain',
    'cgroup.controllers': 'cpuset cpu io memory pids\n',
    'cgroup.subtree_control': '',
  }

  test('makes room beside itself, hands the controllers down and sets the limits', async () => {
    cgroup('.', { 'cgroup.controllers': 'cpu memory pids\n', 'cgroup.subtree_control': 'cpu memory pids\n' })
    cgroup('service', { ...files, 'cgroup.subtree_control': 'cpu memory pids\n' })
    const limiter = detectLimiter(parseCgroupView(`cgroup2 ${root} cgroup2 rw 0 0`, '0::/service/errand-server\n'))
    expect(limiter).toMatchObject({ kind: 'v2', enforces: ['memoryMib', 'cpus', 'pids'], why: null })
    await limiter.create('errand-run1', LIMITS)
    expect(limiter.folders('errand-run1')).toEqual([join(root, 'service/errand-run1')])
    expect(text('service/errand-run1/memory.max')).toBe(String(256 * 1024 * 1024))
    expect(text('service/errand-run1/cpu.max')).toBe('150000 100000')
    expect(text('service/errand-run1/pids.max')).toBe('64')
    expect(limitWords(limiter, LIMITS)).toBe('memory 256 MiB, 1.5 CPUs, 64 processes')
  })

  test('moves itself into a leaf before it asks for the controllers', () => {
    cgroup('.', { 'cgroup.controllers': 'cpu memory pids\n', 'cgroup.subtree_control': '' })
    cgroup('service', files)
    detectLimiter(parseCgroupView(`cgroup2 ${root} cgroup2 rw 0 0`, '0::/service\n'))
    expect(text('service/errand-server/cgroup.procs')).toBe(String(process.pid))
    expect(text('service/cgroup.subtree_control')).toBe('+memory +cpu +pids')
  })

  test('without controllers it leaves nothing behind and says so', () => {
    cgroup('.', { 'cgroup.controllers': '\n', 'cgroup.subtree_control': '\n' })
    const limiter = detectLimiter(parseCgroupView(`cgroup2 ${root} cgroup2 rw 0 0`, '0::/\n'))
    expect(limiter.kind).toBe('none')
    expect(limitWords(limiter, LIMITS)).toMatch(/^no limits: this machine gives no cgroup to us/)
    expect(() => text('errand/cgroup.procs')).toThrow('ENOENT')
  })
})

describe('cgroup v1', () => {
  test('limits below our own group, in every controller that is there', async () => {
    cgroup('memory/own/errand-run1', { 'memory.memsw.limit_in_bytes': '' })
    cgroup('cpu,cpuacct', {})
    const mounts = `cgroup ${root}/memory cgroup rw,memory 0 0\ncgroup ${root}/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\n`
    const limiter = detectLimiter(parseCgroupView(mounts, '4:memory:/own\n3:cpu,cpuacct:/not-mounted-here\n0::/\n'))
    await limiter.create('errand-run1', LIMITS)
    expect(text('memory/own/errand-run1/memory.limit_in_bytes')).toBe(String(256 * 1024 * 1024))
    expect(text('memory/own/errand-run1/memory.memsw.limit_in_bytes')).toBe(String(256 * 1024 * 1024))
    expect(text('cpu,cpuacct/errand-run1/cpu.cfs_quota_us')).toBe('150000')
    expect(limitWords(limiter, LIMITS)).toBe('memory 256 MiB, 1.5 CPUs; no limit on processes')
  })
})
