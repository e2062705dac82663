import type { RepositoryAddress } from '../policy/repositoryAddress.ts'

/**
 * Folders for repositories that lie side by side, in the order given: the last part of each address, with a number
 * where two would be the same.
 */
export function repositoryFolders(addresses: readonly RepositoryAddress[]): readonly string[] {
  const taken = new Set<string>()
  return addresses.map((address) => {
    const base = folderOf(address)
    let name = base
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${base}-${n}`
    taken.add(name.toLowerCase())
    return name
  })
}

/** Why git would refuse a branch of this name, or null. After `git check-ref-format --branch`. */
export function branchProblem(branch: string): string | null {
  if (/[\s~^:?*[\\\p{Cc}]/u.test(branch)) return 'it holds a character that a branch never has'
  if (branch.startsWith('-') || branch === '@' || branch.includes('..') || branch.includes('@{'))
    return 'it is not the name of a branch'
  return branch.split('/').some(isBadPart) ? 'it is not the name of a branch' : null
}

function isBadPart(part: string): boolean {
  return part === '' || part.startsWith('.') || part.endsWith('.') || part.endsWith('.lock')
}

function folderOf(address: RepositoryAddress): string {
  if (address.kind === 'local') return address.name
  const last = address.path.split('/').at(-1) ?? ''
  const safe = last.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '')
  return safe === '' ? 'repository' : safe.slice(0, 100)
}
