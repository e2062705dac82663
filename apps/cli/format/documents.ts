export interface YamlDocument {
  /** Exactly the bytes between the separators. */
  readonly source: string
  /** Of its first line in the file, from 1. */
  readonly line: number
}

/**
 * The documents of a YAML file, byte for byte. A `---` at the beginning of a line ends a document wherever it stands
 * (YAML 1.2 §9.1.2: inside a block scalar too). What has no content, such as a comment before the first separator,
 * stays with the document that follows it.
 */
export function splitDocuments(text: string): readonly YamlDocument[] {
  const documents: YamlDocument[] = []
  let source = ''
  let line = 1
  let start = 1
  for (const part of text.split(/(?<=\n)/)) {
    if (/^---\r?\n?$/.test(part) && hasContent(source)) {
      documents.push({ source, line: start })
      source = ''
      start = line + 1
    } else source += part
    line += 1
  }
  if (hasContent(source)) documents.push({ source, line: start })
  return documents
}

function hasContent(source: string): boolean {
  return source.split('\n').some((line) => !/^(---|\.\.\.)?\s*(#.*)?$/.test(line))
}
