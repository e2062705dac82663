import { FLUSH, pktLine, readPktLine } from './pktLine.ts'

/** What `git ls-remote --symref` would say of the branches. */
export interface HeadAndBranches {
  /** Without `refs/heads/`. Null when the repository does not say, or its HEAD is not a branch. */
  readonly head: string | null
  readonly branches: readonly string[]
}

export type Advertised =
  /** Protocol v2: the refs are asked for with these bytes. */
  | { readonly kind: 'asks'; readonly question: Buffer }
  /** An older server: the refs are in the advertisement. */
  | ({ readonly kind: 'refs' } & HeadAndBranches)
  | { readonly kind: 'malformed' }

const HEADS = 'refs/heads/'
/** A delimiter between the sections of one request (gitprotocol-v2). */
const DELIMITER = Buffer.from('0001')

/** Reads the whole answer to `info/refs?service=git-upload-pack` that was asked for in protocol v2. */
export function readAdvertisement(bytes: Buffer): Advertised {
  const lines = readLines(bytes)
  if (lines === null) return { kind: 'malformed' }
  const said = lines.filter((line) => !line.startsWith('# service='))
  if (said[0] === 'version 2') return { kind: 'asks', question: questionFor(said.slice(1)) }
  return { kind: 'refs', ...readOldRefs(said) }
}

/** Reads the answer to the question of `readAdvertisement`; null when it is not one. */
export function readRefs(bytes: Buffer): HeadAndBranches | null {
  const lines = readLines(bytes)
  if (lines === null) return null
  let head: string | null = null
  const branches: string[] = []
  for (const line of lines) {
    const [, name = ''] = line.split(' ', 2)
    const [, target] = / symref-target:(\S+)/.exec(line) ?? []
    if (name === 'HEAD' && target !== undefined) head = branchOf(target)
    const branch = branchOf(name)
    if (branch !== null) branches.push(branch)
  }
  return { head, branches }
}

function questionFor(capabilities: readonly string[]): Buffer {
  const format = capabilities.find((one) => one.startsWith('object-format='))
  const isUnbornTold = capabilities.some((one) => one.startsWith('ls-refs=') && one.includes('unborn'))
  return Buffer.concat([
    pktLine('command=ls-refs\n'),
    ...(format === undefined ? [] : [pktLine(`${format}\n`)]),
    DELIMITER,
    pktLine('symrefs\n'),
    ...(isUnbornTold ? [pktLine('unborn\n')] : []),
    pktLine('ref-prefix HEAD\n'),
    pktLine(`ref-prefix ${HEADS}\n`),
    FLUSH,
  ])
}

/** The first line carries the capabilities behind a NUL; a repository without commits has one line that is no ref. */
function readOldRefs(lines: readonly string[]): HeadAndBranches {
  const [, capabilities = ''] = (lines[0] ?? '').split('\0', 2)
  const [, target = ''] = /(?:^| )symref=HEAD:(\S+)/.exec(capabilities) ?? []
  const names = lines.map((line) => line.split('\0', 1)[0]?.split(' ', 2)[1] ?? '')
  return { head: branchOf(target), branches: names.flatMap((name) => branchOf(name) ?? []) }
}

function branchOf(ref: string): string | null {
  return ref.startsWith(HEADS) && ref.length > HEADS.length ? ref.slice(HEADS.length) : null
}

/** Null when it is not a sequence of whole lines. */
function readLines(bytes: Buffer): string[] | null {
  const lines: string[] = []
  let left = bytes
  while (left.length > 0) {
    const read = readPktLine(left)
    if (read.kind === 'incomplete' || read.kind === 'malformed') return null
    if (read.kind === 'line') lines.push(read.payload.toString('utf8').replace(/\n$/, ''))
    left = read.rest
  }
  return lines
}
