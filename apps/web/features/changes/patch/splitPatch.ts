import { headerLine, pathsOfFirstLine } from './patchPaths.ts'

export interface PatchFile {
  /** What it is called now; what it was called where it is gone. */
  readonly path: string
  /** Where that was different. */
  readonly oldPath: string | null
  readonly status: 'added' | 'removed' | 'changed' | 'renamed' | 'copied'
  readonly isBinary: boolean
  /** `made executable`, `a link now`: what changed besides the content. */
  readonly note: string | null
  readonly added: number
  readonly removed: number
  /** The hunks as they stand in the patch; empty for binary files and where only the name or mode changed. */
  readonly body: string
}

/**
 * The files of a patch as `git diff` writes it. Fast on thousands of files: hunks are only counted here and read when
 * they are shown. A line of content never begins a file: each has a sign before it.
 */
export function splitPatch(patch: string): readonly PatchFile[] {
  const files: PatchFile[] = []
  let at = patch.startsWith(FILE) ? 0 : patch.indexOf(`\n${FILE}`) + 1
  if (at === 0 && !patch.startsWith(FILE)) return files
  while (at < patch.length) {
    const next = patch.indexOf(`\n${FILE}`, at)
    const end = next === -1 ? patch.length : next + 1
    files.push(fileOf(patch.slice(at, end)))
    at = end
  }
  return files
}

const FILE = 'diff --git '

function fileOf(text: string): PatchFile {
  const hunks = text.startsWith('@@') ? 0 : text.indexOf('\n@@ ') + 1
  const header = (hunks === 0 ? text : text.slice(0, hunks)).split('\n')
  const body = hunks === 0 ? '' : text.slice(hunks)
  const has = (start: string): boolean => header.some((line) => line.startsWith(start))
  const [firstOld, firstNew] = pathsOfFirstLine(header[0] ?? '')
  const oldPath =
    headerLine(header, 'rename from ') ?? headerLine(header, 'copy from ') ?? fromLine(header, '--- ') ?? firstOld
  const newPath =
    headerLine(header, 'rename to ') ?? headerLine(header, 'copy to ') ?? fromLine(header, '+++ ') ?? firstNew
  const status = statusOf(has)
  return {
    path: status === 'removed' ? oldPath : newPath,
    oldPath: oldPath === newPath || status === 'added' || status === 'removed' ? null : oldPath,
    status,
    isBinary: has('GIT binary patch') || has('Binary files '),
    note: modeNote(header),
    ...countLines(body),
    body,
  }
}

function statusOf(has: (start: string) => boolean): PatchFile['status'] {
  if (has('new file mode ')) return 'added'
  if (has('deleted file mode ')) return 'removed'
  if (has('rename from ')) return 'renamed'
  return has('copy from ') ? 'copied' : 'changed'
}

/** `--- a/x`; null for `/dev/null` and where there is no such line. */
function fromLine(header: readonly string[], start: string): string | null {
  const path = headerLine(header, start)
  return path === null || path === '/dev/null' ? null : path.slice(2)
}

const MODES: Readonly<Record<string, string>> = {
  '100644': 'an ordinary file',
  '100755': 'executable',
  '120000': 'a link',
  '160000': 'a submodule',
}

function modeNote(header: readonly string[]): string | null {
  const mode = (start: string): string | undefined =>
    header
      .find((line) => line.startsWith(start))
      ?.slice(start.length)
      .trim()
  const [from, to] = [mode('old mode '), mode('new mode ')]
  const only = mode('new file mode ') ?? mode('deleted file mode ')
  if (from !== undefined && to !== undefined) return `was ${MODES[from] ?? from}, is ${MODES[to] ?? to}`
  return only === undefined || only === '100644' ? null : (MODES[only] ?? only)
}

function countLines(body: string): { added: number; removed: number } {
  let added = 0
  let removed = 0
  for (let at = 0; at < body.length; at = body.indexOf('\n', at) + 1 || body.length) {
    const sign = body.charCodeAt(at)
    if (sign === PLUS) added += 1
    else if (sign === MINUS) removed += 1
  }
  return { added, removed }
}

const PLUS = 43
const MINUS = 45
