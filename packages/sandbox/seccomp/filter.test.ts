import { describe, expect, test } from 'vitest'
import { seccompFilter } from './filter.ts'

const ALLOW = 0x7fff_0000
const EPERM = 0x0005_0001
const ENOSYS = 0x0005_0026
const EAFNOSUPPORT = 0x0005_0061

interface Call {
  readonly arch: number
  readonly number: number
  readonly args?: readonly number[]
}

/** Runs a filter as the kernel would. */
function run(filter: Buffer | null, { arch, number, args = [] }: Call): number {
  if (filter === null) throw new Error('no filter')
  const words = new Map([[0, number], [4, arch], ...args.map((value, i) => [16 + 8 * i, value] as const)])
  let loaded = 0
  for (let at = 0; ; at++) {
    const [code, yes, no, k] = [
      filter.readUInt16LE(at * 8),
      filter.readUInt8(at * 8 + 2),
      filter.readUInt8(at * 8 + 3),
      filter.readUInt32LE(at * 8 + 4),
    ]
    if (code === 0x06) return k
    if (code === 0x20) loaded = words.get(k) ?? 0
    else if (code === 0x15) at += loaded === k ? yes : no
    else if (code === 0x35) at += loaded >= k ? yes : no
    else throw new Error(`unknown instruction ${code}`)
  }
}

const X64 = 0xc000_003e
const ARM64 = 0xc000_00b7

describe('the filter', () => {
  const cases: Readonly<Record<string, { on: 'x64' | 'arm64'; call: Call; answer: number }>> = {
    'lets read through': { on: 'x64', call: { arch: X64, number: 0 }, answer: ALLOW },
    'refuses ptrace': { on: 'x64', call: { arch: X64, number: 101 }, answer: EPERM },
    'refuses the last of the list': { on: 'x64', call: { arch: X64, number: 256 }, answer: EPERM },
    'does not know io_uring': { on: 'x64', call: { arch: X64, number: 425 }, answer: ENOSYS },
    'refuses 32-bit programs': { on: 'x64', call: { arch: 0x4000_0003, number: 0 }, answer: ENOSYS },
    'refuses the x32 numbers': { on: 'x64', call: { arch: X64, number: 0x4000_0000 }, answer: ENOSYS },
    'lets a unix socket through': { on: 'x64', call: { arch: X64, number: 41, args: [1] }, answer: ALLOW },
    'refuses vsock': { on: 'x64', call: { arch: X64, number: 41, args: [40] }, answer: EAFNOSUPPORT },
    'refuses typing into a terminal': { on: 'x64', call: { arch: X64, number: 16, args: [0, 0x5412] }, answer: EPERM },
    'lets other terminal requests through': {
      on: 'x64',
      call: { arch: X64, number: 16, args: [0, 0x5401] },
      answer: ALLOW,
    },
    'refuses ptrace on arm64': { on: 'arm64', call: { arch: ARM64, number: 117 }, answer: EPERM },
    'refuses vsock on arm64': { on: 'arm64', call: { arch: ARM64, number: 198, args: [40] }, answer: EAFNOSUPPORT },
    'lets write through on arm64': { on: 'arm64', call: { arch: ARM64, number: 64 }, answer: ALLOW },
  }
  for (const [title, { on, call, answer }] of Object.entries(cases)) {
    test(title, () => expect(run(seccompFilter(on), call)).toBe(answer))
  }

  test('is not made up for an architecture without a table', () => expect(seccompFilter('riscv64')).toBeNull())
})
