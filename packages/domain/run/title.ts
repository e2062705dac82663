const LONGEST = 200

/** What a run is called: the first line of its prompt that says something, without the marks of a heading or a list. */
export function titleOf(prompt: string): string {
  const lines = prompt.split('\n').map((line) => line.replace(/^[\s#>*-]+/, '').trim())
  const title = lines.find((line) => line !== '') ?? prompt.trim()
  return title.length <= LONGEST
    ? title
    : `${title
        .slice(0, LONGEST - 1)
        .toWellFormed()
        .trimEnd()}…`
}
