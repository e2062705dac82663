/** What stands behind `start` in a file's header, as a path; null where there is no such line. */
export function headerLine(header: readonly string[], start: string): string | null {
  const line = header.find((one) => one.startsWith(start))
  // git ends a name with a space in it by a tab.
  return line === undefined ? null : unquoted(line.slice(start.length).replace(/\t$/, ''))
}

/**
 * Both names of `diff --git a/x b/x`. Names with spaces are not marked in it, but where no other line names the file
 * both are the same, so the line has two halves of one length.
 */
export function pathsOfFirstLine(line: string): readonly [string, string] {
  const rest = line.slice('diff --git '.length)
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|.+)$/.exec(rest)
  if (rest.includes('"') && quoted !== null)
    return [unquoted(quoted[1] ?? '').slice(2), unquoted(quoted[2] ?? '').slice(2)]
  const half = (rest.length - 1) / 2
  const [left, right] = [rest.slice(2, half), rest.slice(half + 3)]
  if (Number.isInteger(half) && left === right) return [left, right]
  const [from = '', to = from] = rest.split(' b/', 2)
  return [from.slice(2), to]
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 }

/** git's C-like quoting of a path: bytes as `\303\274`, line ends as `\n`. */
function unquoted(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 2) return text
  const bytes: number[] = []
  const encoder = new TextEncoder()
  for (const [, octal, short, plain = ''] of text.slice(1, -1).matchAll(/\\([0-3][0-7]{2})|\\(.)|([^\\]+)/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8))
    else if (short !== undefined) bytes.push(ESCAPES[short] ?? short.charCodeAt(0))
    else bytes.push(...encoder.encode(plain))
  }
  return new TextDecoder().decode(new Uint8Array(bytes))
}
