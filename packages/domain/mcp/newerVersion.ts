/**
 * Is `next` ahead of `version`? Numbers count as numbers, and a version with a suffix comes before the one without, as in
 * SemVer. What is no version of numbers is never ahead: nobody can tell.
 */
export function isNewerVersion(next: string, version: string): boolean {
  const [a, b] = [read(next), read(version)]
  if (a === null || b === null) return false
  for (let at = 0; at < Math.max(a.numbers.length, b.numbers.length); at++) {
    const ahead = (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0)
    if (ahead !== 0) return ahead > 0
  }
  return a.suffix === '' && b.suffix !== ''
}

function read(version: string): { numbers: readonly number[]; suffix: string } | null {
  const [, numbers, suffix = ''] = /^v?(\d+(?:\.\d+)*)(?:[-+](.+))?$/.exec(version) ?? []
  return numbers === undefined ? null : { numbers: numbers.split('.').map(Number), suffix }
}
