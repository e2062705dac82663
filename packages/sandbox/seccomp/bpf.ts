/** One instruction of classic BPF as the kernel's `struct sock_filter`: what to do, two jump distances, a constant. */
export interface Instruction {
  readonly code: number
  readonly ifTrue: number
  readonly ifFalse: number
  readonly k: number
}

const LOAD_WORD = 0x20
const JUMP_EQUAL = 0x15
const JUMP_GREATER_OR_EQUAL = 0x35
const RETURN = 0x06
const ALLOW = 0x7fff_0000
const FAIL_WITH = 0x0005_0000

/** Offsets in `struct seccomp_data`: the number, the architecture, then (after a pointer) six 64-bit arguments. */
const NUMBER_AT = 0
const ARCHITECTURE_AT = 4
const ARGUMENTS_AT = 16

const load = (k: number): Instruction => ({ code: LOAD_WORD, ifTrue: 0, ifFalse: 0, k })
export const loadNumber = load(NUMBER_AT)
export const loadArchitecture = load(ARCHITECTURE_AT)
/** The low half of an argument, which is all the kernel takes of an `int`. Little-endian, as both our architectures are. */
export const loadArgument = (index: number): Instruction => load(ARGUMENTS_AT + 8 * index)
export const allow: Instruction = { code: RETURN, ifTrue: 0, ifFalse: 0, k: ALLOW }
export const failWith = (errno: number): Instruction => ({ code: RETURN, ifTrue: 0, ifFalse: 0, k: FAIL_WITH | errno })

/** Runs `then` when the loaded word equals `k`, else goes on after it. */
export function whenEqual(k: number, then: readonly Instruction[]): readonly Instruction[] {
  return [{ code: JUMP_EQUAL, ifTrue: 0, ifFalse: distance(then), k }, ...then]
}

export function whenNotEqual(k: number, then: readonly Instruction[]): readonly Instruction[] {
  return [{ code: JUMP_EQUAL, ifTrue: distance(then), ifFalse: 0, k }, ...then]
}

export function whenAtLeast(k: number, then: readonly Instruction[]): readonly Instruction[] {
  return [{ code: JUMP_GREATER_OR_EQUAL, ifTrue: 0, ifFalse: distance(then), k }, ...then]
}

function distance(over: readonly Instruction[]): number {
  if (over.length > 255) throw new RangeError('a jump reaches 255 instructions at most')
  return over.length
}

export function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8)
  for (const [i, { code, ifTrue, ifFalse, k }] of program.entries()) {
    bytes.writeUInt16LE(code, i * 8)
    bytes.writeUInt8(ifTrue, i * 8 + 2)
    bytes.writeUInt8(ifFalse, i * 8 + 3)
    bytes.writeUInt32LE(k >>> 0, i * 8 + 4)
  }
  return bytes
}
