/** Rows of a file of values (RFC 4180): quoted ones may hold separators, quotes and line ends. Whatever comes, it gives rows. */
export function parseTable(text: string, separator: ',' | '\t' | ';'): readonly (readonly string[])[] {
  const rows: string[][] = []
  let [row, value, isQuoted] = [[] as string[], '', false]
  const endRow = () => {
    row.push(value)
    if (row.length > 1 || value !== '') rows.push(row)
    row = []
    value = ''
  }
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (isQuoted) {
      if (char !== '"') value += char
      else if (text.charAt(at + 1) === '"') value += text.charAt(++at)
      else isQuoted = false
    } else if (char === '"' && value === '') isQuoted = true
    else if (char === separator) {
      row.push(value)
      value = ''
    } else if (char === '\n') endRow()
    else if (char !== '\r') value += char
  }
  endRow()
  return rows
}

/** Tabs by the name; else what stands more often in the first line. */
export function separatorOf(name: string, text: string): ',' | '\t' | ';' {
  if (name.toLowerCase().endsWith('.tsv')) return '\t'
  const first = text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n'))
  return first.split(';').length > first.split(',').length ? ';' : ','
}
