const NO_PART_OF_A_NAME = /[/\\\p{Cc}]/gu

/** A name that no other file of the task has: every pasted picture is called `image.png`. */
export function freeName(given: string, taken: ReadonlySet<string>): string {
  const name = given.replace(NO_PART_OF_A_NAME, '-').trim().slice(-200)
  const wanted = name === '' || name === '.' || name === '..' ? 'file' : name
  if (!taken.has(wanted)) return wanted
  const dot = wanted.lastIndexOf('.')
  const [stem, end] = dot <= 0 ? [wanted, ''] : [wanted.slice(0, dot), wanted.slice(dot)]
  for (let n = 2; ; n++) if (!taken.has(`${stem}-${n}${end}`)) return `${stem}-${n}${end}`
}
