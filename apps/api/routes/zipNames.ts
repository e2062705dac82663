/** What some system does not take in a name, and what would make a name look like another one. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}<>:"|?*\\]/gu

/**
 * A name for each artifact below one folder, whoever unpacks it where: two that would be the same file on any system are
 * told apart by a number, and what no file system takes becomes an underscore.
 */
export function zipNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    const safe = name.replace(UNSAFE, '_')
    const [, stem = safe, extension = ''] = /^(.*?[^/])(\.[^./]+)?$/.exec(safe) ?? []
    let free = safe
    for (let n = 2; taken.has(key(free)); n++) free = `${stem} (${n})${extension}`
    taken.add(key(free))
    return free
  })
}

function key(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
